"""The hand that writes random charters: what shapes them is drawn, what colours them is chance.

How many there are of everything, and of which kind, goes through hypothesis, which can make it smaller
when a test fails. Which of several labels, clauses or numbers is taken is left to a generator seeded by
hypothesis: a charter has hundreds of them, and drawing each would take longer than all the rest.
"""

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Table = dict[str, Any]

UNITS = ("clock_hour", "calendar_day", "working_day", "working_hour")
_WORDS = ("议事", "路灯", "电梯", "a lamp", "the lift", "第一", 'so-called "text"', "多 行\n文字")


class Hand:
    """Writes one charter."""

    def __init__(self, draw: st.DrawFn) -> None:
        """Take up the pen."""
        self._draw = draw
        self._chance = Random(draw(st.integers(0, 2**32)))  # noqa: S311 - no secret is made of it

    # What shapes a charter

    def count(self, least: int, most: int) -> int:
        """How many of something there are."""
        return self._draw(st.integers(least, most))

    def kind(self, of: Sequence[T]) -> T:
        """Which kind something is of."""
        return of[self._draw(st.integers(0, len(of) - 1))]

    def codes(self, what: str, least: int, most: int) -> list[str]:
        """So many codes of something."""
        return [f"{what}{i}" for i in range(self.count(least, most))]

    # What colours it

    def flip(self) -> bool:
        """Yes or no."""
        return self._chance.random() < 0.5

    def number(self, least: int, most: int) -> int:
        """Any number between two, which are included."""
        return self._chance.randint(least, most)

    def one(self, among: Iterable[T]) -> T:
        """Any one of several."""
        return self._chance.choice(list(among))

    def some(self, among: Iterable[T], least: int = 0) -> list[T]:
        """Up to three different ones, in any order."""
        known = list(among)
        most = min(3, len(known))
        return self._chance.sample(known, self.number(min(least, most), most))

    def shuffled(self, items: Iterable[T]) -> list[T]:
        """All of them, in any order."""
        known = list(items)
        return self._chance.sample(known, len(known))

    def text(self) -> dict[str, str]:
        """A sentence in both languages."""
        return {"zh": self.one(_WORDS), "en": self.one(_WORDS)}

    def period(self, *units: str) -> Table:
        """A short time in one of some units, by the calendar `workdays`."""
        unit = self.one(units or UNITS)
        return {"amount": self.number(1, 9), "unit": unit, "calendar": "workdays"}


def label(code: str) -> Table:
    """A label for a code."""
    return {"label": {"zh": f"名为{code}", "en": code}}
