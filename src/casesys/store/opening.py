"""Telling what kind of file one is before anything is written to it, and laying out a new log."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal
from uuid import uuid4

from casesys.store import sql
from casesys.store.contract import StoreError
from casesys.store.failures import told

Kind = Literal["absent", "ours"]


def kind_of(path: Path) -> Kind:
    """Tell whether a file is a log of ours or has none yet (missing, empty, or with other tables only), changing nothing.

    Raises StoreError `store-corrupt`, `store-foreign`, `store-newer` or `store-unreadable`.
    """
    if not path.exists() or path.stat().st_size == 0:
        return "absent"
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            tables = dict(connection.execute(sql.SELECT_TABLES).fetchall())
    except sqlite3.Error as error:
        raise told(error) from error
    if application == sql.APPLICATION_ID:
        return _ours(path, version, tables)
    if application or version or any(name in tables for name in sql.TABLES):
        raise StoreError(
            "store-foreign",
            f"{path} belongs to another program",
            "give the path of a casesys store, or of a file that does not exist yet",
        )
    return "absent"


def _ours(path: Path, version: int, tables: dict[str, str]) -> Kind:
    """Judge a file that carries our mark."""
    if version > sql.FORMAT_VERSION:
        raise StoreError(
            "store-newer",
            f"{path} is of format {version}, and this casesys knows formats up to {sql.FORMAT_VERSION}",
            "use the version of casesys that wrote it, or a later one",
        )
    if any(tables.get(name) != text for name, text in sql.TABLES.items()):
        raise StoreError(
            "store-corrupt",
            f"{path} is marked as a casesys store, but its tables are not as they should be",
            "restore a backup, and keep this file for examination",
        )
    return "ours"


def lay_out(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty log in one transaction, unless another process has just done so."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("PRAGMA application_id").fetchone()[0] != sql.APPLICATION_ID:
            connection.execute(f"PRAGMA application_id = {sql.APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {sql.FORMAT_VERSION}")
            for statement in sql.TABLES.values():
                connection.execute(statement)
            connection.execute(sql.INSERT_LOG, (str(uuid4()),))
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
