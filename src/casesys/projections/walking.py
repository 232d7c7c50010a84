"""Pages gathered along an index: rows are looked at in order, as many as it takes, and never more than a bound.

So a page costs the same however long the list is and whatever was filtered for. Where hardly anything fits, it may hold fewer items
than asked for, even none, and still say where the next one begins.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from heapq import merge
from operator import itemgetter
from typing import Any, TypeVar

from casesys.domain.register.knowledge import Sight
from casesys.projections.contract import Value
from casesys.projections.paging import PAGE_AT_MOST, Page
from casesys.projections.places import party_place

LOOKED_AT_MOST = 2_000
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


def to_walk(held: Sequence[Sight], grid: str | None, party: str | None) -> Collection[str]:
    """Give the places to look into: a party's or a grid's if one is wanted, else all that a reader's sights are for.

    Who may know only of what parties take part in is not led through all of a grid, but through what these take part in.
    """
    if party is not None:
        return (party_place(party),)
    if grid is not None and any(sight.principal is None for sight in held):
        return (grid,)
    return sorted({s.grid if s.principal is None else party_place(s.principal) for s in held})


def along(
    db: sqlite3.Connection,
    query: str,
    lists: Collection[Mapping[str, Value]],
    keys: int,
    *,
    down: bool,
) -> Iterator[Row]:
    """Read some lists as one, in the order of their rows' first columns, so many of them, which must be the order of the query."""
    cursors = [db.execute(query, given) for given in lists]
    if len(cursors) == 1:
        return iter(cursors[0])
    return merge(*cursors, key=itemgetter(*range(keys)), reverse=down)
