"""The matter before a rule: one case, one command, and everything the rule may look at to decide it.

Rules ask it for deadlines, for the clocks that a moment starts and stops, for the step that is open and the one that comes next, and
for the move all that amounts to. It fetches nothing: what it needs it takes from the world.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import NoReturn, TypeVar

from casesys.domain.cases.events import ClockStart, Move
from casesys.domain.cases.state import (
    OBJECTIONS_CLOCK,
    STEP_CLOCK,
    Case,
    Deliberation,
    Running,
)
from casesys.domain.charter.clocks import budget_row
from casesys.domain.charter.model import CaseType, Charter, Procedure
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.charter.parts import Period
from casesys.domain.charter.scopes import Course
from casesys.domain.charter.steps import AnyStep, Consult, Objections, Ratify
from casesys.domain.charter.triage import Features
from casesys.domain.messages import Envelope, Event
from casesys.domain.refusals import refuse
from casesys.domain.register.lookups import calendar_that_counts, party_serving
from casesys.domain.vocabulary import TERMS, Moment, Stage, TallyOutcome
from casesys.domain.working_time import Calendar, Deadline, Term, deadline
from casesys.domain.world import World

EXECUTABLE = frozenset(
    {
        "consult",
        "officer_decision",
        "ratify",
        "study",
        "notice",
        "meeting",
        "publish",
        "objections",
    }
)
"""The kinds of step that this version of the engine carries out."""

StepT = TypeVar("StepT", bound=AnyStep)

Ruling = tuple[Event, str | None]
"""One event of a decision and the clause it rests on; None stands for the clause that permits the command."""


class Matter:
    """A command on a case, being decided."""

    def __init__(
        self,
        case: Case,
        envelope: Envelope,
        world: World,
        version: CharterVersion,
        role: str | None = None,
    ) -> None:
        """Bring together what a rule may look at; `role` is the one that the actor acts in, None when nobody asks yet."""
        self.case = case
        self.envelope = envelope
        self.world = world
        self.version = version
        self.role = role
        self.calendar_digest: str | None = None

    @property
    def charter(self) -> Charter:
        """The charter version that governs the case now."""
        return self.version.charter

    @property
    def now(self) -> datetime:
        """The instant the rules see."""
        return self.envelope.decided_at

    @property
    def happened_at(self) -> datetime:
        """When what the command records really happened."""
        return self.envelope.happened_at

    @property
    def case_type(self) -> CaseType:
        """The type of the case in the charter."""
        case_type = self.charter.case_types.get(self.case.case_type)
        if case_type is None:
            self.unknown("case_type", self.case.case_type, self.charter.case_types)
        return case_type

    def unknown(self, what: str, code: str, known: Iterable[str]) -> NoReturn:
        """Refuse a code that the charter does not define. `what` it should be is a term of the vocabulary."""
        refuse("unknown-code", what=TERMS[what], code=code, accepted=tuple(sorted(known)))

    @property
    def category(self) -> str:
        """The category of the case. Before acceptance a version may have come into force that does not know it."""
        if self.case.category not in self.charter.categories:
            self.unknown("category", self.case.category, self.charter.categories)
        return self.case.category

    def features(self) -> Features:
        """What triage and routing look at."""
        case = self.case
        return Features(
            case_type=case.case_type,
            category=self.category,
            channel=case.channel,
            grid=case.grid,
            facts=case.facts,
        )

    def course(self) -> Course:
        """What scopes of the charter ask about the case as it is."""
        case = self.case
        return Course(
            case.case_type,
            self.category,
            self.version.parent_category(self.category),
            case.track,
            case.procedure,
            case.direct,
            case.priority,
        )

    # -- time ---------------------------------------------------------------------------------------------------------------

    def calendar(self, code: str) -> Calendar | None:
        """Give the adopted calendar of a code, and remember that the decision rests on it. "" needs none."""
        if not code:
            return None
        calendar = calendar_that_counts(self.world, code)
        self.calendar_digest = self.calendar_digest or calendar.digest
        return calendar

    def due(self, running: Running) -> Deadline:
        """When a clock of the case runs out, seen from now."""
        return self.term_due(running.term)

    def term_due(self, term: Term) -> Deadline:
        """When a term runs out, seen from now."""
        return deadline(term, self.calendar(term.budget.calendar), self.now)

    def expired(self, name: str) -> bool:
        """Say whether a clock of the case has run out. A provisional deadline never has."""
        running = self.case.clocks.get(name)
        if running is None or running.stopped_at is not None:
            return False
        due = self.due(running)
        return not due.provisional and due.due_at <= self.now

    def starts(self, moment: Moment, course: Course | None = None) -> tuple[ClockStart, ...]:
        """Give the clocks of the charter that start at a moment, with the budgets that fit the case, or the course it will take."""
        course = course or self.course()
        started = []
        for name, clock in self.version.clocks_starting(moment):
            if Moment.MADE_SAFE in clock.stops and self.case.made_safe_at is not None:
                continue
            row = budget_row(clock, course)
            if row is not None:
                since = self._counted_from(clock.counts_from)
                started.append(clock_start(name, row.period, row.clause, since))
        return tuple(started)

    def _counted_from(self, moment: Moment | None) -> datetime | None:
        """Give the past moment that a clock counts from, None for the moment at which it starts."""
        past = {Moment.COLLECTED: self.case.collected_at, Moment.ACCEPTED: self.case.accepted_at}
        return None if moment is None else past[moment]

    def stops(self, *moments: Moment) -> tuple[str, ...]:
        """Give the running clocks of the case that stop at any of these moments."""
        return tuple(
            name
            for name, running in self.case.clocks.items()
            if running.stopped_at is None
            and (clock := self.charter.time.clocks.get(name)) is not None
            and any(moment in clock.stops for moment in moments)
        )

    def running(self) -> tuple[str, ...]:
        """Give all clocks of the case that run."""
        return tuple(n for n, clock in self.case.clocks.items() if clock.stopped_at is None)

    # -- stages -------------------------------------------------------------------------------------------------------------

    def stage_after(self, stage: Stage, *, skip_deliberation: bool = False) -> Stage:
        """Give the next stage that the case type passes."""
        passes = self.case_type.stages
        later = list(Stage)[list(Stage).index(stage) + 1 :]
        for candidate in later:
            if candidate is Stage.DELIBERATION and skip_deliberation:
                continue
            if candidate in passes:
                return candidate
        return Stage.RESOLUTION

    def stay(
        self,
        *,
        starts: tuple[ClockStart, ...] = (),
        stops: tuple[str, ...] = (),
        resumes: tuple[str, ...] = (),
    ) -> Move:
        """Stay in the stage and let clocks start, stop or go on."""
        return Move(self.case.stage, starts=starts, stops=stops, resumes=resumes)

    def close(self) -> Move:
        """End the case: every clock stops."""
        return Move(Stage.CLOSED, stops=self.running())

    # -- deliberation -------------------------------------------------------------------------------------------------------

    @property
    def deliberation(self) -> Deliberation:
        """The deliberation of the case."""
        if self.case.deliberation is None:
            refuse("nothing-to-deliberate", case=self.case.case_id)
        return self.case.deliberation

    @cached_property
    def procedure(self) -> Procedure:
        """The procedure the case is in."""
        code = self.case.procedure
        assert code is not None  # a case has one as long as it has a deliberation
        return self.charter.procedures[code]

    def step(self, kind: type[StepT]) -> StepT:
        """Give the open step, or refuse when none or one of another kind is open."""
        open_step = self.deliberation.step
        if open_step is None:
            refuse("no-step-open", accepted=self._ways_on())
        step = self.procedure.steps[self.procedure.index(open_step)]
        if not isinstance(step, kind):
            refuse("wrong-step", clause=step.clause, step=step.label)
        return step

    def _ways_on(self) -> tuple[str, ...]:
        if self.deliberation.outcome is TallyOutcome.CARRIED:
            return ("confirm-decision", "annul-decision", "retriage-case")
        if self.deliberation.convened:
            return ("retriage-case",)
        return ("convene-deliberation",)

    def opening(self, procedure: Procedure, index: int, *, attempt: int | None = None) -> Move:
        """Open a step of a procedure, or none when there are no more; its own clock starts."""
        stops = tuple(n for n in (STEP_CLOCK,) if self._runs(n))
        if index >= len(procedure.steps):
            return Move(Stage.DELIBERATION, opens="", stops=stops)
        step = procedure.steps[index]
        if step.kind not in EXECUTABLE:
            refuse("step-not-executable", clause=step.clause, step=step.label, kind=step.kind)
        return Move(
            Stage.DELIBERATION,
            opens=step.id,
            attempt=attempt,
            starts=_step_clock(step),
            stops=stops,
        )

    def _runs(self, name: str) -> bool:
        running = self.case.clocks.get(name)
        return running is not None and running.stopped_at is None

    def undecided(self) -> tuple[str, ...]:
        """Give the clocks that were to run until the decision: they go on when it does not stand any more."""
        return tuple(
            name
            for name, clock in self.charter.time.clocks.items()
            if name in self.deliberation.ended
            and Moment.DECIDED in clock.stops
            and not self._runs(name)
        )

    def advance(self) -> Move:
        """Open the step after the one that is open."""
        assert self.deliberation.step is not None
        return self.opening(self.procedure, self.procedure.index(self.deliberation.step) + 1)

    def parties(self, kinds: Iterable[str]) -> dict[str, str]:
        """Say who stands for each kind of party in the case's grid; kinds that the grid lacks are left out."""
        found = {kind: party_serving(self.world, self.case.path, kind) for kind in kinds}
        return {kind: party for kind, party in found.items() if party is not None}


def clock_start(
    name: str, period: Period, clause: str, since: datetime | None = None
) -> ClockStart:
    """Start a clock with a period of the charter."""
    return ClockStart(name, period.amount, period.unit, clause, period.calendar or "", since)


def _step_clock(step: AnyStep) -> tuple[ClockStart, ...]:
    if isinstance(step, Consult) and step.silence_after is not None:
        return (clock_start(STEP_CLOCK, step.silence_after, step.clause),)
    if isinstance(step, Ratify):
        return (clock_start(STEP_CLOCK, step.within, step.clause),)
    if isinstance(step, Objections):
        return (clock_start(OBJECTIONS_CLOCK, step.period, step.clause),)
    return ()
