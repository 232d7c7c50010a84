"""Is a read model what the log says? It is made once more, in a file of its own, and compared with what serves.

That needs nobody's leave and hinders nobody: what serves is looked at as of one moment, however far the runner goes on meanwhile.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import msgspec

from casesys.projections.comparing import Difference, compared
from casesys.projections.contract import Projection
from casesys.projections.database import Views, open_views
from casesys.projections.failures import told
from casesys.projections.running import Runner
from casesys.projections.standing import Parked, Slot, Standing, standings
from casesys.store.contract import EventLog

_ATTACH = "ATTACH ? AS beside"


class Verification(msgspec.Struct, frozen=True):
    """How a read model compares, table by table, with one made anew from the log up to the same position.

    `stopped` is set if it could not be made anew that far; then `tables` is empty. `skipped` are the events that what serves left out.
    """

    name: str
    position: int
    tables: tuple[Difference, ...]
    skipped: tuple[int, ...]
    stopped: Parked | None = None

    @property
    def same(self) -> bool:
        """Whether not a single row differs."""
        return self.stopped is None and not any(table.differing for table in self.tables)


class NotServing(Exception):
    """The read model has no rows that could be verified: it was never built, or by another revision or over another log."""

    def __init__(self, name: str) -> None:
        """Name it."""
        super().__init__(f"{name} is not there, or of another revision or log")
        self.name = name


def verify(
    log: EventLog,
    views: Views,
    projection: Projection,
    *,
    on_progress: Callable[[int], object] = lambda _: None,
) -> Verification:
    """Make a read model once more and compare. Raises NotServing, ViewsError or StoreError."""
    with open_views(None) as anew, closing(views.reader()) as db:
        try:
            db.execute(_ATTACH, (f"{anew.path.resolve().as_uri()}?mode=ro",))
            db.execute("BEGIN")
            serving = _serving(db, log, projection)
            runner = Runner(log, anew, (projection,), on_progress=on_progress)
            assert runner.begin(), "nobody else knows of that file"
            runner.catch_up(until=serving.position)
            with closing(anew.reader()) as made:
                (standing,) = standings(made)
            if standing.parked is not None:
                found: tuple[Difference, ...] = ()
            else:
                beside = {table.name: f"beside.{table.name}" for table in serving.tables}
                found = tuple(compared(db, serving.tables, beside))
        except sqlite3.Error as error:
            raise told(error) from error
        return Verification(serving.name, serving.position, found, serving.skipped, standing.parked)


def _serving(db: sqlite3.Connection, log: EventLog, projection: Projection) -> Standing:
    """Give how the copy stands that serves."""
    for standing in standings(db):
        if (standing.name, standing.slot) == (projection.name, Slot.SERVING):
            events = log.read(standing.position - 1, 1) if standing.position else []
            same_log = all(event.leaf_hash == standing.leaf_hash for event in events)
            if standing.fits(projection) and same_log and len(events) == min(1, standing.position):
                return standing
    raise NotServing(projection.name)
