"""A town for a random life: founded under any charter, with people in all of its roles and parties of most of its kinds.

Three people hold every role; others hold some, in part of the town, for a while, or none at all. What is missing is missing on
purpose: a rule that needs it has to say so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random

from casesys import charters
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Command, Personal, Text
from casesys.domain.register import commands as r

OPERATOR = "op"
ALL_ROUND = ("ann", "bob", "cyd")
OTHERS = ("dan", "eve", "fay", "gus")
RESIDENTS = tuple(f"resident-{n}" for n in range(1, 8))
PEOPLE = (*ALL_ROUND, *OTHERS, OPERATOR, *RESIDENTS)
GRIDS = ("town", "north", "south", "north-1")
DESK = "desk"

NAME = Text("某处", "somewhere")


@cache
def editions() -> tuple[str, ...]:
    """The calendar of working days as shipped, one that reaches a year further, and one with a holiday more."""
    first = charters.read("calendars/cn-2026.toml").decode()
    longer = first.replace("last_day = 2026-12-31", "last_day = 2027-12-31")
    heading = "[holidays]\n"
    more = first.replace(heading, f'{heading}2026-03-11 = {{ zh = "停电", en = "no power" }}\n')
    assert len({first, longer, more}) == 3
    return first, longer, more


@dataclass
class Town:
    """What a founded town holds: who serves it by kind of party, the charters and calendars that it may adopt."""

    charters: tuple[CharterVersion, ...]
    parties: Mapping[str, str]
    calendars: tuple[str, ...] = field(default_factory=editions)

    @property
    def charter(self) -> CharterVersion:
        """The charter that the town begins with."""
        return self.charters[0]


def plan(versions: tuple[CharterVersion, ...], chance: Random) -> Town:
    """Decide who serves which kind of party; some kinds are left without."""
    kinds = dict.fromkeys(kind for version in versions for kind in version.charter.parties)
    return Town(versions, {kind: f"the-{kind}" for kind in kinds if chance.random() < 0.9})


def founding(town: Town, chance: Random, at: datetime) -> Iterator[Command]:
    """The commands that found a town, all given by the operator at one instant."""
    yield r.FoundRegister(
        grid_id="town",
        grid_name=NAME,
        person_id=OPERATOR,
        person_name=Personal("ქართლი"),
        key_hash="0" * 64,
    )
    if chance.random() < 0.95:
        yield r.AdoptCalendar(document=town.calendars[0])
    for grid, parent in (("north", "town"), ("south", "town"), ("north-1", "north")):
        yield r.EstablishGrid(grid_id=grid, parent=parent, name=NAME)
    yield r.InstallCharter(grid_id="town", document=town.charter.document.decode())
    for person in (*ALL_ROUND, *OTHERS, *RESIDENTS):
        yield r.RegisterPerson(person_id=person, name=Personal("ქართლი"))
    yield r.OpenIntakePoint(intake_point_id=DESK, name=NAME, grid_id="town", channel="desk")
    yield from _parties(town, chance)
    yield from _mandates(town, chance, at)


def _parties(town: Town, chance: Random) -> Iterator[Command]:
    for kind, party in town.parties.items():
        seats = _seats(town, kind)
        if seats:
            yield r.EstablishBody(body_id=party, name=NAME, kind=kind, grid_id="town", seats=seats)
            filled = chance.sample(RESIDENTS, min(seats, len(RESIDENTS)))
            for seat, person in enumerate(filled[: chance.choice((seats, seats, seats - 1))], 1):
                yield r.FillSeat(body_id=party, seat=seat, person_id=person)
        else:
            yield r.RegisterOrganisation(organisation_id=party, name=NAME, kind=kind)
        grid = "north" if chance.random() < 0.1 else "town"
        yield r.AppointParty(grid_id=grid, kind=kind, party=party)


def _seats(town: Town, kind: str) -> int:
    kinds = (version.charter.parties.get(kind) for version in town.charters)
    return max((3 if known.seats else 0 for known in kinds if known is not None), default=0)


def _mandates(town: Town, chance: Random, at: datetime) -> Iterator[Command]:
    for number, terms in enumerate(_terms(town, chance, at)):
        given = {"mandate_id": f"mandate-{number}", "grid_id": "town"} | terms
        yield r.GiveMandate.model_validate(given)


def _terms(town: Town, chance: Random, at: datetime) -> Iterator[dict[str, object]]:
    """Who holds which role, and on which terms."""
    roles = list(town.charter.charter.roles)
    for person in ALL_ROUND:
        for role in roles:
            yield {"person_id": person, "role": role}
    for person, parties in zip(ALL_ROUND, _shared_out(town, chance), strict=True):
        for party in parties:
            for role in _standing_roles(town):
                yield {"person_id": person, "role": role, "principal": party}
    types = tuple(town.charter.charter.case_types)[:1]
    until = at + timedelta(days=chance.choice((1, 30)))
    for role in chance.sample(roles, min(3, len(roles))):
        yield {"person_id": "dan", "role": role, "case_types": types}
        yield {"person_id": "eve", "role": role, "grid_id": "north"}
        yield {"person_id": "fay", "role": role, "until": until}


def _shared_out(town: Town, chance: Random) -> list[list[str]]:
    """The parties, shared out among those who speak for them."""
    shares: list[list[str]] = [[] for _ in ALL_ROUND]
    for party in town.parties.values():
        chance.choice(shares).append(party)
    return shares


def _standing_roles(town: Town) -> list[str]:
    """The roles whose grants depend on who leads or supports."""
    grants = town.charter.charter.authority
    named = (role for g in grants if g.relation in {"lead", "supporting"} for role in g.roles)
    return list(dict.fromkeys(named))[:1]
