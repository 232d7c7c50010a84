"""The worker: it follows the log, lets time pass, and nothing stops it for good."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

import pytest

from casesys.bootstrap import open_service
from casesys.domain.cases.state import case_stream
from casesys.domain.register.authority import CLOCK
from casesys.projections.database import Views, open_views
from casesys.projections.running import Runner
from casesys.projections.standing import position_of
from casesys.settings import store_settings
from casesys.store import StoreError
from casesys.store.contract import utc_now
from casesys.worker import Worker
from tests.cli.shell import Store
from tests.community import Community, founded
from tests.projections.ledgers import Ledger, Stumbling

PATIENCE = 20.0


def eventually(so: Callable[[], bool]) -> None:
    """Wait until something is so; it fails if that takes too long."""
    until = monotonic() + PATIENCE
    while not so():
        assert monotonic() < until, "it took too long"
        sleep(0.005)


def nothing_due(_: sqlite3.Connection, __: datetime, ___: int) -> Sequence[str]:
    """No case is due for anything."""
    return ()


@pytest.fixture
def community() -> Community:
    """A community."""
    return founded()


@pytest.fixture
def views() -> Iterator[Views]:
    """An empty file of read models."""
    with open_views(None) as opened:
        yield opened


def made(
    community: Community,
    views: Views,
    *projections: Ledger | Stumbling,
    ask: Callable[[sqlite3.Connection, datetime, int], Sequence[str]] = nothing_due,
) -> Worker:
    """A worker over a community, whose clock is looked at often."""
    runner = Runner(community.log, views, projections or (Ledger(),))
    return Worker(
        community.service, views, runner, lambda: community.now, ask_due=ask, tick_seconds=0.01
    )


def test_it_follows_the_log(community: Community, views: Views) -> None:
    """Given a worker at work, when something happens, then the rows follow by themselves."""
    with made(community, views) as worker, closing(views.reader()) as db:
        eventually(lambda: position_of(db, "ledger") == community.log.head().size)
        community.collect()
        eventually(lambda: position_of(db, "ledger") == community.log.head().size)
        assert worker.leads
        assert worker.troubles == {}


def test_a_nudge_wakes_it_for_a_wish(community: Community, views: Views) -> None:
    """Given nothing new in the log, when something is wished and the worker nudged, then it is done."""
    with made(community, views) as worker, closing(views.reader()) as db:
        eventually(lambda: position_of(db, "ledger") == community.log.head().size)
        views.wish("ledger", "rebuild")
        worker.nudge()
        asked = "SELECT generation FROM projections"
        eventually(lambda: db.execute(asked).fetchall() == [(2,)])


def test_time_passes(community: Community, views: Views) -> None:
    """Given a case that is due, when the worker is at work, then the clock brings about what is due, and the rows tell of it."""
    case = community.collect()
    community.wait(days=20)

    def ask(db: sqlite3.Connection, _: datetime, limit: int) -> Sequence[str]:
        asked = "SELECT DISTINCT case_id FROM ledger_clock LIMIT ?"
        return [case_id for (case_id,) in db.execute(asked, (limit,))]

    def happened() -> int:
        events = community.log.read_stream(case_stream(case))
        return sum(each.leaf.actor_id == CLOCK for each in events)

    due = len(community.upcoming(case))
    with made(community, views, ask=ask), closing(views.reader()) as db:
        eventually(lambda: happened() == due)
        eventually(lambda: position_of(db, "ledger") == community.log.head().size)


def test_a_clock_that_fails_stops_no_read_model(
    community: Community, views: Views, caplog: pytest.LogCaptureFixture
) -> None:
    """Given ticks that fail, then the read models go on, the trouble is told once, without a secret, until they work again."""
    broken = True

    def ask(_: sqlite3.Connection, __: datetime, ___: int) -> Sequence[str]:
        if broken:
            raise LookupError("a secret")
        return ()

    with made(community, views, ask=ask) as worker, closing(views.reader()) as db:
        eventually(lambda: worker.troubles == {"clock": "LookupError"})
        community.collect()
        eventually(lambda: position_of(db, "ledger") == community.log.head().size)
        broken = False
        eventually(lambda: worker.troubles == {})

    assert caplog.text.count("trying again") == 1
    assert "secret" not in caplog.text


def test_read_models_go_on_after_trouble_of_the_machine(
    community: Community, views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a log that cannot be read for a while, when it can again, then the rows catch up."""
    with made(community, views) as worker, closing(views.reader()) as db:
        eventually(lambda: position_of(db, "ledger") == community.log.head().size)
        with monkeypatch.context() as patched:
            trouble = StoreError("store-unreadable", "the disk reported an error", "check the disk")
            patched.setattr(community.log, "read", lambda *_: (_ for _ in ()).throw(trouble))
            community.collect()
            eventually(lambda: worker.troubles == {"projections": "store-unreadable"})
        eventually(lambda: position_of(db, "ledger") == community.log.head().size)
        eventually(lambda: worker.troubles == {})


def test_a_second_worker_waits_and_takes_over(community: Community, tmp_path: Path) -> None:
    """Given two workers over one file, then one leads; when it stops, the other does."""
    path = tmp_path / "views"
    with open_views(path) as one, open_views(path) as other, closing(one.reader()) as db:
        first, second = made(community, one), made(community, other)
        with first:
            eventually(lambda: first.leads)
            with second:
                sleep(0.1)
                assert not second.leads
                first.stop()
                eventually(lambda: second.leads)
                community.collect()
                eventually(lambda: position_of(db, "ledger") == community.log.head().size)


def test_it_follows_what_another_process_writes(tmp_path: Path) -> None:
    """Given a store in a file, when another connection writes to it, then the rows follow, without a nudge."""
    store = Store(tmp_path / "store.db")
    assert store.run("init").status == 0
    settings = store_settings(store.address)
    with (
        open_service(settings) as service,
        open_views(tmp_path / "store.db.views") as views,
        closing(views.reader()) as db,
    ):
        log = service.engine.log
        runner = Runner(log, views, (Ledger(),))
        worker = Worker(service, views, runner, utc_now, ask_due=nothing_due)
        with worker:
            eventually(lambda: position_of(db, "ledger") == log.head().size)
            before = log.head().size
            name = '{"zh": "网格", "en": "grid"}'
            store.done("establish-grid", "--grid-id", "g", "--parent", "community", "--name", name)
            eventually(lambda: position_of(db, "ledger") > before)
