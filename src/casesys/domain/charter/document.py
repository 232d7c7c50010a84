"""Documents of a charter: bytes, TOML or JSON, to plain values and back to one canonical form.

Two documents that say the same have the same canonical form (RFC 8785) and so the same digest,
whether they are TOML or JSON and in whatever order their keys stand.
"""

import json
import tomllib
from collections.abc import Mapping
from typing import NoReturn

import msgspec

from casesys.domain.charter.problems import CharterInvalid, problem

LARGEST = 1 << 20
"""Bytes."""

MOST_VALUES = 50_000
DEEPEST = 32
SAFE_INTEGER = 2**53 - 1
"""The largest number that every reader of JSON keeps exactly."""

MOST_DOTS = 1_000_000
"""A TOML parser takes time with the square of the dots in a key; these are those squares, summed."""


def read_document(data: bytes) -> dict[str, object]:
    """Read TOML or JSON (what begins with a brace is JSON) into plain values.

    Raises CharterInvalid when there is no single way to understand it: too large or too deep,
    broken, with a key twice, with fractions, dates, nulls or integers beyond ±(2^53-1).
    """
    if len(data) > LARGEST:
        _fail("too-large", most="1 MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _fail("not-utf8", detail=error)
    is_json = text.lstrip(" \t\r\n").startswith("{")
    try:
        document = _json(text) if is_json else _toml(data, text)
    except RecursionError:
        _fail("too-deep", most=DEEPEST)
    except ValueError as error:
        if isinstance(error, CharterInvalid):
            raise
        _fail("syntax", form="JSON" if is_json else "TOML", detail=error)
    _admit(document)
    return document


def canonical(document: Mapping[str, object]) -> bytes:
    """Write a document that was read as canonical JSON; CharterInvalid where half a character is."""
    try:
        return msgspec.json.encode(document, order="sorted")
    except UnicodeEncodeError as error:
        _fail("not-utf8", detail=error)


def _fail(code: str, where: str = "", **particulars: object) -> NoReturn:
    raise CharterInvalid([problem(code, where, **particulars)])


def _toml(data: bytes, text: str) -> dict[str, object]:
    if sum(line.count(b".") ** 2 for line in data.split(b"\n")) > MOST_DOTS:
        _fail("syntax", form="TOML", detail="too many dots in a line")
    return tomllib.loads(text)


def _json(text: str) -> dict[str, object]:
    document: dict[str, object] = json.loads(text, object_pairs_hook=_each_key_once)
    return document  # what begins with a brace can be nothing else


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table: dict[str, object] = {}
    for key, value in pairs:
        if key in table:
            _fail("name-twice", key, name=key)
        table[key] = value
    return table


Path = tuple["Path", str | int] | None
"""Where a value stands: the path of what it is in, and its key or number there."""


def _admit(document: dict[str, object]) -> None:
    """Refuse what has no canonical form, and more than anybody writes."""
    pending: list[tuple[object, Path, int]] = [(document, None, 1)]
    count = 0
    while pending:
        value, path, depth = pending.pop()
        count += 1
        if count > MOST_VALUES:
            _fail("too-large", most=f"{MOST_VALUES} values")
        if depth > DEEPEST:
            _fail("too-deep", most=DEEPEST)
        if isinstance(value, dict):
            pending.extend((item, (path, key), depth + 1) for key, item in value.items())
        elif isinstance(value, list):
            pending.extend((item, (path, i), depth + 1) for i, item in enumerate(value))
        elif not isinstance(value, str):
            _admit_value(value, path)


def _admit_value(value: object, path: Path) -> None:
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > SAFE_INTEGER):
        _fail("number", _dotted(path), most=SAFE_INTEGER)
    if not isinstance(value, int):
        _fail("no-value", _dotted(path), kind=type(value).__name__)


def _dotted(path: Path) -> str:
    names: list[str] = []
    while path is not None:
        path, name = path
        names.append(str(name))
    return ".".join(reversed(names))
