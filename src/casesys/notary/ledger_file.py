"""The file of a ledger: laid out where there is none, known to be ours before it is written to, and seen to be there still.

Somebody may delete it at any time, or put an older copy in its place. A process that has it open would go on writing to a file that
nobody will ever read; so whoever uses it looks first whether it is still the one at its path.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from casesys.notary.failures import LedgerForeign
from casesys.store.opening import write_ahead

APPLICATION_ID = 0x434E4F54
"""`CNOT` in ASCII, in the header of the file."""

FORMAT_VERSION = 2
"""Format 1 kept the map as it was last, not as it was before."""

BUSY_SECONDS = 5.0
IN_MEMORY = ":memory:"

_TREE = (
    "CREATE TABLE nodes (place INTEGER PRIMARY KEY, hash BLOB NOT NULL)",
    "CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL)",
    "CREATE TABLE ledger (id INTEGER PRIMARY KEY CHECK (id = 1), log_id TEXT NOT NULL)",
)
_MAPS = (
    "CREATE TABLE knots (path TEXT, size INTEGER, knot BLOB NOT NULL, PRIMARY KEY (path, size)) WITHOUT ROWID",
    "CREATE TABLE maps (size INTEGER PRIMARY KEY, root BLOB NOT NULL)",
)
_FROM_FORMAT_1 = (
    "DROP TABLE knots",
    "ALTER TABLE ledger DROP COLUMN mapped",
    "ALTER TABLE ledger DROP COLUMN map_root",
    *_MAPS,
    f"PRAGMA user_version = {FORMAT_VERSION}",
)
_APPLICATION = "PRAGMA application_id"
_VERSION = "PRAGMA user_version"
_COUNT_TABLES = "SELECT count(*) FROM sqlite_schema"
_SELECT_OWNER = "SELECT log_id FROM ledger"
_INSERT_LEDGER = "INSERT INTO ledger VALUES (1, ?)"


class Identity(NamedTuple):
    """Which file it is, whatever its name."""

    device: int
    number: int


class LedgerFile:
    """An open file of a ledger, or a place in memory."""

    def __init__(self, path: Path | None, log_id: str) -> None:
        """Open the file of a log's ledger, made if there is none. Raises LedgerForeign, OSError, sqlite3.OperationalError."""
        self._path = path
        self.db = sqlite3.connect(
            IN_MEMORY if path is None else path,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_SECONDS,
        )
        try:
            self._identity = _identity(path)
            _lay_out(self.db, log_id)
            if path is not None:  # and never before it is known to be ours
                write_ahead(self.db)
            # What a power cut takes is derived again.
            self.db.execute("PRAGMA synchronous = NORMAL")
            # By now at the latest SQLite has made what it keeps beside.
            _asked(self.db, _SELECT_OWNER)
            self._companions = {each: _identity(each) for each in _beside(path)}
        except sqlite3.OperationalError:
            self.db.close()
            raise
        except sqlite3.DatabaseError as error:
            self.db.close()
            raise LedgerForeign(f"{path} cannot be read: {error}") from error
        except BaseException:
            self.db.close()
            raise

    def is_there(self) -> bool:
        """Say whether it still stands at its path. Raises OSError."""
        return _identity(self._path) == self._identity

    def forsake(self) -> None:
        """Let go of a file that is not there any more, and take away what it left: SQLite would lay that over the next one."""
        self.db.close()
        for path, identity in self._companions.items():
            if identity is not None and _identity(path) == identity:
                path.unlink(missing_ok=True)


def _beside(path: Path | None) -> list[Path]:
    """Name what SQLite keeps beside a file."""
    return [] if path is None else [path.with_name(path.name + end) for end in ("-wal", "-shm")]


def _identity(path: Path | None) -> Identity | None:
    """Tell which file stands at a path; None if there is none."""
    if path is None:
        return None
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return Identity(found.st_dev, found.st_ino)


def _lay_out(connection: sqlite3.Connection, log_id: str) -> None:
    """Make the tables in an empty file; insist that those of a file that has some are this log's."""
    if _is_empty(connection):
        connection.execute("BEGIN IMMEDIATE")
        if _is_empty(connection):  # nobody was faster
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
            for statement in (*_TREE, *_MAPS):
                connection.execute(statement)
            connection.execute(_INSERT_LEDGER, (log_id,))
        connection.execute("COMMIT")
    if _asked(connection, _APPLICATION) != APPLICATION_ID:
        raise LedgerForeign("the file is not a notary's")
    owner = _asked(connection, _SELECT_OWNER)
    if owner != log_id:
        raise LedgerForeign(f"the file belongs to log {owner}, not to {log_id}")
    if _asked(connection, _VERSION) == 1:
        connection.execute("BEGIN IMMEDIATE")
        if _asked(connection, _VERSION) == 1:  # nobody was faster
            for statement in _FROM_FORMAT_1:
                connection.execute(statement)
        connection.execute("COMMIT")
    if _asked(connection, _VERSION) != FORMAT_VERSION:
        raise LedgerForeign("the file is a notary's, of another format")


def _is_empty(connection: sqlite3.Connection) -> bool:
    return not _asked(connection, _APPLICATION) and not _asked(connection, _COUNT_TABLES)


def _asked(connection: sqlite3.Connection, statement: str) -> object:
    """Give the first column of the one row that a statement finds."""
    with closing(connection.execute(statement)) as cursor:
        found: object = cursor.fetchone()[0]
    return found
