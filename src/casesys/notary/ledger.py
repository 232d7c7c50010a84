"""What a notary keeps: the nodes of the tree by their places, the knots of the map by their paths, and the checkpoints signed.

Nothing of it is secret, and everything but the signatures can be derived from the log again.
"""

import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple, Self

from casesys.evidence.merkle import HASH_BYTES, Peaks
from casesys.evidence.nodes import Node, covering, place, places, settled
from casesys.evidence.streams_map import EMPTY, Entry, Fork, Knot, Last
from casesys.notary.failures import LedgerUnavailable
from casesys.notary.ledger_file import IN_MEMORY, LedgerFile

_SELECT_NODES = "SELECT place, hash FROM nodes WHERE place IN (SELECT value FROM json_each(?))"
_COUNT_NODES = "SELECT coalesce(max(place) + 1, 0) FROM nodes"
_INSERT_NODE = "INSERT OR IGNORE INTO nodes VALUES (?, ?)"
_DELETE_NODES = "DELETE FROM nodes WHERE place >= ?"
_SELECT_KNOT = "SELECT knot FROM knots WHERE path = ? AND size <= ? ORDER BY size DESC LIMIT 1"
_INSERT_KNOT = "INSERT INTO knots VALUES (?, ?, ?)"
_DELETE_KNOTS = "DELETE FROM knots WHERE size > ?"
_SELECT_MAPPED = "SELECT size, root FROM maps ORDER BY size DESC LIMIT 1"
_SELECT_MAP = "SELECT size, root FROM maps WHERE size = ?"
_INSERT_MAP = "INSERT INTO maps VALUES (?, ?)"
_DELETE_MAPS = "DELETE FROM maps WHERE size > ?"
_INSERT_CHECKPOINT = f"INSERT OR REPLACE INTO checkpoints SELECT ?, ? WHERE ? <= ({_COUNT_NODES})"
_SELECT_LATEST = "SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1"
_SELECT_FROM = "SELECT note FROM checkpoints WHERE size >= ? ORDER BY size LIMIT 1"
_SELECT_OVER = "SELECT note FROM checkpoints WHERE size = ?"

_log = logging.getLogger(__name__)


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
        self._path = path
        self._name = IN_MEMORY if path is None else str(path)
        self._file: LedgerFile | None = None
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
        """Give the hashes of nodes, in order. Raises LedgerUnavailable for one that the tree does not have, or not any more."""
        wanted = [place(node) for node in nodes]
        found = dict(self._rows(_SELECT_NODES, str(wanted)))
        if not found.keys() >= set(wanted):
            raise self._made_anew()
        return [found[each] for each in wanted]

    def peaks(self, upto: int | None = None) -> Peaks:
        """Give the tree as its peaks: all of it, or that over its first leaves."""
        size = self.size() if upto is None else upto
        return Peaks(size, tuple(self.read(list(covering(0, size)))))

    def grow(self, tree: Peaks, leaves: Sequence[bytes]) -> None:
        """Add to the tree the nodes that some more leaves settle, themselves among them; those that are there stay as they are.

        Raises LedgerUnavailable if the tree was made anew meanwhile and is not as large any more.
        """
        nodes = settled(tree.size, tree.hashes, leaves)
        with self._transaction("BEGIN IMMEDIATE") as db:
            if self.size() < tree.size:
                raise self._made_anew()
            db.executemany(_INSERT_NODE, ((place(node), digest) for node, digest in nodes))

    def set_back(self, size: int) -> None:
        """Keep the tree over the first leaves only, and the maps that reach over no more."""
        with self._transaction("BEGIN IMMEDIATE") as db:
            db.execute(_DELETE_NODES, (places(size),))
            db.execute(_DELETE_KNOTS, (size,))
            db.execute(_DELETE_MAPS, (size,))

    # -- the map ------------------------------------------------------------------------------------------------------------

    def mapped(self) -> Mapped:
        """Give how far the map was made."""
        rows = self._rows(_SELECT_MAPPED)
        return Mapped(*rows[0]) if rows else Mapped(0, EMPTY)

    def mapped_at(self, size: int) -> Mapped | None:
        """Give the map as it was over so many leaves, if it ever was."""
        rows = self._rows(_SELECT_MAP, size)
        return Mapped(*rows[0]) if rows else None

    def knot(self, size: int, path: str) -> Knot | None:
        """Give what stands at a path of the map over so many leaves."""
        rows = self._rows(_SELECT_KNOT, path, size)
        return _decoded(rows[0][0]) if rows else None

    def map(self, before: Mapped, after: Mapped, changed: Mapping[str, Knot]) -> bool:
        """Keep the map as it is over more leaves, beside what it was before; say no, and do nothing, if others have moved it on."""
        with self._transaction("BEGIN IMMEDIATE") as db:
            if self.mapped().size != before.size:
                return False
            db.execute(_INSERT_MAP, after)
            knots = ((path, after.size, _encoded(knot)) for path, knot in changed.items())
            db.executemany(_INSERT_KNOT, knots)
        return True

    # -- checkpoints --------------------------------------------------------------------------------------------------------

    def keep(self, size: int, note: str) -> None:
        """Keep a checkpoint that was signed, durable when this returns: nobody else can sign it again.

        Raises LedgerUnavailable if the tree was made anew meanwhile and is not as large any more.
        """
        with self._using() as db:
            db.execute("PRAGMA synchronous = FULL")
            try:
                if db.execute(_INSERT_CHECKPOINT, (size, note, places(size))).rowcount != 1:
                    raise self._made_anew()
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
            if self._file is not None:
                self._file.db.close()
                self._file = None

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
        """Have the connection for oneself. Raises LedgerForeign when the file is opened, LedgerUnavailable.

        Where another file stands at its path by now, or none, that one is opened, or made, before anything is asked of it.
        """
        with self._lock:
            try:
                yield self._current().db
            except (sqlite3.Error, OSError) as error:
                raise LedgerUnavailable(f"{self._name}: {error}") from error

    def _current(self) -> LedgerFile:
        former = self._file
        if former is not None and not (former.db.in_transaction or former.is_there()):
            _log.warning(
                "%s was deleted or replaced: what was signed in it alone is lost", self._name
            )
            self._file = None
            former.forsake()
        if self._file is None:
            if self._closed:
                raise LedgerUnavailable(f"{self._name} is closed")
            self._file = LedgerFile(self._path, self.log_id)
        return self._file

    def _made_anew(self) -> LedgerUnavailable:
        return LedgerUnavailable(f"{self._name} was made anew meanwhile")


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
