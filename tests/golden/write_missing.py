"""Writes a sample of each kind of event that has none yet; samples that are there are never touched (see README.md)."""

import types
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import msgspec

from casesys.domain.catalogue import EVENTS
from casesys.domain.messages import Event, Personal, Text
from casesys.evidence.canonical import canonical_message

SAMPLES = Path(__file__).parent / "events"

_PLAIN: Mapping[object, object] = {
    bool: True,
    int: 3,
    datetime: datetime(2026, 3, 2, 1, 30, 0, 250000, tzinfo=UTC),
    date: date(2026, 3, 17),
    Text: Text("中文", "English"),
}

FACTS = {"danger_to_life": False, "households_affected": 30, "weather": "rain"}
"""What a fact may be."""


def sample(event: type[Event]) -> bytes:
    """Give the stored bytes of an event whose every field is filled."""
    return bytes(canonical_message(_filled(event, count())))


def _filled(kind: type[msgspec.Struct], slots: Iterator[int]) -> msgspec.Struct:
    fields = msgspec.structs.fields(kind)
    return kind(**{field.name: _value(field.name, field.type, slots) for field in fields})


def _value(name: str, hint: Any, slots: Iterator[int]) -> object:  # noqa: ANN401 - any hint there is
    """Give a value for a field: as its type says, and a text that says which field it is in."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        hint = next(part for part in parts if part is not types.NoneType)
        return _value(name, hint, slots)
    if origin is tuple:
        return tuple(_value(name, part, slots) for part in parts if part is not ...)
    if origin is not None and issubclass(origin, Mapping):
        return (
            FACTS
            if get_origin(parts[1]) is not None
            else {f"one of the {name}": f"another of the {name}"}
        )
    if hint is Personal:
        return Personal(pd=next(slots))
    if hint in _PLAIN:
        return _PLAIN[hint]
    if hint is str:
        return f"the {name}"
    if issubclass(hint, StrEnum):
        return list(hint)[-1]
    return _filled(hint, slots)


def write_missing(names: Iterable[str], folder: Path) -> list[str]:
    """Write the samples that a folder lacks; give their names."""
    missing = [name for name in names if not (folder / f"{name}.json").exists()]
    for name in missing:
        (folder / f"{name}.json").write_bytes(sample(EVENTS[name]))
    return missing


if __name__ == "__main__":
    for written in write_missing(EVENTS, SAMPLES):
        print(written)  # noqa: T201 - it reports by printing
