"""What rules ask of the register: who and what is known, the charter in force, the calendar that counts, who serves a grid."""

from collections.abc import Collection
from datetime import datetime

from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Command, personal_fields
from casesys.domain.refusals import Refusal, refuse
from casesys.domain.register.state import (
    AdoptedCalendar,
    Body,
    Grid,
    InForce,
    IntakePoint,
    Organisation,
    Person,
)
from casesys.domain.register.streams import (
    body_stream,
    calendar_stream,
    grid_stream,
    intake_point_stream,
    organisation_stream,
    person_stream,
)
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


def is_registered(world: World, party: str) -> bool:
    """Say whether an id is that of a known person, organisation or body."""
    return any(
        world.state(stream, kind) is not None
        for stream, kind in (
            (person_stream(party), Person),
            (organisation_stream(party), Organisation),
            (body_stream(party), Body),
        )
    )


def check_subjects(world: World, command: Command, own: Collection[str]) -> None:
    """Refuse a personal text that is said to be of somebody who is neither among `own` nor registered.

    It would lie under a key of nobody's, out of reach of who erases whom it is about.
    """
    for name in personal_fields(type(command)):
        text = getattr(command, name)
        if text is None or not text.subject or text.subject in own:
            continue
        if not is_registered(world, text.subject):
            refuse("unknown-subject", field=name)


def known_party(world: World, party: str) -> None:
    """Refuse unless the party is a known person, organisation or body."""
    if not is_registered(world, party):
        refuse("unknown-party", party=party)


def known_body(world: World, body_id: str) -> Body:
    """Give a body, or refuse."""
    body = world.state(body_stream(body_id), Body)
    if body is None:
        refuse("unknown-body", body=body_id)
    return body


def known_intake_point(world: World, intake_point_id: str) -> IntakePoint:
    """Give an intake point that is open, or refuse."""
    point = world.state(intake_point_stream(intake_point_id), IntakePoint)
    if point is None or not point.open:
        refuse("unknown-intake-point", intake_point=intake_point_id)
    return point


def charter_in_force(world: World, path: tuple[str, ...], at: datetime) -> CharterVersion:
    """Give the version that governs a grid at an instant: the newest of the nearest ancestor that has one, or refuse."""
    for grid_id in reversed(path):
        in_force = newest_in_force(known_grid(world, grid_id), at)
        if in_force is not None:
            return world.document(in_force.digest, CharterVersion)
    refuse("no-charter", grid=path[-1])


def version_in_force(world: World, path: tuple[str, ...], at: datetime) -> CharterVersion | None:
    """Give the version that governs a grid at an instant, None as long as there is none."""
    try:
        return charter_in_force(world, path, at)
    except Refusal:
        return None


def newest_in_force(grid: Grid, at: datetime) -> InForce | None:
    """Give the newest of a grid's own versions that is in force at an instant, None if there is none."""
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
