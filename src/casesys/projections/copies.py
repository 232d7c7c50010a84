"""Copies of read models on their way through the log, and those of them that walk together."""

import sqlite3
import traceback
from pathlib import Path

from casesys.projections.batches import Walk
from casesys.projections.contract import Batch, Projection
from casesys.projections.standing import Slot, Standing
from casesys.projections.tables import RowsInvalid, Writer, folded, table_name


class Copy:
    """One copy of a read model: how it stands, and the writers of its tables."""

    def __init__(self, db: sqlite3.Connection, projection: Projection, standing: Standing) -> None:
        """Take up a copy whose tables are there."""
        self.projection = projection
        self.standing = standing
        self._db = db
        tables = projection.tables
        self._writers = {table.name: Writer(db, table, standing.slot) for table in tables}
        waiting = next((t for t in tables if t.name == projection.by_calendar), None)
        self._waiting = None if waiting is None else table_name(waiting, standing.slot)

    @property
    def serves(self) -> bool:
        """Whether it is the copy that is read."""
        return self.standing.slot is Slot.SERVING

    def take(self, batch: Batch) -> None:
        """Change its rows as a batch demands. Raises whatever the projection or its tables object to."""
        for name, rows in folded(self.projection.changes(batch)).items():
            self._writers[name].write(rows)

    def waiting_for(self, calendars: set[str]) -> set[str]:
        """Give the cases whose rows rest on dates of some calendars."""
        if self._waiting is None:
            return set()
        statement = f"SELECT case_id FROM {self._waiting} WHERE instr(calendars, ?)"  # noqa: S608 - our own names
        return {
            case_id
            for code in calendars
            for (case_id,) in self._db.execute(statement, (f" {code} ",))
        }


class Group:
    """Copies that stand at one position and walk on together.

    `limit` is how many events they try at once, `at_end` whether the log had no more when they last looked. `walk` is None until
    they go on.
    """

    def __init__(self, copies: list[Copy], limit: int) -> None:
        """Gather copies that stand at one position."""
        self.copies = copies
        self.limit = limit
        self.at_end = False
        self.walk: Walk | None = None

    @property
    def position(self) -> int:
        """Where they stand."""
        return self.copies[0].standing.position

    def join(self, other: "Group") -> None:
        """Take in a group at the same position; all go on as fast as the faster."""
        self.copies += other.copies
        self.limit = max(self.limit, other.limit)
        self.at_end |= other.at_end
        self.walk = self.walk or other.walk


def described(error: Exception) -> str:
    """Say what went wrong and where, but nothing of what an event says: a message may quote it."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    named = getattr(error, "code", type(error).__name__)
    place = f"{named} in {frame.name}, {Path(frame.filename).name}:{frame.lineno}"
    if isinstance(error, sqlite3.Error | RowsInvalid):
        return f"{place}: {error}"  # these name tables and columns, never values
    return place
