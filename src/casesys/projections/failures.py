"""What the database of read models can run into, told with a stable code and a remedy."""

import sqlite3


class ViewsError(Exception):
    """The read models cannot be read or written. The log is not touched by it, and nothing in them is precious.

    Codes: `views-foreign`, `views-in-use`, `views-busy`, `views-full`, `views-corrupt`, `views-readonly`, `views-unreadable`,
    `views-closed`.
    """

    def __init__(self, code: str, message: str, remedy: str) -> None:
        """Keep the stable code for programs; the message and what to do about it for people."""
        super().__init__(f"{message}; {remedy}")
        self.code = code
        self.message = message
        self.remedy = remedy


_ANEW = "stop casesys and delete the file: it is made anew from the log"
_TOLD = {
    sqlite3.SQLITE_FULL: ("views-full", "there is no room left to write", "free some space"),
    sqlite3.SQLITE_BUSY: ("views-busy", "another process holds the write lock", "try again"),
    sqlite3.SQLITE_LOCKED: ("views-busy", "another connection holds a lock", "try again"),
    sqlite3.SQLITE_READONLY: (
        "views-readonly",
        "the file cannot be written",
        "give this user the right to write to the file and to its folder",
    ),
    sqlite3.SQLITE_CORRUPT: ("views-corrupt", "the file is damaged", _ANEW),
    sqlite3.SQLITE_NOTADB: ("views-corrupt", "the file is damaged", _ANEW),
    sqlite3.SQLITE_CANTOPEN: (
        "views-unreadable",
        "the file cannot be opened",
        "check the path and this user's rights to the file and its folder",
    ),
    sqlite3.SQLITE_IOERR: ("views-unreadable", "the disk reported an error", "check the disk"),
    sqlite3.SQLITE_NOMEM: ("views-unreadable", "there is no memory left", "free some memory"),
}


def of_the_machine(error: sqlite3.Error) -> ViewsError | None:
    """Give what an error means if the file or the machine is to blame; None if it is whoever wrote the statement or the rows."""
    primary = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if primary not in _TOLD:
        return None
    code, message, remedy = _TOLD[primary]
    return ViewsError(code, f"{message} ({error})", remedy)


def told(error: sqlite3.Error) -> ViewsError:
    """Give what an error means to whoever wanted to read or write the read models."""
    return of_the_machine(error) or ViewsError(
        "views-unreadable", f"SQLite failed ({error})", _ANEW
    )
