"""People by their names, without a name: a blind index.

A name is kept as a fingerprint that only the vault's wrapping key can make, so that the index tells nobody anything, and finds nothing
but the exact name. What the vault has forgotten is not in an index that is built afterwards.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence

import msgspec

from casesys.domain.cases.events import CaseCollected, PartyAdded
from casesys.domain.messages import Personal
from casesys.domain.register.events import PersonRegistered
from casesys.domain.register.knowledge import Sight
from casesys.projections.contract import Batch, Rows, Step, Table, Value
from casesys.projections.matters import admission
from casesys.projections.paging import Page
from casesys.projections.walking import LOOKED_AT_MOST, Row, gathered
from casesys.projections.whereabouts import root_of

NAMES = Table(
    "people_name",
    "position INTEGER PRIMARY KEY, fingerprint BLOB NOT NULL, party TEXT NOT NULL, role TEXT NOT NULL, case_id TEXT, root TEXT",
    ("fingerprint, position",),
)
"""Each name that an event states: whose, and as what. A registered person has the root of the grids, everybody else a case."""

CASES = Table("people_case", "case_id TEXT PRIMARY KEY, matter TEXT NOT NULL")
"""What knowing a case depends on now."""

FOUND = f"""
SELECT n.position, n.party, n.role, n.case_id, n.root, c.matter
FROM people_name n LEFT JOIN people_case c ON c.case_id = n.case_id
WHERE n.fingerprint = :fingerprint AND n.position < :before ORDER BY n.position DESC LIMIT {LOOKED_AT_MOST}
"""  # noqa: S608 - of constants alone

PERSON = "person"
INITIATOR = "initiator"

_BEYOND = 2**62

Fingerprints = Callable[[Sequence[tuple[Step, Personal]]], Sequence[bytes | None]]
"""Gives the fingerprint of each name, by the event that states it and its reference; None for one that was erased."""


class Named(msgspec.Struct, frozen=True):
    """Somebody of a name: a person of the register, or the initiator or another party of a case (`role` is theirs)."""

    party: str
    role: str
    case_id: str | None


class Stated(msgspec.Struct, frozen=True):
    """Whose name an event states, as what, and where its sealed text is."""

    party: str
    role: str
    case_id: str | None
    name: Personal


class People:
    """Follows the names that events state."""

    name = "people"
    revision = 2
    tables = (NAMES, CASES)
    by_calendar = None

    def __init__(self, fingerprints: Fingerprints) -> None:
        """Take what makes fingerprints of sealed names; see `names`."""
        self._fingerprints = fingerprints

    def changes(self, batch: Batch) -> Iterator[Rows]:
        """Add the names, and bring up to date who may know of the cases."""
        found = [(step, s) for step in batch.steps if (s := stated(step)) is not None]
        fingerprints = self._fingerprints([(step, each.name) for step, each in found])
        for (step, each), fingerprint in zip(found, fingerprints, strict=True):
            if fingerprint is not None:
                root = root_of(batch.world) if each.case_id is None else None
                row = (step.position, fingerprint, each.party, each.role, each.case_id, root)
                yield Rows(NAMES.name, step.position, (row,))
        for case_id, now in batch.cases.items():
            yield Rows(CASES.name, case_id, ((case_id, now.matter),))


def stated(step: Step) -> Stated | None:
    """Give the name that an event states, None for most."""
    of = step.recorded.stream.partition("/")[2]
    match step.recorded.event:
        case PersonRegistered(name=name):
            return Stated(of, PERSON, None, name)
        case CaseCollected(initiator=initiator, initiator_name=Personal() as name):
            return Stated(initiator, INITIATOR, of, name)
        case PartyAdded(party=party, role=role, name=Personal() as name):
            return Stated(party, role, of, name)
        case _:
            return None


def find(
    db: sqlite3.Connection,
    held: Sequence[Sight],
    fingerprint: bytes,
    *,
    after: tuple[Value, ...] | None,
    limit: int,
) -> Page[Named]:
    """Give everybody of a name, named last first: of cases that the reader may know; persons, to who has a mandate over the root.

    A mandate held for a party is none for that. The sort key is the position.
    """
    (before,) = after or (_BEYOND,)
    admits = admission(held)
    grids = {sight.grid for sight in held if sight.principal is None}

    def readable(row: Row) -> bool:
        *_, root, matter = row
        return root in grids if matter is None else admits(matter)

    rows = db.execute(FOUND, {"fingerprint": fingerprint, "before": before})
    return gathered(rows, readable, lambda row: Named(*row[1:4]), lambda row: (row[0],), limit)
