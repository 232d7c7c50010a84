"""The tables of one copy of a read model: making, dropping, bringing into service, and writing changed rows.

What serves bears the plain name of its table; what is being built, that name and `__next`. So queries are constant. Names and
columns come from the projections' own definitions, never from anybody's input.
"""

import sqlite3
from collections.abc import Iterable, Sequence

from casesys.projections.contract import Rows, Table, Value
from casesys.projections.standing import Slot

TOKENS = "unicode61"
"""How full-text search cuts words; Chinese is cut into characters before it gets here."""


def table_name(table: Table, slot: Slot) -> str:
    """Give the name that a table bears in a slot."""
    return table.name if slot is Slot.SERVING else f"{table.name}__next"


def create(db: sqlite3.Connection, tables: Iterable[Table], slot: Slot, generation: int) -> None:
    """Make empty tables with their indexes, in the place of any that bear their names."""
    for table in tables:
        name = table_name(table, slot)
        db.execute(f"DROP TABLE IF EXISTS {name}")
        if table.words:
            db.execute(
                f"CREATE VIRTUAL TABLE {name} USING fts5({table.columns}, tokenize = '{TOKENS}')"
            )
            continue
        db.execute(f"CREATE TABLE {name} ({table.columns}){_form(table)}")
        # Indexes keep their names when their table is renamed, so these count generations.
        for number, columns in enumerate(table.indexes, 1):
            db.execute(f"CREATE INDEX {table.name}__{generation}_{number} ON {name} ({columns})")
        if not _found_by_key(db, name, _key(table)):
            db.execute(f"CREATE INDEX {table.name}__{generation}_0 ON {name} ({_key(table)})")


def drop(db: sqlite3.Connection, tables: Iterable[Table], slot: Slot) -> None:
    """Drop tables with all that is in them."""
    for table in tables:
        db.execute(f"DROP TABLE IF EXISTS {table_name(table, slot)}")


def bring_into_service(db: sqlite3.Connection, tables: Iterable[Table]) -> None:
    """Let tables that were built beside take the names of those that serve, which must be gone."""
    for table in tables:
        next_name = table_name(table, Slot.BUILDING)
        db.execute(f"ALTER TABLE {next_name} RENAME TO {table.name}")


def _form(table: Table) -> str:
    """Keep rows in the order of their key, instead of the key a second time beside them, where SQLite does not so by itself."""
    by_itself = "INTEGER PRIMARY KEY" in table.columns or "PRIMARY KEY" not in table.columns
    return "" if by_itself else " WITHOUT ROWID"


def _key(table: Table) -> str:
    return table.columns.split(maxsplit=1)[0]


def _found_by_key(db: sqlite3.Connection, name: str, key: str) -> bool:
    """Say whether rows are found by their key without looking at all of them."""
    plan = db.execute(f"EXPLAIN QUERY PLAN SELECT 1 FROM {name} WHERE {key} = ?", (None,))  # noqa: S608 - our own names
    return all("SEARCH" in detail for *_, detail in plan)


class RowsInvalid(Exception):
    """A projection gave rows that do not belong under their key. A fault of the projection."""


class Writer:
    """Writes changed rows into one table of one copy."""

    def __init__(self, db: sqlite3.Connection, table: Table, slot: Slot) -> None:
        """Prepare the statements for a table that is there."""
        name = table_name(table, slot)
        self.table = table
        self._db = db
        self._one_per_key = table.words or "PRIMARY KEY" in table.columns.split(",")[0].upper()
        if table.words:
            key, into, width = "rowid", f"{name}(rowid, {table.columns})", 2
        else:
            key, into = _key(table), name
            width = len(db.execute(f"SELECT * FROM {name} LIMIT 0").description)  # noqa: S608 - our own names
        self._delete = f"DELETE FROM {name} WHERE {key} = ?"  # noqa: S608 - our own names
        values = ", ".join("?" * width)
        verb = "INSERT OR REPLACE" if self._one_per_key else "INSERT"
        self._insert = f"{verb} INTO {into} VALUES ({values})"

    def write(self, changed: dict[int | str, Sequence[tuple[Value, ...]]]) -> None:
        """Give each key its rows. Raises RowsInvalid for rows under another key, sqlite3.Error for what the table refuses."""
        rows = []
        for key, under_key in changed.items():
            for row in under_key:
                if row[0] != key:
                    raise RowsInvalid(f"a row of {self.table.name} is not under its key")
                rows.append(row)
            if self._one_per_key and len(under_key) > 1:
                raise RowsInvalid(f"{self.table.name} has one row for a key")
        gone = (key for key, under_key in changed.items() if not (self._one_per_key and under_key))
        self._db.executemany(self._delete, ((key,) for key in gone))
        self._db.executemany(self._insert, rows)


def folded(changes: Iterable[Rows]) -> dict[str, dict[int | str, Sequence[tuple[Value, ...]]]]:
    """Give by table and key what counts of some changes: the last of each key."""
    tables: dict[str, dict[int | str, Sequence[tuple[Value, ...]]]] = {}
    for table, key, rows in changes:
        tables.setdefault(table, {})[key] = rows
    return tables
