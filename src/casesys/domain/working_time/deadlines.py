"""Deadlines, the moments of timers and the time used, from a term and its adopted calendar.

`at` matters only to a suspension that is still open: it is taken as if it ended then. Everything
here is deterministic. The functions raise ValueError when given another calendar than the one the
budget names, or none where a unit needs one.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from casesys.domain.working_time.calendar import Calendar
from casesys.domain.working_time.running import DayClock, HourClock, pauses, running
from casesys.domain.working_time.term import Before, Share, Term, Trigger, Unit
from casesys.domain.working_time.zone import instant, ticks


class Deadline(Struct, frozen=True):
    """When something is due, in UTC; for units of days the end (local 24:00) of the last day.

    `provisional` says that it rests on days or offsets that no adopted calendar covers: it may
    remind, nothing else. `suspended` says that the clock stood still at the instant of asking, so
    that the deadline still moves.
    """

    due_at: datetime
    provisional: bool
    suspended: bool


def deadline(term: Term, calendar: Calendar | None, at: datetime) -> Deadline:
    """Give the instant by which the budget and its extensions are consumed."""
    if term.budget.unit is Unit.CLOCK_HOUR and not term.suspensions:
        due_at = term.started_at + timedelta(hours=term.total)
        return Deadline(due_at, provisional=False, suspended=False)
    clock = _clock(term, calendar, at)
    reached, certain = clock.forward(ticks(term.started_at), term.total * clock.quantum)
    return Deadline(instant(reached), not certain, suspended(term, at))


def moment(term: Term, calendar: Calendar | None, at: datetime, trigger: Trigger) -> Deadline:
    """Give the instant a timer waits for.

    The trigger may count in another unit than the budget, but by the same calendar.
    """
    clock, start = _clock(term, calendar, at), ticks(term.started_at)
    if isinstance(trigger, Share):
        quantity = -(-term.total * clock.quantum * trigger.numerator // trigger.denominator)
        reached, certain = clock.forward(start, quantity) if quantity else (start, True)
        return Deadline(instant(reached), not certain, suspended(term, at))
    due, due_certain = clock.forward(start, term.total * clock.quantum)
    its_clock = running(trigger.unit, calendar, clock.paused)
    quantity = trigger.amount * its_clock.quantum
    reached, certain = (
        its_clock.backward(due, quantity, start)
        if isinstance(trigger, Before)
        else its_clock.onward(due, quantity)
    )
    return Deadline(instant(reached), not (due_certain and certain), suspended(term, at))


def used(term: Term, calendar: Calendar | None, at: datetime) -> int:
    """Give what is consumed by `at`: whole days that have ended, or whole seconds of hours.

    It goes on counting after the deadline, so that used less total is how late something is.
    """
    return _clock(term, calendar, at).elapsed(ticks(term.started_at), ticks(at))


def suspended(term: Term, at: datetime) -> bool:
    """Say whether the clock stands still at an instant."""
    return any(
        each.since <= at and (each.until is None or at < each.until) for each in term.suspensions
    )


def _clock(term: Term, calendar: Calendar | None, at: datetime) -> DayClock | HourClock:
    named = term.budget.calendar
    if named and calendar is not None and calendar.code != named:
        raise ValueError(f"the budget is in {named}, the calendar given is {calendar.code}")
    return running(term.budget.unit, calendar, pauses(term, at))
