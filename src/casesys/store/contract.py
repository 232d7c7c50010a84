"""The contract of an event log: what is handed to it, what it hands back, and what it refuses.

A log is one sequence of leaves. A leaf's position counts from 1 without a gap, and is its index in the Merkle tree plus 1. What
one command brings about is a unit: appended whole or not at all, and only if every stream it was decided on is still as it was.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from threading import Event
from typing import NamedTuple, Protocol, Self
from uuid import UUID

import msgspec

from casesys.domain.messages import Rule, StreamId
from casesys.evidence.canonical import Canonical
from casesys.evidence.leaf import CommandRecord, Leaf, decode
from casesys.evidence.merkle import Peaks
from casesys.vault.fields import SealedField

Clock = Callable[[], datetime]
"""Where a log takes the time of recording from: an aware instant in UTC."""

Wait = Callable[[int, Event], None]
"""Waits for a sign of events behind a position; returns as well once the event is set, and after a second at the most."""

CLOCK_BOUND_SECONDS = 60.0
"""How far the log may be ahead of the clock before a write is refused."""


def utc_now() -> datetime:
    """Read the machine's clock."""
    return datetime.now(UTC)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """One event as decided: a leaf without what its unit says and what only the write lock knows.

    `stream_seq` is the number it will have in its stream, from 1. `type` and `schema_v` are the stored name in two parts.
    `sealed` are its personal fields, the first in slot 0. `rule_id` is the clause of the unit's rule that it rests on.
    """

    stream: StreamId
    stream_seq: int
    type: str
    schema_v: int
    public_data: Canonical
    rule_id: str | None = None
    sealed: tuple[SealedField, ...] = ()


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """All events of one command, and the version of every stream it was decided on (0 for a stream without events).

    The versions count the events of earlier units of the same `append`, so that a unit may rest on the one before it.
    """

    drafts: tuple[Draft, ...]
    reads: Mapping[StreamId, int]
    command_id: UUID
    command: CommandRecord | None
    actor_id: str
    actor_role: str
    decided_at: datetime
    effective_at: datetime
    channel: str
    client_id: str
    mandate_id: str | None = None
    on_behalf_of: str | None = None
    rule: Rule | None = None
    calendar_digest: str | None = None
    causation_id: str | None = None
    correlation_id: str | None = None
    reason_code: str | None = None


class Appended(NamedTuple):
    """Where one unit stands in the log: the positions of its first and last event, and when they were recorded."""

    first: int
    last: int
    recorded_at: datetime


class Stored(msgspec.Struct, eq=False, gc=False):
    """One event as it is stored: a row of the log as it is. The leaf is decoded when first asked for."""

    position: int
    leaf_bytes: bytes
    leaf_hash: bytes
    _leaf: Leaf | None = None

    @property
    def leaf(self) -> Leaf:
        """The decoded leaf."""
        if self._leaf is None:
            self._leaf = decode(self.leaf_bytes)
        return self._leaf

    def __eq__(self, other: object) -> bool:
        """Compare position and bytes."""
        if not isinstance(other, Stored):
            return NotImplemented
        return (self.position, self.leaf_bytes, self.leaf_hash) == (
            other.position,
            other.leaf_bytes,
            other.leaf_hash,
        )

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash((self.position, self.leaf_hash))

    def __repr__(self) -> str:
        """Show which event it is, not what it says."""
        return f"Stored({self.position}, {self.leaf_hash.hex()[:16]}…)"


class Head(NamedTuple):
    """The end of the log: how many events, the tree over them, and when the last was recorded (None for an empty log)."""

    peaks: Peaks
    recorded_at: datetime | None

    @property
    def size(self) -> int:
        """The number of events, which is the position of the last."""
        return self.peaks.size


class StoreError(Exception):
    """The log cannot do what was asked; nothing was changed.

    Codes: `store-missing`, `store-exists`, `store-corrupt`, `store-foreign`, `store-newer`, `store-full`, `store-busy`,
    `store-readonly`, `store-unreadable`, `store-closed`, `clock-behind`.
    """

    def __init__(self, code: str, message: str, remedy: str) -> None:
        """Keep the stable code for programs; the message and what to do about it for people."""
        super().__init__(f"{message}; {remedy}")
        self.code = code
        self.message = message
        self.remedy = remedy


class Conflict(Exception):
    """A stream is not at the version that a unit was decided on. Nothing of the whole `append` was stored."""

    code = "conflict"

    def __init__(self, stream: StreamId, expected: int, actual: int, unit: int) -> None:
        """Name the stream, the version the unit expected, the one it has, and the unit by its index in the call."""
        super().__init__(f"stream {stream} is at version {actual}, not {expected}")
        self.stream = stream
        self.expected = expected
        self.actual = actual
        self.unit = unit


class DuplicateCommand(Exception):
    """The log already holds events of this command. Nothing of the whole `append` was stored."""

    def __init__(self, command_id: UUID, unit: int) -> None:
        """Name the command, and the unit by its index in the call."""
        super().__init__(f"command {command_id} is in the log already")
        self.command_id = command_id
        self.unit = unit


class Subscription(Protocol):
    """Pages of events in order, for ever: iteration waits for more until somebody calls `stop` (from any thread)."""

    def __iter__(self) -> Iterator[list[Stored]]:
        """Give pages that are never empty."""
        ...

    def stop(self) -> None:
        """End the iteration soon, also while it waits."""
        ...


class EventLog(Protocol):
    """One log of events. `append` has one caller at a time, from any thread; readers may be many."""

    @property
    def log_id(self) -> str:
        """The identity of this log: a UUID made with it."""
        ...

    def append(self, units: Sequence[Unit]) -> list[Appended]:
        """Store all units in one durable transaction, or none of them.

        Raises Conflict or DuplicateCommand for the first unit (in order) that cannot stand; where both are true of one unit,
        it is a duplicate. Raises StoreError, and ValueError for what no leaf may hold.
        """
        ...

    def read_streams(self, streams: Sequence[StreamId]) -> dict[StreamId, list[Stored]]:
        """Give all events of some streams, as of one moment, in their order; an empty list for a stream without events."""
        ...

    def read_stream(
        self,
        stream: StreamId,
        *,
        after_version: int = 0,
        upto_version: int | None = None,
        upto_position: int | None = None,
    ) -> list[Stored]:
        """Give the events of one stream behind a version, as far as another and a position (both inclusive)."""
        ...

    def read(self, after: int, limit: int) -> list[Stored]:
        """Give at most `limit` events that follow the position `after`, in order."""
        ...

    def find_command(self, command_id: UUID) -> list[Stored]:
        """Give the events of a command in their order, none if the log does not have it."""
        ...

    def head(self) -> Head:
        """Give the end of the log."""
        ...

    def position_at(self, instant: datetime) -> int:
        """Give the position of the last event recorded at or before an instant, 0 if there is none."""
        ...

    def stream_ids(self, prefix: str, after: str, limit: int) -> list[StreamId]:
        """Give at most `limit` streams whose names start with `prefix` and follow `after`, in order of code points."""
        ...

    def ciphertexts(self, positions: Iterable[int]) -> dict[tuple[int, int], bytes]:
        """Give the sealed fields of some events by position and slot."""
        ...

    def subscribe(self, after: int, *, page: int = 500) -> Subscription:
        """Follow the log from the position `after`, in pages of at most `page` events."""
        ...

    def waiting(self) -> AbstractContextManager[Wait]:
        """Wait for what is appended, by whatever process; to be entered, used and left by one thread."""
        ...

    def close(self) -> None:
        """Let go of files and connections, when nobody reads or appends. What is called later is refused: `store-closed`."""
        ...

    def __enter__(self) -> Self:
        """Use the log for the length of a block."""
        ...

    def __exit__(self, *_: object) -> None:
        """Close the log."""
        ...
