"""Writing changed rows: what a table holds afterwards, and how little is written for it."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from casesys.projections.contract import Rows, Table, Value
from casesys.projections.standing import Slot
from casesys.projections.tables import RowsInvalid, Writer, create, folded

ONE = Table("one", "name TEXT PRIMARY KEY, colour TEXT, size INTEGER NOT NULL", ("colour",))
SEVERAL = Table(
    "several",
    "born INTEGER NOT NULL, place TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (born, place)",
    ("place, at",),
)
LOOSE = Table("loose", "grid TEXT NOT NULL, role TEXT NOT NULL", ("grid",))
BARE = Table("bare", "party TEXT PRIMARY KEY")
WORDS = Table("texts", "words", words=True)
TABLES = (ONE, SEVERAL, LOOSE, BARE, WORDS)

Row = tuple[Value, ...]


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """A database with the tables, empty."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        create(connection, TABLES, Slot.SERVING, 1)
        yield connection


def written(db: sqlite3.Connection, table: Table, *given: tuple[int | str, Sequence[Row]]) -> int:
    """Give some keys their rows; how many rows that wrote or took away."""
    before = db.total_changes
    changes = folded(Rows(table.name, key, rows) for key, rows in given)
    Writer(db, table, Slot.SERVING).write(changes[table.name])
    return db.total_changes - before


def rows_of(db: sqlite3.Connection, table: Table) -> list[Row]:
    """All rows of a table, sorted."""
    columns = "rowid, *" if table.words else "*"
    return sorted(db.execute(f"SELECT {columns} FROM {table.name}"))  # noqa: S608 - our own names


def test_one_row_for_a_key_is_written_only_if_it_differs(db: sqlite3.Connection) -> None:
    """Given a row for each key, when they are given again, then only what differs is written, and what has no row any more goes."""
    lamp, bench = ("lamp", None, 3), ("bench", "red", 9)
    assert written(db, ONE, ("lamp", [lamp]), ("bench", [bench])) == 2

    assert written(db, ONE, ("lamp", [lamp]), ("bench", [bench])) == 0
    assert written(db, ONE, ("lamp", [("lamp", "blue", 3)]), ("bench", [bench])) == 1
    assert rows_of(db, ONE) == [bench, ("lamp", "blue", 3)]
    assert written(db, ONE, ("lamp", [lamp]), ("bench", ())) == 2
    assert rows_of(db, ONE) == [lamp]


def test_of_several_rows_only_those_are_written_that_differ(db: sqlite3.Connection) -> None:
    """Given several rows for a key, when one stays, one alters, one goes and one comes, then three are written."""
    before = [(7, "stays", 1), (7, "alters", 1), (7, "goes", 1)]
    assert written(db, SEVERAL, (7, before), (8, [(8, "stays", 1)])) == 4

    after = [(7, "alters", 2), (7, "comes", 1), (7, "stays", 1)]
    assert written(db, SEVERAL, (7, after), (8, [(8, "stays", True)])) == 3

    assert rows_of(db, SEVERAL) == [*after, (8, "stays", 1)]
    assert written(db, SEVERAL, (7, ()), (9, ())) == 3
    assert rows_of(db, SEVERAL) == [(8, "stays", 1)]


def test_rows_without_a_key_of_their_own_are_replaced(db: sqlite3.Connection) -> None:
    """Given a table that may hold a row twice, when a key is given other rows, then it has these and no others."""
    written(db, LOOSE, ("a", [("a", "lead"), ("a", "lead")]), ("b", [("b", "lead")]))

    written(db, LOOSE, ("a", [("a", "clerk")]))

    assert rows_of(db, LOOSE) == [("a", "clerk"), ("b", "lead")]


def test_a_row_may_be_nothing_but_its_key(db: sqlite3.Connection) -> None:
    """Given a table of keys alone, when one is given twice, then it is there once; and it can go again."""
    assert written(db, BARE, ("office", [("office",)])) == 1
    assert written(db, BARE, ("office", [("office",)])) == 0
    assert rows_of(db, BARE) == [("office",)]
    assert written(db, BARE, ("office", ())) == 1


def test_words_are_found_as_they_were_written_last(db: sqlite3.Connection) -> None:
    """Given words, when a key is given others, then it is found by these alone."""
    written(db, WORDS, (3, [(3, "lamp broken")]))
    written(db, WORDS, (3, [(3, "bench broken")]))

    found = "SELECT count(*) FROM texts WHERE texts MATCH ?"
    assert db.execute(found, ("lamp",)).fetchone() == (0,)
    assert db.execute(found, ("bench",)).fetchone() == (1,)
    written(db, WORDS, (3, ()))
    assert rows_of(db, WORDS) == []


@pytest.mark.parametrize(
    ("table", "rows"),
    [(ONE, [("lamp", "red", 1), ("lamp", "blue", 2)]), (ONE, [("bench", "red", 1)])],
)
def test_rows_that_do_not_belong_under_their_key_are_refused(
    db: sqlite3.Connection, table: Table, rows: Sequence[Row]
) -> None:
    """Given rows of another key, or two where one may be, when they are written, then they are refused."""
    with pytest.raises(RowsInvalid):
        written(db, table, ("lamp", rows))


@pytest.mark.parametrize("held", [[], [(7, "here", 1)]])
def test_a_row_given_twice_is_refused(db: sqlite3.Connection, held: Sequence[Row]) -> None:
    """Given a table that has a row for a place once, when it is given twice, then the table refuses it, whatever it holds."""
    written(db, SEVERAL, (7, held))
    with pytest.raises(sqlite3.IntegrityError):
        written(db, SEVERAL, (7, [(7, "here", 1), (7, "here", 1)]))
