"""From a decision to what the log stores: one unit, its personal fields sealed.

A personal text that a command and its event both carry is sealed once and both refer to the same slot of the leaf.
"""

from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from casesys.application.answers import Request
from casesys.domain.catalogue import recordings
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
from casesys.evidence.canonical import Canonical, canonical_message
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

    def take(self, name: str, personal: Personal) -> Personal:
        """Give the reference that stands in the leaf for a personal text."""
        subject = personal.subject or self._subject
        text = personal.text
        assert text is not None
        slot = self._slots.get((subject, text))
        if slot is None:
            slot = self._slots[subject, text] = len(self.fields)
            self.fields.append(Unsealed(self._stream, self._seq, name, subject, text))
        return Personal(pd=slot)


def write(request: Request, decision: Decision, vault: Vault) -> Written:
    """Give the unit of a decision. Keys of new subjects are durable when this returns."""
    command, envelope = request
    recorded = recordings(command, envelope, decision)
    drafts: list[tuple[Outcome, int, _Slots, Canonical]] = []
    record: CommandRecord | None = None
    for outcome, one in zip(decision.outcomes, recorded, strict=True):
        seq = one.version
        slots = _Slots(outcome.stream, seq, decision.subject)
        data = event_data(outcome.event, slots)
        record = record or _command_record(command, slots)
        drafts.append((outcome, seq, slots, data))
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
    return Written(unit, recorded)


def event_data(event: Event, slots: _Slots) -> Canonical:
    """Give the public data of an event: what differs from its defaults, with references in place of its personal fields."""
    references = {
        name: slots.take(name, personal)
        for name in personal_fields(type(event))
        if (personal := getattr(event, name)) is not None
    }
    return canonical_message(replace(event, **references) if references else event)


def _command_record(command: Command, slots: _Slots) -> CommandRecord:
    kind = type(command)
    given = command.model_fields_set
    fields = {n: v for n, v in command.__dict__.items() if n in given and v is not None}
    for name in personal_fields(kind):
        if name in fields:
            fields[name] = slots.take(name, fields[name])
    return CommandRecord(canonical_message(fields), kind.schema_version, message_type(kind))


def _seal(vault: Vault, leaves: list[_Slots]) -> list[tuple[SealedField, ...]]:
    """Seal the fields of all leaves in one go, so that new keys cost one commit."""
    fields = [field for slots in leaves for field in slots.fields]
    if not fields:
        return [() for _ in leaves]
    sealed = iter(vault.seal(fields))
    return [tuple(next(sealed) for _ in slots.fields) for slots in leaves]
