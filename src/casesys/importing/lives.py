"""From a row to the life it tells: which commands, when, with which ids. Pure: nothing is given here.

The ids are made from the mapping's name, the row's number and the step's name, so that the same step of the same row is the same
command in every run, wherever the row stands and whatever else the file says by then.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, NoReturn
from uuid import UUID, uuid5

from pydantic import ValidationError

from casesys.domain.cases.state import case_stream
from casesys.domain.messages import Command, Envelope, StreamId
from casesys.domain.register.commands import EstablishGrid
from casesys.importing.mapping import COLLECT, GridLevel, Step
from casesys.importing.problems import refuse_row
from casesys.importing.reading import Project
from casesys.importing.values import SHOWN_AT_MOST, Row

CHANNEL = "import"
"""Through what a step is given, unless the mapping says otherwise."""

CLIENT = "import"

_IMPORTS = UUID("8d0f0c52-6a3b-5f0e-9f57-3f1f6f0f7c11")
"""The namespace of the command ids of imports."""


def command_id(source: str, *parts: str) -> UUID:
    """Give the id of a command of an import; `source` is the mapping's name."""
    return uuid5(_IMPORTS, "\x1f".join((source, *parts)))


class Planned(NamedTuple):
    """One step of a life."""

    name: str
    command: Command
    envelope: Envelope


class GridNeeded(NamedTuple):
    """A grid that a row lies in, and the one above it."""

    level: GridLevel
    grid_id: str
    parent: str


class Life(NamedTuple):
    """What becomes of a row, step by step."""

    row: Row
    number: str
    stream: StreamId
    grids: tuple[GridNeeded, ...]
    steps: tuple[Planned, ...]


class _About(NamedTuple):
    """What all steps of a row have in common."""

    row: Row
    number: str
    case_id: object
    grid: str


class Planner:
    """Plans the rows of one file."""

    def __init__(self, project: Project, now: datetime) -> None:
        """Plan by a project; what happens later than `now` cannot have happened."""
        self._project = project
        self._mapping = project.mapping
        self._case_id = project.mapping.case_id_value()
        self._now = now
        self.number_column = project.mapping.file.number
        self._actors = {
            name: actor.id
            for name, step in project.mapping.steps.items()
            if (actor := project.mapping.actor_of(step)) is not None
        }

    def number(self, row: Row) -> str:
        """Give the number of a row. Raises RowRefused `number-missing`."""
        number = row.cells[self.number_column]
        if not number:
            refuse_row("number-missing", column=self.number_column)
        return number

    def plan(self, row: Row) -> Life:
        """Give the life of a row. Raises RowRefused."""
        number = self.number(row)
        names = self._steps_of(row)
        grids = tuple(self._grids(row))
        grid = grids[-1].grid_id if grids else self._mapping.root.id
        about = _About(row, number, self._case_id.of(row), grid)
        steps = []
        before: tuple[str, datetime] | None = None
        for name in names:
            step = self._mapping.steps[name]
            if step.when is not None and not step.when.holds(row):
                continue
            at = self._at(name, step, row, before)
            steps.append(self._planned(name, step, about, at))
            before = name if before is None or step.at is not None else before[0], at
        if before is not None and before[1] > self._now:
            refuse_row("time-in-future", at=self._local(before[1]))
        return Life(row, number, case_stream(str(about.case_id)), grids, tuple(steps))

    def establish(self, needed: GridNeeded, row: Row) -> EstablishGrid:
        """Give the command that establishes a grid which a row is the first to name. Raises RowRefused."""
        level = needed.level
        fields = {
            "grid_id": needed.grid_id,
            "parent": needed.parent,
            "kind": level.kind,
            "name": {"zh": level.name.zh.of(row), "en": level.name.en.of(row)},
        }
        try:
            return EstablishGrid.model_validate(fields)
        except ValidationError as error:
            _refuse_field("grids", error)

    def _steps_of(self, row: Row) -> tuple[str, ...]:
        lives = self._mapping.lives
        steps = lives.otherwise
        if lives.column is not None:
            steps = lives.of.get(row.cells[lives.column], steps)
            if steps is None:
                value = row.cells[lives.column][:SHOWN_AT_MOST]
                refuse_row("life-unknown", column=lives.column, value=value)
        assert steps is not None
        return steps

    def _grids(self, row: Row) -> Iterator[GridNeeded]:
        parent = self._mapping.root.id
        for level in self._mapping.grids:
            grid_id = level.id.of(row)
            if grid_id is None:
                return
            yield GridNeeded(level, str(grid_id), parent)
            parent = str(grid_id)

    def _at(self, name: str, step: Step, row: Row, before: tuple[str, datetime] | None) -> datetime:
        """Give the instant of a step; of two that a time may mean, the first that is not before the step before it."""
        if step.at is None:
            assert before is not None
            return before[1]
        column = next((each for each in step.at if row.cells[each]), None)
        if column is None:
            refuse_row("time-missing", step=name, columns=", ".join(step.at))
        meant = self._project.times.instants(column, row.cells[column])
        if before is None:
            if meant[0] < self._project.start:
                start = self._local(self._project.start)
                refuse_row("time-before-start", at=self._local(meant[0]), start=start)
            return meant[0]
        for instant in meant:
            if instant >= before[1]:
                return instant
        refuse_row(
            "time-out-of-order",
            step=name,
            at=self._local(meant[-1]),
            earlier=before[0],
            before=self._local(before[1]),
        )

    def _local(self, instant: datetime) -> str:
        return instant.astimezone(self._project.times.zone).isoformat()

    def _planned(self, name: str, step: Step, about: _About, at: datetime) -> Planned:
        row = about.row
        fields: dict[str, object] = {"case_id": about.case_id}
        if step.command == COLLECT:
            fields["grid"] = about.grid
        for field, value in step.fields.items():
            found = value.of(row)
            if found is not None:
                fields[field] = found
        try:
            command = self._project.commands[name].model_validate(fields)
        except ValidationError as error:
            _refuse_field(name, error)
        behalf = None if step.on_behalf_of is None else step.on_behalf_of.of(row)
        channel = None if step.channel is None else step.channel.of(row)
        envelope = Envelope(
            command_id=command_id(self._mapping.name, about.number, name),
            actor_id=self._actors[name],
            decided_at=at,
            on_behalf_of=None if behalf is None else str(behalf),
            channel=CHANNEL if channel is None else str(channel),
            client_id=CLIENT,
        )
        return Planned(name, command, envelope)


def _refuse_field(step: str, error: ValidationError) -> NoReturn:
    """Refuse a row for the first field that is wrong; its value is not repeated, as it may be personal."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    field = ".".join((step, *map(str, first["loc"])))
    if first["type"] == "missing":
        refuse_row("value-missing", field=field)
    refuse_row("field-invalid", field=field, detail=first["msg"])
