"""The tables of one copy of a read model: making, dropping, bringing into service, and writing changed rows.

What serves bears the plain name of its table; what is being built, that name and `__next`. So queries are constant. Names and
columns come from the projections' own definitions, never from anybody's input.
"""

import sqlite3
from collections.abc import Iterable, Sequence

from casesys.projections.contract import Rows, Table, Value
from casesys.projections.standing import Slot

Row = tuple[Value, ...]
"""A row with every column in order."""

Changed = dict[int | str, Sequence[Row]]
"""Rows by the key that they are under; without rows, the key has none from now on."""

Altered = dict[tuple[int, ...], list[Row]]
"""By the numbers of the columns that have other values now: these values, then the primary key."""

Differing = tuple[list[Row], Altered, list[Row]]
"""The keys of the rows that go, by which they are deleted; what alters; the rows that come."""

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
    """Writes changed rows into one table of one copy. What is there already is not written again."""

    def __init__(self, db: sqlite3.Connection, table: Table, slot: Slot) -> None:
        """Prepare the statements for a table that is there."""
        self.table = table
        self._db = db
        self._name = table_name(table, slot)
        self._one_per_key = table.words or "PRIMARY KEY" in table.columns.split(",")[0].upper()
        key = "rowid" if table.words else _key(table)
        info = db.execute(f"PRAGMA table_info({self._name})").fetchall()
        self._columns = [column for _, column, *_ in info]
        primary = sorted((place, number) for number, *_, place in info if place)
        self._primary = () if self._one_per_key else tuple(number for _, number in primary)
        self._select = f"SELECT * FROM {self._name} WHERE {key} = ?"  # noqa: S608 - our own names
        self._found = _each([self._columns[number] for number in self._primary] or [key], " AND ")
        self._delete = f"DELETE FROM {self._name} WHERE {self._found}"  # noqa: S608 - likewise
        self._insert = self._inserting()

    def write(self, changed: Changed) -> None:
        """Give each key its rows. Raises RowsInvalid for rows under another key, sqlite3.Error for what the table refuses."""
        self._check(changed)
        gone, altered, come = self._compared(changed) if self._primary else self._given(changed)
        if gone:
            self._db.executemany(self._delete, gone)
        for columns, values in altered.items():
            names = _each([self._columns[number] for number in columns], ", ")
            self._db.executemany(f"UPDATE {self._name} SET {names} WHERE {self._found}", values)  # noqa: S608 - our own names
        if come:
            self._db.executemany(self._insert, come)

    def _inserting(self) -> str:
        if self.table.words:
            return f"INSERT OR REPLACE INTO {self._name}(rowid, {self.table.columns}) VALUES (?, ?)"  # noqa: S608 - our own names
        plain = f"INSERT INTO {self._name} VALUES ({', '.join('?' * len(self._columns))})"  # noqa: S608 - likewise
        return plain + _unless_same(self._name, self._columns) if self._one_per_key else plain

    def _check(self, changed: Changed) -> None:
        for key, rows in changed.items():
            for row in rows:
                if row[0] != key:
                    raise RowsInvalid(f"a row of {self.table.name} is not under its key")
            if self._one_per_key and len(rows) > 1:
                raise RowsInvalid(f"{self.table.name} has one row for a key")

    def _given(self, changed: Changed) -> Differing:
        """Take rows as they are; where a key has one at the most, the insertion sees whether it differs."""
        gone: list[Row] = [
            (key,) for key, rows in changed.items() if not (self._one_per_key and rows)
        ]
        return gone, {}, [row for rows in changed.values() for row in rows]

    def _compared(self, changed: Changed) -> Differing:
        """Hold rows against those that are there."""
        gone: list[Row] = []
        altered: Altered = {}
        come: list[Row] = []
        for key, rows in changed.items():
            held = self._db.execute(self._select, (key,)).fetchall()
            if not held:
                come += rows
                continue
            before = {self._place(row): row for row in held}
            for row in rows:
                place = self._place(row)
                old = before.pop(place, None)
                if old is None:
                    come.append(row)
                elif old != row:
                    columns = tuple(n for n, value in enumerate(row) if value != old[n])
                    altered.setdefault(columns, []).append((*(row[n] for n in columns), *place))
            gone += before
        return gone, altered, come

    def _place(self, row: Row) -> Row:
        return tuple([row[number] for number in self._primary])


def _each(columns: Iterable[str], between: str) -> str:
    return between.join(f"{column} = ?" for column in columns)


def _unless_same(name: str, columns: Sequence[str]) -> str:
    """Give what an insertion does where the key, the first column, has a row: replace it, unless it is the same.

    `INSERT OR REPLACE` may fail half-way, so SQLite keeps an image of each page that it touches, which takes as long as the writing.
    """
    key, *others = columns
    if not others:
        return f" ON CONFLICT ({key}) DO NOTHING"
    taken = ", ".join(f"{column} = excluded.{column}" for column in others)
    before, after = (", ".join(f"{of}.{column}" for column in others) for of in (name, "excluded"))
    return f" ON CONFLICT ({key}) DO UPDATE SET {taken} WHERE ({before}) IS NOT ({after})"


def folded(changes: Iterable[Rows]) -> dict[str, Changed]:
    """Give by table and key what counts of some changes: the last of each key."""
    tables: dict[str, Changed] = {}
    for each in changes:
        tables.setdefault(each.table, {})[each.key] = each.rows
    return tables
