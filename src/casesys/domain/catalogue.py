"""All commands and events by name: the one list that every surface is derived from.

`decide` and `evolve` are the whole domain for whoever embeds it: a decision from a command, an envelope and a world; a state from a
state and a recorded event.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
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
    StreamId,
    message_type,
    stored_name,
)
from casesys.domain.refusals import refuse
from casesys.domain.register import state as register
from casesys.domain.register.commands import FoundRegister, RegisterCommand
from casesys.domain.register.decide import HANDLERS, decide_register
from casesys.domain.register.events import RegisterEvent
from casesys.domain.sealing import LogSealed, SealLog, decide_sealing, evolve_log
from casesys.domain.working_time import parse_calendar
from casesys.domain.world import Loaded, World

_ALL: tuple[type[Command], ...] = (CollectCase, *RULES, FoundRegister, *HANDLERS, SealLog)

COMMANDS: Mapping[str, type[Command]] = {message_type(command): command for command in _ALL}
"""Every command by its stored type."""

EVENTS: Mapping[str, type[Event]] = {
    stored_name(event): event
    for event in (*get_args(CaseEvent), *get_args(RegisterEvent), LogSealed)
}
"""Every event by the versioned name it is stored under."""

Upcast = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTS: Mapping[str, tuple[str, Upcast]] = {
    "initiator-contacted.v1": ("initiator-contacted.v2", dict),
}
"""Old stored names: the name that follows each, and how its data is read as that one's."""

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
    "log": evolve_log,
}

KINDS = tuple(_EVOLVE)
"""The kinds of streams, as the name of each begins."""

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
    if isinstance(command, SealLog):
        return decide_sealing(command, envelope, world)
    assert isinstance(command, RegisterCommand)
    return decide_register(command, envelope, world)


def evolver(stream: StreamId) -> Callable[[Any, Recorded], object]:
    """Give the function that folds the events of a stream, by the kind of the stream."""
    return _EVOLVE[stream.partition("/")[0]]


def evolve(state: object | None, recorded: Recorded) -> object:
    """Give the state of a stream after an event; None stands for a stream without events."""
    return evolver(recorded.stream)(state, recorded)


def recordings(command: Command, envelope: Envelope, decision: Decision) -> tuple[Recorded, ...]:
    """Give the events of a decision as states see them once they are recorded."""
    versions = dict(decision.reads)
    recorded = []
    command_type: str | None = message_type(type(command))
    for outcome in decision.outcomes:
        stream = outcome.stream
        version = versions[stream] = versions[stream] + 1
        one = Recorded(
            stream=stream,
            version=version,
            event=outcome.event,
            effective_at=envelope.happened_at,
            actor_id=envelope.actor_id,
            rule=decision.rule,
            command_type=command_type,
            channel=envelope.channel,
        )
        recorded.append(one)
        command_type = None
    return tuple(recorded)


def fold(states: Mapping[StreamId, Loaded], recorded: Iterable[Recorded]) -> dict[StreamId, Loaded]:
    """Give the states after some events; streams that are not among them begin empty."""
    after = dict(states)
    for one in recorded:
        before = after.get(one.stream)
        after[one.stream] = Loaded(one.version, evolve(before and before.state, one))
    return after


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
    message, _, version = name.rpartition(".v")
    return event_reader(message, int(version))(data)


@cache
def event_reader(message: str, version: int) -> Callable[[bytes | msgspec.Raw], Event]:
    """Give the function that reads the data of events of a type and version. Raises KeyError for a name never used."""
    name = f"{message}.v{version}"
    upcasts = []
    while name in UPCASTS:
        name, upcast = UPCASTS[name]
        upcasts.append(upcast)
    kind = EVENTS[name]
    if not upcasts:
        return msgspec.json.Decoder(kind).decode

    def read(data: bytes | msgspec.Raw) -> Event:
        fields = msgspec.json.decode(data)
        for upcast in upcasts:
            fields = upcast(fields)
        return msgspec.convert(fields, kind)

    return read


def people_commands() -> Iterator[tuple[str, type[Command]]]:
    """Give the commands that people may give: all but the clock's."""
    return ((n, c) for n, c in COMMANDS.items() if not issubclass(c, ClockCommand | SealLog))
