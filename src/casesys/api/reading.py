"""Reading the read models: rows together with the log position that they tell of."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from casesys.api.parts import Parts
from casesys.api.problems import SOON, Problem
from casesys.projections.failures import told
from casesys.projections.standing import Standing, position_of, standings

PATIENCE_SECONDS = 2.0
"""How long a query waits for the position that it asks for."""


@contextmanager
def snapshot(parts: Parts, name: str) -> Iterator[tuple[sqlite3.Connection, int]]:
    """Read a read model as of one moment: gives the connection to read by, and the log position that its rows tell of.

    Nothing may be awaited inside. Raises ViewsError.
    """
    db = parts.reader.now()
    try:
        db.execute("BEGIN")
        try:
            yield db, position_of(db, name)
        finally:
            db.execute("ROLLBACK")
    except sqlite3.Error as error:
        raise told(error) from error


def standing_now(parts: Parts) -> list[Standing]:
    """Give how every copy of every read model stands. Raises ViewsError."""
    try:
        return standings(parts.reader.now())
    except sqlite3.Error as error:
        raise told(error) from error


async def reached(parts: Parts, name: str, position: int) -> None:
    """Wait until a read model has come to a position.

    Raises Problem `position-ahead` for one that the log does not have, `not-there-yet` when it takes too long.
    """
    until = monotonic() + PATIENCE_SECONDS
    while True:
        sign = parts.progress.sign()
        with snapshot(parts, name) as (_, so_far):
            if so_far >= position:
                return
        if position > parts.log.head().size:
            raise Problem("position-ahead", position=position)
        left = until - monotonic()
        if left <= 0:
            raise Problem("not-there-yet", headers=SOON, position=position)
        await parts.progress.woken(sign, left)
