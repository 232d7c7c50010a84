"""From a decision to what the log stores: one unit, its personal fields sealed.

A personal text that a command and its event both carry is sealed once and both refer to the same slot of the leaf.
"""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import msgspec

from casesys.application.answers import Request
from casesys.domain.messages import (
    Command,
    Decision,
    Event,
    Outcome,
    Personal,
    Recorded,
    StreamId,
    message_type,
    personal_fields,
)
from casesys.evidence.canonical import canonical
from casesys.evidence.leaf import CommandRecord
from casesys.store.contract import Draft, Unit
from casesys.vault.fields import SealedField, Unsealed
from casesys.vault.vault import Vault


class Written(NamedTuple):
    """A unit ready to append, and its events as the states will see them."""

    unit: Unit
    recorded: tuple[Recorded, ...]


class _Slots:
    """The personal texts of one leaf, each once, in the order they were met."""

    def __init__(self, stream: StreamId, seq: int, subject: str) -> None:
        self._stream, self._seq, self._subject = stream, seq, subject
        self.fields: list[Unsealed] = []
        self._slots: dict[tuple[str, str], int] = {}

    def take(self, name: str, personal: Personal) -> dict[str, int]:
        """Give the reference that stands in the leaf for a personal text."""
        subject = personal.subject or self._subject
        text = personal.text
        assert text is not None
        slot = self._slots.get((subject, text))
        if slot is None:
            slot = self._slots[subject, text] = len(self.fields)
            self.fields.append(Unsealed(self._stream, self._seq, name, subject, text))
        return {"pd": slot}


def write(request: Request, decision: Decision, vault: Vault) -> Written:
    """Give the unit of a decision. Keys of new subjects are durable when this returns."""
    command, envelope = request
    versions = dict(decision.reads)
    drafts: list[tuple[Outcome, int, _Slots, Mapping[str, object]]] = []
    recorded: list[Recorded] = []
    record: CommandRecord | None = None
    for outcome in decision.outcomes:
        seq = versions[outcome.stream] = versions.get(outcome.stream, 0) + 1
        slots = _Slots(outcome.stream, seq, decision.subject)
        data = event_data(outcome.event, slots)
        command_type = None
        if record is None:
            record = _command_record(command, slots)
            command_type = record.type
        drafts.append((outcome, seq, slots, data))
        recorded.append(_recorded(request, decision, outcome, seq, command_type))
    sealed = _seal(vault, [slots for _, _, slots, _ in drafts])
    unit = Unit(
        drafts=tuple(
            Draft(
                stream=outcome.stream,
                stream_seq=seq,
                type=message_type(type(outcome.event)),
                schema_v=outcome.event.schema_version,
                public_data=data,
                rule_id=outcome.clause,
                sealed=fields,
            )
            for (outcome, seq, _, data), fields in zip(drafts, sealed, strict=True)
        ),
        reads=decision.reads,
        command_id=envelope.command_id,
        command=record,
        actor_id=envelope.actor_id,
        actor_role=decision.authority.role,
        decided_at=envelope.decided_at,
        effective_at=envelope.happened_at,
        channel=envelope.channel,
        client_id=envelope.client_id,
        mandate_id=decision.authority.mandate_id,
        on_behalf_of=decision.authority.on_behalf_of,
        rule=decision.rule,
        calendar_digest=decision.calendar_digest,
        causation_id=envelope.causation_id,
        correlation_id=envelope.correlation_id,
        reason_code=envelope.reason_code,
    )
    return Written(unit, tuple(recorded))


def event_data(event: Event, slots: _Slots) -> Mapping[str, object]:
    """Give the public data of an event: what differs from its defaults, with references in place of its personal fields."""
    fields = dict(zip(event.__struct_fields__, msgspec.structs.astuple(event), strict=True))
    for name, default in _defaults(type(event)):
        if fields[name] == default:
            del fields[name]
    return _referring(fields, personal_fields(type(event)), slots)


@cache
def _defaults(event: type[Event]) -> tuple[tuple[str, object], ...]:
    """Give the fields of an event that have a default, with it."""
    return tuple(
        (field.name, field.default if field.default is not msgspec.NODEFAULT else {})
        for field in msgspec.structs.fields(event)
        if not field.required
    )


def _command_record(command: Command, slots: _Slots) -> CommandRecord:
    kind = type(command)
    fields = {n: v for n, v in command.__dict__.items() if n in command.model_fields_set}
    data = canonical(_referring(fields, personal_fields(kind), slots))
    return CommandRecord(data, kind.schema_version, message_type(kind))


def _referring(
    fields: dict[str, object], personal: tuple[str, ...], slots: _Slots
) -> dict[str, object]:
    for name in personal:
        value = fields.get(name)
        if isinstance(value, Personal):
            fields[name] = slots.take(name, value)
    return {name: value for name, value in fields.items() if value is not None}


def _seal(vault: Vault, leaves: list[_Slots]) -> list[tuple[SealedField, ...]]:
    """Seal the fields of all leaves in one go, so that new keys cost one commit."""
    fields = [field for slots in leaves for field in slots.fields]
    if not fields:
        return [() for _ in leaves]
    sealed = iter(vault.seal(fields))
    return [tuple(next(sealed) for _ in slots.fields) for slots in leaves]


def _recorded(
    request: Request, decision: Decision, outcome: Outcome, seq: int, command_type: str | None
) -> Recorded:
    envelope = request.envelope
    return Recorded(
        stream=outcome.stream,
        version=seq,
        event=outcome.event,
        decided_at=envelope.decided_at,
        effective_at=envelope.happened_at,
        actor_id=envelope.actor_id,
        actor_role=decision.authority.role,
        mandate_id=decision.authority.mandate_id,
        on_behalf_of=decision.authority.on_behalf_of,
        clause=outcome.clause,
        rule=decision.rule,
        command_type=command_type,
        channel=envelope.channel,
    )
