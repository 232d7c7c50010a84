"""Where each read model stands: the register of projections in their database, and what was asked to be done with them.

A projection has a slot that serves and, while it is being rebuilt, one that is being built beside it. A wish may be written by any
process; whoever runs the projections carries it out.
"""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, NamedTuple

import msgspec

from casesys.projections.contract import Projection, Table


class Slot(StrEnum):
    """Which of the two copies of a read model."""

    SERVING = "serving"
    BUILDING = "building"


class Parked(msgspec.Struct, frozen=True):
    """The event that a projection could not take, what went wrong (never what the event says), and since when it waits."""

    position: int
    error: str
    since: datetime


class Standing(msgspec.Struct, frozen=True):
    """How far one copy of a read model is.

    Its rows tell of the log up to `position`, the hash of whose leaf is `leaf_hash`. `generation` counts how often it was built.
    `skipped` are the positions of events that it was told to leave out; `tables` are those that it was made with. `differed` says how
    many rows were not as in the copy that it took the place of, None if it took nobody's.
    """

    name: str
    slot: Slot
    revision: int
    generation: int
    tables: tuple[Table, ...]
    position: int = 0
    leaf_hash: bytes = b""
    skipped: tuple[int, ...] = ()
    parked: Parked | None = None
    differed: int | None = None

    def fits(self, projection: Projection) -> bool:
        """Say whether the rows are as a projection makes them now."""
        return (self.revision, self.tables) == (projection.revision, tuple(projection.tables))


Deed = Literal["rebuild", "retry", "skip"]
"""What can be asked for: building anew, another attempt at the event that parked it, and going on without that event."""


class Wish(NamedTuple):
    """What was asked to be done with which projection."""

    number: int
    name: str
    deed: Deed


CREATE_PROJECTIONS = """CREATE TABLE projections (
    name TEXT NOT NULL,
    slot TEXT NOT NULL,
    revision INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    tables TEXT NOT NULL,
    position INTEGER NOT NULL,
    leaf_hash BLOB NOT NULL,
    skipped TEXT NOT NULL,
    parked TEXT,
    differed INTEGER,
    PRIMARY KEY (name, slot)
) WITHOUT ROWID"""
CREATE_WISHES = """CREATE TABLE wishes (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    deed TEXT NOT NULL
)"""
CREATE_OF_LOG = "CREATE TABLE of_log (log_id TEXT NOT NULL)"
TABLES = (CREATE_PROJECTIONS, CREATE_WISHES, CREATE_OF_LOG)

SELECT_STANDINGS = "SELECT * FROM projections ORDER BY name, slot DESC"
SELECT_POSITION = "SELECT position FROM projections WHERE name = ? AND slot = 'serving'"
PUT_STANDING = "INSERT OR REPLACE INTO projections VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
MOVE_STANDING = "UPDATE projections SET position = ?, leaf_hash = ? WHERE name = ? AND slot = ?"
DELETE_STANDING = "DELETE FROM projections WHERE name = ? AND slot = ?"
SELECT_WISHES = "SELECT number, name, deed FROM wishes ORDER BY number"
INSERT_WISH = "INSERT INTO wishes (name, deed) VALUES (?, ?)"
DELETE_WISH = "DELETE FROM wishes WHERE number = ?"
SELECT_LOG_ID = "SELECT log_id FROM of_log"
DELETE_LOG_ID = "DELETE FROM of_log"
INSERT_LOG_ID = "INSERT INTO of_log VALUES (?)"

_encode = msgspec.json.encode
_tables = msgspec.json.Decoder(tuple[Table, ...])
_skipped = msgspec.json.Decoder(tuple[int, ...])
_parked = msgspec.json.Decoder(Parked)


def standings(db: sqlite3.Connection) -> list[Standing]:
    """Give every copy of every read model, by name, the one that serves first."""
    return [_read(row) for row in db.execute(SELECT_STANDINGS)]


def _read(row: tuple[Any, ...]) -> Standing:
    name, slot, revision, generation, tables, position, leaf_hash, skipped, parked, differed = row
    return Standing(
        name=name,
        slot=Slot(slot),
        revision=revision,
        generation=generation,
        tables=_tables.decode(tables),
        position=position,
        leaf_hash=leaf_hash,
        skipped=_skipped.decode(skipped),
        parked=None if parked is None else _parked.decode(parked),
        differed=differed,
    )


def position_of(db: sqlite3.Connection, name: str) -> int:
    """Give the log position up to which a read model's rows tell, 0 for one that is not there yet."""
    row = db.execute(SELECT_POSITION, (name,)).fetchone()
    return 0 if row is None else int(row[0])


def put(db: sqlite3.Connection, standing: Standing) -> None:
    """Write down how a copy stands."""
    parked = None if standing.parked is None else _encode(standing.parked)
    values = (
        standing.name,
        standing.slot,
        standing.revision,
        standing.generation,
        _encode(standing.tables),
        standing.position,
        standing.leaf_hash,
        _encode(standing.skipped),
        parked,
        standing.differed,
    )
    db.execute(PUT_STANDING, values)


def move(db: sqlite3.Connection, moved: Iterable[Standing]) -> None:
    """Write down how far some copies are; nothing else of them has changed."""
    places = ((each.position, each.leaf_hash, each.name, each.slot) for each in moved)
    db.executemany(MOVE_STANDING, places)


def strike(db: sqlite3.Connection, standing: Standing) -> None:
    """Take a copy off the register."""
    db.execute(DELETE_STANDING, (standing.name, standing.slot))


def wishes(db: sqlite3.Connection) -> list[Wish]:
    """Give what was asked for and not done yet, the oldest first."""
    return [Wish(*row) for row in db.execute(SELECT_WISHES)]


def wish(db: sqlite3.Connection, name: str, deed: Deed) -> None:
    """Ask for something to be done with a projection."""
    db.execute(INSERT_WISH, (name, deed))


def fulfil(db: sqlite3.Connection, done: Iterable[Wish]) -> None:
    """Strike wishes off."""
    db.executemany(DELETE_WISH, ((each.number,) for each in done))


def log_of(db: sqlite3.Connection) -> str | None:
    """Give the identity of the log that the rows were read off, None before the first."""
    row = db.execute(SELECT_LOG_ID).fetchone()
    return None if row is None else str(row[0])


def set_log(db: sqlite3.Connection, log_id: str) -> None:
    """Write down which log the rows are read off."""
    db.execute(DELETE_LOG_ID)
    db.execute(INSERT_LOG_ID, (log_id,))
