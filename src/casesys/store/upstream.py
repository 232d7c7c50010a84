"""What the SQLite log takes from `eventsourcing`, with what it needs otherwise put right: pool, data store and recorder.

Upstream's pool opens connections that cache one prepared statement, and its recorder inserts rows without hash or head.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any, Literal, NoReturn

from eventsourcing.persistence import ConnectionPoolClosedError, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
)

from casesys.store import opening, sql
from casesys.store.contract import Wait
from casesys.store.failures import closed, told
from casesys.store.following import FULL_LOOK_SECONDS, POLL_SECONDS

Synchronous = Literal["FULL", "NORMAL"]
"""FULL: what is acknowledged survives a power cut. NORMAL: the last moments before one may be lost, the file stays whole."""

LEVELS: dict[Synchronous, int] = {"NORMAL": 1, "FULL": 2}
PREPARED_STATEMENTS = 64


class Pool(SQLiteConnectionPool):
    """Upstream's pool over connections as we want them."""

    def __init__(self, path: Path, synchronous: Synchronous, max_pages: int | None) -> None:
        super().__init__(db_name=str(path))
        self._synchronous = synchronous
        self._max_pages = max_pages

    def connect(self) -> sqlite3.Connection:
        """Open a connection that the pool knows nothing about."""
        connection = sqlite3.connect(
            self.db_name,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=PREPARED_STATEMENTS,
            timeout=opening.BUSY_SECONDS,
        )
        try:
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")
            if self._max_pages is not None:
                connection.execute(f"PRAGMA max_page_count = {self._max_pages:d}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """Close what nobody uses. What is in use is closed by whoever brings it back.

        Upstream closes that, too; under a statement that another thread is running, this can end the process.
        """
        with self._put_condition:
            self._in_use.clear()
            super().close()

    def put_connection(self, conn: SQLiteConnection) -> None:
        """Take back a connection. Raises ConnectionPoolClosedError if the pool was closed meanwhile."""
        try:
            super().put_connection(conn)
        except ConnectionPoolClosedError:
            conn.close()
            raise

    def _create_connection(self) -> SQLiteConnection:
        connection = self.connect()
        connection.row_factory = sqlite3.Row  # upstream's recorder reads columns by name
        return SQLiteConnection(sqlite_conn=connection, max_age=self.max_age)


class Datastore(SQLiteDatastore):
    """Upstream's data store over a file of ours, whose originators are named by text."""

    def __init__(self, path: Path, synchronous: Synchronous, max_pages: int | None) -> None:
        super().__init__(db_name=str(path), originator_id_type="text")
        pool = Pool(path, synchronous, max_pages)
        self.pool = pool
        self.connect = pool.connect

    def rows(self, statement: str, values: tuple[object, ...] = ()) -> list[Any]:
        """Read through the pool, as plain tuples. Raises StoreError."""
        try:
            with self.get_connection(commit=False) as pooled:
                cursor = pooled._sqlite_conn.cursor()  # noqa: SLF001 - upstream offers only its wrapper
                cursor.row_factory = None
                return cursor.execute(statement, values).fetchall()
        except ConnectionPoolClosedError:
            raise closed() from None
        except sqlite3.Error as error:
            raise told(error) from error

    @contextmanager
    def waiting(self) -> Iterator[Wait]:
        """Wait for commits on a connection of the waiter's own, which notices those of this process as well."""
        if self.pool.closed:
            raise closed()
        with closing(self.connect()) as connection:
            seen = connection.execute(sql.SELECT_CHANGES).fetchone()

            def wait(_after: int, stopped: Event) -> None:
                nonlocal seen
                until = monotonic() + FULL_LOOK_SECONDS
                while not stopped.wait(POLL_SECONDS) and monotonic() < until:
                    if self.pool.closed:
                        raise closed()
                    present = connection.execute(sql.SELECT_CHANGES).fetchone()
                    if present != seen:
                        seen = present
                        return

            yield wait


class Recorder(SQLiteApplicationRecorder):
    """Upstream's recorder over our table: it reads; events come in through the log's own append alone."""

    def construct_create_table_statements(self) -> list[str]:
        """Name no tables to create: the log is laid out already."""
        return []

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **_: object
    ) -> NoReturn:
        raise NotImplementedError(
            "events enter through EventLog.append, which finishes their leaves under the write lock"
        )
