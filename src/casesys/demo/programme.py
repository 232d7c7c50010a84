"""The programme of a season: which story begins when. Stories are told in days from here, so a season can end on any day."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from casesys.demo.days import ONE_DAY, Days
from casesys.demo.plots import big, duty, endings, small, urgent, waiting
from casesys.demo.scene import Plot, Scene


class Span(NamedTuple):
    """The beginning and the end of a season."""

    begin: datetime
    until: datetime


Begins = Callable[[Days, Span], datetime]


class Item(NamedTuple):
    """A story of the programme."""

    name: str
    begins: Begins
    plot: Callable[[Scene], Plot]


def _workday(ahead: int, clock_time: str) -> Begins:
    """On the n-th working day of the season."""
    return lambda days, span: days.workday(span.begin, ahead, clock_time)


def _reception(number: int, clock_time: str) -> Begins:
    """On the n-th reception day of the season."""

    def begins(days: Days, span: Span) -> datetime:
        first, last = days.local(span.begin).date() + ONE_DAY, days.local(span.until).date()
        return days.at(days.receptions(first, last)[number - 1], clock_time)

    return begins


def _before_end(back: int, clock_time: str) -> Begins:
    """On the n-th working day before the end."""
    return lambda days, span: days.workday_before(span.until, back, clock_time)


PROGRAMME: tuple[Item, ...] = (
    Item("courtyard_rebuilt", _workday(1, "09:20"), big.courtyard_rebuilt),
    Item("courtyard_lamp", _workday(2, "10:05"), small.courtyard_lamp),
    Item("street_lamp", _workday(4, "09:00"), duty.street_lamp),
    Item("lift_with_people", _workday(5, "18:42"), urgent.lift_with_people),
    Item("outside_duty_list", _workday(7, "08:50"), duty.outside_duty_list),
    Item("withdrawn", _workday(9, "09:05"), endings.withdrawn),
    Item("deadline_missed", _workday(10, "10:15"), waiting.deadline_missed),
    Item("burst_pipe", _workday(12, "21:10"), urgent.burst_pipe),
    Item("verification_refused", _workday(15, "14:10"), duty.verification_refused),
    Item("consent_objection", _workday(17, "11:30"), small.consent_objection),
    Item("rain", _workday(19, "09:25"), small.rain),
    Item("declined", _workday(22, "10:20"), endings.declined),
    Item("reopened", _workday(24, "09:40"), duty.reopened),
    Item("information_unanswered", _workday(30, "09:15"), waiting.information_unanswered),
    Item("inquiry_answered", _reception(1, "09:30"), endings.inquiry_answered),
    Item("referred", _reception(2, "15:00"), endings.referred),
    Item("still_open", _before_end(2, "14:05"), endings.still_open),
)
