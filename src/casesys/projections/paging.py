"""Pages of a long list: never by offset, always from where the last one ended."""

from typing import Generic, NamedTuple, TypeVar

from casesys.projections.contract import Value

T = TypeVar("T")

PAGE_AT_MOST = 200
"""How many items one page holds at the most."""


class Page(NamedTuple, Generic[T]):
    """Some items in order, and the sort key of the last one if more may follow; the next page begins behind it."""

    items: tuple[T, ...]
    following: tuple[Value, ...] | None
