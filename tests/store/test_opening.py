"""Every kind of file that may lie where a log is expected: what is none of ours is named and left as it is."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from casesys.domain.messages import StreamId
from casesys.store import StoreError, sql
from casesys.store.sqlite import open_log
from casesys.store.upstream import Synchronous
from tests.store.units import draft, unit

ONE = StreamId("case/1")


def run(path: Path, *statements: str) -> None:
    """Do something to a file behind the log's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for statement in statements:
            file.execute(statement)


def stock_eventsourcing(path: Path) -> None:
    """Make a file as upstream's own recorder does."""
    datastore = SQLiteDatastore(str(path))
    SQLiteApplicationRecorder(datastore).create_table()
    datastore.close()


def ours(path: Path) -> None:
    """Make a log with three events."""
    with open_log(path, create=True) as log:
        log.append([unit(draft(ONE, seq)) for seq in (1, 2, 3)])


def changed(*statements: str) -> Callable[[Path], None]:
    """Make a log and then change its file."""

    def make(path: Path) -> None:
        ours(path)
        run(path, *statements)

    return make


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {f.name: f.read_bytes() for f in folder.iterdir() if f.is_file()}


def refused(path: Path, *, create: bool) -> str:
    """The code with which a file is refused, which stays as it is and gets no companions."""
    before = contents(path.parent)
    with pytest.raises(StoreError) as told:
        open_log(path, create=create)
    assert contents(path.parent) == before
    assert told.value.remedy
    return told.value.code


@pytest.mark.parametrize("create", [False, True], ids=["open", "create"])
@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: path.write_bytes(b"never a database\n" * 300), "store-corrupt"),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(9_000)), "store-corrupt"),
        (lambda path: run(path, "PRAGMA application_id = 77"), "store-foreign"),
        (lambda path: run(path, "PRAGMA user_version = 3"), "store-foreign"),
        (lambda path: run(path, "CREATE TABLE stored_events (x)"), "store-foreign"),
        (lambda path: run(path, "CREATE TABLE casesys_log (x)"), "store-foreign"),
        (stock_eventsourcing, "store-foreign"),
        (changed(f"PRAGMA user_version = {sql.FORMAT_VERSION + 1}"), "store-newer"),
        (changed("DROP TABLE sealed_fields"), "store-corrupt"),
        (changed("ALTER TABLE stored_events ADD COLUMN x"), "store-corrupt"),
        (changed("PRAGMA application_id = 0", "PRAGMA user_version = 0"), "store-foreign"),
    ],
    ids=[
        "text",
        "broken header",
        "another program's",
        "another program's version",
        "our table name",
        "our other table name",
        "stock eventsourcing",
        "newer",
        "table missing",
        "table changed",
        "mark removed",
    ],
)
def test_a_file_that_is_no_log_of_ours_is_refused(
    tmp_path: Path, make: Callable[[Path], None], code: str, *, create: bool
) -> None:
    """Given a file of another kind, when it is opened as a log or to make one, then it is refused and nothing is written."""
    make(tmp_path / "file")

    assert refused(tmp_path / "file", create=create) == code


def test_a_missing_log_is_told(tmp_path: Path) -> None:
    """Given no file, an empty one or one with other tables only, when it is opened, then the log is missing."""
    (tmp_path / "empty").touch()
    run(tmp_path / "other", "CREATE TABLE notes (x)")

    for name in ("none", "empty", "other"):
        assert refused(tmp_path / name, create=False) == "store-missing"


def test_a_path_that_cannot_be_is_told(tmp_path: Path) -> None:
    """Given a folder, or a path in a folder that is not there, when a log is to be made, then it cannot be."""
    (tmp_path / "folder").mkdir()

    assert refused(tmp_path / "folder", create=True) == "store-unreadable"
    with pytest.raises(StoreError) as told:
        open_log(tmp_path / "nowhere" / "log", create=True)
    assert told.value.code == "store-unreadable"


def test_a_file_with_other_tables_is_welcome(tmp_path: Path) -> None:
    """Given a file with tables of somebody else, when a log is made in it, then both are there."""
    run(tmp_path / "file", "CREATE TABLE notes (x)", "INSERT INTO notes VALUES ('mine')")
    ours(tmp_path / "file")

    with closing(sqlite3.connect(tmp_path / "file")) as file:
        assert file.execute("SELECT x FROM notes").fetchall() == [("mine",)]
    with open_log(tmp_path / "file") as log:
        assert log.head().size == 3


def test_a_log_is_found_again(tmp_path: Path) -> None:
    """Given a log that was closed, when it is opened, also with `create`, then it is the same log."""
    with open_log(tmp_path / "a name with ? and %20", create=True) as log:
        identity = log.log_id
        log.append([unit(draft(ONE, 1))])
    for create in (False, True):
        with open_log(tmp_path / "a name with ? and %20", create=create) as log:
            assert (log.log_id, log.head().size) == (identity, 1)


@pytest.mark.parametrize(("synchronous", "level"), [("FULL", 2), ("NORMAL", 1)])
def test_durability_is_what_was_asked_for(
    tmp_path: Path, synchronous: Synchronous, level: int
) -> None:
    """Given a log, when the connection that writes is asked, then it runs with WAL and the level asked for."""
    with open_log(tmp_path / "log", create=True, synchronous=synchronous) as log:
        assert log.durability() == {
            "journal_mode": "wal",
            "synchronous": level,
            "application_id": sql.APPLICATION_ID,
            "user_version": sql.FORMAT_VERSION,
        }


def test_full_durability_is_the_default(tmp_path: Path) -> None:
    """Given nothing said about durability, then it is FULL."""
    with open_log(tmp_path / "log", create=True) as log:
        assert log.durability()["synchronous"] == 2


def test_vacuum_moves_no_event(tmp_path: Path) -> None:
    """Given a log whose file is rewritten by VACUUM, then every event has the position it had."""
    ours(tmp_path / "log")
    run(tmp_path / "log", "VACUUM")

    with open_log(tmp_path / "log") as log:
        assert [event.position for event in log.read(0, 9)] == [1, 2, 3]
        assert log.append([unit(draft(ONE, 4))])[0].first == 4
