"""The community that the domain's tests are about, set up by ordinary commands on 1 March 2026.

Its grids are `community`, below it `east` and `west`, and `east-1` below `east`; the cases of the tests lie in `east-1`. Everybody
is named by their role and holds it for the whole community; who is named `west.` and a role holds it in `west` only. Parties are
named by their kind, and the person `lead.` and a kind leads for it.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache

from casesys import charters
from casesys.domain.messages import Command, Personal, Text
from casesys.domain.register import commands as r
from tests.domain.charter.stock import Change, Document, changed, document
from tests.domain.specification import Act, Scene, by

OPERATOR = "operator"
GRID = "east-1"
PATH = ("community", "east", "east-1")

ROLES = tuple(role for role in document()["roles"] if role != OPERATOR)

ORGANISATIONS = (
    "property_company",
    "lift_maintainer",
    "municipal_lighting",
    "street_office",
    "warm_station",
)
BODIES: Mapping[str, int] = {
    "residents_committee": 5,
    "owners_committee": 5,
    "residents_hall": 9,
    "residents_representatives": 15,
}
"""The bodies and their seats, all of them filled."""

KEY = "0" * 64
CALENDAR = charters.read("calendars/cn-2026.toml").decode()
NAME = Text("名称", "name")


def calendar_until(day: str) -> str:
    """The calendar, as if nothing after that day of 2026 had been announced: `03-31`."""
    kept = [
        line
        for line in CALENDAR.splitlines()
        if not line.startswith("2026-") or line[:10] <= f"2026-{day}"
    ]
    return "\n".join(kept).replace("last_day = 2026-12-31", f"last_day = 2026-{day}")


def members(body: str) -> tuple[str, ...]:
    """The people who sit in a body, by their seats."""
    return tuple(f"{body}.{seat:02}" for seat in range(1, BODIES[body] + 1))


def operates(command: Command, when: str = "03-01 09:00") -> Act:
    """The operator gives a command."""
    return by(OPERATOR, command, when)


FOUNDING = by(
    OPERATOR,
    r.FoundRegister(
        grid_id="community",
        grid_name=NAME,
        person_id=OPERATOR,
        person_name=Personal("何工"),
        key_hash=KEY,
    ),
    "03-01 08:00",
)


def variant(*changes: Change) -> Document:
    """The stock charter with some rules changed; its articles no longer quote them, so that any rule can be."""
    charter = changed(*changes)
    for clause in charter["clauses"].values():
        clause["text"] = {"zh": "条", "en": "article"}
    return charter | {"messages": []}


def installing(charter: Document, when: str = "03-01 09:00", **fields: object) -> Act:
    """The operator puts a charter in force for the community, or for another grid."""
    text = json.dumps(charter, ensure_ascii=False)
    given = {"grid_id": "community", "document": text}
    return operates(r.InstallCharter.model_validate(given | fields), when)


def hiring(person: str, role: str, grid: str = "community", /, **terms: object) -> Iterator[Act]:
    """The operator registers somebody and gives them a mandate, named as they are."""
    yield operates(r.RegisterPerson(person_id=person, name=Personal("某人")))
    mandate = {"person_id": person, "mandate_id": person, "role": role, "grid_id": grid}
    yield operates(r.GiveMandate.model_validate(mandate | terms))


def _grids() -> Iterator[Act]:
    for grid, parent in (("east", "community"), ("west", "community"), ("east-1", "east")):
        yield operates(r.EstablishGrid(grid_id=grid, parent=parent, name=NAME))


def _staff() -> Iterator[Act]:
    for role in ROLES:
        yield from hiring(role, role)
        yield from hiring(f"west.{role}", role, "west")


def _parties() -> Iterator[Act]:
    for kind in ORGANISATIONS:
        yield operates(r.RegisterOrganisation(organisation_id=kind, name=NAME, kind=kind))
    for kind, seats in BODIES.items():
        yield operates(
            r.EstablishBody(body_id=kind, name=NAME, kind=kind, grid_id="community", seats=seats)
        )
        for seat, person in enumerate(members(kind), 1):
            yield operates(r.RegisterPerson(person_id=person, name=Personal("某人")))
            yield operates(r.FillSeat(body_id=kind, seat=seat, person_id=person))
    for kind in (*ORGANISATIONS, *BODIES):
        yield operates(r.AppointParty(grid_id="community", kind=kind, party=kind))
        yield from hiring(f"lead.{kind}", "lead", principal=kind)


@cache
def uncharted() -> Scene:
    """The community before it has a charter."""
    adopting = operates(r.AdoptCalendar(document=CALENDAR))
    return Scene().given(FOUNDING, adopting, *_grids(), *_staff(), *_parties())


@cache
def neighbourhood() -> Scene:
    """The community under the stock charter."""
    return uncharted().given(installing(document()))


def under(*changes: Change) -> Scene:
    """The community under a variant of the stock charter."""
    return uncharted().given(installing(variant(*changes)))
