"""Searching finds Chinese and English words of any length, and nothing a user types is syntax."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.projections.words import QUERY_AT_MOST, asked, indexed, place_word

TITLES = (
    "3号楼前路灯不亮",
    "加装电梯",
    "Street lamps in the courtyard",
    "Repairing companies' gas pipes",
    "ＬＥＤ灯 case-07 12345-0001",
    "路上的灯",
)


def index_of(*texts: str) -> sqlite3.Connection:
    """An index over texts, as the read models have one."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE texts USING fts5(words, tokenize = 'unicode61')")
    for text in texts:
        db.execute("INSERT INTO texts VALUES (?)", (indexed((text,)),))
    return db


def found(db: sqlite3.Connection, query: str) -> list[int]:
    """Which texts a query finds, counted from 1."""
    words = asked(query)
    if words is None:
        return []
    rows = db.execute("SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rowid", (words,))
    return [number for (number,) in rows]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("路灯", [1]),
        ("灯", [1, 5, 6]),
        ("电梯", [2]),
        ("灯路", []),
        ("3号楼", [1]),
        ("３号楼 路灯", [1]),
        ("lamp", [3]),
        ("LAMPS courtyard", [3]),
        ("lam", []),
        ("company", [4]),
        ("gas", [4]),
        ("led", [5]),
        ("case-07", [5]),
        ("12345-0001", [5]),
        ("0001 12345", [5]),
        ("courtyard 电梯", []),
        ("?!", []),
        ("", []),
    ],
)
def test_a_query_finds_the_texts_with_its_words(query: str, expected: list[int]) -> None:
    """Given texts in both languages, then a query finds those in which each of its parts occurs as it is written."""
    assert found(index_of(*TITLES), query) == expected


@given(st.text(alphabet="路灯电梯楼不亮\uff133abcs -’号", min_size=1))
def test_a_text_is_found_by_what_it_says(text: str) -> None:
    """Given a text in both languages, then it is found by itself."""
    assert asked(text) is None or found(index_of(text), text) == [1]


@given(st.text(max_size=2 * QUERY_AT_MOST))
def test_any_query_can_be_asked(query: str) -> None:
    """Given any text as a query, then it is looked for."""
    assert found(index_of("路灯", query), query) in ([], [1], [2], [1, 2])


@pytest.mark.parametrize(
    "query", ['"', "lamp*", "lamp OR gas", "NEAR(lamp gas)", "words:lamp", "-lamp", "^lamp", "a\0b"]
)
def test_syntax_is_only_words(query: str) -> None:
    """Given a query in the index's own syntax, then it is read as words."""
    db = index_of(query, "lamp")

    assert 2 not in found(db, query) or asked(query) == '"lamp"'


def test_of_a_long_query_the_beginning_counts() -> None:
    """Given a query longer than any sensible one, then what is behind the limit is not looked at."""
    db = index_of("lamp")

    assert found(db, "lamp " + " " * QUERY_AT_MOST + "gas") == [1]


@given(st.text(alphabet="abz09_.:-", min_size=1, max_size=80))
def test_a_place_is_one_word(grid: str) -> None:
    """Given a grid of any name, then its word is found, and no part of it."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE texts USING fts5(words, tokenize = 'unicode61')")
    db.execute("INSERT INTO texts VALUES (?)", (place_word(grid),))

    for word, expected in ((place_word(grid), 1), (place_word(grid)[:-1], 0)):
        assert db.execute("SELECT count(*) FROM texts(?)", (word,)).fetchone() == (expected,)
