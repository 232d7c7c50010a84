"""The file of a notary: the nodes of the tree by their places, the knots of the map by their paths, and the checkpoints signed.

Nothing in it is secret, and everything but the signatures can be derived from the log again.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, Self

from casesys.evidence.merkle import HASH_BYTES, Peaks
from casesys.evidence.nodes import Node, covering, place, places
from casesys.evidence.streams_map import EMPTY, Entry, Fork, Knot, Last

APPLICATION_ID = 0x434E4F54
"""`CNOT` in ASCII, in the header of the file."""

FORMAT_VERSION = 1
BUSY_SECONDS = 5.0

_TABLES = (
    "CREATE TABLE nodes (place INTEGER PRIMARY KEY, hash BLOB NOT NULL)",
    "CREATE TABLE knots (path TEXT PRIMARY KEY, knot BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL)",
    """CREATE TABLE ledger (
        id INTEGER PRIMARY KEY CHECK (id = 1), log_id TEXT NOT NULL, mapped INTEGER NOT NULL, map_root BLOB NOT NULL
    )""",
)
_SELECT_NODES = "SELECT place, hash FROM nodes WHERE place IN (SELECT value FROM json_each(?))"
_COUNT_NODES = "SELECT coalesce(max(place) + 1, 0) FROM nodes"
_INSERT_NODE = "INSERT INTO nodes VALUES (?, ?)"
_SELECT_KNOT = "SELECT knot FROM knots WHERE path = ?"
_PUT_KNOT = "INSERT INTO knots VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET knot = excluded.knot"
_SELECT_LEDGER = "SELECT log_id, mapped, map_root FROM ledger"
_INSERT_LEDGER = "INSERT INTO ledger VALUES (1, ?, 0, ?)"
_UPDATE_MAP = "UPDATE ledger SET mapped = ?, map_root = ?"
_INSERT_CHECKPOINT = "INSERT OR REPLACE INTO checkpoints VALUES (?, ?)"
_SELECT_LATEST = "SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1"
_SELECT_FROM = "SELECT note FROM checkpoints WHERE size >= ? ORDER BY size LIMIT 1"


class LedgerForeign(Exception):
    """The file is no notary's, another log's, or damaged: it may be deleted, since it is derived from the log again."""


class Mapped(NamedTuple):
    """The map as far as it was made: over how many leaves, and its root."""

    size: int
    root: bytes


class Ledger:
    """The file, for one process that writes and any number that read."""

    def __init__(self, connection: sqlite3.Connection, log_id: str) -> None:
        """Take a connection to a file that is laid out; `open` and `in_memory` are for callers."""
        self._db = connection
        self._lock = Lock()
        self.log_id = log_id

    @classmethod
    def open(cls, path: Path, log_id: str) -> Self:
        """Open the ledger of a log, made if there is none. Raises LedgerForeign."""
        return cls._over(str(path), log_id)

    @classmethod
    def in_memory(cls, log_id: str) -> Self:
        """Make a ledger that is gone when it is closed."""
        return cls._over(":memory:", log_id)

    @classmethod
    def _over(cls, address: str, log_id: str) -> Self:
        connection = sqlite3.connect(
            address, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS
        )
        try:
            _lay_out(connection, log_id)
        except sqlite3.DatabaseError as error:
            connection.close()
            raise LedgerForeign(f"{address} cannot be read: {error}") from error
        except BaseException:
            connection.close()
            raise
        return cls(connection, log_id)

    # -- the tree -----------------------------------------------------------------------------------------------------------

    def size(self) -> int:
        """Give how many leaves the tree has."""
        taken = int(self._rows(_COUNT_NODES)[0][0])
        size = (taken + 1) // 2  # a tree of n leaves takes between n and 2n places
        while places(size) < taken:
            size += 1
        return size

    def read(self, nodes: Sequence[Node]) -> list[bytes]:
        """Give the hashes of nodes, in order. Raises LookupError for one that the tree does not have yet."""
        wanted = [place(node) for node in nodes]
        found = dict(self._rows(_SELECT_NODES, str(wanted)))
        return [found[each] for each in wanted]

    def peaks(self, upto: int | None = None) -> Peaks:
        """Give the tree as its peaks: all of it, or that over its first leaves."""
        size = self.size() if upto is None else upto
        return Peaks(size, tuple(self.read(list(covering(0, size)))))

    def grow(self, nodes: Iterable[tuple[Node, bytes]]) -> None:
        """Add the nodes that some more leaves settle, the leaves among them."""
        with self._writing():
            self._db.executemany(_INSERT_NODE, ((place(node), digest) for node, digest in nodes))

    # -- the map ------------------------------------------------------------------------------------------------------------

    def mapped(self) -> Mapped:
        """Give how far the map was made."""
        ((_, size, root),) = self._rows(_SELECT_LEDGER)
        return Mapped(size, root)

    def knot(self, path: str) -> Knot | None:
        """Give what stands at a path of the map."""
        rows = self._rows(_SELECT_KNOT, path)
        return _decoded(rows[0][0]) if rows else None

    def map(self, mapped: Mapped, changed: Mapping[str, Knot]) -> None:
        """Keep the map as it is over more leaves."""
        with self._writing():
            self._db.executemany(
                _PUT_KNOT, ((path, _encoded(knot)) for path, knot in changed.items())
            )
            self._db.execute(_UPDATE_MAP, mapped)

    # -- checkpoints --------------------------------------------------------------------------------------------------------

    def keep(self, size: int, note: str) -> None:
        """Keep a checkpoint that was signed."""
        with self._writing():
            self._db.execute(_INSERT_CHECKPOINT, (size, note))

    def latest(self) -> str | None:
        """Give the checkpoint over the most leaves."""
        rows = self._rows(_SELECT_LATEST)
        return str(rows[0][0]) if rows else None

    def covering(self, position: int) -> str | None:
        """Give the first checkpoint that covers a position of the log."""
        rows = self._rows(_SELECT_FROM, position)
        return str(rows[0][0]) if rows else None

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def _rows(self, statement: str, *values: object) -> list[Any]:
        with self._lock:
            return self._db.execute(statement, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")


def _lay_out(connection: sqlite3.Connection, log_id: str) -> None:
    """Make the tables in an empty file; insist that those of a file that has some are this log's."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")  # what a power cut takes is derived again
    connection.execute("BEGIN IMMEDIATE")
    with closing(connection.cursor()) as cursor:
        (application,) = cursor.execute("PRAGMA application_id").fetchone()
        (tables,) = cursor.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if application == 0 and tables == 0:
            cursor.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            cursor.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
            for statement in _TABLES:
                cursor.execute(statement)
            cursor.execute(_INSERT_LEDGER, (log_id, EMPTY))
            cursor.execute("COMMIT")
            return
        (version,) = cursor.execute("PRAGMA user_version").fetchone()
        cursor.execute("ROLLBACK")
        if application != APPLICATION_ID or version != FORMAT_VERSION:
            raise LedgerForeign("the file is not a notary's, or one of another format")
        ((owner, _, _),) = cursor.execute(_SELECT_LEDGER).fetchall()
        if owner != log_id:
            raise LedgerForeign(f"the file belongs to log {owner}, not to {log_id}")


def _encoded(knot: Knot) -> bytes:
    if isinstance(knot, Fork):
        return knot.left + knot.right
    return knot.key + knot.last.leaf_hash + knot.last.seq.to_bytes(8)


def _decoded(data: bytes) -> Knot:
    first, second, rest = (
        data[:HASH_BYTES],
        data[HASH_BYTES : 2 * HASH_BYTES],
        data[2 * HASH_BYTES :],
    )
    return Entry(first, Last(int.from_bytes(rest), second)) if rest else Fork(first, second)
