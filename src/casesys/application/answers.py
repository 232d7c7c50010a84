"""What is handed to the command path and what comes back."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from casesys.domain.messages import Command, Envelope, StreamId
from casesys.store.contract import Stored


class Request(NamedTuple):
    """A command and its envelope.

    `expected` are the versions of the case that the sender will have it decided on, None for whichever there is. `assigned` names
    the fields that were filled in for the sender: who sends the command again may be given others.
    """

    command: Command
    envelope: Envelope
    expected: frozenset[int] | None = None
    assigned: frozenset[str] = frozenset()


class Answer(msgspec.Struct, frozen=True):
    """What a command brought about, the same however often it is asked.

    `stream` and `version` are those of its first event's stream after the command; `first` and `last` are log positions.
    """

    command_id: UUID
    stream: StreamId
    version: int
    first: int
    last: int
    recorded_at: datetime
    events: tuple[str, ...]
    repeated: bool = False


class CommandIdReused(Exception):
    """The log holds another command under this id."""

    code = "command-id-reused"

    def __init__(self, command_id: UUID) -> None:
        """Name the id."""
        super().__init__(f"command id {command_id} was used for another command")
        self.command_id = command_id


class Stale(Exception):
    """The case has gone on since the sender of a command looked at it. Nothing was decided."""

    code = "case-changed"

    def __init__(self, stream: StreamId, version: int) -> None:
        """Name the stream and the version it has."""
        super().__init__(f"{stream} is at version {version}")
        self.stream = stream
        self.version = version


def answer_from_log(events: Sequence[Stored]) -> Answer:
    """Give the answer that a command got, from the events it left."""
    first, last = events[0], events[-1]
    stream = first.leaf.stream
    return Answer(
        command_id=first.leaf.command_id,
        stream=stream,
        version=max(e.leaf.stream_seq for e in events if e.leaf.stream == stream),
        first=first.position,
        last=last.position,
        recorded_at=first.leaf.recorded_at,
        events=tuple(f"{e.leaf.type}.v{e.leaf.schema_v}" for e in events),
        repeated=True,
    )
