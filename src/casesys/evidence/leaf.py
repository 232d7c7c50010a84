"""The leaf: the exact bytes of one event with its whole envelope, stored as hashed and never serialised again.

The form is canonical JSON (RFC 8785): keys sorted, no white space, integers within ±(2^53-1), no floats. See docs/adr/0001.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, cast
from uuid import UUID

import msgspec

from casesys.domain.messages import Rule, StreamId
from casesys.evidence.canonical import Canonical
from casesys.evidence.leaf_form import (
    COMMAND_ID,
    LeafFields,
    Object,
    admit,
    refuse_float,
)

LEAF_VERSION = 1

Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class CommandRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What was asked, as it was asked, its personal fields sealed."""

    data: Canonical
    schema_v: int
    type: str


class SealedDigest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """The leaf's commitment to one sealed field: SHA-256 of the ciphertext, in hex. Its place in `pd` is the field's slot."""

    digest: str
    name: str
    subject: str


class Leaf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """One event of the log with its envelope. Every field is always written, null where it does not apply.

    `stream_seq` counts the events of the stream from 1. `prev_stream_leaf` is the leaf hash (hex) of the event before in the
    same stream. `read_index` is the log position up to which every fact was read that the command used. `command` stands on
    a command's first event only. `event_id` is the command's id and the number of the event among the command's, from 0.
    `charter_version` is `charter@version`.
    """

    actor_id: str
    actor_role: str
    calendar_digest: str | None
    causation_id: str | None
    channel: str
    charter_version: str | None
    client_id: str
    command: CommandRecord | None
    command_id: UUID
    correlation_id: str | None
    decided_at: Instant
    effective_at: Instant
    event_id: str
    log: str
    mandate_id: str | None
    on_behalf_of: str | None
    pd: tuple[SealedDigest, ...]
    prev_stream_leaf: str | None
    public_data: Canonical
    read_index: int
    reason_code: str | None
    recorded_at: Instant
    rule_digest: str | None
    rule_id: str | None
    schema_v: int
    stream: StreamId
    stream_seq: int
    type: str
    v: int

    @property
    def rule(self) -> Rule | None:
        """The charter version that was applied, in one piece."""
        if self.charter_version is None or self.rule_digest is None:
            return None
        charter, _, version = self.charter_version.partition("@")
        return Rule(charter, version, self.rule_digest)


_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Leaf)


def encode(leaf: Leaf) -> bytes:
    """Give the canonical bytes of a leaf.

    Raises ValueError for an instant that is not in UTC, and for a lone surrogate.
    """
    for instant in (leaf.decided_at, leaf.effective_at, leaf.recorded_at):
        if instant.tzinfo is not UTC and instant.utcoffset() != timedelta(0):
            raise ValueError(f"an instant of a leaf is in UTC, not {instant.isoformat()}")
    try:
        return _encoder.encode(leaf)
    except UnicodeEncodeError as error:
        raise ValueError("a leaf holds whole characters only, no lone surrogates") from error


def decode(data: bytes) -> Leaf:
    """Read a leaf; `public_data` and `command.data` stay bytes for the caller to decode into their own types.

    Raises msgspec.ValidationError or msgspec.DecodeError for anything but a leaf of this version.
    """
    return _decoder.decode(data)


class _OpenCommand(CommandRecord, frozen=True, forbid_unknown_fields=True, gc=False):
    data: Object  # type: ignore[assignment] # read as it stands, not kept as bytes


class _OpenLeaf(Leaf, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    command: _OpenCommand | None
    command_id: Annotated[str, msgspec.Meta(pattern=rf"\A{COMMAND_ID}\Z")]  # type: ignore[assignment] # as it is written
    public_data: Object  # type: ignore[assignment] # likewise


_open_decoder = msgspec.json.Decoder(_OpenLeaf, float_hook=refuse_float)


def read_leaf(data: bytes) -> LeafFields:
    """Read a leaf that nobody vouches for, as `leaf_form.read_leaf` does: what it lets in and gives is the same."""
    leaf = _open_decoder.decode(data)
    if encode(leaf) != data:
        raise ValueError("it is not in canonical JSON")
    admit((leaf.public_data, leaf.read_index, leaf.schema_v, leaf.stream_seq, leaf.v))
    if leaf.command is not None:
        admit((leaf.command.data, leaf.command.schema_v))
    return cast("LeafFields", leaf)  # it has the same fields
