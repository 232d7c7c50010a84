"""The syntax tree of a CEL expression, read from the bytes in which CEL's compiler hands it out.

The compiler shows its tree in one form only: serialised, as a protobuf `Any` around a
`cel.expr.ParsedExpr`. Reading those bytes means looking at the very tree that CEL goes on to check
and evaluate; a parser of our own could understand an expression otherwise. The field numbers are
those of `cel/expr/syntax.proto` in the CEL specification; protobuf never gives a number a second
meaning. Only what a guard may consist of is read; the rest becomes `Foreign`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from casesys.domain.messages import Value


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, dots included: `facts.estimated_cost`."""

    dotted: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: true or false, a whole number of 64 bits, or a text, its escapes resolved."""

    value: Value


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list written out: `["lamp", "lift"]`."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or function under CEL's name: `_&&_`, `!_`, `@in`, `size`.

    Of a method, `arguments` lacks the receiver; no operator is a method.
    """

    function: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Foreign:
    """Anything else: a loop, a structure, a field of something computed, a fraction, null."""


Node = Name | Literal | ListOf | Call | Foreign


class _Expr(IntEnum):
    LITERAL = 3
    NAME = 4
    SELECT = 5
    CALL = 6
    LIST = 7


class _Constant(IntEnum):
    BOOL = 2
    INT64 = 3
    TEXT = 6


_ANY_TYPE, _ANY_VALUE = 1, 2
_PARSED = b"type.googleapis.com/cel.expr.ParsedExpr"
_PARSED_EXPR = 2
_NAME_TEXT = 1
_SELECT_OPERAND, _SELECT_FIELD = 1, 2
_CALL_FUNCTION, _CALL_ARGUMENT = 2, 3
_LIST_ITEM = 1

_VARINT, _EIGHT_BYTES, _DELIMITED = 0, 1, 2


def read_tree(serialised: bytes) -> Node:
    """Return the tree of what was parsed without a type check, from its `serialize()`.

    Raises ValueError when the bytes say that they are something else.
    """
    kinds = _children(serialised, _ANY_TYPE)
    if kinds != [_PARSED]:
        raise ValueError(f"not a parsed CEL expression: {kinds}")
    (parsed,) = _children(serialised, _ANY_VALUE)
    (root,) = _children(parsed, _PARSED_EXPR)
    return _node(root)


def _node(message: bytes) -> Node:
    for number, value in _fields(message):
        match number, value:
            case _Expr.LITERAL, bytes(body):
                return _literal(body)
            case _Expr.NAME, bytes(body):
                (name,) = _children(body, _NAME_TEXT)
                return Name(name.decode())
            case _Expr.SELECT, bytes(body):
                return _selection(body)
            case _Expr.CALL, bytes(body):
                (function,) = _children(body, _CALL_FUNCTION)
                return Call(function.decode(), tuple(map(_node, _children(body, _CALL_ARGUMENT))))
            case _Expr.LIST, bytes(body):
                return ListOf(tuple(map(_node, _children(body, _LIST_ITEM))))
            case _:
                pass  # the number of the node, or a kind that no guard contains
    return Foreign()


def _literal(message: bytes) -> Literal | Foreign:
    ((kind, value),) = _fields(message)
    match kind, value:
        case _Constant.BOOL, int(number):
            return Literal(bool(number))
        case _Constant.INT64, int(number):
            return Literal(number - (1 << 64) if number >> 63 else number)
        case _Constant.TEXT, bytes(text):
            return Literal(text.decode())
        case _:
            return Foreign()


def _selection(message: bytes) -> Name | Foreign:
    numbers = [number for number, _ in _fields(message)]
    if numbers != [_SELECT_OPERAND, _SELECT_FIELD]:
        return Foreign()  # `has(…)`: a test for presence, marked by a third field
    (operand,) = map(_node, _children(message, _SELECT_OPERAND))
    (field,) = _children(message, _SELECT_FIELD)
    return Name(f"{operand.dotted}.{field.decode()}") if isinstance(operand, Name) else Foreign()


def _children(message: bytes, wanted: int) -> list[bytes]:
    return [
        value for number, value in _fields(message) if number == wanted and isinstance(value, bytes)
    ]


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield number and value of each field of a protobuf message, in the order of the bytes."""
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        number, wire_type = key >> 3, key & 7
        if wire_type == _VARINT:
            value, position = _varint(message, position)
            yield number, value
            continue
        if wire_type == _DELIMITED:
            size, position = _varint(message, position)
        elif wire_type == _EIGHT_BYTES:
            size = 8
        else:
            raise ValueError(f"no field of a CEL syntax tree has wire type {wire_type}")
        yield number, message[position : position + size]
        position += size


def _varint(message: bytes, position: int) -> tuple[int, int]:
    """Return the number that starts at `position`, its lowest seven bits first, and its end."""
    number = shift = 0
    while True:
        byte = message[position]
        number |= (byte & 0x7F) << shift
        position += 1
        shift += 7
        if byte < 0x80:  # noqa: PLR2004 - the eighth bit says that more follows
            return number, position
