"""What a file is before anything is written to it, laying out a new log in it, and reading what it says of itself."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Literal, NamedTuple
from uuid import uuid4

from casesys.evidence.merkle import Peaks
from casesys.store import sql
from casesys.store.contract import Head, StoreError
from casesys.store.failures import told

Kind = Literal["absent", "ours"]

BUSY_SECONDS = 5.0
"""How long another writer is waited for."""


class Marks(NamedTuple):
    """What a file says it is: the two numbers in its header, and the statement that made each table."""

    application: int
    version: int
    tables: dict[str, str]


def kind_of(path: Path) -> Kind:
    """Tell whether a file is a log of ours or has none yet (missing, empty, or with other tables only), changing nothing.

    Raises StoreError `store-corrupt`, `store-foreign`, `store-newer` or `store-unreadable`.
    """
    if not path.exists() or path.stat().st_size == 0:
        return "absent"
    marks = _look(path)
    if marks.application or marks.version or any(name in marks.tables for name in sql.TABLES):
        insist_on_ours(path, marks)
        return "ours"
    return "absent"


def _look(path: Path) -> Marks:
    """Read a file's two marks and its tables, leaving nothing beside it.

    SQLite would make companions of a file in WAL mode, even to read it; not so if told that nobody changes the file. That is
    believed if it has no companions, and held to be disproved if it has some afterwards or is another than before.
    """
    before = signs_of_use(path)
    if not before.companions:
        try:
            seen = _read(path, "&immutable=1")
        except StoreError:
            if signs_of_use(path) == before:
                raise
        else:
            if signs_of_use(path) == before:
                return seen
    try:
        return _read(path, "")
    except StoreError as error:
        if not _is_to_be_undone(error):
            raise
        return _read(path, "&immutable=1")


def _is_to_be_undone(error: StoreError) -> bool:
    """Say whether a file cannot be read because a change was cut short in it, which whoever opens it to write undoes."""
    code = getattr(error.__cause__, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return bool(code == sqlite3.SQLITE_READONLY_ROLLBACK)


class Signs(NamedTuple):
    """What tells that somebody has a file open, or had meanwhile."""

    companions: bool
    size: int
    modified_ns: int


def signs_of_use(path: Path) -> Signs:
    """Look for what tells that somebody uses a file."""
    state = path.stat()
    companions = (path.with_name(path.name + suffix) for suffix in ("-wal", "-journal"))
    return Signs(any(c.exists() for c in companions), state.st_size, state.st_mtime_ns)


def _read(path: Path, option: str) -> Marks:
    try:
        address = f"{path.resolve().as_uri()}?mode=ro{option}"
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
            return marks_of(connection)
    except sqlite3.Error as error:
        raise told(error) from error


def readable(data: bytes) -> str:
    """Read text of a file that may be damaged, so that what is no text is told like all else that is not as it should be."""
    return data.decode(errors="replace")


def marks_of(connection: sqlite3.Connection) -> Marks:
    """Read a file's two marks and its tables, as of one moment: somebody may be making the log just now.

    Raises sqlite3.Error, and StoreError `store-corrupt` where SQLite itself cannot say what is wrong.
    """
    connection.text_factory = readable
    try:
        connection.execute("BEGIN")
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = dict(connection.execute(sql.SELECT_TABLES).fetchall())
        connection.execute("ROLLBACK")
    except UnicodeDecodeError as error:  # its message cites the schema, which is no text any more
        raise _contradiction("the schema of the file cannot be read") from error
    return Marks(application, version, tables)


def insist_on_ours(path: Path, marks: Marks) -> None:
    """Insist that a file is a log that this casesys knows. Raises StoreError `store-foreign`, `store-newer` or `store-corrupt`."""
    application, version, tables = marks
    if application != sql.APPLICATION_ID:
        raise StoreError(
            "store-foreign",
            f"{path} belongs to another program",
            "give the path of a casesys store, or of a file that does not exist yet",
        )
    if version > sql.FORMAT_VERSION:
        raise StoreError(
            "store-newer",
            f"{path} is of format {version}, and this casesys knows formats up to {sql.FORMAT_VERSION}",
            "use the version of casesys that wrote it, or a later one",
        )
    if any(tables.get(name) != text for name, text in sql.TABLES.items()):
        raise StoreError(
            "store-corrupt",
            f"{path} is marked as a casesys store, but its tables are not as they should be",
            "restore a backup, and keep this file for examination",
        )


def write_ahead(connection: sqlite3.Connection) -> None:
    """Put a file into WAL mode, where it stays. While somebody else does so, SQLite does not wait but fails: so we wait."""
    until = monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(0.01)


def lay_out(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty log in one transaction, unless another process has just done so.

    It is on the disk when this returns, whatever the connection is content with otherwise: keys are made for this log and no other.
    """
    content_with = connection.execute("PRAGMA synchronous").fetchone()[0]
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("PRAGMA application_id").fetchone()[0] != sql.APPLICATION_ID:
            connection.execute(f"PRAGMA application_id = {sql.APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {sql.FORMAT_VERSION}")
            for statement in sql.TABLES.values():
                connection.execute(statement)
            connection.execute(sql.INSERT_LOG, (str(uuid4()),))
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.execute(f"PRAGMA synchronous = {content_with}")


def identity_of(connection: sqlite3.Connection) -> str:
    """Read the id of a log. Raises StoreError `store-corrupt` where there is none."""
    row = connection.execute(sql.SELECT_LOG_ID).fetchone()
    if row is None:
        raise _contradiction("the log does not say which one it is")
    return str(row[0])


def head_of(row: tuple[int, str | None, bytes, int | None] | None) -> Head:
    """Read the row of the head, and hold it against the position of the last event, its last column.

    Raises StoreError `store-corrupt` where they contradict each other.
    """
    if row is None:
        raise _contradiction("the log has lost its head")
    size, recorded_at, peaks, last = row
    if size != (last or 0):
        raise _contradiction(f"the log counts {size} events, but the last is at {last or 0}")
    try:
        stamped = None if recorded_at is None else datetime.fromisoformat(recorded_at)
        return Head(Peaks.decode(size, peaks), stamped)
    except ValueError as error:
        raise _contradiction(f"the head of the log cannot be read: {error}") from error


def _contradiction(message: str) -> StoreError:
    return StoreError(
        "store-corrupt",
        message,
        "events were removed, slipped in or changed: restore a backup, and keep this file for examination",
    )
