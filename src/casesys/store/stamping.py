"""What the write lock adds to drafts: positions, times of recording, links and hashes. The same for every store, and pure.

The store reads the head and the tip of every stream concerned under its write lock, calls `stamp`, and writes what comes back.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from casesys.domain.messages import StreamId
from casesys.evidence.leaf import LEAF_VERSION, CommandRecord, Leaf, SealedDigest, encode
from casesys.evidence.merkle import leaf_hash
from casesys.store.contract import Appended, Conflict, Draft, Head, StoreError, Unit


class Tip(NamedTuple):
    """The last event of a stream: its version and its leaf hash; version 0 and no hash for a stream without events."""

    version: int
    leaf_hash: bytes | None


NO_EVENTS = Tip(0, None)


class Row(NamedTuple):
    """One event, ready to be written: the columns of the table in their order."""

    position: int
    stream: StreamId
    version: int
    name: str
    leaf: bytes
    leaf_hash: bytes
    command_id: bytes
    command_seq: int


class Batch(NamedTuple):
    """All that one append writes, and what it answers. `sealed` are the ciphertexts by position and slot."""

    rows: list[Row]
    sealed: list[tuple[int, int, bytes]]
    head: Head
    appended: list[Appended]


def streams_of(units: Iterable[Unit]) -> list[StreamId]:
    """Name every stream that some units read or write, each once."""
    seen: dict[StreamId, None] = {}
    for unit in units:
        seen.update(dict.fromkeys(unit.reads))
        for draft in unit.drafts:
            seen[draft.stream] = None
    return list(seen)


def time_of_recording(now: datetime, head: Head, bound: timedelta) -> datetime:
    """Give the instant to stamp: the clock's, but never before the last event's.

    Raises StoreError `clock-behind` when the last event is later than the clock by more than the bound.
    """
    if head.recorded_at is None or head.recorded_at <= now:
        return now
    if head.recorded_at - now > bound:
        raise StoreError(
            "clock-behind",
            f"the clock says {now.isoformat()}, but the last event was recorded at {head.recorded_at.isoformat()}",
            "set this machine's clock, or find out which machine wrote with a clock ahead of time",
        )
    return head.recorded_at


def stamp(
    units: Sequence[Unit], head: Head, tips: dict[StreamId, Tip], log_id: str, recorded_at: datetime
) -> Batch:
    """Check every unit against the tips and finish its leaves; `tips` is brought up to date on the way.

    Raises Conflict for the first unit that was decided on another version, ValueError for a unit without events and for an
    instant that is not in UTC.
    """
    rows: list[Row] = []
    sealed: list[tuple[int, int, bytes]] = []
    appended: list[Appended] = []
    size = head.size
    for index, unit in enumerate(units):
        _check(unit, index, tips)
        read_index, command, command_id = size, unit.command, unit.command_id.bytes
        for number, draft in enumerate(unit.drafts):
            stream, version, kind = draft.stream, draft.stream_seq, draft.type
            size += 1
            given = _Given(log_id, number, command, tips[stream].leaf_hash, read_index, recorded_at)
            leaf = encode(_leaf(unit, draft, given))
            digest = leaf_hash(leaf)
            tips[stream] = Tip(version, digest)
            name = f"{kind}.v{draft.schema_v}"
            rows.append(Row(size, stream, version, name, leaf, digest, command_id, number))
            sealed.extend((size, slot, field.ciphertext) for slot, field in enumerate(draft.sealed))
            command = None
        appended.append(Appended(read_index + 1, size, recorded_at))
    peaks = head.peaks.push(*(row.leaf_hash for row in rows))
    return Batch(rows, sealed, Head(peaks, recorded_at), appended)


def _check(unit: Unit, index: int, tips: dict[StreamId, Tip]) -> None:
    """Refuse a unit that rests on versions which are not the present ones."""
    if not unit.drafts:
        raise ValueError("a unit has at least one event")
    for stream, expected in unit.reads.items():
        actual = tips[stream].version
        if actual != expected:
            raise Conflict(stream, expected, actual, index)
    written: dict[StreamId, int] = {}
    for draft in unit.drafts:
        actual = written.get(draft.stream, tips[draft.stream].version)
        if draft.stream_seq != actual + 1:
            raise Conflict(draft.stream, draft.stream_seq - 1, actual, index)
        written[draft.stream] = draft.stream_seq


class _Given(NamedTuple):
    """What the lock and the place in the unit add to one event."""

    log_id: str
    number: int
    command: CommandRecord | None
    previous: bytes | None
    read_index: int
    recorded_at: datetime


def _leaf(unit: Unit, draft: Draft, given: _Given) -> Leaf:
    rule = unit.rule
    return Leaf(
        actor_id=unit.actor_id,
        actor_role=unit.actor_role,
        calendar_digest=unit.calendar_digest,
        causation_id=unit.causation_id,
        channel=unit.channel,
        charter_version=None if rule is None else f"{rule.charter}@{rule.version}",
        client_id=unit.client_id,
        command=given.command,
        command_id=unit.command_id,
        correlation_id=unit.correlation_id,
        decided_at=unit.decided_at,
        effective_at=unit.effective_at,
        event_id=f"{unit.command_id}.{given.number}",
        log=given.log_id,
        mandate_id=unit.mandate_id,
        on_behalf_of=unit.on_behalf_of,
        pd=tuple(
            SealedDigest(sha256(field.ciphertext).hexdigest(), field.name, field.subject)
            for field in draft.sealed
        ),
        prev_stream_leaf=None if given.previous is None else given.previous.hex(),
        public_data=draft.public_data,
        read_index=given.read_index,
        reason_code=unit.reason_code,
        recorded_at=given.recorded_at,
        rule_digest=None if rule is None else rule.digest,
        rule_id=draft.rule_id,
        schema_v=draft.schema_v,
        stream=draft.stream,
        stream_seq=draft.stream_seq,
        type=draft.type,
        v=LEAF_VERSION,
    )
