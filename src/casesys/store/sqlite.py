"""The log in a SQLite file, over upstream's data store, pool and recorder.

One connection is held open for the command path: it appends, and loads what a command needs, so that its page cache stays warm.
All other reading goes through the pool. See docs/adr/0001 for the tables and docs/adr/0003 for what is upstream's.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, Self
from uuid import UUID

import msgspec

from casesys.domain.messages import StreamId
from casesys.evidence.merkle import Peaks
from casesys.store import sql
from casesys.store.contract import (
    CLOCK_BOUND_SECONDS,
    Appended,
    Clock,
    Conflict,
    DuplicateCommand,
    Head,
    Stored,
    StoreError,
    Unit,
    Wait,
    utc_now,
)
from casesys.store.failures import closed, told
from casesys.store.following import Following
from casesys.store.opening import head_of, identity_of, kind_of, lay_out, write_ahead
from casesys.store.stamping import NO_EVENTS, Batch, Tip, stamp, streams_of, time_of_recording
from casesys.store.upstream import LEVELS, Datastore, Recorder, Synchronous

KNOWN_TIPS = 50_000
"""How many streams' tips are remembered between appends (about 10 MB)."""

_LAST_CHARACTER = "\U0010ffff"


class _Recorded(msgspec.Struct):
    """The one field of a leaf that a search by time looks at."""

    recorded_at: datetime


_decode_recorded = msgspec.json.Decoder(_Recorded).decode
_encode_json = msgspec.json.encode


class SqliteLog:
    """An event log in one file, shared by any number of processes on one machine."""

    def __init__(
        self,
        datastore: Datastore,
        connection: sqlite3.Connection,
        *,
        clock: Clock,
        clock_bound: timedelta,
    ) -> None:
        """Take a data store over a file that is laid out, and a connection to it to keep; `open_log` is for callers."""
        self.datastore = datastore
        self.recorder = Recorder(datastore)
        self.log_id = identity_of(connection)
        self._clock = clock
        self._clock_bound = clock_bound
        self._lock = Lock()
        self._db: sqlite3.Connection | None = connection
        self._known: tuple[tuple[object, ...], Head] = ((0, None, b"", None), Head(Peaks(), None))
        self._tips: dict[StreamId, Tip] = {}

    def append(self, units: Sequence[Unit]) -> list[Appended]:
        """Store all units in one durable transaction, or none of them."""
        with self._lock:
            db = self.connection
            if not units:
                return []
            try:
                return self._append(db, units)
            except sqlite3.IntegrityError as error:
                _refuse_duplicates(db, units)
                raise told(error) from error
            except sqlite3.Error as error:
                raise told(error) from error
            except Conflict as conflict:
                _refuse_duplicates(db, units[: conflict.unit + 1])
                raise

    def read_streams(self, streams: Sequence[StreamId]) -> dict[StreamId, list[Stored]]:
        """Give all events of some streams, as of one moment."""
        found: dict[StreamId, list[Stored]] = {stream: [] for stream in streams}
        for stream, position, leaf, leaf_hash in self._rows(sql.SELECT_STREAMS, _listed(streams)):
            found[stream].append(Stored(position, leaf, leaf_hash))
        return found

    def find_command(self, command_id: UUID) -> list[Stored]:
        """Give the events of a command, none if the log does not have it."""
        return [Stored(*row) for row in self._rows(sql.SELECT_COMMAND, command_id.bytes)]

    def head(self) -> Head:
        """Give the end of the log."""
        with self._lock:
            db = self.connection
            try:
                return self._head(db)
            except sqlite3.Error as error:
                raise told(error) from error

    def read_stream(
        self,
        stream: StreamId,
        *,
        after_version: int = 0,
        upto_version: int | None = None,
        upto_position: int | None = None,
    ) -> list[Stored]:
        """Give the events of one stream behind a version, as far as another and a position."""
        bounds = [sql.LARGEST_INTEGER if b is None else b for b in (upto_version, upto_position)]
        wanted = (stream, after_version, *bounds)
        return [Stored(*row) for row in self.datastore.rows(sql.SELECT_STREAM, wanted)]

    def read(self, after: int, limit: int) -> list[Stored]:
        """Give at most `limit` events that follow a position."""
        return [Stored(*row) for row in self.datastore.rows(sql.SELECT_PAGE, (after, limit))]

    def position_at(self, instant: datetime) -> int:
        """Give the position of the last event recorded at or before an instant, by halving the log."""
        low, high = 0, self.head().size
        while low < high:
            middle = (low + high + 1) // 2
            ((leaf,),) = self.datastore.rows(sql.SELECT_LEAF, (middle,))
            if _decode_recorded(leaf).recorded_at <= instant:
                low = middle
            else:
                high = middle - 1
        return low

    def stream_ids(self, prefix: str, after: str, limit: int) -> list[StreamId]:
        """Give at most `limit` streams whose names start with `prefix` and follow `after`."""
        bounds = (after, prefix, prefix + _LAST_CHARACTER, limit)
        return [StreamId(name) for (name,) in self.datastore.rows(sql.SELECT_STREAM_IDS, bounds)]

    def ciphertexts(self, positions: Iterable[int]) -> dict[tuple[int, int], bytes]:
        """Give the sealed fields of some events by position and slot."""
        rows = self.datastore.rows(sql.SELECT_SEALED, (_listed(positions),))
        return {(position, slot): ciphertext for position, slot, ciphertext in rows}

    def subscribe(self, after: int, *, page: int = 500) -> Following:
        """Follow the log from a position; asks SQLite every 2 ms whether anybody has written."""
        return Following(after, page, self.read, self.waiting)

    def waiting(self) -> AbstractContextManager[Wait]:
        """Wait for what is appended, on a connection of its own."""
        return self.datastore.waiting()

    def durability(self) -> dict[str, object]:
        """Ask the connection that writes what it really runs with."""
        asked = ("journal_mode", "synchronous", "application_id", "user_version")
        return {name: self._rows(f"PRAGMA {name}")[0][0] for name in asked}

    def quick_check(self) -> list[str]:
        """Let SQLite look through the whole file for damage; empty when it finds none. Takes a while on a large file."""
        try:
            found = [str(text) for (text,) in self.datastore.rows("PRAGMA quick_check")]
        except StoreError as error:
            if error.code != "store-corrupt":
                raise
            found = [error.message]  # so damaged that even the check cannot go on
        return [] if found == ["ok"] else found

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None
            self.datastore.close()

    def __enter__(self) -> Self:
        """Use the log for the length of a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the log."""
        self.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection of the command path; it belongs to whoever holds the lock."""
        if self._db is None:
            raise closed()
        return self._db

    def _rows(self, statement: str, *values: object) -> list[Any]:
        """Read on the connection of the command path, between two appends."""
        with self._lock:
            db = self.connection
            try:
                return db.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                raise told(error) from error

    def _append(self, db: sqlite3.Connection, units: Sequence[Unit]) -> list[Appended]:
        """Append in one transaction, and remember the head and the tips it leaves behind."""
        try:
            db.execute("BEGIN IMMEDIATE")
            head = self._head(db)
            now = time_of_recording(self._clock(), head, self._clock_bound)
            tips = self._tips_of(db, streams_of(units))
            batch = stamp(units, head, tips, self.log_id, now)
            written = _write(db, batch)
            db.execute("COMMIT")
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")
        self._known = (written, batch.head)
        if len(self._tips) > KNOWN_TIPS:
            self._tips.clear()
        self._tips.update(tips)
        return batch.appended

    def _head(self, db: sqlite3.Connection) -> Head:
        """Read the end of the log, and hold it against the table."""
        row = db.execute(sql.SELECT_HEAD).fetchone()
        if row != self._known[0]:
            self._known = (row, head_of(row))
            self._tips.clear()
        return self._known[1]

    def _tips_of(self, db: sqlite3.Connection, streams: Sequence[StreamId]) -> dict[StreamId, Tip]:
        """Give the tip of each stream, under the write lock; what this log wrote last it still knows, if nobody else wrote."""
        tips = {stream: self._tips.get(stream) or NO_EVENTS for stream in streams}
        if unknown := [stream for stream in streams if stream not in self._tips]:
            for stream, version, leaf_hash in db.execute(sql.SELECT_TIPS, (_listed(unknown),)):
                tips[stream] = Tip(version, leaf_hash)
        return tips


def open_log(  # noqa: PLR0913 - options by name, each with its default
    path: Path,
    *,
    create: bool = False,
    synchronous: Synchronous = "FULL",
    clock: Clock = utc_now,
    clock_bound: timedelta = timedelta(seconds=CLOCK_BOUND_SECONDS),
    max_pages: int | None = None,
) -> SqliteLog:
    """Open the log in a file; with `create`, make it if the file has none. An existing log is opened either way.

    `clock_bound` is how far the last event may be ahead of the clock. The file may not outgrow `max_pages` pages of 4 KiB:
    the log then behaves as on a full disk.

    Raises StoreError `store-missing`, `store-corrupt`, `store-foreign`, `store-newer`, `store-readonly` or
    `store-unreadable`, and has then changed nothing.
    """
    kind = kind_of(path)
    if kind == "absent" and not create:
        raise StoreError(
            "store-missing", f"there is no log in {path}", "make one with init, or check the path"
        )
    with ExitStack() as undoing:
        datastore = Datastore(path, synchronous, max_pages)
        undoing.callback(datastore.close)
        try:
            connection = undoing.enter_context(closing(datastore.connect()))
            write_ahead(connection)
            if kind == "absent":
                lay_out(connection)
            log = SqliteLog(datastore, connection, clock=clock, clock_bound=clock_bound)
        except sqlite3.Error as error:
            raise told(error) from error
        _insist(log.durability(), synchronous)
        undoing.pop_all()
    return log


def _insist(actual: Mapping[str, object], synchronous: Synchronous) -> None:
    """Refuse to promise what the connection does not keep (WAL needs shared memory, which network disks lack)."""
    if actual["journal_mode"] != "wal" or actual["synchronous"] != LEVELS[synchronous]:
        raise StoreError(
            "store-unreadable",
            f"SQLite runs with {actual} instead of WAL and synchronous {synchronous}",
            "put the store on a local disk",
        )


def _write(db: sqlite3.Connection, batch: Batch) -> tuple[object, ...]:
    """Write a batch and the new head; give the head's row as it will be read back."""
    db.executemany(sql.INSERT_EVENT, batch.rows)
    if batch.sealed:
        db.executemany(sql.INSERT_SEALED, batch.sealed)
    peaks, recorded_at = batch.head
    stamped = None if recorded_at is None else recorded_at.isoformat()
    head = (peaks.size, stamped, peaks.encode())
    db.execute(sql.UPDATE_HEAD, head)
    return (*head, peaks.size)


def _listed(values: Iterable[str | int]) -> str:
    """Give a list as the one JSON text that our statements take."""
    return _encode_json(list(values)).decode()


def _refuse_duplicates(db: sqlite3.Connection, units: Sequence[Unit]) -> None:
    """Raise DuplicateCommand for the first unit whose command the log, or an earlier unit, has already."""
    seen: set[UUID] = set()
    for index, unit in enumerate(units):
        known = db.execute(sql.SELECT_COMMAND, (unit.command_id.bytes,)).fetchone()
        if known is not None or unit.command_id in seen:
            raise DuplicateCommand(unit.command_id, index)
        seen.add(unit.command_id)
