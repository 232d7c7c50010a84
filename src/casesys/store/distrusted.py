"""The file of a log as whoever trusts nobody reads it: everything that is stored of each event, and nothing written anywhere near it.

SQLite would make companions of a file in WAL mode even to read it. So a file without companions is opened as one that nobody changes,
and one whose companion is not in use is read from a copy elsewhere.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any, NamedTuple, Self

from casesys.evidence.chain import Damage
from casesys.evidence.merkle import Peaks
from casesys.evidence.written import Columns, Written
from casesys.store import sql
from casesys.store.contract import StoreError
from casesys.store.failures import told
from casesys.store.opening import (
    BUSY_SECONDS,
    head_of,
    identity_of,
    insist_on_ours,
    marks_of,
    signs_of_use,
)

PAGE = 500
"""How many events are read at once; between two pages a live log goes on."""

LARGEST_PAGE = 65_536
"""Bytes, in SQLite."""

_NONE: Mapping[int, bytes] = {}


class _Reader(sqlite3.Connection):
    """A connection that may change nothing, not even SQLite's index of a WAL that others use.

    If it reads the index in the moment in which it is changed, SQLite would have it mended, and fails. So it is asked again.
    """

    def execute(self, statement: str, values: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401 - as SQLite takes them
        until = monotonic() + BUSY_SECONDS
        while True:
            try:
                return super().execute(statement, values)
            except sqlite3.OperationalError as error:
                if (
                    error.sqlite_errorcode != sqlite3.SQLITE_READONLY_RECOVERY
                    or monotonic() > until
                ):
                    raise
            sleep(0.001)


class HeadRow(NamedTuple):
    """What the file says of its end: the tree, and when the last event was recorded."""

    peaks: Peaks
    recorded_at: str | None


class Distrusted:
    """A log as it was found."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection that only reads; `open` is for callers. Raises Damage `head-altered`."""
        self._db = connection
        connection.text_factory = _distinct
        try:
            self.log_id = identity_of(connection)
            row = connection.execute(sql.SELECT_HEAD).fetchone()
            self.head = HeadRow(head_of(row).peaks, row[1])
        except (StoreError, TypeError, AttributeError) as error:  # its values may be of any type
            raise Damage(None, "head-altered", f"it cannot be read: {error}") from error

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Self]:
        """Open the file of a log, live or a copy, for the length of a block.

        Raises StoreError for what is no log that can be read, and Damage `file-damaged` for one whose parts contradict each other.
        """
        # What SQLite keeps beside a file lies where that is, not beside a link to it.
        path = Path(os.path.realpath(path))
        before = signs_of_use(path) if path.is_file() else None
        if before is None:
            raise StoreError("store-missing", f"there is no file {path}", "check the path")
        try:
            with (
                _address(path) as address,
                closing(
                    sqlite3.connect(address, uri=True, isolation_level=None, factory=_Reader)
                ) as db,
            ):
                for precaution in sql.DISTRUST:
                    db.execute(precaution)
                insist_on_ours(path, marks_of(db))
                yield cls(db)
        except sqlite3.Error as error:
            raise _judged(path, told(error), getattr(error, "sqlite_errorcode", 0)) from error
        except StoreError as error:
            raise _judged(path, error) from error
        if not before.companions and signs_of_use(path) != before:
            raise StoreError(
                "store-busy", f"{path} was written to meanwhile", "verify it once more"
            )

    def written(self) -> Iterator[Written]:
        """Give every event up to the head, in order, with all that is stored of it. Raises Damage for what has no place in a log."""
        after, size = 0, self.head.peaks.size
        while rows := self._db.execute(sql.SELECT_WRITTEN, (after, size, PAGE)).fetchall():
            upto = rows[-1][0]
            sealed = self._db.execute(sql.SELECT_WRITTEN_SEALED, (after, upto)).fetchall()
            texts = {
                position: {slot: ciphertext for _, slot, ciphertext in fields}
                for position, fields in groupby(sealed, lambda row: row[0])
            }
            for position, leaf, digest, *columns in rows:
                ciphertexts = texts.get(position, _NONE)
                if type(leaf) is not bytes or (ciphertexts and _not_bytes(ciphertexts)):
                    raise Damage(position, "columns-altered", "what is stored there are no bytes")
                yield Written(position, leaf, digest, Columns(*columns), ciphertexts)
            after = upto

    def leaves_of(self, stream: str) -> Iterator[bytes]:
        """Give the leaves that the index of streams leads to, in any order: nothing of them was examined yet."""
        for (leaf,) in self._db.execute(sql.SELECT_WRITTEN_STREAM, (stream,)):
            if type(leaf) is bytes:
                yield leaf

    def check_rest(self) -> None:
        """Insist that nothing lies outside the log, and that tables and indexes agree. Raises Damage."""
        if self._count(sql.COUNT_BEFORE_FIRST):
            raise Damage(None, "position-wrong", "there are events at positions before the first")
        if self._count(sql.COUNT_HEADS) != 1:
            raise Damage(None, "head-altered", "the log has more than one head")
        if self._count(sql.COUNT_SEALED_OUTSIDE):
            raise Damage(
                None, "ciphertext-unknown", "there are ciphertexts of events that the log lacks"
            )
        if added := self._db.execute(sql.SELECT_ADDED).fetchall():
            kind, name = added[0]
            raise Damage(None, "file-damaged", f"no store has this {kind}: {name}")
        ((first,), *_) = self._db.execute("PRAGMA integrity_check(1)").fetchall()
        if first != "ok":
            raise Damage(None, "file-damaged", str(first))

    def _count(self, statement: str) -> int:
        ((count,),) = self._db.execute(statement)
        return int(count)


@contextmanager
def _address(path: Path) -> Iterator[str]:
    """Give the address to open a file by so that nothing is made beside it."""
    wal, shm, journal = (path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))
    pending = [each for each in (wal, journal) if each.exists() and each.stat().st_size]
    if not pending and not (wal.exists() and shm.exists()):
        yield f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    elif shm.exists() and journal not in pending:
        # Somebody has it open, or was killed: then SQLite would make its index of the WAL anew, in the file.
        yield f"{path.resolve().as_uri()}?mode=ro&readonly_shm=1"
    else:
        with TemporaryDirectory(prefix="casesys-verify-") as folder:
            for each in (path, *pending):
                shutil.copyfile(each, Path(folder) / each.name)
            yield (Path(folder) / path.name).as_uri()


def _distinct(data: bytes) -> str:
    """Read text of a file that may be damaged, so that no two different texts are read as the same."""
    return data.decode(errors="surrogateescape")


def _not_bytes(ciphertexts: Mapping[int, object]) -> bool:
    """SQLite lets any column hold a value of any kind."""
    return any(type(text) is not bytes for text in ciphertexts.values())


def _judged(path: Path, error: StoreError, reported: int = 0) -> StoreError | Damage:
    """Tell damage of a log from a file that is none or cannot be read.

    What is no database, or belongs to another program, is damaged all the same if it bears the mark of a log.
    """
    damaged = error.code == "store-corrupt" and reported != sqlite3.SQLITE_NOTADB
    doubtful = error.code == "store-foreign" or reported in _WHERE_NOTHING_CAN_BE_READ
    if damaged or (doubtful and _is_marked(path)):
        return Damage(None, "file-damaged", error.message)
    return error


_WHERE_NOTHING_CAN_BE_READ = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)


def _is_marked(path: Path) -> bool:
    """Look for what every log has on its first page: a number in the header, and the statement that makes one of its tables."""
    with path.open("rb") as handle:
        page = handle.read(LARGEST_PAGE)
    mark = sql.APPLICATION_ID.to_bytes(4)
    return page[68:72] == mark or sql.CREATE_LOG.encode() in page
