"""For whom a case waits, and why: what it waits for, held against the mandates that somebody has. Pure.

A mandate and a grant fit here exactly when a decision would find them (`domain.register.authority`). Beside that, somebody may be
awaited by name: their vote, or the consent of a party that they act for. Somebody else records it. Whoever is awaited themselves
needs no mandate for that.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from casesys.domain.register.authority import Standing, acts_for, covers, stands
from casesys.domain.register.state import Mandate, Person
from casesys.projections.waits import Granted, Wait


class Task(msgspec.Struct, frozen=True):
    """A command that a case waits for since an instant, until another if nothing happens, and why it waits for somebody.

    That is because `clause` lets their `role` in `grid`, by a mandate, give it; `party` is whom they act for if only the lead or who
    supports may. Without a role, the answer of the `party` is awaited that they act for, or without that, their own vote. `voters` are
    all people and `parties` all parties who are awaited so.
    """

    command: str
    since: datetime
    until: datetime | None
    role: str | None
    grid: str | None
    mandate_id: str | None
    party: str | None
    clause: str | None
    voters: tuple[str, ...]
    parties: tuple[str, ...]


class Seat(NamedTuple):
    """Somebody with the mandates that they can act by."""

    person: Person
    mandates: Sequence[Mandate]


def seat_of(person: Person, at: datetime) -> Seat:
    """Give somebody the mandates that count at an instant."""
    return Seat(person, person.valid(at))


def tasks(seat: Seat, waiting: Sequence[Wait], case: Standing, at: datetime) -> Iterator[Task]:
    """Give what of all that a case waits for is somebody's at an instant."""
    for wait in waiting:
        begun = wait.since <= at and (wait.until is None or at < wait.until)
        if begun and seat.person.person_id not in wait.apart:
            task = _by_role(seat, wait, case, at) or _by_name(seat, wait, case)
            if task is not None:
                yield task


def _by_role(seat: Seat, wait: Wait, case: Standing, at: datetime) -> Task | None:
    for mandate in seat.mandates:
        if not covers(mandate, wait.command, case):
            continue
        for granted in wait.granted:
            if mandate.role in granted.roles:
                may, party = stands(granted.relation, seat.person, mandate, case, at)
                if may:
                    return _task(wait, mandate, granted, party)
    return None


def _by_name(seat: Seat, wait: Wait, case: Standing) -> Task | None:
    if seat.person.person_id in wait.voters:
        return _task(wait, None, None, None)
    for mandate in seat.mandates:
        if wait.parties and covers(mandate, wait.command, case):
            for party in acts_for(seat.person, mandate):
                if party in wait.parties:
                    return _task(wait, mandate, None, party)
    return None


def _task(wait: Wait, mandate: Mandate | None, granted: Granted | None, party: str | None) -> Task:
    return Task(
        command=wait.command,
        since=wait.since,
        until=wait.until,
        role=None if mandate is None or granted is None else mandate.role,
        grid=None if mandate is None else mandate.grid,
        mandate_id=None if mandate is None else mandate.mandate_id,
        party=party,
        clause=None if granted is None else granted.clause,
        voters=wait.voters,
        parties=wait.parties,
    )
