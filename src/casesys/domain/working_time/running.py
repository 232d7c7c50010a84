"""When a clock runs: the time and the days of a calendar, less the suspensions.

Hours run inside the calendar's hours (clock hours always) and stand still while suspended, to the
microsecond. Days count whole: **a day is lost if the clock is suspended at its end, and the day of
resuming takes its place.** Of the days left the first, on which the term starts, does not count. So

- resuming on the day of the suspension moves nothing; resuming later gives back each counting day
  that was suspended through, and takes none that ran;
- what is left of the day of resuming and the days after it are as many as they were when the clock
  was suspended; nothing is consumed meanwhile, and no deadline can pass.

(To ask at the start of a day instead would count the day of the suspension: a case suspended on its
last day would be overdue before it is resumed.)

A result is *certain* when every day and every offset it rests on is adopted data.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count, islice, pairwise, takewhile
from typing import ClassVar

from casesys.domain.working_time.calendar import Calendar
from casesys.domain.working_time.term import Term, Unit
from casesys.domain.working_time.zone import FOREVER, HOUR, SECOND, ticks

Stretch = tuple[int, int]
"""From one tick, or day, up to another, the second not included."""

Reached = tuple[int, bool]
"""A tick, and whether it is certain."""


def pauses(term: Term, at: datetime) -> Sequence[Stretch]:
    """Give the time suspended, as ascending stretches of ticks that do not touch.

    What is still open ends `at`.
    """
    merged: list[Stretch] = []
    for since, until in sorted(
        (ticks(each.since), ticks(max(each.since, at) if each.until is None else each.until))
        for each in term.suspensions
    ):
        if merged and since <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], until)
        elif since < until:
            merged.append((since, until))
    return merged


def _any_day(_: int) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class DayClock:
    """Counts local days: working days, or all days of the calendar's zone; `paused` is in ticks."""

    calendar: Calendar
    unit: Unit
    paused: Sequence[Stretch]
    quantum: ClassVar[int] = 1

    def forward(self, start: int, days: int) -> Reached:
        """Give the end of the n-th counted day after the day of `start`."""
        zone, first = self.calendar.zone, self.start_day(start) + 1
        last = next(islice(filter(self._counts, self._days(first)), days - 1, None))
        end = zone.start_of(last + 1)
        return end, zone.knows(start) and zone.knows(end) and self._adopted(first, last)

    def onward(self, due: int, days: int) -> Reached:
        """Give the end of the n-th counted day that begins when a term ends, or later."""
        return self.forward(due - 1, days)

    def backward(self, due: int, days: int, start: int) -> Reached:
        """Give the start of the n-th counted day back from `due`, but no earlier than `start`.

        The first day back is the last one that has ended by then. A day that takes the place of
        others starts where they did.
        """
        zone, after = self.calendar.zone, self.calendar.zone.day_of(due)
        walked = list(takewhile(after.__gt__, self._days(self.start_day(start))))
        counts = self._counts
        counted = [before + 1 for before, day in pairwise(walked) if counts(day)]
        if days > len(counted):
            reached, first = start, zone.day_of(start) + 1
        else:
            first = counted[-days]
            reached = zone.start_of(first)
        return reached, zone.knows(reached) and zone.knows(due) and self._adopted(first, after - 1)

    def elapsed(self, start: int, at: int) -> int:
        """Count the days that have ended by `at`."""
        today, first = self.calendar.zone.day_of(at), self.start_day(start) + 1
        return sum(map(self._counts, takewhile(today.__gt__, self._days(first))))

    def start_day(self, start: int) -> int:
        """Give the day after which counting begins: that of `start`, unless it is lost."""
        return next(self._days(self.calendar.zone.day_of(start)))

    def lost(self) -> Sequence[Stretch]:
        """Give the days at whose end the clock was suspended, as ascending stretches."""
        day_of = self.calendar.zone.day_of
        return [(day_of(since), day_of(until)) for since, until in self.paused]

    def _days(self, first: int) -> Iterator[int]:
        """Give the days from `first` on that are not lost, without end."""
        if not self.paused:
            return count(first)
        kept: list[Iterable[int]] = []
        for begin, end in self.lost():
            kept.append(range(first, begin))
            first = max(first, end)
        return chain(*kept, count(first))

    @property
    def _counts(self) -> Callable[[int], bool]:
        return self.calendar.works if self.unit is Unit.WORKING_DAY else _any_day

    def _adopted(self, first: int, last: int) -> bool:
        if self.unit is Unit.CALENDAR_DAY:
            return True
        return self.calendar.covers(next(self._days(first)), last)


@dataclass(frozen=True, slots=True)
class HourClock:
    """Measures time that runs: the working hours of a calendar, or all time where there is none."""

    calendar: Calendar | None
    paused: Sequence[Stretch]
    quantum: ClassVar[int] = HOUR

    def forward(self, start: int, quantity: int) -> Reached:
        """Give the first instant by which so many ticks have run since `start`."""
        spans = self._running(start)
        begin, end = next(spans)
        while end - begin < quantity:
            quantity -= end - begin
            begin, end = next(spans)
        reached = begin + quantity
        return reached, self._adopted(self._resumed(start), reached)

    def onward(self, due: int, quantity: int) -> Reached:
        """Go on from where a term ends."""
        return self.forward(due, quantity)

    def backward(self, due: int, quantity: int, start: int) -> Reached:
        """Give the last instant from which so many ticks run until `due`; at least `start`."""
        reached = start
        for begin, end in reversed(self._until(due, start)):
            if end - begin >= quantity:
                reached = end - quantity
                break
            quantity -= end - begin
        return reached, self._adopted(reached, due)

    def elapsed(self, start: int, at: int) -> int:
        """Measure what has run from `start` to `at`, in whole seconds."""
        return sum(end - begin for begin, end in self._until(at, start)) // SECOND

    def _until(self, stop: int, start: int) -> list[Stretch]:
        spans = takewhile(lambda span: span[0] < stop, self._running(start))
        return [(begin, min(end, stop)) for begin, end in spans]

    def _running(self, start: int) -> Iterator[Stretch]:
        """Give the time that runs from `start` on, as ascending stretches, without end."""
        for begin, end in self._open(start):
            kept = begin
            for since, until in self.paused:
                if kept < min(since, end):
                    yield kept, min(since, end)
                kept = max(kept, until)
            if kept < end:
                yield kept, end

    def _open(self, start: int) -> Iterator[Stretch]:
        """Give the time that would run from `start` on if nothing were suspended."""
        if self.calendar is None:
            return iter([(start, FOREVER)])
        days = filter(self.calendar.works, count(self.calendar.zone.day_of(start)))
        spans = chain.from_iterable(map(self.calendar.spans, days))
        return ((max(start, begin), end) for begin, end in spans if start < end)

    def _resumed(self, start: int) -> int:
        return next((until for since, until in self.paused if since <= start < until), start)

    def _adopted(self, begin: int, end: int) -> bool:
        if self.calendar is None:
            return True
        # That a day is covered implies that its offset is known.
        day_of = self.calendar.zone.day_of
        return self.calendar.covers(day_of(begin), day_of(max(begin, end - 1)))


def running(
    unit: Unit, calendar: Calendar | None, paused: Sequence[Stretch]
) -> DayClock | HourClock:
    """Give the clock of a unit. Raises ValueError where the unit lacks its calendar."""
    if unit is Unit.CLOCK_HOUR:
        return HourClock(None, paused)
    if calendar is None:
        raise ValueError(f"{unit.value} needs a calendar")
    if unit is Unit.WORKING_HOUR:
        return HourClock(calendar, paused)
    return DayClock(calendar, unit, paused)
