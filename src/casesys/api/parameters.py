"""The parameters of a query string: read strictly into a structure, and documented from the same structure.

A parameter that is unknown, empty, given twice where it counts once, or not of its type, is refused: a misspelt filter that is
silently ignored shows more than was asked for, and nobody notices.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from inspect import getdoc
from typing import Any, Generic, NoReturn, TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import inspect

from casesys.api.describing import told_of
from casesys.api.problems import Problem
from casesys.application.wording import FieldProblem
from casesys.domain.messages import Text

S = TypeVar("S", bound=msgspec.Struct)

PARAMETERS_AT_MOST = 100
DIGITS_AT_MOST = 15
INSTANT = {"type": "string", "format": "date-time"}

_INTEGER = re.compile(rf"-?[0-9]{{1,{DIGITS_AT_MOST}}}")
_BOOLEANS = {"true": True, "false": False}
_PLACE = re.compile(r"`\$\.(\w+)")
_REFERENCE = "{name}"

_NOT_A_QUERY = Text("不是UTF-8的查询串", "not a query in UTF-8")
_UNKNOWN = Text("没有这个参数", "there is no such parameter")
_EMPTY = Text("没有值", "has no value")
_TWICE = Text("只能给出一次", "counts once, and is given more than once")
_MISSING = Text("缺少一个参数", "a parameter is missing")
_NOT_A_VALUE = Text("不是可用的值", "is not a value that can be used here")
_NOT_AN_INSTANT = Text(
    "须为带时区的时刻，如2026-03-02T09:30%2B08:00",
    "is an instant with its offset, as 2026-03-02T09:30%2B08:00",
)


class Parameters(Generic[S]):
    """The parameters that some query takes: the fields of a structure, each a plain value, an enumeration or a tuple of those."""

    def __init__(self, structure: type[S]) -> None:
        """Take the fields of a structure."""
        self._structure = structure
        self._types = _types(structure)
        self._choices = _choices(structure)
        self._docstring = getdoc(structure) or ""

    def read(self, query: bytes) -> S:
        """Read a query string. Instants come in UTC. Raises Problem `invalid-query`."""
        try:
            return msgspec.convert(dict(self._values(query)), self._structure)
        except msgspec.ValidationError as error:
            where = _PLACE.search(str(error))
            if where is None:
                _invalid("", _MISSING)
            _invalid(where[1], _NOT_A_VALUE, accepted=self._choices.get(where[1], ()))

    def documented(self) -> list[dict[str, Any]]:
        """Describe the parameters for OpenAPI."""
        (described,), parts = msgspec.json.schema_components(
            (self._structure,), ref_template=_REFERENCE
        )
        told = parts[described["$ref"]]
        required = set(told.get("required", ()))
        return [
            {
                "name": name,
                "in": "query",
                **({"description": said} if (said := told_of(name, self._docstring)) else {}),
                "required": name in required,
                "schema": INSTANT
                if inspect.DateTimeType in self._types[name]
                else _documented(schema, parts),
            }
            for name, schema in told["properties"].items()
        ]

    def _values(self, query: bytes) -> Iterator[tuple[str, object]]:
        """Give the parameters with values of their types, as far as their text can be one."""
        for name, texts in _texts(query).items():
            kinds = self._types.get(name)
            if kinds is None:
                _invalid(name, _UNKNOWN, accepted=tuple(self._types))
            if inspect.VarTupleType in kinds:
                yield name, [part for text in texts for part in text.split(",")]
            elif len(texts) > 1:
                _invalid(name, _TWICE)
            else:
                yield name, _plain(name, kinds, texts[0])


def no_parameters(query: bytes) -> None:
    """Refuse a query string where none is taken. Raises Problem `invalid-query`."""
    for name in _texts(query):
        _invalid(name, _UNKNOWN)


def _texts(query: bytes) -> Mapping[str, list[str]]:
    texts: dict[str, list[str]] = {}
    if not query:
        return texts
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=PARAMETERS_AT_MOST,
        )
    except ValueError:
        _invalid("", _NOT_A_QUERY)
    for name, text in pairs:
        if not text:
            _invalid(name, _EMPTY)
        texts.setdefault(name, []).append(text)
    return texts


def _types(structure: type[msgspec.Struct]) -> dict[str, frozenset[type[inspect.Type]]]:
    """Give the types that each field may have."""
    return {name: frozenset(map(type, types)) for name, types in _fields(structure)}


def _fields(structure: type[msgspec.Struct]) -> Iterator[tuple[str, tuple[inspect.Type, ...]]]:
    described = inspect.type_info(structure)
    assert isinstance(described, inspect.StructType)
    for field in described.fields:
        yield field.encode_name, getattr(field.type, "types", (field.type,))


def _choices(structure: type[msgspec.Struct]) -> dict[str, tuple[str, ...]]:
    """Give the values of each field that has a list of them."""
    return {
        name: values
        for name, types in _fields(structure)
        if (values := tuple(value for each in types for value in _values_of(each)))
    }


def _values_of(kind: inspect.Type) -> Iterator[str]:
    match kind:
        case inspect.EnumType(cls=cls):
            yield from (str(member.value) for member in cls)
        case inspect.LiteralType(values=values):
            yield from map(str, values)
        case inspect.VarTupleType(item_type=item):
            yield from _values_of(item)
        case _:
            pass


def _plain(name: str, kinds: frozenset[type[inspect.Type]], text: str) -> object:
    if inspect.DateTimeType in kinds:
        return _instant(name, text)
    if inspect.IntType in kinds and _INTEGER.fullmatch(text):
        return int(text)
    return _BOOLEANS.get(text, text) if inspect.BoolType in kinds else text


def _instant(name: str, text: str) -> datetime:
    """Read an instant, and keep it in UTC as all instants are."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        _invalid(name, _NOT_AN_INSTANT)
    if instant.tzinfo is None:
        _invalid(name, _NOT_AN_INSTANT)
    try:
        return instant.astimezone(UTC)
    except OverflowError:  # within a day of the end of all years: as good as that end
        return instant.replace(tzinfo=UTC)


def _documented(schema: Mapping[str, Any], parts: Mapping[str, Any]) -> dict[str, Any]:
    """Describe one parameter as a query can bear it: in one piece, never null, never empty."""
    told = {**parts[schema["$ref"]], **schema} if "$ref" in schema else dict(schema)
    for unsuitable in ("$ref", "title"):
        told.pop(unsuitable, None)
    if told.get("default", ...) in (None, ()):
        del told["default"]
    choices = [each for each in told.pop("anyOf", ()) if each != {"type": "null"}]
    if len(choices) == 1:
        told |= _documented(choices[0], parts)
    elif choices:
        told["anyOf"] = [_documented(each, parts) for each in choices]
    if "items" in told:
        told["items"] = _documented(told["items"], parts)
    kind = told.get("type")
    if kind == "string" and not told.keys() & {"enum", "format", "pattern"}:
        told.setdefault("minLength", 1)
    elif kind == "integer":
        told.setdefault("minimum", 1 - 10**DIGITS_AT_MOST)
        told.setdefault("maximum", 10**DIGITS_AT_MOST - 1)
    return told


def _invalid(where: str, says: Text, *, accepted: tuple[str, ...] = ()) -> NoReturn:
    raise Problem("invalid-query", problems=(FieldProblem(where[:60], says),), accepted=accepted)
