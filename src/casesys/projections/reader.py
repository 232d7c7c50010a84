"""Reading the read models for as long as a process lives, whatever becomes of their file meanwhile.

Whoever runs the projections makes the file anew where it was deleted, or cannot be used. Until another has been taken in hand, the
former tells what there was; from then on, the other does.
"""

import logging
import sqlite3

from casesys.projections.database import Views, unreadable
from casesys.projections.standing import standings
from casesys.store.found import Found

_log = logging.getLogger(__name__)


class Reader:
    """A connection that can only read the file that stands at the path of the read models. Belongs to one thread at a time."""

    def __init__(self, views: Views) -> None:
        """Open it. Raises ViewsError."""
        self._views = views
        self._found, self._db = self._opened()

    def now(self) -> sqlite3.Connection:
        """Give the connection to read by until something is awaited; it is in no transaction then. Raises ViewsError."""
        try:
            succeeded = self._found.is_succeeded()
        except OSError as error:
            raise unreadable(self._views.path, error) from error
        if succeeded:
            self._go_over()
        return self._db

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _go_over(self) -> None:
        """Read by the file that stands there now, unless nobody has begun to fill it."""
        found, db = self._opened()
        if not standings(db):
            db.close()
            return
        former, self._found, self._db = self._db, found, db
        former.close()
        _log.warning("%s was replaced; what stands there now is read", self._views.path.name)

    def _opened(self) -> tuple[Found, sqlite3.Connection]:
        found = Found(self._views.path)
        db = self._views.reader()
        found.see_companions()
        return found, db
