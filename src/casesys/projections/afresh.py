"""Read models built afresh, in memory, for whoever asks a log once and has none at hand."""

import sqlite3
from typing import NamedTuple

from casesys.projections.batches import Walk
from casesys.projections.contract import Projection
from casesys.projections.standing import Slot
from casesys.projections.tables import Writer, create, folded
from casesys.store.contract import EventLog

PAGE = 2_000
"""How many events are taken in at once."""


class Built(NamedTuple):
    """Read models in memory, and the log position up to which they tell. The caller closes the connection."""

    db: sqlite3.Connection
    position: int


def afresh(log: EventLog, *projections: Projection) -> Built:
    """Build read models over a whole log.

    Raises whatever an event does that cannot be read: figures that leave something out are worse than none.
    """
    db = sqlite3.connect(":memory:", isolation_level=None)
    tables = [table for each in projections for table in each.tables]
    create(db, tables, Slot.SERVING, 1)
    writers = {table.name: Writer(db, table, Slot.SERVING) for table in tables}
    walk = Walk(log, 0)
    while (batch := walk.advance(PAGE)).steps:
        db.execute("BEGIN")
        for each in projections:
            for name, changed in folded(each.changes(batch)).items():
                writers[name].write(changed)
        db.execute("COMMIT")
    return Built(db, walk.position)
