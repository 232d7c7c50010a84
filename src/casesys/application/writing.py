"""From a decision to what the log stores: one unit, its personal fields sealed.

A personal text that a command and its event both carry is sealed once and both refer to the same slot of the leaf.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

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


class Drafted(NamedTuple):
    """What a decision will write, its personal texts not sealed yet, and its events as the states will see them."""

    request: Request
    decision: Decision
    record: CommandRecord | None
    leaves: tuple["_Leaf", ...]
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


class _Leaf(NamedTuple):
    """One event to be: where it stands, its public data, and the personal texts that go with it."""

    outcome: Outcome
    seq: int
    slots: _Slots
    data: Canonical


def draft(request: Request, decision: Decision) -> Drafted:
    """Give what a decision will write."""
    recorded = recordings(request.command, request.envelope, decision)
    leaves: list[_Leaf] = []
    record: CommandRecord | None = None
    for outcome, one in zip(decision.outcomes, recorded, strict=True):
        slots = _Slots(outcome.stream, one.version, decision.subject)
        data = event_data(outcome.event, slots)
        record = record or _command_record(request.command, slots)
        leaves.append(_Leaf(outcome, one.version, slots, data))
    return Drafted(request, decision, record, tuple(leaves), recorded)


def seal(drafted: Sequence[Drafted], vault: Vault) -> list[Unit]:
    """Give the units of some decisions, all their texts sealed in one go, so that all new subjects cost one commit.

    Keys of new subjects are durable when this returns.
    """
    fields = [field for each in drafted for leaf in each.leaves for field in leaf.slots.fields]
    sealed = iter(vault.seal(fields) if fields else ())
    return [_unit(each, sealed) for each in drafted]


def _unit(drafted: Drafted, sealed: Iterator[SealedField]) -> Unit:
    envelope, decision = drafted.request.envelope, drafted.decision
    return Unit(
        drafts=tuple(
            Draft(
                stream=outcome.stream,
                stream_seq=seq,
                type=message_type(type(outcome.event)),
                schema_v=outcome.event.schema_version,
                public_data=data,
                rule_id=outcome.clause,
                sealed=tuple(islice(sealed, len(slots.fields))),
            )
            for outcome, seq, slots, data in drafted.leaves
        ),
        reads=decision.reads,
        command_id=envelope.command_id,
        command=drafted.record,
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
