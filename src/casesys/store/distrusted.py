"""The file of a log as whoever trusts nobody reads it: everything that is stored of each event, and nothing written anywhere near it.

SQLite would make companions of a file in WAL mode even to read it. So a file without companions is opened as one that nobody changes,
and one whose companion is not in use is read from a copy elsewhere.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, Self

from casesys.evidence.chain import Columns, Damage, Written
from casesys.evidence.merkle import Peaks
from casesys.store import sql
from casesys.store.contract import StoreError
from casesys.store.failures import told
from casesys.store.opening import head_of, identity_of, insist_on_ours, marks_of, signs_of_use

PAGE = 2_000
"""How many events are read at once; between two pages a live log goes on."""


class HeadRow(NamedTuple):
    """What the file says of its end: the tree, and when the last event was recorded."""

    peaks: Peaks
    recorded_at: str | None


class Distrusted:
    """A log as it was found."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection that only reads; `open` is for callers. Raises Damage `head-altered`."""
        self._db = connection
        try:
            self.log_id = identity_of(connection)
            row = connection.execute(sql.SELECT_HEAD).fetchone()
            self.head = HeadRow(head_of(row).peaks, row[1])
        except (StoreError, TypeError) as error:
            raise Damage(None, "head-altered", str(error)) from error

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Self]:
        """Open the file of a log, live or a copy, for the length of a block.

        Raises StoreError for what is no log that can be read, and Damage `file-damaged` for one whose parts contradict each other.
        """
        before = signs_of_use(path) if path.is_file() else None
        if before is None:
            raise StoreError("store-missing", f"there is no file {path}", "check the path")
        try:
            with (
                _address(path) as address,
                closing(sqlite3.connect(address, uri=True, isolation_level=None)) as db,
            ):
                insist_on_ours(path, marks_of(db))
                yield cls(db)
        except sqlite3.Error as error:
            raise _judged(told(error), getattr(error, "sqlite_errorcode", 0)) from error
        except StoreError as error:
            raise _judged(error) from error
        if not before.companions and signs_of_use(path) != before:
            raise StoreError(
                "store-busy", f"{path} was written to meanwhile", "verify it once more"
            )

    def written(self) -> Iterator[Written]:
        """Give every event up to the head, in order, with all that is stored of it. Raises Damage for what has no place in a log."""
        after, size = 0, self.head.peaks.size
        while after < size:
            upto = min(after + PAGE, size)
            rows = self._db.execute(sql.SELECT_WRITTEN, (after, upto)).fetchall()
            sealed = self._db.execute(sql.SELECT_WRITTEN_SEALED, (after, upto)).fetchall()
            texts = {
                position: {slot: ciphertext for _, slot, ciphertext in fields}
                for position, fields in groupby(sealed, lambda row: row[0])
            }
            for position, leaf, digest, stream, version, name, command_id, number in rows:
                _insist_on_bytes(position, leaf, *texts.get(position, {}).values())
                columns = Columns(stream, version, name, command_id, number)
                yield Written(position, leaf, digest, columns, texts.get(position, {}))
            after = upto

    def check_rest(self) -> None:
        """Insist that nothing lies outside the log, and that tables and indexes agree. Raises Damage."""
        ((outside,),) = self._db.execute(sql.COUNT_SEALED_OUTSIDE)
        if outside:
            raise Damage(
                None, "ciphertext-unknown", "there are ciphertexts of events that the log lacks"
            )
        if alive := self._db.execute(sql.SELECT_TRIGGERS).fetchall():
            raise Damage(None, "file-damaged", f"the file has a trigger or view: {alive[0][0]}")
        ((first,), *_) = self._db.execute("PRAGMA integrity_check(1)").fetchall()
        if first != "ok":
            raise Damage(None, "file-damaged", str(first))


@contextmanager
def _address(path: Path) -> Iterator[str]:
    """Give the address to open a file by so that nothing is made beside it."""
    wal, shm, journal = (path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))
    pending = [each for each in (wal, journal) if each.exists() and each.stat().st_size]
    if not pending and not (wal.exists() and shm.exists()):
        yield f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    elif shm.exists() and journal not in pending:
        yield f"{path.resolve().as_uri()}?mode=ro"  # somebody has it open, or did not close it
    else:
        with TemporaryDirectory(prefix="casesys-verify-") as folder:
            for each in (path, *pending):
                shutil.copyfile(each, Path(folder) / each.name)
            yield (Path(folder) / path.name).as_uri()


def _insist_on_bytes(position: int, *values: object) -> None:
    """SQLite lets any column hold a value of any kind."""
    if any(type(value) is not bytes for value in values):
        raise Damage(position, "columns-altered", "what is stored there are no bytes")


def _judged(error: StoreError, reported: int = 0) -> StoreError | Damage:
    """Tell damage of a log from a file that is none or cannot be read."""
    damaged = error.code == "store-corrupt" and reported != sqlite3.SQLITE_NOTADB
    return Damage(None, "file-damaged", error.message) if damaged else error
