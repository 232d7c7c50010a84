"""The form of a leaf, for whoever reads leaves that nobody vouches for: its fields, their types, and canonical JSON.

What is let in has one form only, so that no two readers can take it differently: a leaf is read, written again, and must be the same
bytes. This reader needs nothing but Python; `casesys.evidence.leaf` has one that lets in the same, eight times as fast.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple, NoReturn, TypeVar
from uuid import UUID

SAFE_INTEGER: Final = 2**53 - 1
"""The largest integer that every reader of JSON keeps as it is."""

Object = dict[str, Any]


class CommandFields(NamedTuple):
    """What was asked."""

    data: Object
    schema_v: int
    type: str


class SealedFields(NamedTuple):
    """The commitment to one sealed field."""

    digest: str
    name: str
    subject: str


class LeafFields(NamedTuple):
    """The fields of a leaf, sorted, as they stand in it; what they mean says `casesys.evidence.leaf`."""

    actor_id: str
    actor_role: str
    calendar_digest: str | None
    causation_id: str | None
    channel: str
    charter_version: str | None
    client_id: str
    command: CommandFields | None
    command_id: UUID
    correlation_id: str | None
    decided_at: datetime
    effective_at: datetime
    event_id: str
    log: str
    mandate_id: str | None
    on_behalf_of: str | None
    pd: tuple[SealedFields, ...]
    prev_stream_leaf: str | None
    public_data: Object
    read_index: int
    reason_code: str | None
    recorded_at: datetime
    rule_digest: str | None
    rule_id: str | None
    schema_v: int
    stream: str
    stream_seq: int
    type: str
    v: int


ReadLeaf = Callable[[bytes], LeafFields]
"""Gives the fields of a leaf. Raises ValueError or RecursionError for bytes that are not exactly those of one."""


def read_leaf(data: bytes) -> LeafFields:
    """Read a leaf by the standard library, as ReadLeaf says."""
    text = data.decode()
    value, end = _scan(text)
    if end != len(text) or _write(value) != text:
        raise ValueError("it is not in canonical JSON")
    return _shaped(LeafFields, value)


def insist_on_values(leaf: LeafFields) -> None:
    """Raise ValueError for a value that is of its type and has no place in a leaf all the same."""
    admit(leaf.schema_v)
    admit(leaf.public_data)
    if leaf.command is not None:
        admit(leaf.command.schema_v)
        admit(leaf.command.data)


def admit(value: Any) -> None:  # noqa: ANN401 - all that JSON knows
    """Refuse what has no single canonical form among the values that JSON knows. Raises ValueError."""
    kind = type(value)
    if kind is dict:
        for key, part in value.items():
            if not key.isascii():
                raise ValueError(f"a key of a leaf is ASCII text, not {key!r}")
            if type(part) is not str:  # most are
                admit(part)
    elif kind is list or kind is tuple:
        for part in value:
            admit(part)
    elif kind is int:
        if not -SAFE_INTEGER <= value <= SAFE_INTEGER:
            raise ValueError(f"an integer of a leaf lies within ±{SAFE_INTEGER}")
    elif kind is float:
        refuse_float(value)


def refuse_float(_: object) -> NoReturn:
    """Refuse a number that is not whole, or no number. Raises ValueError."""
    raise ValueError("a leaf holds no floats: give an integer of a smaller unit, or text")


_scan: Final = json.JSONDecoder(parse_float=refuse_float, parse_constant=refuse_float).raw_decode
_write: Final = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")
).encode

_Shaped = TypeVar("_Shaped", CommandFields, SealedFields, LeafFields)


def _shaped(kind: type[_Shaped], value: object) -> _Shaped:
    """Read an object that has these fields and no others."""
    if type(value) is not dict or tuple(value) != kind._fields:
        raise ValueError("an object of the leaf has other fields")
    return kind(*(read(part) for read, part in zip(_READERS[kind], value.values(), strict=True)))


def _exactly(*kinds: type) -> Callable[[object], Any]:
    """Give what insists on types themselves: to Python true is a number, too."""

    def taken(value: object) -> object:
        if type(value) not in kinds:
            raise ValueError("a field of the leaf is of another type")
        return value

    return taken


_string: Final = _exactly(str)
_list: Final = _exactly(list)


def _uuid(value: object) -> UUID:
    found = UUID(_string(value))
    if str(found) != value:
        raise ValueError("a UUID of the leaf is written otherwise")
    return found


def _instant(value: object) -> datetime:
    text = str(_string(value))
    found = datetime.fromisoformat(text)
    if found.isoformat() != text.removesuffix("Z") + "+00:00":
        raise ValueError("an instant of the leaf is not in UTC, or written otherwise")
    return found


def _asked(value: object) -> CommandFields | None:
    return None if value is None else _shaped(CommandFields, value)


def _commitments(value: object) -> tuple[SealedFields, ...]:
    return tuple(_shaped(SealedFields, each) for each in _list(value))


_OF_JSON: Final[Mapping[Any, Callable[[object], Any]]] = {
    str: _string,
    str | None: _exactly(str, type(None)),
    int: _exactly(int),
    Object: _exactly(dict),
    UUID: _uuid,
    datetime: _instant,
    CommandFields | None: _asked,
    tuple[SealedFields, ...]: _commitments,
}
"""How each type of field is read from what JSON has for it."""

_READERS: Final[Mapping[type, tuple[Callable[[object], Any], ...]]] = {
    kind: tuple(_OF_JSON[hint] for hint in kind.__annotations__.values())
    for kind in (CommandFields, SealedFields, LeafFields)
}
"""How the fields of each kind of object are read, in order."""
