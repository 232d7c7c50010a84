"""The clause a refusal rests on, with its text, from the charter that governs what was asked.

All of it is asked of a world; what the world lacks it names by raising `Missing`, as for a decision.
"""

from datetime import datetime

import msgspec

from casesys.domain.cases.commands import CaseCommand, CollectCase
from casesys.domain.cases.state import Case, case_stream
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Command, Rule, Text
from casesys.domain.refusals import Refusal
from casesys.domain.register.lookups import charter_in_force, known_grid
from casesys.domain.register.state import Body, IntakePoint, Register
from casesys.domain.register.streams import REGISTER, body_stream, intake_point_stream
from casesys.domain.world import World


class Cited(msgspec.Struct, frozen=True):
    """A clause of one version of a charter."""

    clause: str
    rule: Rule
    text: Text


def cited(world: World, command: Command, at: datetime, clause: str | None) -> Cited | None:
    """Find a clause in the charter that governs a command at an instant; None if there is neither."""
    if clause is None:
        return None
    try:
        return cited_in(governing(world, command, at), clause)
    except Refusal:  # no charter: there is nothing to cite
        return None


def cited_in(version: CharterVersion, clause: str | None) -> Cited | None:
    """Find a clause in a charter version; None if there is none of this id."""
    if clause is None:
        return None
    try:
        return Cited(clause, version.rule, version.clause_text(clause))
    except KeyError:
        return None


def in_force(world: World, grid_id: str | None, at: datetime) -> CharterVersion:
    """Give the charter in force for a grid, by default the root. Raises Refusal `unknown-grid` or `no-charter`."""
    grid = known_grid(world, grid_id or _root(world))
    return charter_in_force(world, grid.path, at)


def governing(world: World, command: Command, at: datetime) -> CharterVersion:
    """Give the charter that governs a command at an instant. Raises Refusal as `in_force` does."""
    if isinstance(command, CaseCommand) and not isinstance(command, CollectCase):
        case = world.state(case_stream(command.case_id), Case)
        if case is not None and case.governing is not None:
            return world.document(case.governing.digest, CharterVersion)
    return in_force(world, _grid_of(world, command), at)


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
