"""A term: a budget of working time, its beginning, and the ledger of what stopped or extended it.

A deadline is not stored anywhere. It follows from these values and the adopted calendar, for any
instant at which one asks.
"""

from dataclasses import dataclass
from datetime import datetime

from casesys.domain.vocabulary import Labelled

LARGEST_AMOUNT = 100_000


class Unit(Labelled):
    """What a budget is counted in. All but clock hours need a calendar, if only for its zone."""

    WORKING_DAY = "working_day", "工作日", "working day"
    WORKING_HOUR = "working_hour", "工作小时", "working hour"
    CALENDAR_DAY = "calendar_day", "自然日", "calendar day"
    CLOCK_HOUR = "clock_hour", "小时", "clock hour"

    @property
    def in_days(self) -> bool:
        """Whether whole local days are counted, not time that passes."""
        return self is Unit.WORKING_DAY or self is Unit.CALENDAR_DAY


def _amount(number: int) -> None:
    if not 1 <= number <= LARGEST_AMOUNT:
        raise ValueError(f"an amount of time is 1 to {LARGEST_AMOUNT} units, not {number}")


@dataclass(frozen=True, slots=True)
class Budget:
    """How much time there is: an amount of units (1 to 100,000) of the calendar with this code.

    `calendar` may be empty for clock hours only. Raises ValueError otherwise.
    """

    amount: int
    unit: Unit
    calendar: str = ""

    def __post_init__(self) -> None:
        """Refuse an amount that is not one, and a unit that lacks its calendar."""
        _amount(self.amount)
        if not self.calendar and self.unit is not Unit.CLOCK_HOUR:
            raise ValueError(f"{self.unit.value} needs a calendar")


@dataclass(frozen=True, slots=True)
class Suspension:
    """The clock stood still from `since` up to `until`, or still does where that is None.

    Both are aware instants; `ground` is the charter's code of the reason.
    """

    since: datetime
    until: datetime | None
    ground: str

    def __post_init__(self) -> None:
        """Refuse a suspension that ends before it begins."""
        if self.until is not None and self.until < self.since:
            raise ValueError("a suspension ends before it begins")


@dataclass(frozen=True, slots=True)
class Term:
    """The ledger of one deadline.

    Suspensions may overlap and come in any order; extensions are amounts of the budget's unit.
    """

    budget: Budget
    started_at: datetime
    suspensions: tuple[Suspension, ...] = ()
    extensions: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an extension that is not an amount."""
        for extension in self.extensions:
            _amount(extension)

    @property
    def total(self) -> int:
        """The budget with all its extensions, in its unit."""
        return self.budget.amount + sum(self.extensions)


@dataclass(frozen=True, slots=True)
class Share:
    """When this share, from 0 to 1, of the budget and its extensions is consumed.

    Days are rounded up to whole ones.
    """

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        """Refuse what is not a share of a whole."""
        if not 0 <= self.numerator <= self.denominator or self.denominator < 1:
            raise ValueError(f"{self.numerator}/{self.denominator} is not a share from 0 to 1")


@dataclass(frozen=True, slots=True)
class Before:
    """When this much running time is left until the deadline; not before the start."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        """Refuse what is not an amount."""
        _amount(self.amount)


@dataclass(frozen=True, slots=True)
class After:
    """When this much running time has passed since the deadline."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        """Refuse what is not an amount."""
        _amount(self.amount)


Trigger = Share | Before | After
"""What a timer waits for along a term."""
