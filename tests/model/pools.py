"""What the fields of a random command may hold: mostly what the town knows, each by the name of its field.

A field without an entry here is filled by its type, so that a command added to the catalogue is asked at once.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from casesys.domain.cases.state import Case
from casesys.domain.catalogue import COMMANDS
from casesys.domain.charter.expressions import ValueType
from casesys.domain.charter.model import Charter
from casesys.domain.charter.steps import Consult, Meeting, Ratify
from casesys.domain.messages import Command, message_type
from casesys.domain.register.state import Body, Mandate, Person
from casesys.domain.register.streams import body_stream, person_stream
from casesys.domain.world import World
from tests.model.town import DESK, GRIDS, PEOPLE, RESIDENTS, Town
from tests.model.ways import open_step

DIGESTS = tuple(f"{n:064x}" for n in range(1, 7))
STRANGERS = ("neighbour-1", "neighbour-2", "shop-1")
NEW = tuple(f"new-{n}" for n in range(1, 6))
ENDINGS = frozenset({"declined", "withdrawn", "referred", "merged"})


class Scene(NamedTuple):
    """What a command is made from: the town, the world as it is, a case that it may be about, and the charter governing that."""

    chance: Random
    town: Town
    world: World
    now: datetime
    kind: type[Command]
    case: Case | None
    charter: Charter
    cases: Sequence[str]

    @property
    def name(self) -> str:
        """The stored type of the command."""
        return message_type(self.kind)

    def one(self, pool: Sequence[object]) -> object:
        """One of a pool; of an empty one, a name that nobody has."""
        return self.chance.choice(pool) if pool else "nobody"

    def some(self, pool: Sequence[str], most: int = 3) -> list[str]:
        """A few of a pool, each once."""
        return self.chance.sample(pool, self.chance.randint(0, min(most, len(pool))))


def step_of(scene: Scene) -> object:
    """The step that is open in the case, None if none is."""
    return None if scene.case is None else open_step(scene.case, scene.charter)


def members_of(scene: Scene) -> list[str]:
    """Who sits in the body that meets, or might."""
    step, case = step_of(scene), scene.case
    if not isinstance(step, Meeting) or case is None or case.deliberation is None:
        return list(RESIDENTS)
    kind = scene.charter.electorates[step.electorate].body or ""
    body = scene.world.state(body_stream(case.deliberation.parties.get(kind, kind)), Body)
    return list(RESIDENTS) if body is None else sorted(body.members)


def _member(scene: Scene) -> object:
    """Mostly somebody who came and has not voted."""
    case = scene.case
    attendance = case.deliberation.attendance if case and case.deliberation else None
    if attendance is None or case is None or case.deliberation is None:
        return scene.one(members_of(scene))
    waiting = sorted(attendance.present - case.deliberation.votes.keys())
    return scene.one(waiting if waiting and scene.chance.random() < 0.9 else members_of(scene))


def _present(scene: Scene) -> list[str]:
    members = members_of(scene)
    least = len(members) // 2 if scene.chance.random() < 0.8 else 0
    return scene.chance.sample(members, scene.chance.randint(least, len(members)))


def _side(scene: Scene) -> object:
    step = step_of(scene)
    sides = step.sides if isinstance(step, Consult | Ratify) else ()
    return scene.one([side.code for side in sides])


def facts(scene: Scene) -> dict[str, object]:
    """Facts that the charter knows, of their types, on both sides of most limits."""
    known = list(scene.charter.facts.items())
    if not known:
        return {"fact_that_nobody_knows": True}
    chosen = scene.chance.sample(known, scene.chance.randint(min(1, len(known)), len(known)))
    return {code: _fact(scene, fact.type) for code, fact in chosen}


def _fact(scene: Scene, kind: ValueType) -> object:
    match kind:
        case ValueType.BOOL:
            return scene.chance.random() < 0.2
        case ValueType.INT:
            return scene.chance.choice((-3, 0, 1, 7, 29, 30, 40, 20_000))
        case ValueType.TEXT:
            return scene.chance.choice(("", "grid-1", "第一"))


def _way(scene: Scene) -> object:
    if scene.name == "hand-over":
        return scene.one(_party_pool(scene))
    if scene.name == "refer-case":
        return "the water company"
    known = scene.charter.case_types.get(scene.case.case_type) if scene.case else None
    ways = list(known.procedures if known is not None else scene.charter.procedures)
    return scene.one(ways if ways and scene.chance.random() < 0.9 else ["direct"])


def _case_type(scene: Scene) -> object:
    """Mostly one that is deliberated."""
    types = scene.charter.case_types
    deliberated = [code for code, known in types.items() if known.procedures]
    return scene.one(deliberated if deliberated and scene.chance.random() < 0.8 else list(types))


def _ground(scene: Scene) -> object:
    grounds: Mapping[str, Sequence[str]] = {
        "decline-case": tuple(scene.charter.decline_grounds),
        "return-assignment": tuple(scene.charter.assignment.return_grounds),
        "suspend-clock": tuple(scene.charter.time.suspensions),
    }
    return scene.one(grounds[scene.name])


def _clock(scene: Scene) -> object:
    if scene.name == "request-extension" and scene.chance.random() < 0.8:
        return scene.one([rule.clock for rule in scene.charter.time.extensions])
    return scene.one([*scene.charter.time.clocks, *(scene.case.clocks if scene.case else ())])


def _party_pool(scene: Scene) -> list[str]:
    return [*scene.town.parties.values(), "ann", "bob"]


def _case_id(scene: Scene) -> object:
    if scene.name != "collect-case":
        return scene.case.case_id if scene.case is not None else "case-0"
    number = len(scene.cases) + 1
    if scene.chance.random() < 0.03:
        return f"{number}-{'x' * 70}"  # as long as a name may be
    return f"case-{number}" if scene.chance.random() < 0.95 else scene.one(scene.cases)


def _new_or(pool: Sequence[str], *makers: str) -> Callable[[Scene], object]:
    """Known ones, but mostly new ones for the commands that make them."""

    def choose(scene: Scene) -> object:
        new = scene.name in makers and scene.chance.random() < 0.7
        return scene.chance.choice(NEW if new else (*pool, *NEW[:2]))

    return choose


def _mandate_id(scene: Scene) -> object:
    if scene.name == "give-mandate":
        return f"mandate-{scene.chance.randint(500, 999)}"
    person = scene.world.state(person_stream(scene.chance.choice(PEOPLE)), Person)
    held: tuple[Mandate, ...] = () if person is None else person.mandates
    return scene.one([mandate.mandate_id for mandate in held])


def _document(scene: Scene) -> object:
    if scene.chance.random() < 0.1:
        return scene.chance.choice(("", "[[[", "code = 1", '{"code": "c"}'))
    if scene.name == "adopt-calendar":
        return scene.chance.choice(scene.town.calendars)
    return scene.chance.choice(scene.town.charters).document.decode()


def _result(scene: Scene) -> object:
    results = scene.charter.results.items()
    return scene.one([code for code, result in results if result.kind.value not in ENDINGS])


def _meets_at(scene: Scene) -> object:
    days = scene.chance.choice((0, 1, 5, 12, 16, 20, 30))
    return scene.now + timedelta(days=days)


def _bodies(scene: Scene) -> list[str]:
    kinds = scene.town.charter.charter.parties.items()
    seated = (scene.town.parties.get(code) for code, kind in kinds if kind.seats)
    return [body for body in seated if body is not None]


POOLS: Mapping[str, Callable[[Scene], object]] = {
    "amount": lambda s: s.chance.randint(1, 12),
    "body_id": lambda s: s.one([*_bodies(s), *(NEW[:2] if s.name == "establish-body" else ())]),
    "case_id": _case_id,
    "case_type": _case_type,
    "case_types": lambda s: s.some(list(s.charter.case_types)),
    "categories": lambda s: s.some(list(s.charter.categories)),
    "category": lambda s: s.one(list(s.charter.categories)),
    "channel": lambda s: s.one(list(s.charter.channels)),
    "choice": lambda s: s.chance.choice(("for", "for", "for", "for", "against", "abstain")),
    "clock": _clock,
    "commands": lambda s: s.some(list(COMMANDS)),
    "digest": lambda s: s.chance.choice(DIGESTS),
    "document": _document,
    "duties": lambda s: [{"day": "2026-03-17", "person_id": s.one(PEOPLE)}],
    "evidence": lambda s: s.chance.choice(
        sorted(s.case.evidence) if s.case and s.case.evidence else DIGESTS
    ),
    "facts": facts,
    "client_id": lambda _: "phone",
    "grid_kind": lambda _: "grid",
    "key_hash": lambda s: s.chance.choice(DIGESTS),
    "media_type": lambda _: "image/jpeg",
    "grid": lambda s: s.chance.choice(GRIDS),
    "grid_id": _new_or(GRIDS, "establish-grid"),
    "ground": _ground,
    "initiator": lambda s: s.chance.choice(STRANGERS),
    "intake_point": lambda _: DESK,
    "intake_point_id": _new_or((DESK,), "open-intake-point"),
    "kind": lambda s: s.one(list(s.charter.parties)),
    "lead": lambda s: s.one(_party_pool(s)),
    "level": lambda s: s.one(list(s.charter.visibility)),
    "mandate_id": _mandate_id,
    "meets_at": _meets_at,
    "member": _member,
    "minute_taker": lambda s: s.chance.choice(PEOPLE),
    "moderator": lambda s: s.chance.choice(PEOPLE),
    "number": lambda s: s.chance.randint(1, 3),
    "objector": lambda s: s.chance.choice(STRANGERS),
    "organisation_id": lambda s: s.chance.choice(NEW),
    "parent": lambda s: s.chance.choice(GRIDS),
    "party": lambda s: s.one(_party_pool(s) if s.name == "appoint-party" else STRANGERS),
    "person_id": _new_or(PEOPLE, "register-person"),
    "present": _present,
    "principal": lambda s: s.one(_party_pool(s)),
    "proofs": lambda s: s.some(sorted(s.case.evidence) if s.case else []),
    "proposed": lambda s: s.one(_party_pool(s)),
    "result": _result,
    "role": lambda s: s.one(
        ["co_reporter", "respondent"] if s.name == "add-party" else list(s.charter.roles)
    ),
    "satisfaction": lambda s: s.one(list(s.charter.satisfaction.grades)),
    "seat": lambda s: s.chance.randint(1, 7),
    "side": _side,
    "supporting": lambda s: s.some(_party_pool(s), 2),
    "timer": lambda s: s.one([t.id for c in s.charter.time.clocks.values() for t in c.timers]),
    "to": _way,
    "where": lambda s: s.some(list(s.charter.channels)) if s.chance.random() < 0.3 else [],
}
