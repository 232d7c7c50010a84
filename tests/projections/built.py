"""What tests of read models look at: all that one holds, and how SQLite answers a query."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from casesys.projections.contract import Projection, Value
from casesys.projections.paging import Page

Held = Mapping[str, list[tuple[Value, ...]]]
"""The rows of each table, sorted."""

T = TypeVar("T")


def held(db: sqlite3.Connection, projection: Projection) -> Held:
    """All that a read model holds."""
    return {
        table.name: sorted(db.execute(f"SELECT * FROM {table.name}"), key=repr)  # noqa: S608 - our own names
        for table in projection.tables
    }


def plan(db: sqlite3.Connection, statement: str, parameters: Mapping[str, object]) -> str:
    """The steps that SQLite takes to answer a query, one a line."""
    steps = db.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return "\n".join(detail for *_, detail in steps)


def everything(page: Callable[[tuple[Value, ...] | None], Page[T]]) -> Iterator[T]:
    """The items of all pages, one page after the other; `page` is asked for the one behind a key."""
    after: tuple[Value, ...] | None = None
    while True:
        found = page(after)
        yield from found.items
        after = found.following
        if after is None:
            return
