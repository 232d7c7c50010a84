"""The fields of a command as options, derived from its model, and what was given for them read back into fields.

Nothing is checked here but that JSON is JSON: whether a value fits its field is for the command's own model to say, so that options
and JSON meet the same checks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from datetime import date, datetime
from enum import StrEnum
from inspect import Parameter
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Literal, NamedTuple, Union, get_args, get_origin

import typer
from pydantic.fields import FieldInfo

from casesys.application.json_input import SIZE_LIMIT, read_json
from casesys.cli.failing import CommandFailed
from casesys.cli.language import spoken
from casesys.domain.messages import Command, Personal, Text

FIELD = "field_"

DOCUMENT = "document"
"""The field that holds a whole document: given as `@FILE`, it is read from there."""


_METAVARS: Mapping[object, str] = {int: "NUMBER", datetime: "INSTANT", date: "DATE"}


class Shape(NamedTuple):
    """How a field is written as an option: as a switch, several times, as JSON; and what its value looks like."""

    metavar: str
    switch: bool = False
    several: bool = False
    json: bool = False


def parameters(command: type[Command], assigned: Mapping[str, str]) -> Iterator[Parameter]:
    """Give a keyword parameter, as typer reads them, for each field of a command, in its order.

    Parameters are named `field_…`, so that no field takes the place of a shared option. `assigned` says of fields that are filled
    in when they are left out, with what.
    """
    for name, field in command.model_fields.items():
        shape = shape_of(field.annotation)
        option = f"--{name.replace('_', '-')}"
        kind: object = str | None
        if shape.switch:
            option, kind = f"{option}/--no-{option[2:]}", bool | None
        elif shape.several:
            kind = list[str] | None
        told = typer.Option(
            option,
            metavar=None if shape.switch else shape.metavar,
            help=_help(name, field, shape, assigned),
        )
        yield Parameter(
            f"{FIELD}{name}",
            Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[kind, told],
        )


def read_fields(command: type[Command], given: Mapping[str, object]) -> dict[str, object]:
    """Give the fields that options stand for; an option that was not given is no field.

    Raises InputInvalid for JSON that cannot be read, CommandFailed for a document that is not there.
    """
    fields = {}
    for parameter, value in given.items():
        name = parameter.removeprefix(FIELD)
        if value is not None and name in command.model_fields:
            shape = shape_of(command.model_fields[name].annotation)
            fields[name] = _value(name, shape, value)
    return fields


def shape_of(annotation: object) -> Shape:
    """Say how a value of a type is written on the command line."""
    alternatives = list(_alternatives(annotation))
    if len(alternatives) > 1:
        return Shape("JSON", json=True)
    (kind,) = alternatives
    origin = get_origin(kind)
    if kind is bool:
        return Shape("", switch=True)
    if origin is tuple:
        part = shape_of(get_args(kind)[0])
        return Shape(part.metavar, several=True, json=part.json)
    if origin is dict or (is_dataclass(kind) and kind is not Personal):
        return Shape("JSON", json=True)
    return Shape(_metavar(kind))


def _alternatives(annotation: object) -> Iterator[object]:
    """Give the types a value may have, without annotations and without None."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif origin in {Union, UnionType}:
        for each in get_args(annotation):
            yield from _alternatives(each)
    elif annotation is not NoneType:
        yield annotation


def _metavar(kind: object) -> str:
    if get_origin(kind) is Literal:
        return "|".join(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return "|".join(kind)
    return _METAVARS.get(kind, "TEXT")


def _help(name: str, field: FieldInfo, shape: Shape, assigned: Mapping[str, str]) -> str:
    notes = []
    if name in assigned:
        notes.append(assigned[name])
    elif field.is_required():
        notes.append(spoken("必填", "required"))
    if any(kind is Personal for kind in _alternatives(field.annotation)):
        notes.append(spoken("个人信息，加密存储", "personal data, stored encrypted"))
    if shape.several:
        notes.append(spoken("可重复", "may be repeated"))
    if name == DOCUMENT:
        notes.append(spoken("@文件", "@FILE reads it from a file"))
    return spoken("；", "; ").join(notes)


def _value(name: str, shape: Shape, value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _several([str(each) for each in value], shape)
    text = str(value)
    if name == DOCUMENT and text.startswith("@"):
        return read_file(Path(text[1:]))
    return read_json(text) if shape.json else text


def _several(values: list[str], shape: Shape) -> list[object]:
    """Read an option that was given several times, or once as a JSON list."""
    if len(values) == 1 and values[0].lstrip().startswith("["):
        found = read_json(values[0])
        return found if isinstance(found, list) else [found]
    return [read_json(value) if shape.json else value for value in values]


def read_file(file: Path) -> str:
    """Read a text file of at most 1 MiB. Raises CommandFailed `file-unreadable` or `file-too-large`."""
    try:
        with file.open("rb") as stream:
            data = stream.read(SIZE_LIMIT + 1)
        text = data.decode()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise CommandFailed(
            "file-unreadable",
            Text(f"无法读取文件{file}（{reason}）", f"the file {file} cannot be read ({reason})"),
            Text(
                "检查路径、权限和编码（UTF-8）",
                "check the path, your rights and the encoding (UTF-8)",
            ),
        ) from error
    if len(data) > SIZE_LIMIT:
        raise CommandFailed(
            "file-too-large",
            Text(f"文件{file}超过1 MiB", f"the file {file} is larger than 1 MiB"),
            Text("检查是否给错了文件", "check that it is the right file"),
        )
    return text
