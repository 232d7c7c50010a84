"""The file of a ledger: laid out where there is none, known to be ours before it is written to, and seen to be there still."""

import sqlite3
from contextlib import closing
from pathlib import Path

from casesys.notary.failures import LedgerForeign
from casesys.store.found import Found
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


class LedgerFile:
    """An open file of a ledger, or a place in memory."""

    def __init__(self, path: Path | None, log_id: str) -> None:
        """Open the file of a log's ledger, made if there is none. Raises LedgerForeign, OSError, sqlite3.OperationalError."""
        self.db = sqlite3.connect(
            IN_MEMORY if path is None else path,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_SECONDS,
        )
        try:
            self._found = Found(path)
            _lay_out(self.db, log_id)
            if path is not None:  # and never before it is known to be ours
                write_ahead(self.db)
            # What a power cut takes is derived again.
            self.db.execute("PRAGMA synchronous = NORMAL")
            # By now at the latest SQLite has made what it keeps beside.
            _asked(self.db, _SELECT_OWNER)
            self._found.see_companions()
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
        return self._found.is_there()

    def forsake(self) -> None:
        """Let go of a file that is not there any more, and take away what it left."""
        self.db.close()
        self._found.clear_away()


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
