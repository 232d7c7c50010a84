"""Sealing the log: from time to time the log states, in an event of its own, the last event of every stream below some position.

It says so by the root of the map of streams (`casesys.evidence.streams_map`), so that a case's history can be shown to be complete.
What the root is made of is not the domain's to know; whoever verifies the log makes it anew. Only the clock seals.
"""

from typing import Annotated

import msgspec
from pydantic import Field

from casesys.domain.messages import (
    Authority,
    Command,
    Decision,
    Envelope,
    Event,
    Outcome,
    Recorded,
    StreamId,
    message_type,
)
from casesys.domain.refusals import refuse
from casesys.domain.register.authority import CLOCK
from casesys.domain.register.decide import refuse_future
from casesys.domain.vocabulary import COMMANDS
from casesys.domain.world import World

LOG = StreamId("log")
"""What the log says of itself."""

POSITIONS = 2**53 - 1
"""The largest integer of a leaf, and so the largest position."""


class SealLog(Command):
    """State the root of the map of streams over the first leaves."""

    size: Annotated[int, Field(ge=1, le=POSITIONS)]
    map_root: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class LogSealed(Event):
    """The map of streams over the first `size` leaves has this root (SHA-256, in hex)."""

    size: int
    map_root: str


class Sealed(msgspec.Struct, frozen=True, gc=False):
    """How far the last seal reaches."""

    size: int


def decide_sealing(command: SealLog, envelope: Envelope, world: World) -> Decision:
    """Decide to seal. Raises Refusal for people, and for a seal that reaches no further than the last."""
    if envelope.actor_id != CLOCK:
        refuse("only-time-may", command=COMMANDS[message_type(SealLog)])
    refuse_future(envelope)
    sealed = world.state(LOG, Sealed)
    if sealed is not None and command.size <= sealed.size:
        refuse("already-sealed", size=sealed.size)
    return Decision(
        outcomes=(Outcome(LOG, LogSealed(command.size, command.map_root)),),
        reads=world.reads,
        authority=Authority(CLOCK),
        subject=CLOCK,
    )


def evolve_log(_: Sealed | None, recorded: Recorded) -> Sealed:
    """Change what is known of the log."""
    event = recorded.event
    assert isinstance(event, LogSealed)
    return Sealed(event.size)
