"""A file of SQLite as it was found at its path: which one it is, and what SQLite keeps beside it.

Somebody may delete a file that can be made again, or put another in its place. A process that has it open would go on with one that
nobody else will ever see; so whoever uses such a file looks first whether it is still the one at its path, which takes a microsecond.
"""

import os
from pathlib import Path

COMPANIONS = ("-wal", "-shm")
"""How what SQLite keeps beside a file in WAL mode is called, after the file's own name."""

Identity = tuple[int, int]
"""Which file it is, whatever its name: its device, and its number there."""

_GONE: Identity = (-1, -1)


class Found:
    """The file at a path, as it was when this was made. One in memory, without a path, is always there."""

    def __init__(self, path: Path | None) -> None:
        """See which file it is. Raises OSError, as does whatever is asked of it."""
        self._path = path
        self._identity: Identity | None = _identity(path)
        self._companions = dict[Path, Identity]()

    def see_companions(self) -> None:
        """See what SQLite keeps beside it, once it does: from the first statement that reads."""
        if self._path is not None:
            for path in (self._path.with_name(self._path.name + end) for end in COMPANIONS):
                identity = _identity(path)
                if identity is not None:
                    self._companions[path] = identity

    def is_there(self) -> bool:
        """Say whether it still stands at its path."""
        return _identity(self._path) == self._identity

    def is_succeeded(self) -> bool:
        """Say whether another file stands at its path, and nothing beside that SQLite would take for the other's own."""
        there = _identity(self._path)
        return there != self._identity and there is not None and not self._left()

    def clear_away(self) -> None:
        """Take away what it left at its path: SQLite would lay that over the next one. It is not there then, whatever comes back."""
        self._identity = _GONE
        for path in self._left():
            path.unlink(missing_ok=True)

    def _left(self) -> list[Path]:
        return [path for path, known in self._companions.items() if _identity(path) == known]


def _identity(path: Path | None) -> Identity | None:
    """Tell which file stands at a path; None if there is none."""
    if path is None:
        return None
    try:
        found = os.stat(path)  # noqa: PTH116 - what a Path puts around it takes half as long again
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
