"""Invariant 10, watched from outside: every clock of every case as a ledger kept by hand, its deadline found by walking.

A clock that starts again goes on with what it was suspended for; counted from the same past moment with the same budget it is the
same deadline, extensions included. What is provisional never lapses, misses or escalates anything.
"""

from datetime import datetime
from fractions import Fraction

from casesys.domain.cases import events as e
from casesys.domain.cases.state import (
    INFORMATION_CLOCK,
    OBJECTIONS_CLOCK,
    STEP_CLOCK,
    Running,
)
from casesys.domain.messages import Event
from casesys.domain.register.authority import CLOCK
from casesys.domain.register.lookups import calendar_that_counts
from casesys.domain.register.state import AdoptedCalendar
from casesys.domain.register.streams import calendar_stream
from casesys.domain.working_time import Calendar, deadline
from tests.model.record import Seen
from tests.model.walking import WHOLE, Ledger

Ledgers = dict[str, Ledger]


class Clocks:
    """Watches the clocks of all cases."""

    def __init__(self) -> None:
        """Begin without cases."""
        self.cases: dict[str, Ledgers] = {}

    def __call__(self, seen: Seen) -> None:
        """Check what came by the clock, follow the event, then compare with the case."""
        ledgers = self.cases.setdefault(seen.after.case_id, {})
        _in_time(ledgers, seen)
        changed = _follow(ledgers, seen)
        assert seen.after.clocks.keys() == ledgers.keys()
        for name in changed:
            _compare(ledgers[name], seen.after.clocks[name], seen)
        still = {name for name, ledger in ledgers.items() if ledger.stands_still}
        assert still == set(seen.after.suspended)


def due(ledger: Ledger, seen: Seen, share: Fraction = WHOLE) -> tuple[datetime, bool]:
    """When a clock runs out, or a share of it, seen from the instant of deciding, and whether that is provisional."""
    return ledger.due(_calendar(ledger, seen), seen.leaf.decided_at, share)


def _calendar(ledger: Ledger, seen: Seen) -> Calendar | None:
    assert _can_be_reckoned(ledger, seen)  # or nothing may have come of its end
    code = ledger.start.calendar
    return calendar_that_counts(seen.world, code) if code else None


def _can_be_reckoned(ledger: Ledger, seen: Seen) -> bool:
    """Whether the calendar that a clock needs was adopted by now."""
    code = ledger.start.calendar
    return not code or seen.world.state(calendar_stream(code), AdoptedCalendar) is not None


def _in_time(ledgers: Ledgers, seen: Seen) -> None:
    """What waits for the end of a clock comes when it has run out for certain; what must come in time, before."""
    event, decided_at = seen.event, seen.leaf.decided_at
    if isinstance(event, e.DeadlineReminded | e.DeadlineMissed):
        at, provisional = due(ledgers[event.clock], seen)
        assert event.due_at == at
        if isinstance(event, e.DeadlineReminded):
            assert event.provisional is provisional
        else:
            assert not provisional
            assert at <= decided_at
    elif isinstance(event, e.CaseEscalated) and event.clock is not None:
        timers = seen.version.charter.time.clocks[event.clock].timers
        share = next(timer.share for timer in timers if timer.id == event.timer)
        at, provisional = due(ledgers[event.clock], seen, WHOLE if share is None else share)
        assert not provisional
        assert share is None or at <= decided_at
    elif (name := _ended_by(event, by_clock=seen.recorded.actor_id == CLOCK)) is not None:
        at, provisional = due(ledgers[name], seen)
        assert not provisional
        assert at <= decided_at
    elif isinstance(event, e.DecisionRatified | e.ConsentRecorded):
        clock = ledgers.get(STEP_CLOCK)
        if clock is not None and clock.stopped_at is None:
            at, provisional = due(clock, seen)
            assert provisional or decided_at < at
    elif isinstance(event, e.DecisionConfirmed):
        _published_long_enough(ledgers, seen)


def _ended_by(event: Event, *, by_clock: bool) -> str | None:
    """Name the clock of the engine whose end brought an event about, None for most events."""
    match event:
        case e.ConsentPresumed():
            return STEP_CLOCK
        case e.DecisionLapsed() if by_clock:
            return STEP_CLOCK
        case e.InformationRequestLapsed():
            return INFORMATION_CLOCK
        case e.ObjectionsClosed():
            return OBJECTIONS_CLOCK
        case _:
            return None


def _published_long_enough(ledgers: Ledgers, seen: Seen) -> None:
    for name in ("publication", "objections"):
        clock = ledgers.get(name)
        if clock is not None and clock.stopped_at is None:
            at, provisional = due(clock, seen)
            assert not provisional
            assert at <= seen.leaf.decided_at


def _follow(ledgers: Ledgers, seen: Seen) -> set[str]:
    """Enter an event into the ledgers; name the clocks that it touched."""
    event, at = seen.event, seen.recorded.effective_at
    changed: set[str] = set()
    move = getattr(event, "move", None)
    if isinstance(event, e.CaseTriaged | e.CaseRetriaged | e.CaseReopened):
        changed |= _end_suspensions(
            ledgers, at
        )  # a round of work that is over keeps no clock standing
    if isinstance(move, e.Move):
        changed |= _moved(ledgers, move, at)
    match event:
        case e.ClockSuspended(clocks=names):
            for name in names:
                ledgers[name].suspensions.append((at, None))
            changed |= set(names)
        case e.ClockResumed():
            changed |= _end_suspensions(ledgers, at)
        case e.ExtensionGranted(clock=name, amount=amount):
            ledgers[name].extensions.append(amount)
            changed.add(name)
        case _:
            pass
    return changed


def _end_suspensions(ledgers: Ledgers, at: datetime) -> set[str]:
    ended = {name for name, ledger in ledgers.items() if ledger.stands_still}
    for name in ended:
        ledgers[name].suspensions = [
            (since, max(at, since) if until is None else until)
            for since, until in ledgers[name].suspensions
        ]
    return ended


def _moved(ledgers: Ledgers, move: e.Move, at: datetime) -> set[str]:
    for name in move.stops:
        assert ledgers[name].stopped_at is None
        ledgers[name].stopped_at = at
    for name in move.resumes:
        assert ledgers[name].stopped_at is not None
        ledgers[name].stopped_at = None
    for name in move.continues:
        since = ledgers[name].stopped_at
        assert since is not None
        ledgers[name].suspensions.append((since, max(at, since)))
        ledgers[name].stopped_at = None
    for start in move.starts:
        ledgers[start.clock] = _started(ledgers.get(start.clock), start, at)
    return {*move.stops, *move.resumes, *move.continues, *(start.clock for start in move.starts)}


def _started(before: Ledger | None, start: e.ClockStart, at: datetime) -> Ledger:
    ledger = Ledger(start, start.since or at)
    if before is not None:
        ledger.suspensions = [
            (since, until)
            for since, until in before.suspensions
            if until is None or until > ledger.since
        ]
        if (before.start, before.since) == (start, ledger.since):
            ledger.extensions = before.extensions
    return ledger


def _compare(ledger: Ledger, running: Running, seen: Seen) -> None:
    """The case's clock and the ledger say the same, and run out at the same instant."""
    assert (running.start, running.started_at) == (ledger.start, ledger.since)
    assert running.stopped_at == ledger.stopped_at
    assert list(running.extensions) == ledger.extensions
    assert [(s.since, s.until) for s in running.suspensions] == ledger.suspensions
    if ledger.stopped_at is None and _can_be_reckoned(ledger, seen):
        at = seen.leaf.decided_at
        calculated = deadline(running.term, _calendar(ledger, seen), at)
        assert (calculated.due_at, calculated.provisional) == due(ledger, seen)
