"""Rows with guards, narrowed to those that can still matter for a kind of case."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from casesys.domain.charter.expressions import Guard, Truth
from casesys.domain.messages import Value

Row = TypeVar("Row")


def narrowed(
    rows: Iterable[tuple[Row, Guard | None]], known: Mapping[str, Value]
) -> Iterator[tuple[Row, Guard | None]]:
    """Leave out the rows that what is known rules out, and those after one that it makes certain.

    A certain row loses its guard; a row that is still open keeps it.
    """
    for row, guard in rows:
        truth = guard.evaluate(known) if guard is not None else Truth.TRUE
        if truth is Truth.UNKNOWN:
            yield row, guard
        if truth is Truth.TRUE:
            yield row, None
            return
