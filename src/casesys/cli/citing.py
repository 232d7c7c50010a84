"""The clause a refusal rests on, with its text, from the charter that governs what was asked."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import msgspec

from casesys.application import Service
from casesys.domain.cases.commands import CaseCommand, CollectCase
from casesys.domain.cases.state import Case, case_stream
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Command, Rule, StreamId, Text
from casesys.domain.refusals import Refusal
from casesys.domain.register.lookups import charter_in_force, known_grid
from casesys.domain.register.state import Body, IntakePoint, Register
from casesys.domain.register.streams import REGISTER, body_stream, intake_point_stream
from casesys.domain.world import Loaded, Missing, World

T = TypeVar("T")


class Cited(msgspec.Struct, frozen=True):
    """A clause of one version of a charter."""

    clause: str
    rule: Rule
    text: Text


class Refused(Exception):
    """A refusal together with the clause it rests on."""

    def __init__(self, refusal: Refusal, cited: Cited | None) -> None:
        """Keep both."""
        super().__init__(str(refusal))
        self.refusal = refusal
        self.cited = cited


def cite(service: Service, command: Command, at: datetime, clause: str | None) -> Cited | None:
    """Find a clause in the charter that governs a command at an instant; None if there is neither."""
    if clause is None:
        return None
    try:
        version = _asked(service, lambda world: _governing(world, command, at))
        return Cited(clause, version.rule, version.clause_text(clause))
    except (Refusal, KeyError):  # no charter, or one without the clause: there is nothing to cite
        return None


def in_force(service: Service, grid_id: str | None, at: datetime) -> CharterVersion:
    """Give the charter in force for a grid, by default the root. Raises Refusal `unknown-grid` or `no-charter`."""
    return _asked(service, lambda world: _in_force(world, grid_id or _root(world), at))


def _asked(service: Service, question: Callable[[World], T]) -> T:
    """Answer a question about the world, loading whatever it turns out to need."""
    states: dict[StreamId, Loaded] = {}
    while True:
        try:
            return question(World(states, service.engine.documents))
        except Missing as missing:
            if missing.stream is not None:
                states.update(service.engine.load((missing.stream,)))
            elif missing.document is not None:
                service.engine.load_document(missing.document)


def _in_force(world: World, grid_id: str, at: datetime) -> CharterVersion:
    return charter_in_force(world, known_grid(world, grid_id).path, at)


def _governing(world: World, command: Command, at: datetime) -> CharterVersion:
    if isinstance(command, CaseCommand) and not isinstance(command, CollectCase):
        case = world.state(case_stream(command.case_id), Case)
        if case is not None and case.governing is not None:
            return world.document(case.governing.digest, CharterVersion)
    return _in_force(world, _grid_of(world, command), at)


def _grid_of(world: World, command: Command) -> str:
    """Give the grid a command is about, the root if it names none."""
    match command:
        case CollectCase(grid=grid):
            return grid
        case CaseCommand(case_id=case_id):
            case = world.state(case_stream(case_id), Case)
            named = case.grid if case is not None else None
        case _:
            named = _grid_of_register(world, command)
    return named or _root(world)


def _root(world: World) -> str:
    register = world.state(REGISTER, Register)
    return register.root_grid if register is not None else ""


def _grid_of_register(world: World, command: Command) -> str | None:
    fields = command.model_dump(include={"grid_id", "parent", "body_id", "intake_point_id"})
    if grid := fields.get("parent") or fields.get("grid_id"):
        return str(grid)
    if body_id := fields.get("body_id"):
        body = world.state(body_stream(body_id), Body)
        return None if body is None else body.grid
    if point_id := fields.get("intake_point_id"):
        point = world.state(intake_point_stream(point_id), IntakePoint)
        return None if point is None else point.grid
    return None
