"""The file of a notary: the nodes of the tree by their places, the knots of the map by their paths, and the checkpoints signed.

Nothing in it is secret, and everything but the signatures can be derived from the log again.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple, Self

from casesys.evidence.merkle import HASH_BYTES, Peaks
from casesys.evidence.nodes import Node, covering, place, places
from casesys.evidence.streams_map import EMPTY, Entry, Fork, Knot, Last
from casesys.notary.failures import LedgerForeign, LedgerUnavailable
from casesys.store.opening import write_ahead

APPLICATION_ID = 0x434E4F54
"""`CNOT` in ASCII, in the header of the file."""

FORMAT_VERSION = 1
BUSY_SECONDS = 5.0
IN_MEMORY = ":memory:"

_TABLES = (
    "CREATE TABLE nodes (place INTEGER PRIMARY KEY, hash BLOB NOT NULL)",
    "CREATE TABLE knots (path TEXT PRIMARY KEY, knot BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL)",
    """CREATE TABLE ledger (
        id INTEGER PRIMARY KEY CHECK (id = 1), log_id TEXT NOT NULL, mapped INTEGER NOT NULL, map_root BLOB NOT NULL
    )""",
)
_APPLICATION = "PRAGMA application_id"
_VERSION = "PRAGMA user_version"
_COUNT_TABLES = "SELECT count(*) FROM sqlite_schema"
_SELECT_NODES = "SELECT place, hash FROM nodes WHERE place IN (SELECT value FROM json_each(?))"
_COUNT_NODES = "SELECT coalesce(max(place) + 1, 0) FROM nodes"
_INSERT_NODE = "INSERT OR IGNORE INTO nodes VALUES (?, ?)"
_SELECT_KNOT = "SELECT knot FROM knots WHERE path = ?"
_PUT_KNOT = "INSERT INTO knots VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET knot = excluded.knot"
_SELECT_LEDGER = "SELECT log_id, mapped, map_root FROM ledger"
_INSERT_LEDGER = "INSERT INTO ledger VALUES (1, ?, 0, ?)"
_UPDATE_MAP = "UPDATE ledger SET mapped = ?, map_root = ? WHERE mapped = ?"
_INSERT_CHECKPOINT = "INSERT OR REPLACE INTO checkpoints VALUES (?, ?)"
_SELECT_LATEST = "SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1"
_SELECT_FROM = "SELECT note FROM checkpoints WHERE size >= ? ORDER BY size LIMIT 1"
_SELECT_OVER = "SELECT note FROM checkpoints WHERE size = ?"


class Mapped(NamedTuple):
    """The map as far as it was made: over how many leaves, and its root."""

    size: int
    root: bytes


class Ledger:
    """The file, for any number of threads and processes: what several of them derive at once is kept once."""

    def __init__(self, path: Path | None, log_id: str) -> None:
        """Name the ledger of a log; None lives as long as this object. The file is opened, or made, when first asked for.

        Whatever is asked of it raises LedgerForeign or LedgerUnavailable, and may be asked again.
        """
        self._address = IN_MEMORY if path is None else str(path)
        self._connected: sqlite3.Connection | None = None
        self._closed = False
        self._lock = RLock()
        self.log_id = log_id

    @classmethod
    def open(cls, path: Path | None, log_id: str) -> Self:
        """Open the ledger of a log at once, made if there is none. Raises LedgerForeign, LedgerUnavailable."""
        ledger = cls(path, log_id)
        ledger.mapped()
        return ledger

    @classmethod
    def in_memory(cls, log_id: str) -> Self:
        """Make a ledger that is gone when it is closed."""
        return cls.open(None, log_id)

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
        """Add the nodes that some more leaves settle, the leaves among them; those that are there stay as they are."""
        with self._transaction("BEGIN IMMEDIATE") as db:
            db.executemany(_INSERT_NODE, ((place(node), digest) for node, digest in nodes))

    # -- the map ------------------------------------------------------------------------------------------------------------

    def mapped(self) -> Mapped:
        """Give how far the map was made."""
        ((_, size, root),) = self._rows(_SELECT_LEDGER)
        return Mapped(size, root)

    def knot(self, path: str) -> Knot | None:
        """Give what stands at a path of the map."""
        rows = self._rows(_SELECT_KNOT, path)
        return _decoded(rows[0][0]) if rows else None

    def map(self, before: Mapped, after: Mapped, changed: Mapping[str, Knot]) -> bool:
        """Keep the map as it is over more leaves; say whether it was, as it is not when others have moved it on since."""
        with self._transaction("BEGIN IMMEDIATE") as db:
            moved = db.execute(_UPDATE_MAP, (*after, before.size)).rowcount == 1
            if moved:
                db.executemany(
                    _PUT_KNOT, ((path, _encoded(knot)) for path, knot in changed.items())
                )
        return moved

    # -- checkpoints --------------------------------------------------------------------------------------------------------

    def keep(self, size: int, note: str) -> None:
        """Keep a checkpoint that was signed, durable when this returns: nobody else can sign it again."""
        with self._using() as db:
            db.execute("PRAGMA synchronous = FULL")
            try:
                db.execute(_INSERT_CHECKPOINT, (size, note))
            finally:
                db.execute("PRAGMA synchronous = NORMAL")

    def latest(self) -> str | None:
        """Give the checkpoint over the most leaves."""
        return self._note(_SELECT_LATEST)

    def covering(self, position: int) -> str | None:
        """Give the first checkpoint that covers a position of the log."""
        return self._note(_SELECT_FROM, position)

    def over(self, size: int) -> str | None:
        """Give the checkpoint over so many leaves."""
        return self._note(_SELECT_OVER, size)

    # -- the file -----------------------------------------------------------------------------------------------------------

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read all that is read inside the block as of one moment."""
        with self._transaction("BEGIN"):
            yield

    def close(self) -> None:
        """Let go of the file for good."""
        with self._lock:
            self._closed = True
            if self._connected is not None:
                self._connected.close()
                self._connected = None

    def _note(self, statement: str, *values: object) -> str | None:
        rows = self._rows(statement, *values)
        return str(rows[0][0]) if rows else None

    def _rows(self, statement: str, *values: object) -> list[Any]:
        with self._using() as db:
            return db.execute(statement, values).fetchall()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._using() as db:
            db.execute(begin)
            try:
                yield db
                db.execute("COMMIT")
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        """Have the connection for oneself. Raises LedgerForeign when it is opened, LedgerUnavailable."""
        with self._lock:
            try:
                if self._connected is None:
                    self._connected = self._connect()
                yield self._connected
            except sqlite3.Error as error:
                raise LedgerUnavailable(f"{self._address}: {error}") from error

    def _connect(self) -> sqlite3.Connection:
        if self._closed:
            raise LedgerUnavailable(f"{self._address} is closed")
        connection = sqlite3.connect(
            self._address, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS
        )
        try:
            _lay_out(connection, self.log_id)
            if self._address != IN_MEMORY:  # and never before it is known to be ours
                write_ahead(connection)
            connection.execute(
                "PRAGMA synchronous = NORMAL"
            )  # what a power cut takes is derived again
        except sqlite3.OperationalError:
            connection.close()
            raise
        except sqlite3.DatabaseError as error:
            connection.close()
            raise LedgerForeign(f"{self._address} cannot be read: {error}") from error
        except BaseException:
            connection.close()
            raise
        return connection


def _lay_out(connection: sqlite3.Connection, log_id: str) -> None:
    """Make the tables in an empty file; insist that those of a file that has some are this log's."""
    if _is_empty(connection):
        connection.execute("BEGIN IMMEDIATE")
        if _is_empty(connection):  # nobody was faster
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute(_INSERT_LEDGER, (log_id, EMPTY))
        connection.execute("COMMIT")
    if (_asked(connection, _APPLICATION), _asked(connection, _VERSION)) != (
        APPLICATION_ID,
        FORMAT_VERSION,
    ):
        raise LedgerForeign("the file is not a notary's, or one of another format")
    owner = _asked(connection, _SELECT_LEDGER)
    if owner != log_id:
        raise LedgerForeign(f"the file belongs to log {owner}, not to {log_id}")


def _is_empty(connection: sqlite3.Connection) -> bool:
    return not _asked(connection, _APPLICATION) and not _asked(connection, _COUNT_TABLES)


def _asked(connection: sqlite3.Connection, statement: str) -> object:
    """Give the first column of the one row that a statement finds."""
    with closing(connection.execute(statement)) as cursor:
        found: object = cursor.fetchone()[0]
    return found


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
