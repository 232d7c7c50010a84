"""Cursors."""

from base64 import urlsafe_b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.api.paging import CURSOR_LENGTH_AT_MOST, Cursors
from casesys.vault import Vault

VALUES = st.none() | st.text(max_size=20) | st.binary(max_size=20) | st.floats(allow_nan=False)
KEYS = st.lists(VALUES | st.integers(-(2**63), 2**63 - 1), max_size=5).map(tuple)

CURSORS = Cursors(Vault.in_memory("log-1"))


@given(st.binary(max_size=50), KEYS)
def test_a_cursor_stands_for_its_place(query: bytes, key: tuple[str | int, ...]) -> None:
    """Given any sort key, when a cursor of it is read for the same query, it is that key."""
    assert CURSORS.read(query, CURSORS.after(query, key)) == key


@given(st.binary(max_size=50), st.binary(max_size=50), KEYS)
def test_a_cursor_of_another_query_is_none(
    query: bytes, other: bytes, key: tuple[str | int, ...]
) -> None:
    """Given a cursor, when it is read for another query, it stands for nothing."""
    if query != other:
        assert CURSORS.read(other, CURSORS.after(query, key)) is None


@given(st.text(max_size=80) | st.binary(max_size=60).map(bytes.hex))
def test_nobody_makes_up_a_cursor(cursor: str) -> None:
    """Given any text, when it is read as a cursor, it stands for nothing."""
    assert CURSORS.read(b"query", cursor) is None


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_a_cursor_tells_nothing_of_its_place(one: int, other: int) -> None:
    """Given two places in a list, then their cursors are equally long, and what is in them is not to be found in them."""
    made = [CURSORS.after(b"query", (place, "case-01")) for place in (one, other)]

    assert len(made[0]) == len(made[1])
    for cursor in made:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        assert b"case-01" not in raw


@pytest.mark.parametrize("place", range(0, 30, 5))
def test_an_altered_cursor_is_none(place: int) -> None:
    """Given a cursor, when one of its characters is changed, it stands for nothing."""
    cursor = CURSORS.after(b"query", (12345, "case-01"))
    other = "A" if cursor[place] != "A" else "B"
    assert CURSORS.read(b"query", cursor[:place] + other + cursor[place + 1 :]) is None


def test_a_cursor_of_another_store_is_none() -> None:
    """Given two stores, when a cursor of one is read by the other, it stands for nothing."""
    other = Cursors(Vault.in_memory("log-1"))
    assert other.read(b"query", CURSORS.after(b"query", (1,))) is None


def test_a_very_long_cursor_is_none() -> None:
    """Given a cursor of any length, when it is read, only so much of it is looked at."""
    assert CURSORS.read(b"query", "A" * (CURSOR_LENGTH_AT_MOST * 10)) is None
