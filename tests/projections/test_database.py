"""The file of the read models: whose it is, what is thrown away, and what is left alone."""

import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from casesys.projections import database
from casesys.projections.database import Views, open_views
from casesys.projections.failures import ViewsError
from casesys.projections.running import Runner
from casesys.projections.standing import position_of, standings, wishes
from tests.community import Community, founded
from tests.projections.built import held
from tests.projections.ledgers import Ledger


@pytest.fixture(scope="module")
def community() -> Community:
    """A community with a case."""
    made = founded()
    made.collect()
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where read models may be."""
    return tmp_path / "store.db.views"


def built(community: Community, views: Views) -> None:
    """Bring a ledger up to date."""
    runner = Runner(community.log, views, (Ledger(),))
    assert runner.begin()
    runner.catch_up()


def test_rows_outlive_the_process(community: Community, path: Path) -> None:
    """Given read models in a file, when it is opened again, then they are as they were left."""
    with open_views(path) as views:
        built(community, views)
        before = held(views.db, Ledger())

    with open_views(path) as views, closing(views.reader()) as db:
        assert held(db, Ledger()) == before
        assert position_of(db, "ledger") == community.log.head().size


def test_in_memory_nothing_stays(community: Community) -> None:
    """Given read models of a store in memory, when they are closed, then no file is left."""
    with open_views(None) as views:
        built(community, views)
        folder = views.path.parent
        assert folder.exists()

    assert not folder.exists()


def test_writing_waits_for_no_disk(path: Path) -> None:
    """Given a file of read models, then it is written ahead and without a flush for each commit, so that the log is not slowed."""
    with open_views(path) as views:
        asked = [
            views.db.execute(f"PRAGMA {p}").fetchone()[0] for p in ("journal_mode", "synchronous")
        ]

    assert asked == ["wal", 1]


def test_a_reader_cannot_write(path: Path) -> None:
    """Given a reader, when it tries to change something, then it is refused."""
    with open_views(path) as views, closing(views.reader()) as db, pytest.raises(sqlite3.Error):
        db.execute("DELETE FROM projections")


def test_a_wish_of_another_process_is_seen(path: Path) -> None:
    """Given two processes over one file, when one asks for something, then the other reads it."""
    with open_views(path) as one, open_views(path) as other:
        one.wish("ledger", "rebuild")

        assert [(each.name, each.deed) for each in wishes(other.db)] == [("ledger", "rebuild")]


def _sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def _overwrite(path: Path, start: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(data)


USELESS: dict[str, Callable[[Path], object]] = {
    "an older format": lambda path: _sql(path, "PRAGMA user_version = 0"),
    "a newer format": lambda path: _sql(path, "PRAGMA user_version = 99"),
    "a lost table": lambda path: _sql(path, "DROP TABLE wishes"),
    "another table": lambda path: _sql(
        path, "DROP TABLE wishes", "CREATE TABLE wishes (number INTEGER)"
    ),
    "a standing that cannot be read": lambda path: _sql(
        path, "UPDATE projections SET tables = 'no JSON'"
    ),
    "damaged pages": lambda path: _overwrite(path, 100, b"\xff" * (path.stat().st_size - 100)),
    "cut off": lambda path: os.truncate(path, 5000),
}


@pytest.mark.parametrize("kind", USELESS)
def test_what_cannot_be_used_is_made_anew(
    community: Community, path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Given a file of ours that cannot be used, when it is opened, then it is thrown away, which is told, and built from the log."""
    with open_views(path) as views:
        built(community, views)
        before = held(views.db, Ledger())
    USELESS[kind](path)

    with caplog.at_level(logging.WARNING), open_views(path) as views:
        assert standings(views.db) == []
        built(community, views)
        assert held(views.db, Ledger()) == before

    assert "made anew" in caplog.text


def test_what_somebody_uses_is_not_thrown_away(
    community: Community, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a running program over a file of another format, when a second opens it, then it is refused and nothing is touched."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with open_views(path) as views:
        built(community, views)
    USELESS["a newer format"](path)
    with Views(path) as running:
        assert running.hold()
        before = path.read_bytes()

        with pytest.raises(ViewsError) as caught:
            open_views(path)

        assert caught.value.code == "views-in-use"
        assert path.read_bytes() == before


FOREIGN: dict[str, Callable[[Path], object]] = {
    "a text": lambda path: path.write_text("my notes"),
    "a database of somebody's": lambda path: _sql(path, "CREATE TABLE notes (text)"),
    "a marked database of somebody's": lambda path: _sql(path, "PRAGMA application_id = 7"),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_what_is_not_ours_is_left_alone(path: Path, kind: str) -> None:
    """Given another program's file where the read models would be, when they are opened, then it is refused and not touched."""
    FOREIGN[kind](path)
    before = path.read_bytes()

    with pytest.raises(ViewsError) as caught:
        open_views(path)

    assert caught.value.code == "views-foreign"
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_an_empty_file_is_taken(community: Community, path: Path) -> None:
    """Given an empty file, as a creation that was cut short leaves it, when it is opened, then it is laid out."""
    path.touch()

    with open_views(path) as views:
        built(community, views)
        assert position_of(views.db, "ledger") == community.log.head().size


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Given a path in a folder that does not exist, when read models are opened there, then it says that it cannot."""
    with pytest.raises(ViewsError) as caught:
        open_views(tmp_path / "nowhere" / "views")

    assert caught.value.code == "views-unreadable"


def test_a_folder_in_its_place_is_told(path: Path) -> None:
    """Given a folder where the file would be, when read models are opened there, then it says that it cannot be read."""
    path.mkdir()

    with pytest.raises(ViewsError) as caught:
        open_views(path)

    assert caught.value.code == "views-unreadable"


def test_what_is_closed_is_told(path: Path) -> None:
    """Given read models that were closed, when somebody goes on with them, then they are told so."""
    with open_views(path) as views:
        pass

    with pytest.raises(ViewsError) as caught:
        views.wish("ledger", "rebuild")

    assert caught.value.code == "views-closed"
