"""A slow, plain clock, written apart from the engine's: it walks from day to day until a budget is used up.

It looks only at what a calendar says (days, hours, holidays), and knows one zone, UTC+8, which all calendars of these tests keep.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import ceil

from casesys.domain.cases.events import ClockStart
from casesys.domain.working_time import Calendar, Unit

OFFSET = timedelta(hours=8)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
WHOLE = Fraction(1)

Stretch = tuple[datetime, datetime]


@dataclass
class Ledger:
    """What is known of one clock: how it was started, what stopped, suspended or extended it. An open suspension has no end."""

    start: ClockStart
    since: datetime
    stopped_at: datetime | None = None
    suspensions: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    extensions: list[int] = field(default_factory=list)

    @property
    def stands_still(self) -> bool:
        """Whether a suspension is open."""
        return any(until is None for _, until in self.suspensions)

    def due(
        self, calendar: Calendar | None, at: datetime, share: Fraction = WHOLE
    ) -> tuple[datetime, bool]:
        """When a share of it is used up, seen from an instant, and whether that is provisional. Days are rounded up."""
        if not share:
            return self.since, False
        amount = (self.start.amount + sum(self.extensions)) * share
        pauses = [
            (since, max(since, at) if end is None else end) for since, end in self.suspensions
        ]
        time = MICROSECOND * ceil(amount * (HOUR // MICROSECOND))
        if self.start.unit is Unit.CLOCK_HOUR:
            return _run_out([(self.since, datetime.max.replace(tzinfo=UTC))], time, pauses), False
        assert calendar is not None
        if self.start.unit is Unit.WORKING_HOUR:
            due = _run_out(_working(calendar, self.since), time, pauses)
            return due, _local(due - MICROSECOND) > calendar.last_day
        works = self.start.unit is Unit.WORKING_DAY
        last = _last_day(calendar if works else None, self.since, ceil(amount), pauses)
        return _midnight(last + DAY), works and last > calendar.last_day


def _local(instant: datetime) -> date:
    return (instant + OFFSET).date()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - OFFSET


def _works(calendar: Calendar, day: date) -> bool:
    if day in calendar.make_up_days:
        return True
    return day.isoweekday() in calendar.weekdays and day not in calendar.holidays


def _working(calendar: Calendar, since: datetime) -> Iterator[Stretch]:
    """The working hours from an instant on."""
    day = _local(since)
    while True:
        if _works(calendar, day):
            for begin, end in calendar.hours:
                opens = _midnight(day) + timedelta(minutes=begin)
                closes = _midnight(day) + timedelta(minutes=end)
                if closes > since:
                    yield max(opens, since), closes
        day += DAY


def _run_out(
    open_: Iterator[Stretch] | list[Stretch], left: timedelta, pauses: list[Stretch]
) -> datetime:
    """The first instant by which so much time has run in some stretches of time, less the pauses."""
    for begin, end in open_:
        now = begin
        while now < end:
            within = [until for since, until in pauses if since <= now < until]
            if within:
                now = max(within)
                continue
            ahead = min([since for since, until in pauses if since > now and until > since] + [end])
            if ahead - now >= left:
                return now + left
            left -= ahead - now
            now = ahead
    raise AssertionError("time has no end")


def _last_day(
    calendar: Calendar | None, since: datetime, amount: int, pauses: list[Stretch]
) -> date:
    """The day whose end uses up the budget; without a calendar all days count.

    A day at whose end the clock stood still is lost; of the others the first does not count.
    """
    day, begun, left = _local(since), False, amount
    while True:
        end = _midnight(day + DAY)
        lost = any(pause < end <= until for pause, until in pauses)
        if not lost:
            if begun and (calendar is None or _works(calendar, day)):
                left -= 1
                if left == 0:
                    return day
            begun = True
        day += DAY
