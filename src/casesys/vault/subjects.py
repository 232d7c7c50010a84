"""The file of subject keys: one row for each data subject, its key wrapped, or null once the subject was forgotten."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from casesys.vault.fields import VaultError

APPLICATION_ID = 0x43534B59
"""`CSKY` in ASCII: marks a SQLite file as a vault of ours."""

BUSY_MILLISECONDS = 5_000

CHECKPOINT_PAGES = 64
"""How long the write-ahead log grows before it is written over. A vault writes seldom, so at SQLite's 1000 pages nearly every
commit would lengthen the file; commits took twice as long in the mean, probably because the new length is synced too."""

CREATE_SUBJECTS = "CREATE TABLE subjects (subject TEXT PRIMARY KEY, wrapped BLOB) WITHOUT ROWID"
CREATE_VAULT = (
    "CREATE TABLE vault (id INTEGER PRIMARY KEY CHECK (id = 1), log_id TEXT NOT NULL, check_value BLOB NOT NULL,"
    " forgotten INTEGER NOT NULL)"
)
INSERT_VAULT = "INSERT INTO vault VALUES (1, ?, ?, 0)"
SELECT_VAULT = "SELECT log_id, check_value FROM vault"
SELECT_FORGOTTEN = "SELECT forgotten FROM vault"
SELECT_KEY = "SELECT wrapped FROM subjects WHERE subject = ?"
INSERT_KEY = "INSERT INTO subjects VALUES (?, ?)"
FORGET_KEY = (
    "INSERT INTO subjects VALUES (?, NULL) ON CONFLICT (subject) DO UPDATE SET wrapped = NULL"
)
COUNT_FORGOTTEN = "UPDATE vault SET forgotten = forgotten + 1"

_CODES = {
    sqlite3.SQLITE_FULL: "vault-full",
    sqlite3.SQLITE_BUSY: "vault-busy",
    sqlite3.SQLITE_LOCKED: "vault-busy",
    sqlite3.SQLITE_READONLY: "vault-readonly",
    sqlite3.SQLITE_CORRUPT: "vault-corrupt",
    sqlite3.SQLITE_NOTADB: "vault-corrupt",
}


@contextmanager
def told_as_vault_error() -> Iterator[None]:
    """Turn what SQLite says into what a user can act on."""
    try:
        yield
    except sqlite3.Error as error:
        code = _CODES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "vault-unreadable")
        raise VaultError(code, f"the vault of personal keys failed: {error}") from error


class SubjectKeys:
    """The wrapped keys of all subjects. Every method that changes something is durable when it returns."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Work over an open connection; `connect` and `connect_in_memory` make one."""
        self.connection = connection

    def create(self, log_id: str, check_value: bytes) -> None:
        """Lay out an empty vault for one log."""
        with told_as_vault_error():
            self.connection.execute("PRAGMA journal_mode = WAL")
        with told_as_vault_error(), self._writing():
            self.connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self.connection.execute(CREATE_SUBJECTS)
            self.connection.execute(CREATE_VAULT)
            self.connection.execute(INSERT_VAULT, (log_id, check_value))

    def identity(self) -> tuple[str, bytes]:
        """Give the id of the log that the vault belongs to, and the wrapped check value."""
        with told_as_vault_error():
            if self.connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise VaultError("vault-corrupt", "the file of subject keys is not one of ours")
            row = self.connection.execute(SELECT_VAULT).fetchone()
        if row is None:
            raise VaultError("vault-corrupt", "the vault does not say which log it belongs to")
        return row[0], row[1]

    def changes_elsewhere(self) -> int:
        """Give a number that changes whenever another connection has written."""
        with told_as_vault_error():
            return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def forgotten(self) -> int:
        """Give how often a subject was forgotten."""
        with told_as_vault_error():
            return int(self.connection.execute(SELECT_FORGOTTEN).fetchone()[0])

    def find(self, subject: str) -> tuple[bytes | None] | None:
        """Give the row of a subject: its wrapped key or a null in its place, None for a subject never seen."""
        with told_as_vault_error():
            row: tuple[bytes | None] | None = self.connection.execute(
                SELECT_KEY, (subject,)
            ).fetchone()
        return row

    def add(self, subjects: Sequence[str], make: Callable[[str], bytes]) -> None:
        """Store a wrapped key for each subject that has no row yet, all in one commit; somebody may have been faster."""
        with told_as_vault_error(), self._writing():
            for subject in subjects:
                if self.connection.execute(SELECT_KEY, (subject,)).fetchone() is None:
                    self.connection.execute(INSERT_KEY, (subject, make(subject)))

    def forget(self, subject: str) -> None:
        """Overwrite the key of a subject, in the file and in its write-ahead log; leave a mark that it was there.

        Raises VaultError `vault-busy` when a reader keeps the write-ahead log from being emptied: the key is gone from the vault,
        but not yet from the disk, and the call is to be repeated.
        """
        with told_as_vault_error():
            with self._writing():
                self.connection.execute(FORGET_KEY, (subject,))
                self.connection.execute(COUNT_FORGOTTEN)
            busy = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise VaultError(
                "vault-busy",
                f"subject {subject} is forgotten, but its key is still in the write-ahead log: forget it again",
            )

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the write lock; commit, or undo everything."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # SQLite has undone it already when the disk was full
                self.connection.execute("ROLLBACK")
            raise


def connect(file: Path) -> SubjectKeys:
    """Open the file of subject keys, or a file in which `create` is to make them; nothing is written yet."""
    with told_as_vault_error():
        connection = sqlite3.connect(
            file, isolation_level=None, check_same_thread=False, timeout=BUSY_MILLISECONDS / 1000
        )
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES:d}")
        except sqlite3.Error:
            connection.close()
            raise
    return SubjectKeys(connection)


def connect_in_memory() -> SubjectKeys:
    """Make a file of subject keys that is gone when it is closed."""
    return SubjectKeys(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
