"""An adopted calendar: which days and hours work is done in, and how far anybody has said so.

A calendar is adopted as an event with its digest. What it does not cover is reckoned by its weekday
pattern, and every deadline that rests on such a day is provisional.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from casesys.domain.messages import Text
from casesys.domain.working_time.zone import DAY, MINUTE, Zone


class CalendarInvalid(ValueError):
    """A calendar document that cannot be adopted, with a stable code and what to mend."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the message."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """Working days and hours of one place, made by `parse_calendar`. Its digest is its identity.

    `weekdays` are ISO numbers (Monday is 1), `hours` local minutes of the day as (begin, end),
    `holidays` and `make_up_days` the exceptions with their labels. `canonical` is the document in
    canonical JSON (RFC 8785), `digest` the SHA-256 of it in hex.
    """

    code: str
    label: Text
    source: str
    first_day: date
    last_day: date
    zone: Zone
    weekdays: frozenset[int]
    hours: tuple[tuple[int, int], ...]
    holidays: Mapping[date, Text]
    make_up_days: Mapping[date, Text]
    canonical: bytes = field(repr=False)
    digest: str
    _holidays: frozenset[int] = field(init=False, repr=False)
    _make_up_days: frozenset[int] = field(init=False, repr=False)
    _week: tuple[bool, ...] = field(init=False, repr=False)
    _covered: tuple[int, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Keep the days as ordinals too, because every deadline walks over them."""
        compiled = {
            "_holidays": frozenset(day.toordinal() for day in self.holidays),
            "_make_up_days": frozenset(day.toordinal() for day in self.make_up_days),
            "_week": tuple((number or 7) in self.weekdays for number in range(7)),
            "_covered": (self.first_day.toordinal(), self.last_day.toordinal()),
        }
        for name, value in compiled.items():
            object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def covers(self, first: int, last: int) -> bool:
        """Say whether all days from one ordinal to another are adopted, not reckoned."""
        return self._covered[0] <= first and last <= self._covered[1]

    def works(self, day: int) -> bool:
        """Say whether a day (an ordinal) is a working day."""
        return day in self._make_up_days or (self._week[day % 7] and day not in self._holidays)

    def works_by_weekday(self, day: int) -> bool:
        """Say whether a day would be a working day if there were no holidays and make-up days."""
        return self._week[day % 7]

    def spans(self, day: int) -> Iterator[tuple[int, int]]:
        """Give the working hours of a day as (begin, end) ticks, be it a working day or not."""
        midnight = (day - 1) * DAY
        for begin, end in self.hours:
            yield (
                self.zone.instant_of(midnight + begin * MINUTE),
                self.zone.instant_of(midnight + end * MINUTE),
            )
