"""What can be asked of a list: its filters, and what every list takes."""

from functools import lru_cache
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from msgspec.structs import asdict

from casesys.api.parameters import Parameters
from casesys.projections.paging import PAGE_AT_MOST

F = TypeVar("F", bound=msgspec.Struct)

PAGE = 50
"""How many items a page holds if nobody says."""

READINGS_KEPT = 200
"""How many short query strings a list knows by heart: most are asked again and again."""

SHORT = 200
"""Bytes of a query string."""

COMMON = frozenset({"limit", "cursor", "fields", "min_position"})
"""What every list takes."""


class Asked(NamedTuple, Generic[F]):
    """What was asked of a list.

    `wanted` is the filter; `cursor` as given; `fields` are those of the items, none for all; `identity` is what all pages of one
    query at one address have in common, `onward` is its query string for the address of the next page, but for the cursor at its end.
    """

    wanted: F
    limit: int
    cursor: str | None
    fields: tuple[str, ...]
    min_position: int
    identity: bytes
    onward: str


class Question(Generic[F]):
    """What can be asked of one list."""

    def __init__(self, wanted: type[F], item: type[msgspec.Struct]) -> None:
        """Put together the filters of a list and the fields of its items."""
        common = [
            ("limit", Annotated[int, msgspec.Meta(ge=1, le=PAGE_AT_MOST)], PAGE),
            ("cursor", str | None, None),
            ("fields", tuple[Literal[item.__struct_fields__], ...], ()),  # type: ignore[name-defined] # made of what the item has
            ("min_position", Annotated[int, msgspec.Meta(ge=0)], 0),
        ]
        self._parameters: Parameters[Any] = Parameters(
            msgspec.defstruct("Query", common, bases=(wanted,), frozen=True, kw_only=True)
        )
        self._known = lru_cache(maxsize=READINGS_KEPT)(self._read)

    def read(self, query: bytes) -> Asked[F]:
        """Read the query string of a request. Raises Problem `invalid-query`."""
        return self._known(query) if len(query) <= SHORT else self._read(query)

    def _read(self, query: bytes) -> Asked[F]:
        read = self._parameters.read(query)
        wanted = {name: value for name, value in asdict(read).items() if name not in COMMON}
        identity = msgspec.json.encode(wanted)
        return Asked(
            read, read.limit, read.cursor, read.fields, read.min_position, identity, _onward(query)
        )

    def documented(self) -> list[dict[str, Any]]:
        """Describe the parameters for OpenAPI."""
        return self._parameters.documented()


def _onward(query: bytes) -> str:
    """Give a query string as the next page has it, which is no longer told how far the first one had to be, but for its cursor."""
    given = parse_qsl(query.decode()) if query else ()
    kept = [(name, value) for name, value in given if name not in {"cursor", "min_position"}]
    return urlencode([*kept, ("cursor", "")])
