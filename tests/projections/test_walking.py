"""A page is gathered row by row, and never at the price of looking at everything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.domain.register.knowledge import Sight
from casesys.projections.paging import PAGE_AT_MOST, Page
from casesys.projections.walking import gathered, to_walk
from tests.projections.built import everything


def page_of(numbers: list[int], after: int, limit: int, *, divisor: int = 1) -> Page[int]:
    """The numbers behind one that a divisor divides."""
    rows = ((number,) for number in numbers if number > after)
    return gathered(
        rows, lambda row: row[0] % divisor == 0, lambda row: int(row[0]), lambda row: row, limit
    )


@given(st.lists(st.integers(0, 60)), st.integers(1, 9), st.integers(1, 7), st.integers(1, 20))
def test_all_pages_hold_each_item_once(
    numbers: list[int], limit: int, divisor: int, looked: int
) -> None:
    """Given rows in order, however few are looked at for a page, then the pages together hold each that is admitted, once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("casesys.projections.walking.LOOKED_AT_MOST", looked)
        rows = sorted(set(numbers))

        items = everything(
            lambda after: page_of(
                rows, -1 if after is None else int(str(after[0])), limit, divisor=divisor
            )
        )

        assert list(items) == [number for number in rows if number % divisor == 0]


FOR_ALL, FOR_LAMPS = Sight("lead", "grid-1"), Sight("lead", "town", principal="lamps")


@pytest.mark.parametrize(
    ("held", "grid", "party", "places"),
    [
        ((FOR_ALL, FOR_LAMPS), None, None, ["=lamps", "grid-1"]),
        ((FOR_LAMPS,), None, None, ["=lamps"]),
        ((FOR_LAMPS,), "grid-2", None, ["=lamps"]),
        ((FOR_ALL, FOR_LAMPS), "grid-2", None, ["grid-2"]),
        ((FOR_LAMPS,), "grid-2", "roads", ["=roads"]),
        ((), "grid-2", None, []),
    ],
)
def test_who_acts_for_a_party_walks_through_what_it_takes_part_in(
    held: tuple[Sight, ...], grid: str | None, party: str | None, places: list[str]
) -> None:
    """Given sights and what is wanted, then a list leads through as few places as hold all of it that may be known."""
    assert list(to_walk(held, grid, party)) == places


def test_equal_neighbours_count_once() -> None:
    """Given a row that two lists hold, merged into one, then it is there once."""
    assert page_of([1, 2, 2, 3], 0, 9).items == (1, 2, 3)


def test_a_page_ends_where_enough_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given rows of which hardly any is admitted, then a page ends after its bound, short, and says where the next begins."""
    monkeypatch.setattr("casesys.projections.walking.LOOKED_AT_MOST", 10)

    found = page_of(list(range(1, 100)), 0, 5, divisor=7)

    assert found == Page((7,), (10,))


def test_the_last_page_says_that_it_is_the_last() -> None:
    """Given as many rows as were asked for, then nothing follows."""
    assert page_of([1, 2, 3], 0, 3) == Page((1, 2, 3), None)


@pytest.mark.parametrize(("limit", "items"), [(0, 1), (-5, 1), (10_000, PAGE_AT_MOST)])
def test_a_page_has_some_items_and_not_too_many(limit: int, items: int) -> None:
    """Given an absurd limit, then a page holds at least one item and at most what a page may hold."""
    assert len(page_of(list(range(1, 500)), 0, limit).items) == items
