"""Read models that a runner has built, in pages of any size: what queries see when they are up to date."""

import sqlite3
from collections.abc import Iterable

from casesys.projections.contract import Projection
from casesys.projections.database import open_views
from casesys.projections.running import Runner
from casesys.store.contract import EventLog


def served(
    log: EventLog, *projections: Projection, cuts: Iterable[int] = (), until: int | None = None
) -> sqlite3.Connection:
    """Build read models over a log, or up to a position, a page ending at each of the cuts. What is parked fails the test."""
    with open_views(None) as views:
        runner = Runner(log, views, projections)
        assert runner.begin()
        for position in (*sorted(cuts), until):
            runner.catch_up(until=position)
        kept = sqlite3.connect(":memory:", isolation_level=None)
        views.db.backup(kept)
    parked = kept.execute("SELECT name, parked FROM projections WHERE parked IS NOT NULL")
    assert not parked.fetchall()
    return kept
