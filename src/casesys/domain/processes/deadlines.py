"""Which commands of the clock a case is due for, and when the next will be.

A tick gives each command an id made from the case, the clock's start and the timer, so that it happens once however often
somebody looks. Commands are given in the order of the instants they are due at.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from casesys.domain.cases import commands as c
from casesys.domain.cases.matter import Matter
from casesys.domain.cases.rules.running import timer_instant
from casesys.domain.cases.state import INFORMATION_CLOCK, STEP_CLOCK, Case, Running
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.charter.steps import Consult, Ratify
from casesys.domain.charter.time import Timer
from casesys.domain.messages import Envelope
from casesys.domain.register.authority import CLOCK
from casesys.domain.vocabulary import Stage
from casesys.domain.working_time import Deadline
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
    if case.stage is Stage.CLOSED:
        return []
    nobody = Envelope(command_id=_TICKS, actor_id=CLOCK, decided_at=now)
    matter = Matter(case, nobody, world, version)
    found = []
    for name in matter.running():
        running = case.clocks[name]
        clock = version.charter.time.clocks.get(name)
        if clock is not None:
            for timer in clock.timers:
                if timer.id not in running.fired:
                    found.extend(_timer(matter, name, running, timer, until))
        elif (command := _lapse(matter, name)) is not None:
            due = matter.due(running)
            if not due.provisional and not due.suspended and _reached(due, until):
                found.append(Due(due.due_at, command, _id(case, name, running, name)))
    # At one instant the charter's order holds: a reminder comes before the miss that it warns of.
    return sorted(found, key=lambda due: due.at)


def _reached(due: Deadline, until: datetime | None) -> bool:
    return until is None or due.due_at <= until


def _timer(
    matter: Matter, name: str, running: Running, timer: Timer, until: datetime | None
) -> list[Due]:
    instant = timer_instant(matter, running, timer)
    uncertain = instant.suspended or (instant.provisional and timer.does != "remind")
    if uncertain or not _reached(instant, until):
        return []
    case_id = matter.case.case_id
    command = _COMMANDS[timer.does](case_id=case_id, clock=name, timer=timer.id)
    return [Due(instant.due_at, command, _id(matter.case, name, running, timer.id))]


def _lapse(matter: Matter, name: str) -> c.ClockCommand | None:
    """Give what the end of a clock of the engine's own brings about; most only allow what comes next."""
    if name == INFORMATION_CLOCK:
        return c.LapseInformationRequest(case_id=matter.case.case_id)
    if name != STEP_CLOCK:
        return None
    open_step = matter.deliberation.step
    assert open_step is not None  # the clock of a step stops with it
    step = matter.procedure.steps[matter.procedure.index(open_step)]
    if isinstance(step, Consult):
        return c.PresumeConsent(case_id=matter.case.case_id)
    assert isinstance(step, Ratify)  # no other step has a clock of its own
    return c.LapseDecision(case_id=matter.case.case_id)


def _id(case: Case, name: str, running: Running, timer: str) -> UUID:
    # Retriage may start a clock anew from the same past moment with another budget: another deadline.
    start, since = running.start, running.started_at.isoformat()
    return uuid5(_TICKS, f"{case.case_id}|{name}|{since}|{start.amount} {start.unit}|{timer}")
