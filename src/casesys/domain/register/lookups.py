"""What rules ask of the register: the charter in force, the calendar that counts, who serves a grid, who a person is."""

from datetime import datetime

from casesys.domain.charter.parse import CharterVersion
from casesys.domain.refusals import refuse
from casesys.domain.register.state import AdoptedCalendar, Grid, InForce, Person
from casesys.domain.register.streams import calendar_stream, grid_stream, person_stream
from casesys.domain.working_time import Calendar
from casesys.domain.world import World


def known_grid(world: World, grid_id: str) -> Grid:
    """Give a grid, or refuse."""
    grid = world.state(grid_stream(grid_id), Grid)
    if grid is None:
        refuse("unknown-grid", grid=grid_id)
    return grid


def known_person(world: World, person_id: str) -> Person:
    """Give a person, or refuse."""
    person = world.state(person_stream(person_id), Person)
    if person is None:
        refuse("unknown-person", person=person_id)
    return person


def charter_in_force(world: World, path: tuple[str, ...], at: datetime) -> CharterVersion:
    """Give the version that governs a grid at an instant: the newest of the nearest ancestor that has one, or refuse."""
    for grid_id in reversed(path):
        in_force = _newest(known_grid(world, grid_id), at)
        if in_force is not None:
            return world.document(in_force.digest, CharterVersion)
    refuse("no-charter", grid=path[-1])


def _newest(grid: Grid, at: datetime) -> InForce | None:
    return next((c for c in reversed(grid.charters) if c.since <= at), None)


def calendar_that_counts(world: World, code: str) -> Calendar:
    """Give the adopted edition of a calendar, or refuse."""
    adopted = world.state(calendar_stream(code), AdoptedCalendar)
    if adopted is None:
        refuse("calendar-not-adopted", calendar=code)
    return world.document(adopted.digest, Calendar)


def party_serving(world: World, path: tuple[str, ...], kind: str) -> str | None:
    """Give the party of a kind that serves a grid: its own, else its nearest ancestor's."""
    for grid_id in reversed(path):
        party = known_grid(world, grid_id).parties.get(kind)
        if party is not None:
            return party
    return None
