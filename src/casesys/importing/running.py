"""Running an import: as many lives at once as one commit should hold, each one command further with every commit.

A life gives its next command only when the one before it stands in the log, so that a refusal stops its row there, and a process that
is killed leaves lives that were cut off, never one with a step missing in the middle. A later run takes each up where it stopped.
"""

from collections.abc import Generator, Iterable, Iterator
from datetime import datetime
from itertools import dropwhile, islice
from typing import NamedTuple

from casesys.application import Answer, CommandIdReused, Request, Service
from casesys.application.answers import Stale
from casesys.application.clockwork import Clockwork
from casesys.domain.cases.commands import CaseCommand
from casesys.domain.cases.lifecycle import LIFECYCLE
from casesys.domain.cases.rules.table import RULES
from casesys.domain.cases.state import Case
from casesys.domain.messages import StreamId, message_type
from casesys.domain.refusals import Refusal
from casesys.domain.vocabulary import Stage
from casesys.domain.world import Loaded
from casesys.importing.lives import Life, Planned, Planner
from casesys.importing.numbers import Numbers
from casesys.importing.outcome import Outcome, TellProgress, TellRefused
from casesys.importing.preparing import Registrar
from casesys.importing.problems import ROWS, RowRefused, refuse_row
from casesys.importing.reading import Project
from casesys.importing.values import Row
from casesys.store import Conflict, StoreError
from casesys.vault import VaultError

AT_ONCE = 512
"""How many lives run at once, and so how many commands one commit holds at the most."""

STATES_KEPT = 4 * AT_ONCE
"""How many states the engine has to keep: the cases under way, and the register around them."""

Course = Generator[Request, Case, None]
"""A life on its way: gives the next command, and is told the case after it."""


class Underway(NamedTuple):
    """A life on its way, and the command it waits for."""

    life: Life
    course: Course
    request: Request


def import_rows(  # noqa: PLR0913 - what an import needs, each by its name
    service: Service,
    project: Project,
    rows: Iterable[Row],
    *,
    actor: str,
    now: datetime,
    tell_refused: TellRefused,
    tell_progress: TellProgress,
) -> Outcome:
    """Bring the register to where rows can be imported, then import them, acting as one person.

    Raises Refusal when that person may not keep the register, StoreError or VaultError when nothing can be stored.
    """
    registrar = Registrar(service, project, actor, now)
    registrar.prepare()
    with Numbers() as numbers:
        run = Run(service, Planner(project, now), registrar, numbers, project.as_of)
        run.perform(rows, tell_refused, tell_progress)
    return run.outcome


class Run:
    """One import of one file. `outcome` says how far it is."""

    def __init__(
        self,
        service: Service,
        planner: Planner,
        registrar: Registrar,
        numbers: Numbers,
        as_of: datetime | None,
    ) -> None:
        """Put the parts together. The clocks of cases that stay open run until `as_of`, if that is known."""
        self._service = service
        self._planner = planner
        self._registrar = registrar
        self._numbers = numbers
        self._as_of = as_of
        self._clockwork = Clockwork(service.engine)
        self.outcome = Outcome(events=registrar.events)

    def perform(
        self, rows: Iterable[Row], tell_refused: TellRefused, tell_progress: TellProgress
    ) -> None:
        """Import all rows."""
        lives = self._lives(rows, tell_refused, tell_progress)
        underway: list[Underway] = []
        while True:
            waiting = list(islice(lives, AT_ONCE - len(underway)))
            underway += self._begun(waiting)
            if underway:
                self._clockwork.forget()
                underway = self._advanced(underway, tell_refused)
            elif not waiting:
                break
            tell_progress(self.outcome)

    def _lives(
        self, rows: Iterable[Row], tell_refused: TellRefused, tell_progress: TellProgress
    ) -> Iterator[Life]:
        """Give the lives of those rows that are not refused and not at their end already."""
        for row in rows:
            self.outcome.rows += 1
            if self.outcome.rows % AT_ONCE == 0:
                tell_progress(self.outcome)
            try:
                life = self._planned(row)
            except RowRefused as refusal:
                number = row.cells[self._planner.number_column]
                tell_refused(self.outcome.note_refusal(row.line, number, refusal))
                continue
            if self._is_at_its_end(life):
                self.outcome.unchanged += 1
            else:
                yield life

    def _planned(self, row: Row) -> Life:
        first_line = self._numbers.first_line(self._planner.number(row), row.line)
        if first_line != row.line:
            refuse_row("number-twice", line=first_line)
        life = self._planner.plan(row)
        before = self._registrar.events
        self._registrar.establish(self._planner, life.grids, row)
        self.outcome.events += self._registrar.events - before
        return life

    def _is_at_its_end(self, life: Life) -> bool:
        """Say whether nothing of a life is left to do: its last step is in the log and no clock runs on after it."""
        last = life.steps[-1]
        if not self._is_done(last):
            return False
        if self._as_of is None or type(last.command) in _ENDING:
            return True
        case = self._loaded([life])[0].state
        assert isinstance(case, Case)
        return self._clockwork.next_due(case, self._as_of) is None

    def _is_done(self, step: Planned) -> bool:
        return bool(self._service.engine.log.find_command(step.envelope.command_id))

    def _begun(self, lives: list[Life]) -> list[Underway]:
        """Set lives going, or going on where an earlier run was cut off."""
        begun = []
        for life, loaded in zip(lives, self._loaded(lives), strict=True):
            steps = life.steps
            if loaded.version:
                steps = tuple(dropwhile(self._is_done, steps))
            course = self._course(steps, loaded.state if isinstance(loaded.state, Case) else None)
            request = next(course, None)
            if request is None:
                self.outcome.unchanged += 1
            else:
                begun.append(Underway(life, course, request))
        return begun

    def _loaded(self, lives: list[Life]) -> list[Loaded]:
        streams = [life.stream for life in lives]
        loaded = self._service.engine.load(streams) if streams else {}
        return [loaded[stream] for stream in streams]

    def _course(self, steps: tuple[Planned, ...], case: Case | None) -> Course:
        """Give the commands of a life in order, those of the clock at the instants between."""
        reached: datetime | None = None
        for step in steps:
            at = step.envelope.decided_at
            if case is not None and at != reached:
                case = yield from self._ticks(case, at)
            case = yield Request(step.command, step.envelope)
            reached = at
        if case is not None and self._as_of is not None:
            yield from self._ticks(case, self._as_of)

    def _ticks(self, case: Case, until: datetime) -> Generator[Request, Case, Case]:
        while (due := self._clockwork.next_due(case, until)) is not None:
            case = yield Request(due.command, due.envelope(due.at))
        return case

    def _advanced(self, underway: list[Underway], tell_refused: TellRefused) -> list[Underway]:
        """Commit the command that each life waits for; give the lives that have another."""
        verdicts = self._service.give_all([each.request for each in underway])
        going_on = []
        for each, verdict in zip(underway, verdicts, strict=True):
            if isinstance(verdict, Stale | Conflict | StoreError | VaultError):
                raise verdict  # an import expects no version, and nobody of its own was erased; it can be taken up again
            if not isinstance(verdict, Answer):
                life, step = each.life, message_type(type(each.request.command))
                refusal = _row_refusal(verdict)
                tell_refused(self.outcome.note_refusal(life.row.line, life.number, refusal, step))
                continue
            self.outcome.events += 0 if verdict.repeated else len(verdict.events)
            try:
                request = each.course.send(self._case(each.life.stream))
            except StopIteration:
                self.outcome.imported += 1
            else:
                going_on.append(Underway(each.life, each.course, request))
        return going_on

    def _case(self, stream: StreamId) -> Case:
        engine = self._service.engine
        case = (engine.kept(stream) or engine.load((stream,))[stream]).state
        assert isinstance(case, Case)
        return case


def _row_refusal(verdict: Refusal | CommandIdReused) -> RowRefused:
    """Give what a verdict means for a row."""
    if isinstance(verdict, Refusal):
        return RowRefused(verdict.code, verdict.says)
    return RowRefused(verdict.code, ROWS[verdict.code])


def _ending() -> Iterator[type[CaseCommand]]:
    """Give the commands that close a case wherever they are possible, as the lifecycle has it."""
    for command, provision in RULES.items():
        leads = [table[provision.event] for table in LIFECYCLE.values() if provision.event in table]
        if leads and all(to == {Stage.CLOSED} for to in leads):
            yield command


_ENDING = frozenset(_ending())
