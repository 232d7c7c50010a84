"""Notes, and what only time brings about: reminders, missed deadlines, escalation, lapsed questions."""

from datetime import datetime

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.matter import Matter, Ruling
from casesys.domain.cases.state import INFORMATION_CLOCK, Running
from casesys.domain.charter.time import Timer
from casesys.domain.refusals import refuse
from casesys.domain.working_time import (
    After,
    Before,
    Calendar,
    Deadline,
    Share,
    Trigger,
    deadline,
    moment,
)

Rulings = tuple[Ruling, ...]


def add_note(_: Matter, command: c.AddNote) -> Rulings:
    """A note is recorded."""
    return ((e.NoteAdded(command.note), None),)


def timer_instant(
    running: Running, timer: Timer, calendar: Calendar | None, at: datetime
) -> Deadline:
    """Give the instant a timer waits for along a clock, seen from `at`. The calendar is the one that the clock is counted in."""
    trigger: Trigger
    if timer.share is not None:
        trigger = Share(timer.share.numerator, timer.share.denominator)
    elif timer.before is not None:
        trigger = Before(timer.before.amount, timer.before.unit)
    elif timer.after is not None:
        trigger = After(timer.after.amount, timer.after.unit)
    else:
        return deadline(running.term, calendar, at)
    return moment(running.term, calendar, at, trigger)


def _come(m: Matter, clock: str, timer_id: str, does: str) -> tuple[Running, Timer, datetime]:
    """Give the timer that has come, and when the clock runs out; refuse one that has not, or has been dealt with."""
    running = m.case.clocks.get(clock)
    definition = m.charter.time.clocks.get(clock)
    timers = definition.timers if definition is not None else ()
    timer = next((t for t in timers if t.id == timer_id and t.does == does), None)
    if running is None or timer is None:
        refuse("unknown-timer", clock=clock, timer=timer_id)
    if running.stopped_at is not None or timer_id in running.fired:
        refuse("timer-over", clause=timer.clause, timer=timer_id)
    instant = timer_instant(running, timer, m.calendar(running.start.calendar), m.now)
    if instant.due_at > m.now:
        refuse("not-yet", clause=timer.clause)
    if instant.provisional and does != "remind":
        refuse("provisional", clause=timer.clause)
    return running, timer, m.due(running).due_at


def remind_of_deadline(m: Matter, command: c.RemindOfDeadline) -> Rulings:
    """A reminder comes when its timer has come, also of a provisional deadline."""
    running, timer, due_at = _come(m, command.clock, command.timer, "remind")
    provisional = m.due(running).provisional
    event = e.DeadlineReminded(command.clock, timer.id, timer.to, due_at, provisional)
    return ((event, timer.clause),)


def record_missed_deadline(m: Matter, command: c.RecordMissedDeadline) -> Rulings:
    """A deadline is missed when its clock has run out; a provisional one never is."""
    _, timer, due_at = _come(m, command.clock, command.timer, "miss")
    return ((e.DeadlineMissed(command.clock, timer.id, timer.to, due_at), timer.clause),)


def escalate_case(m: Matter, command: c.EscalateCase) -> Rulings:
    """One rung of the ladder at a time, each with its own timer."""
    _, timer, _ = _come(m, command.clock, command.timer, "escalate")
    return ((e.CaseEscalated(timer.to, timer.id, command.clock), timer.clause),)


def lapse_information_request(m: Matter, _: c.LapseInformationRequest) -> Rulings:
    """When nobody has answered in time, the case goes on by itself."""
    if not m.case.information_asked:
        refuse("nothing-requested")
    rule = m.charter.time.information
    clause = rule.clause if rule is not None else None
    if not m.expired(INFORMATION_CLOCK):
        refuse("not-yet", clause=clause)
    return ((e.InformationRequestLapsed(m.stay(stops=(INFORMATION_CLOCK,))), clause),)
