"""All commands and events by name: the one list that every surface is derived from.

`decide` and `evolve` are the whole domain for whoever embeds it: a decision from a command, an envelope and a world; a state from a
state and a recorded event.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args

import msgspec

from casesys.domain.cases.commands import CaseCommand, ClockCommand, CollectCase
from casesys.domain.cases.decide import decide_case
from casesys.domain.cases.events import CaseEvent
from casesys.domain.cases.evolve import evolve_case
from casesys.domain.cases.rules.table import RULES
from casesys.domain.charter.parse import parse_charter
from casesys.domain.messages import (
    Command,
    Decision,
    Envelope,
    Event,
    Recorded,
    message_type,
    stored_name,
)
from casesys.domain.refusals import refuse
from casesys.domain.register import state as register
from casesys.domain.register.commands import FoundRegister, RegisterCommand
from casesys.domain.register.decide import HANDLERS, decide_register
from casesys.domain.register.events import RegisterEvent
from casesys.domain.working_time import parse_calendar
from casesys.domain.world import World

_ALL: tuple[type[Command], ...] = (CollectCase, *RULES, FoundRegister, *HANDLERS)

COMMANDS: Mapping[str, type[Command]] = {message_type(command): command for command in _ALL}
"""Every command by its stored type."""

EVENTS: Mapping[str, type[Event]] = {
    stored_name(event): event for event in (*get_args(CaseEvent), *get_args(RegisterEvent))
}
"""Every event by the versioned name it is stored under."""

Upcast = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTS: Mapping[str, tuple[str, Upcast]] = {}
"""Old stored names: the name that follows each, and how its data is read as that one's. There are none yet."""

_EVOLVE: Mapping[str, Callable[[Any, Recorded], object]] = {
    "case": evolve_case,
    "register": register.evolve_register,
    "grid": register.evolve_grid,
    "person": register.evolve_person,
    "organisation": register.evolve_organisation,
    "body": register.evolve_body,
    "intake-point": register.evolve_intake_point,
    "calendar": register.evolve_calendar,
    "document": register.evolve_document,
    "api-key": register.evolve_api_key,
}

_DOCUMENTS: Mapping[str, Callable[[bytes], object]] = {
    "charter": parse_charter,
    "calendar": parse_calendar,
}


def decide(command: Command, envelope: Envelope, world: World) -> Decision:
    """Decide a command.

    Raises Refusal when the rules do not allow it, Missing when the world lacks a stream or document that the decision needs.
    """
    if isinstance(command, CaseCommand):
        return decide_case(command, envelope, world)
    assert isinstance(command, RegisterCommand)
    return decide_register(command, envelope, world)


def evolve(state: object | None, recorded: Recorded) -> object:
    """Give the state of a stream after an event; None stands for a stream without events."""
    kind = recorded.stream.partition("/")[0]
    return _EVOLVE[kind](state, recorded)


def parse_document(kind: str, text: str) -> object:
    """Parse a document that the log holds: a charter version or a calendar."""
    return _DOCUMENTS[kind](text.encode())


def read_command(name: str, fields: Mapping[str, object] | bytes) -> Command:
    """Give the command of a stored type from its fields, or from their JSON.

    Raises Refusal `unknown-command`; pydantic's ValidationError for fields that are unknown, missing or of a wrong type.
    """
    command = COMMANDS.get(name)
    if command is None:
        refuse("unknown-command", command=name, accepted=tuple(sorted(COMMANDS)))
    if isinstance(fields, bytes):
        return command.model_validate_json(fields)
    return command.model_validate(fields)


def read_event(name: str, data: bytes | msgspec.Raw) -> Event:
    """Give the event stored under a name, upcast if its version is an old one. Raises KeyError for a name never used."""
    kind = EVENTS.get(name)
    if kind is not None:
        event: Event = _decoder(kind).decode(data)
        return event
    fields = msgspec.json.decode(data)
    while name in UPCASTS:
        name, upcast = UPCASTS[name]
        fields = upcast(fields)
    return msgspec.convert(fields, EVENTS[name])


_DECODERS: dict[type[Event], msgspec.json.Decoder[Any]] = {}


def _decoder(event: type[Event]) -> "msgspec.json.Decoder[Any]":
    """Give the decoder of an event class; building one costs as much as a hundred readings."""
    decoder = _DECODERS.get(event)
    if decoder is None:
        decoder = _DECODERS[event] = msgspec.json.Decoder(event)
    return decoder


def people_commands() -> Iterator[tuple[str, type[Command]]]:
    """Give the commands that people may give: all but the clock's."""
    return ((n, c) for n, c in COMMANDS.items() if not issubclass(c, ClockCommand))
