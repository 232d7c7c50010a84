"""What the catalogue's types may hold, because their messages are written as canonical JSON without a look at their values."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
import pytest

from casesys.domain.catalogue import COMMANDS, EVENTS
from casesys.domain.messages import Personal

PLAIN = (bool, int, str, date, datetime, type(None))
CONTAINERS = (tuple, dict, Mapping)


def parts(
    hint: Any,  # noqa: ANN401 - a type hint is any object
    seen: frozenset[object] = frozenset(),
) -> Iterator[object]:
    """Give every type that a value of a hint may be made of, and `dict[…]` hints themselves."""
    if hint in seen or hint is Ellipsis:
        return
    origin = get_origin(hint)
    if origin is Literal:
        yield from (type(value) for value in get_args(hint))
    elif origin in (dict, Mapping) or getattr(origin, "__name__", "") == "Mapping":
        yield from parts(get_args(hint)[0], seen)
        yield from parts(get_args(hint)[1], seen)
    elif origin is not None or hasattr(hint, "__metadata__"):
        for argument in get_args(hint)[: 1 if hasattr(hint, "__metadata__") else None]:
            yield from parts(argument, seen)
    elif hasattr(hint, "__supertype__"):
        yield from parts(hint.__supertype__, seen)
    else:
        yield hint
        if isinstance(hint, type) and (
            issubclass(hint, msgspec.Struct) or hasattr(hint, "__dataclass_fields__")
        ):
            for field in get_type_hints(hint, include_extras=True).values():
                if get_origin(field) is not type and "ClassVar" not in str(field):
                    yield from parts(field, seen | {hint})


@pytest.mark.parametrize(
    "message", [*COMMANDS.values(), *EVENTS.values()], ids=lambda m: m.__name__
)
def test_a_message_holds_only_what_has_one_canonical_form(message: type) -> None:
    """Given any command or event, then no part of it is a float, bytes, a set or whatever JSON writes in more than one way."""
    if issubclass(message, msgspec.Struct):
        hints = {field.name: field.type for field in msgspec.structs.fields(message)}
    else:
        hints = {name: field.annotation for name, field in message.model_fields.items()}  # type: ignore[attr-defined] # what is no event is a model
    for name, hint in hints.items():
        for part in parts(hint):
            assert (
                part in PLAIN
                or part is Personal
                or (
                    isinstance(part, type)
                    and (
                        issubclass(part, Enum)
                        or issubclass(part, msgspec.Struct)
                        or hasattr(part, "__dataclass_fields__")
                    )
                )
            ), f"{message.__name__}.{name}: {part}"


def test_the_look_at_types_sees_a_float() -> None:
    """Given a type with a float deep inside, then the walk finds it."""
    assert float in set(parts(tuple[dict[str, float | None], ...]))
