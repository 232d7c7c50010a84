"""The form of a leaf, for whoever reads leaves that nobody vouches for: its fields, their types, and canonical JSON.

What is let in has one form only, so that no two readers can take it differently. The fields stand in one order, in forms that patterns
say exactly; only what a command and its event tell of themselves may hold anything: it is read as JSON, written again, and must be the
same text. This reader needs nothing but Python; `casesys.evidence.leaf` has another, which lets in the same in half the time.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple, NewType, NoReturn

SAFE_INTEGER: Final = 2**53 - 1
"""The largest integer that every reader of JSON keeps as it is."""

Object = dict[str, Any]

CommandId = NewType("CommandId", str)
"""A UUID in its usual form: lower case, in groups."""

COMMAND_ID: Final = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


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
    command_id: CommandId
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
    fields = _told(_ASKING, text) or _told(_BARE, text)
    if fields is None:
        raise ValueError("its fields are not those of a leaf, or are written otherwise")
    command = None
    if fields[_COMMAND] != _NULL:
        asked, schema_v, kind = fields[_COMMAND:_BEHIND_COMMAND]
        command = CommandFields(asked, _whole(schema_v), _plain(kind))
        del fields[_COMMAND + 1 : _BEHIND_COMMAND]
    fields[_COMMAND] = command
    for place, made in _MADE:
        fields[place] = made(fields[place])
    if "\\" in text:
        fields = [_plain(each) if type(each) is str else each for each in fields]
    return LeafFields(*fields)


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


def _whole(text: str) -> int:
    if len(text) >= _MANY_DIGITS:
        admit(int(text))
    return int(text)


_MANY_DIGITS: Final = len(str(SAFE_INTEGER))
_scan: Final = json.JSONDecoder(
    parse_int=_whole, parse_float=refuse_float, parse_constant=refuse_float
).raw_decode
canonical_text: Final = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")
).encode
"""Writes what was read from JSON; where `admit` has nothing against it, that is canonical JSON."""


# -- the patterns ---------------------------------------------------------------------------------------------------------------

_NULL: Final = "null"

# Possessive (*+), so that a long text takes no memory for ways back. Whether an escape is the right one, `_plain` sees.
_CHARACTERS: Final = r'[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+'
_TEXT: Final = f'"({_CHARACTERS})"'

_OBJECT: Final = "<object>"
"""Stands in a pattern for what no pattern can read."""

_FORMS: Final[Mapping[Any, str]] = {
    str: _TEXT,
    str | None: f"(?:{_NULL}|{_TEXT})",
    int: "(0|-?[1-9][0-9]*)",
    CommandId: f'"({COMMAND_ID})"',
    datetime: '"([0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3])(?::[0-9]{2}){2}'
    r'(?:\.(?!000000)[0-9]{6})?Z)"',
    Object: rf"(?=\{{){_OBJECT}",
    tuple[SealedFields, ...]: rf'\[((?:[^]"]++|"{_CHARACTERS}")*+)\]',
}
"""How each type of field is written, as a pattern; what is in a list, `_commitments` sees."""


def _written(kind: type[CommandFields | SealedFields | LeafFields], command: str = _NULL) -> str:
    """Give the pattern of an object that has these fields and no others."""
    fields = (
        f'"{name}":{_FORMS.get(hint, command)}' for name, hint in kind.__annotations__.items()
    )
    return rf"\{{{','.join(fields)}\}}"


_Form = tuple[re.Pattern[str], ...]
"""How a leaf is written: what stands before, between and behind its objects."""


def _form(command: str) -> _Form:
    """Give how a leaf is written whose command is written so."""
    return tuple(map(re.compile, _written(LeafFields, command).split(_OBJECT)))


_BARE: Final = _form(f"({_NULL})")
_ASKING: Final = _form(_written(CommandFields))
_SEALED: Final = re.compile(f",{_written(SealedFields)}")


def _told(form: _Form, text: str) -> list[Any] | None:
    """Give what stands in each field of a leaf and of its command, in order; None if it is written otherwise. Raises ValueError."""
    first, *rest = form
    found = first.match(text)
    fields: list[Any] = []
    objects, written = [], []
    for pattern in rest:
        if found is None:
            return None
        begin = found.end()
        value, end = _scan(text, begin)
        objects.append(value)
        written.append(text[begin:end])
        fields += found.groups()
        fields.append(value)
        found = pattern.match(text, end)
    if found is None or found.end() != len(text):
        return None
    if canonical_text(objects) != f"[{','.join(written)}]":
        raise ValueError("it is not in canonical JSON")
    if not text.isascii():
        admit(objects)
    fields += found.groups()
    return fields


def _plain(text: str) -> str:
    """Give the text that stands so between two quotes. Raises ValueError."""
    if "\\" not in text:
        return text
    value, _ = _scan(f'"{text}"')
    if canonical_text(value) != f'"{text}"':
        raise ValueError("a text of the leaf is written otherwise")
    return str(value)


def _commitments(text: str) -> tuple[SealedFields, ...]:
    """Read commitments that stand one after another. Raises ValueError."""
    found, end, text = [], 0, f",{text}" if text else ""
    while each := _SEALED.match(text, end):
        digest, name, subject = each.groups()
        found.append(SealedFields(_plain(digest), _plain(name), _plain(subject)))
        end = each.end()
    if end != len(text):
        raise ValueError("the commitments of the leaf are written otherwise")
    return tuple(found)


_COMMAND: Final = LeafFields._fields.index("command")
_BEHIND_COMMAND: Final = _COMMAND + len(CommandFields._fields)
_VALUES: Final[Mapping[Any, Callable[[str], Any]]] = {
    int: _whole,
    datetime: datetime.fromisoformat,
    tuple[SealedFields, ...]: _commitments,
}
_MADE: Final = tuple(
    (place, _VALUES[hint])
    for place, hint in enumerate(LeafFields.__annotations__.values())
    if hint in _VALUES
)
"""The fields that are no texts, by their places, and what is made of the text that stands there."""
