"""Which commands of the clock a case is due for, and when the next will be.

A tick gives each command an id made from the case, the clock's start and the timer, so that it happens once however often
somebody looks. Commands are given in the order of the instants they are due at.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache, partial
from typing import NamedTuple
from uuid import UUID, uuid5

from casesys.domain.cases import commands as c
from casesys.domain.cases.matter import Matter
from casesys.domain.cases.rules.decision import leads_on
from casesys.domain.cases.rules.running import timer_instant
from casesys.domain.cases.state import (
    INFORMATION_CLOCK,
    OBJECTIONS_CLOCK,
    STEP_CLOCK,
    Case,
    Running,
)
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.charter.steps import Consult, Ratify
from casesys.domain.charter.time import Timer
from casesys.domain.messages import Envelope
from casesys.domain.register.authority import CLOCK
from casesys.domain.vocabulary import Stage
from casesys.domain.working_time import Calendar, Deadline
from casesys.domain.world import World

_TICKS = UUID("6f1f0a86-52f0-5d0c-9c1c-6a4f2f0a0c01")
"""The namespace of the command ids of ticks."""


class Due(NamedTuple):
    """A command of the clock, the instant it is due at, and its id."""

    at: datetime
    command: c.ClockCommand
    command_id: UUID

    def envelope(self, decided_at: datetime) -> Envelope:
        """Give the envelope of the command: decided when somebody looked, effective when it was due."""
        return Envelope(
            command_id=self.command_id,
            actor_id=CLOCK,
            decided_at=decided_at,
            effective_at=self.at,
            channel=CLOCK,
            client_id=CLOCK,
        )


_COMMANDS: dict[str, type[c.RemindOfDeadline | c.RecordMissedDeadline | c.EscalateCase]] = {
    "remind": c.RemindOfDeadline,
    "miss": c.RecordMissedDeadline,
    "escalate": c.EscalateCase,
}


def upcoming(
    case: Case,
    version: CharterVersion,
    world: World,
    now: datetime,
    *,
    until: datetime | None = None,
) -> list[Due]:
    """Give all commands that the clocks of a case will bring about if nothing else happens, soonest first, past ones too.

    With `until`, only what is due by then. What is provisional is left out, but for reminders. Raises Missing when the world
    lacks a calendar.
    """
    coming = (
        each for each in _coming(case, version, world, now) if until is None or each.at <= until
    )
    # At one instant the charter's order holds: a reminder comes before the miss that it warns of.
    return [
        Due(each.at, each.command(), _id(case, each))
        for each in sorted(coming, key=lambda each: each.at)
    ]


def next_at(case: Case, version: CharterVersion, world: World, now: datetime) -> datetime | None:
    """Give the instant of the first command of `upcoming`, None if there is none. Raises Missing as that does."""
    if case.stage is Stage.CLOSED:
        return None
    matter = _asked(case, version, world, now)
    instants: list[datetime] = []
    for name in matter.running():
        running = case.clocks[name]
        if running.suspensions or name not in version.charter.time.clocks:
            instants += [each.at for each in _of_clock(matter, name)]
        else:
            first = _first(version, name, running, matter.calendar(running.start.calendar))
            if first is not None:
                instants.append(first)
    return min(instants, default=None)


@lru_cache(maxsize=20_000)
def _first(
    version: CharterVersion, clock: str, running: Running, calendar: Calendar | None
) -> datetime | None:
    """Give the first instant at which a clock of the charter brings something about. It was never suspended: no matter when one asks.

    What comes after the deadline is not looked at while something by then is still to come.
    """
    timers = [t for t in version.charter.time.clocks[clock].timers if t.id not in running.fired]
    by_then = [timer for timer in timers if timer.after is None]
    for some in (by_then, [timer for timer in timers if timer.after is not None]):
        found = [timer_instant(running, timer, calendar, running.started_at) for timer in some]
        instants = [d.due_at for t, d in zip(some, found, strict=True) if not _is_uncertain(t, d)]
        if instants:
            return min(instants)
    return None


class _Coming(NamedTuple):
    """What a clock brings about at an instant, and by which of its timers, or by itself; the command is made when it is wanted."""

    at: datetime
    clock: str
    running: Running
    timer: str
    command: Callable[[], c.ClockCommand]


def _asked(case: Case, version: CharterVersion, world: World, now: datetime) -> Matter:
    """Give a case as a rule sees it that is asked at an instant."""
    nobody = Envelope(command_id=_TICKS, actor_id=CLOCK, decided_at=now)
    return Matter(case, nobody, world, version)


def _coming(case: Case, version: CharterVersion, world: World, now: datetime) -> Iterator[_Coming]:
    if case.stage is not Stage.CLOSED:
        matter = _asked(case, version, world, now)
        for name in matter.running():
            yield from _of_clock(matter, name)


def _of_clock(matter: Matter, name: str) -> Iterator[_Coming]:
    running = matter.case.clocks[name]
    clock = matter.charter.time.clocks.get(name)
    if clock is not None:
        yield from _timers(matter, name, running, clock.timers)
    elif (command := _lapse(matter, name)) is not None:
        due = matter.due(running)
        if not due.provisional and not due.suspended:
            lapse = partial(command, case_id=matter.case.case_id)
            yield _Coming(due.due_at, name, running, name, lapse)


def _timers(
    matter: Matter, name: str, running: Running, timers: Iterable[Timer]
) -> Iterator[_Coming]:
    for timer in timers:
        if timer.id not in running.fired:
            calendar = matter.calendar(running.start.calendar)
            due = timer_instant(running, timer, calendar, matter.now)
            if not _is_uncertain(timer, due):
                command = partial(
                    _COMMANDS[timer.does],
                    case_id=matter.case.case_id,
                    clock=name,
                    timer=timer.id,
                )
                yield _Coming(due.due_at, name, running, timer.id, command)


def _is_uncertain(timer: Timer, due: Deadline) -> bool:
    """Say whether nobody knows yet when a timer comes. A reminder may rest on days that nobody has announced."""
    return due.suspended or (due.provisional and timer.does != "remind")


def _lapse(matter: Matter, name: str) -> type[c.ClockCommand] | None:
    """Give what the end of a clock of the engine's own brings about; most only allow what comes next."""
    if name == INFORMATION_CLOCK:
        return c.LapseInformationRequest
    if name == OBJECTIONS_CLOCK and leads_on(matter):
        return c.CloseObjections
    if name != STEP_CLOCK:
        return None
    open_step = matter.deliberation.step
    assert open_step is not None  # the clock of a step stops with it
    step = matter.procedure.steps[matter.procedure.index(open_step)]
    if isinstance(step, Consult):
        return c.PresumeConsent
    assert isinstance(step, Ratify)  # no other step has a clock of its own
    return c.LapseDecision


def _id(case: Case, coming: _Coming) -> UUID:
    # Retriage may start a clock anew from the same past moment with another budget: another deadline.
    start, since = coming.running.start, coming.running.started_at.isoformat()
    told = f"{case.case_id}|{coming.clock}|{since}|{start.amount} {start.unit}|{coming.timer}"
    return uuid5(_TICKS, told)
