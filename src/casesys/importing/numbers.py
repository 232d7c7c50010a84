"""The numbers that a run has met, to tell one that comes twice: in a temporary file, so that memory does not grow with the rows.

The file has no name and is gone with its connection; SQLite begins it only when a few thousand pages no longer fit in memory.
"""

import sqlite3
from types import TracebackType
from typing import Self

CREATE_NUMBERS = (
    "CREATE TABLE numbers (number TEXT PRIMARY KEY, line INTEGER NOT NULL) WITHOUT ROWID"
)
INSERT_NUMBER = "INSERT OR IGNORE INTO numbers VALUES (?, ?)"
SELECT_LINE = "SELECT line FROM numbers WHERE number = ?"


class Numbers:
    """The numbers met so far, each with the line where it came first."""

    def __init__(self) -> None:
        """Begin with none."""
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute(CREATE_NUMBERS)
        self._db.execute("BEGIN")

    def first_line(self, number: str, line: int) -> int:
        """Give the line where a number came first, which is the given one unless it was met before."""
        if self._db.execute(INSERT_NUMBER, (number, line)).rowcount:
            return line
        found: int = self._db.execute(SELECT_LINE, (number,)).fetchone()[0]
        return found

    def __enter__(self) -> Self:
        """Use the numbers for the length of a block."""
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """Forget them."""
        self._db.close()
