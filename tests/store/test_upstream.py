"""Upstream's own contract tests on our recorder: whatever reads through `eventsourcing` reads our log."""

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import eventsourcing.cryptography
import pytest
from eventsourcing.persistence import ConnectionPoolClosedError, StoredEvent
from eventsourcing.sqlite import SQLiteCursor

from casesys.store import sql
from casesys.store.sqlite import open_log
from casesys.store.upstream import Recorder
from tests.store.units import draft, unit

# Upstream's test module imports its cipher over a package that we do not have; it offers the same over one that we do.
sys.modules.setdefault("eventsourcing.cipher", eventsourcing.cryptography)
from eventsourcing.tests.persistence import (  # noqa: E402 - see above
    ApplicationRecorderTestCase,
    RecorderTestCase,
)


class _Inserting(Recorder):
    """Our recorder, which may insert bare rows: only so can upstream's tests write what they read."""

    def _insert_events(  # type: ignore[override] # a positional end is enough here
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **_: object
    ) -> Sequence[int]:
        positions = []
        for event in stored_events:
            position = (self._max_notification_id(c) or 0) + 1
            values = (event.originator_id, event.originator_version, event.topic, event.state)
            c.execute(sql.INSERT_EVENT, (position, *values, b"", uuid4().bytes, 0))
            positions.append(position)
        return positions


class TestUpstreamContract(ApplicationRecorderTestCase[Recorder]):
    """Reading by originator and by notification, conflicts, threads. `insert_events` is a stand-in (see above)."""

    INITIAL_VERSION = 1

    def setUp(self) -> None:
        """Make a log for each test."""
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = open_log(Path(folder.name, "log"), create=True)
        self.addCleanup(self.log.close)

    def new_originator_id(self) -> UUID | str:
        """Name a stream as we do."""
        return f"case/{uuid4()}"

    def create_recorder(self) -> Recorder:
        """Give our recorder over the log."""
        return _Inserting(self.log.datastore)


del ApplicationRecorderTestCase, RecorderTestCase  # or they would be collected as tests themselves


def test_what_is_appended_is_read_by_the_recorder(tmp_path: Path) -> None:
    """Given a log, when upstream's recorder reads it, then notifications are positions, topics our names, states our leaves."""
    with open_log(tmp_path / "log", create=True) as log:
        log.append([unit(draft("case/1", 1), draft("case/2", 1))])
        log.append([unit(draft("case/1", 2))])
        leaves = [event.leaf_bytes for event in log.read(0, 9)]
        notifications = log.recorder.select_notifications(start=1, limit=9)

        assert [(n.id, n.originator_id, n.originator_version) for n in notifications] == [
            (1, "case/1", 1),
            (2, "case/2", 1),
            (3, "case/1", 2),
        ]
        assert {n.topic for n in notifications} == {"case-noted.v1"}
        assert [n.state for n in notifications] == leaves
        assert [e.state for e in log.recorder.select_events("case/1")] == [leaves[0], leaves[2]]
        assert log.recorder.max_notification_id() == 3


def test_nothing_enters_past_the_log(tmp_path: Path) -> None:
    """Given upstream's way to insert, when it is used, then it is refused and the log is as before."""
    with open_log(tmp_path / "log", create=True) as log:
        bare = StoredEvent("case/1", 1, "case-noted.v1", b"{}")
        with pytest.raises(NotImplementedError, match=r"EventLog\.append"):
            log.recorder.insert_events([bare])

        assert log.head().size == 0


def test_a_log_is_not_closed_under_a_reader(tmp_path: Path) -> None:
    """Given a statement that somebody is reading from, when the log is closed, then it is read to its end, and nobody else begins."""
    with open_log(tmp_path / "log", create=True) as log:
        log.append([unit(draft("case/1", 1), draft("case/1", 2))])
        pool = log.datastore.pool
        connection = pool.get_connection(is_writer=False)
        cursor = connection.cursor()
        cursor.execute("SELECT rowid FROM stored_events ORDER BY rowid", ())
        first = cursor.fetchone()
        log.close()

        assert [row[0] for row in (first, *cursor.fetchall())] == [1, 2]
        with pytest.raises(ConnectionPoolClosedError):
            pool.put_connection(connection)
        assert connection.closed
        with pytest.raises(ConnectionPoolClosedError):
            pool.get_connection(is_writer=False)
