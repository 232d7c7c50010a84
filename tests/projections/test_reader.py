"""Reading on, whatever becomes of the file of the read models meanwhile."""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from shutil import copy

import pytest

from casesys.projections.database import Views, open_views
from casesys.projections.failures import ViewsError
from casesys.projections.reader import Reader
from casesys.projections.running import Runner
from casesys.projections.standing import position_of
from tests.community import Community, founded
from tests.projections.built import held
from tests.projections.ledgers import Ledger


@pytest.fixture
def community() -> Community:
    """A community with a case."""
    made = founded()
    made.collect()
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the read models are."""
    return tmp_path / "store.db.views"


@pytest.fixture
def views(path: Path) -> Iterator[Views]:
    """The read models of whoever runs them."""
    with open_views(path) as opened:
        yield opened


def go_on(runner: Runner) -> None:
    """Do what a worker does at each turn."""
    assert runner.begin()
    runner.catch_up()


def delete(path: Path) -> None:
    """Delete the file alone."""
    path.unlink()


def delete_all(path: Path) -> None:
    """Delete the file and what lies beside it, even what is locked to run the projections."""
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()


def set_back(path: Path) -> None:
    """Put an older copy in the place of the file, and leave what SQLite keeps beside it."""
    (path.parent / "older").rename(path)


def put_rubbish(path: Path) -> None:
    """Put a file of another format in its place."""
    other = path.with_name("other")
    with open_views(other) as views:
        views.db.execute("PRAGMA user_version = 99")
    other.rename(path)


@pytest.mark.parametrize("deed", [delete, delete_all, set_back, put_rubbish])
def test_who_runs_them_and_who_reads_go_over_to_the_file_that_stands_there(
    community: Community,
    path: Path,
    views: Views,
    deed: Callable[[Path], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Given a file that goes away under a runner and a reader, then it is made anew, read from then on, and nobody meets a gap."""
    runner = Runner(community.log, views, (Ledger(),))
    go_on(runner)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint")
    copy(path, path.with_name("older"))
    community.collect()
    go_on(runner)
    with closing(Reader(views)) as reader:
        before = held(reader.now(), Ledger())
        former = path.stat().st_ino

        deed(path)

        assert held(reader.now(), Ledger()) == before
        community.collect()
        go_on(runner)
        assert path.stat().st_ino != former or deed is set_back
        assert position_of(reader.now(), "ledger") == community.log.head().size
        assert held(reader.now(), Ledger()) == held(views.db, Ledger()) != before
        assert reader.now().execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert not held_by_others(path)
    assert caplog.text.count("was deleted or replaced") == 1
    assert caplog.text.count("what stands there now is read") == 1


def held_by_others(path: Path) -> bool:
    """Say whether another could become the one that runs the projections."""
    with open_views(path) as other:
        return other.hold()


def test_a_file_that_another_process_makes_anew_is_read_once_it_is_filled(
    community: Community, path: Path, views: Views, caplog: pytest.LogCaptureFixture
) -> None:
    """Given a server over a file that a new worker finds useless and makes anew, then it reads the former till the other is begun."""
    runner = Runner(community.log, views, (Ledger(),))
    go_on(runner)
    with closing(Reader(views)) as reader, caplog.at_level(logging.WARNING):
        before = held(reader.now(), Ledger())
        views.db.execute("UPDATE projections SET tables = 'no JSON'")
        views.close()

        with open_views(path) as anew:
            assert "made anew" in caplog.text
            assert held(reader.now(), Ledger()) == before
            community.collect()
            go_on(Runner(community.log, anew, (Ledger(),)))
            assert held(reader.now(), Ledger()) == held(anew.db, Ledger()) != before


def test_what_cannot_be_read_in_its_place_is_told(
    community: Community, path: Path, views: Views, caplog: pytest.LogCaptureFixture
) -> None:
    """Given another program's file in the place of ours, then reading and running say so, until it is gone."""
    runner = Runner(community.log, views, (Ledger(),))
    go_on(runner)
    with closing(Reader(views)) as reader:
        delete_all(path)
        path.write_text("my notes")

        with pytest.raises(ViewsError):
            reader.now()
        with pytest.raises(ViewsError, match="another program") as caught:
            runner.begin()

        assert caught.value.code == "views-foreign"
        assert caplog.text == ""
        assert path.read_text() == "my notes"
        path.unlink()
        go_on(runner)
        assert position_of(reader.now(), "ledger") == community.log.head().size


def test_who_waits_to_run_them_takes_over_the_file_that_stands_there(
    community: Community, path: Path, views: Views
) -> None:
    """Given two who would run the projections, when the file is deleted and the first has ended, then the second makes it anew."""
    with open_views(path) as other:
        first, second = (Runner(community.log, each, (Ledger(),)) for each in (views, other))
        go_on(first)
        assert not second.begin()
        delete(path)
        assert not second.begin()
        views.close()

        go_on(second)

        with closing(Reader(other)) as reader:
            assert position_of(reader.now(), "ledger") == community.log.head().size


def test_a_file_that_comes_back_is_gone_on_with(
    community: Community, path: Path, views: Views
) -> None:
    """Given a file that is moved away for a while, another program's in its place, when it is moved back, then nothing is lost."""
    runner = Runner(community.log, views, (Ledger(),))
    go_on(runner)
    before = held(views.db, Ledger())
    path.rename(path.with_name("aside"))
    path.write_text("my notes")
    with pytest.raises(ViewsError):
        runner.begin()
    path.with_name("aside").replace(path)

    assert runner.begin()
    with closing(Reader(views)) as reader:
        assert held(reader.now(), Ledger()) == before
        community.collect()
        go_on(runner)
        assert position_of(reader.now(), "ledger") == community.log.head().size
    assert not held_by_others(path)
