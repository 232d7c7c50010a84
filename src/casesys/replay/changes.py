"""What an event changed: the fields of a case's state that differ before and after it."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import msgspec
from msgspec.structs import fields

from casesys.domain.cases.state import Case

_TOLD_ELSEWHERE = frozenset({"deeds", "moved_at", "version"})
"""Fields that repeat what stands around every event: who gave which command, when it happened, its number."""


class Change(msgspec.Struct, frozen=True):
    """One field that an event changed. `field` is a path such as `deliberation.step`, the values are plain, as JSON knows them.

    What is not set, or as it is by default, is None.
    """

    field: str
    before: Any
    after: Any


def whole(case: Case) -> dict[str, Any]:
    """Give the state of a case as plain values, with the status and the result that follow from it; sets in order."""
    values = msgspec.to_builtins(case, order="deterministic")
    return {**values, "status": case.status.value, "result": case.result}


def changes(before: Case | None, after: Case) -> tuple[Change, ...]:
    """Give the fields that differ between two states of a case; all that are set where there was none before."""
    status = None if before is None else before.status
    return (*_differences("", before, after), *_differences("status", status, after.status))


def _differences(path: str, before: object, after: object) -> Iterator[Change]:
    if before == after:
        return
    old, new = _parts(before), _parts(after)
    if old is None and new is None:
        yield Change(path, _plain(before), _plain(after))
        return
    old, new = old or {}, new or {}
    for name in dict.fromkeys((*old, *new)):
        if path or name not in _TOLD_ELSEWHERE:
            inside = f"{path}.{name}" if path else name
            yield from _differences(inside, old.get(name), new.get(name))


def _parts(value: object) -> Mapping[str, object] | None:
    """Give what a structure or a table is made of, None for what is not made of parts."""
    if isinstance(value, msgspec.Struct):
        defaults = _defaults(type(value))
        found = ((name, getattr(value, name)) for name in value.__struct_fields__)
        return {n: part for n, part in found if n not in defaults or part != defaults[n]}
    return value if isinstance(value, Mapping) else None


@cache
def _defaults(kind: type[msgspec.Struct]) -> Mapping[str, object]:
    """Give the fields of a structure that have a default, with it."""
    return {
        field.name: field.default
        if field.default_factory is msgspec.NODEFAULT
        else field.default_factory()
        for field in fields(kind)
        if not field.required
    }


def _plain(value: object) -> object:
    return msgspec.to_builtins(value, order="deterministic")
