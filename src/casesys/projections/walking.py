"""Pages gathered along an index: rows are looked at in order, as many as it takes, and never more than a bound.

So a page costs the same however long the list is and whatever was filtered for. Where hardly anything fits, it may hold fewer items
than asked for, even none, and still say where the next one begins.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from casesys.projections.contract import Value
from casesys.projections.paging import PAGE_AT_MOST, Page

LOOKED_AT_MOST = 5_000
"""How many rows are looked at for one page. Queries are limited to as many."""

Row = tuple[Any, ...]
"""A row as SQLite gives it."""

T = TypeVar("T")


def gathered(
    rows: Iterable[Row],
    admits: Callable[[Row], bool],
    item: Callable[[Row], T],
    key: Callable[[Row], tuple[Value, ...]],
    limit: int,
) -> Page[T]:
    """Give a page of the rows that are admitted, each made an item. Rows come in order; equal neighbours count once."""
    wanted = min(max(limit, 1), PAGE_AT_MOST)
    found: list[Row] = []
    last: Row | None = None
    for looked, row in enumerate(rows, 1):
        if row != last and admits(row):
            if len(found) == wanted:
                return Page(tuple(map(item, found)), key(found[-1]))
            found.append(row)
        last = row
        if looked == LOOKED_AT_MOST:
            return Page(tuple(map(item, found)), key(row))
    return Page(tuple(map(item, found)), None)
