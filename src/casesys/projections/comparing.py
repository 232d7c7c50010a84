"""Two copies of a table, compared row by row by SQLite."""

import sqlite3
from collections.abc import Iterator

import msgspec

from casesys.projections.contract import Table, Value

SHOWN_AT_MOST = 5
"""How many of the rows that only one copy has are told."""


class Difference(msgspec.Struct, frozen=True):
    """How two copies of a table differ: rows in all, and how many, of which some are told, only one of the two has."""

    table: str
    rows: int
    rows_beside: int
    only_serving: int
    only_beside: int
    told_serving: tuple[tuple[Value, ...], ...] = ()
    told_beside: tuple[tuple[Value, ...], ...] = ()

    @property
    def differing(self) -> int:
        """How many rows differ; a row that one copy has twice counts once."""
        found = self.only_serving + self.only_beside
        return found or abs(self.rows - self.rows_beside)


def compared(
    db: sqlite3.Connection, tables: tuple[Table, ...], beside: dict[str, str]
) -> Iterator[Difference]:
    """Hold each table that serves against the one beside it, whose name, with its schema if it is in another, `beside` gives."""
    for table in tables:
        columns = f"rowid, {table.columns}" if table.words else "*"
        mine, other = (
            f"SELECT {columns} FROM {name}"  # noqa: S608 - our own names
            for name in (f"main.{table.name}", beside[table.name])
        )
        only_serving, told_serving = _only(db, mine, other)
        only_beside, told_beside = _only(db, other, mine)
        yield Difference(
            table.name,
            _count(db, mine),
            _count(db, other),
            only_serving,
            only_beside,
            told_serving,
            told_beside,
        )


def _only(
    db: sqlite3.Connection, one: str, other: str
) -> tuple[int, tuple[tuple[Value, ...], ...]]:
    """Count the rows that only one of two queries gives, and tell the first of them."""
    told: list[tuple[Value, ...]] = []
    count = 0
    for row in db.execute(f"{one} EXCEPT {other}"):
        count += 1
        if len(told) < SHOWN_AT_MOST:
            told.append(tuple(row))
    return count, tuple(told)


def _count(db: sqlite3.Connection, query: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM ({query})").fetchone()[0])  # noqa: S608 - our own names
