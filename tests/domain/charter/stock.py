"""The stock charter for tests: parsed once, and as a document that a test may change."""

import copy
import json
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from casesys import charters
from casesys.domain.charter.parse import CharterVersion, parse_charter

Document = dict[str, Any]
Change = tuple[str, object]

GONE = object()
"""As the value of a change: the key or row is taken away."""


@cache
def stock() -> CharterVersion:
    """The stock charter."""
    return parse_charter(charters.read("stock.toml"))


@cache
def _text() -> str:
    return json.dumps(tomllib.loads(charters.read("stock.toml").decode()))


def document() -> Document:
    """A fresh copy of the document of the stock charter."""
    fresh: Document = json.loads(_text())
    return fresh


def changed(*changes: Change) -> Document:
    """The stock document with values put at dotted paths, in order; rows and steps by id or number.

    What a path ends in may be new: a key of a table, or `+` for a new row at the end of a list.
    """
    whole = document()
    for path, value in changes:
        *way, last = path.split(".")
        place: Any = whole
        for name in way:
            place = place[_key(place, name)]
        _put(place, last, copy.deepcopy(value) if value is not GONE else GONE)
    return whole


def _key(place: Document | list[Document], name: str) -> Any:  # noqa: ANN401 - a key or an index
    if isinstance(place, Mapping):
        return name
    if name.isdecimal():
        return int(name)
    return next(i for i, row in enumerate(place) if row["id"] == name)


def _put(place: Any, name: str, value: object) -> None:  # noqa: ANN401 - a table or a list
    if value is GONE:
        del place[_key(place, name)]
    elif name == "+":
        place.append(value)
    else:
        place[_key(place, name)] = value


def written(whole: Document) -> bytes:
    """A document as JSON."""
    return json.dumps(whole, ensure_ascii=False).encode()


def parsed(*changes: Change) -> CharterVersion:
    """The version that a changed stock charter gives."""
    return parse_charter(written(changed(*changes)))
