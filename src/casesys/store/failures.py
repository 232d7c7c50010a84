"""What SQLite can run into, told as store errors with a stable code and a remedy."""

import sqlite3

from casesys.store.contract import StoreError

_TOLD = {
    sqlite3.SQLITE_FULL: (
        "store-full",
        "there is no room left to write",
        "free some space and try again: nothing was changed",
    ),
    sqlite3.SQLITE_BUSY: (
        "store-busy",
        "another process holds the write lock",
        "try again; if it lasts, find the process that does not let go",
    ),
    sqlite3.SQLITE_LOCKED: (
        "store-busy",
        "another connection holds a lock",
        "try again",
    ),
    sqlite3.SQLITE_READONLY: (
        "store-readonly",
        "the file cannot be written",
        "give this user the right to write to the file and to its folder",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "store-corrupt",
        "the file is damaged",
        "do not write to it; restore a backup, and keep this file for examination",
    ),
    sqlite3.SQLITE_CONSTRAINT: (
        "store-corrupt",
        "the head of the log and its events contradict each other",
        "do not write to it; restore a backup, and keep this file for examination",
    ),
    sqlite3.SQLITE_NOTADB: (
        "store-corrupt",
        "the file is not an SQLite database, or its beginning is damaged",
        "check the path; if it is the right one, restore a backup and keep this file",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "store-unreadable",
        "the file cannot be opened",
        "check the path and this user's rights to the file and its folder",
    ),
    sqlite3.SQLITE_IOERR: (
        "store-unreadable",
        "the disk reported an error",
        "check the disk; nothing that was acknowledged is in doubt",
    ),
}
_OTHERWISE = ("store-unreadable", "SQLite failed", "see the message; nothing was changed")


def closed() -> StoreError:
    """Give the error for whatever is asked of a log after its end."""
    return StoreError("store-closed", "the log is closed", "open it again")


def told(error: sqlite3.Error) -> StoreError:
    """Give the store error for what SQLite said. The primary result code decides (its lowest byte)."""
    code, message, remedy = _TOLD.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, _OTHERWISE)
    return StoreError(code, f"{message} ({error})", remedy)
