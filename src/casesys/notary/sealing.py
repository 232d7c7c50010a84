"""Sealing: lets the map of streams grow to the end of the log, and asks for the event that states its root."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

import msgspec

from casesys.domain.messages import Envelope, StreamId
from casesys.domain.register.authority import CLOCK
from casesys.domain.sealing import LOG, LogSealed, SealLog
from casesys.evidence.streams_map import Last
from casesys.notary.notary import PAGE, Coverage, Notary
from casesys.store.contract import EventLog, Stored

_SEALS = UUID("4b1f53de-8e0e-5a4e-8f25-3f3f0f4c9a11")
"""The namespace of the command ids of seals."""

Give = Callable[[SealLog, Envelope], object]
"""Has a command decided and stored; raises what stands in its way."""

_event = msgspec.json.Decoder(LogSealed)


class Seal(NamedTuple):
    """A seal in the log: where it stands, and over how many events it reaches."""

    position: int
    size: int


class Shown(NamedTuple):
    """What a seal shows of a stream: the last of its events that the seal reaches, and the way to it in the map."""

    seal: Stored
    size: int
    last: Last
    beside: tuple[bytes, ...]


def seals_of(log: EventLog, upto: int | None = None) -> list[Seal]:
    """Give the seals of a log, at most those up to a position, in order."""
    return [
        Seal(stored.position, _size(stored)) for stored in log.read_stream(LOG, upto_position=upto)
    ]


def reach(log: EventLog, last: Seal | None) -> Coverage:
    """Give what the last seal reaches, and what it does not but for itself."""
    size = log.head().size
    if last is None:
        reached, news, count = 0, log.read(0, 1), size
    else:
        reached, count = last.size, size - last.size - 1
        news = [each for each in log.read(reached, 2) if each.position != last.position]
    return Coverage(reached, max(0, count), news[0].leaf.recorded_at if news else None)


def seal(notary: Notary, log: EventLog, give: Give, now: datetime) -> bool:
    """Seal the log up to its end, unless the last seal is all that is new; say whether there is a new one.

    Raises what `give` raises, and LogContradicts.
    """
    seals = seals_of(log)
    if not reach(log, seals[-1] if seals else None).uncovered:
        return False
    while not approach(notary, log, PAGE):
        pass
    mapped = notary.map_streams(log.head().size)
    command = SealLog(size=mapped.size, map_root=mapped.root.hex())
    name = f"{log.log_id}|{mapped.size}"  # whoever else seals as far gives the same command: it happens once
    envelope = Envelope(
        command_id=uuid5(_SEALS, name),
        actor_id=CLOCK,
        decided_at=now,
        channel=CLOCK,
        client_id=CLOCK,
    )
    give(command, envelope)
    return True


def approach(notary: Notary, log: EventLog, at_most: int) -> bool:
    """Let the map grow towards the end of the log, by so many events at the most; say whether it is as near as that.

    It halts where every seal says it was, so that the map of each is kept, also when all of them are made again.
    """
    mapped, size = notary.mapped(), log.head().size
    halts = [each.size for each in seals_of(log) if each.size > mapped]
    if not halts and size - mapped <= at_most:
        return True
    notary.map_streams(min(mapped + at_most, size, *halts))
    return False


def shown(log: EventLog, notary: Notary, stream: StreamId, upto: int) -> Shown | None:
    """Give what the last seal up to a position shows of a stream; nothing if it reaches no event of it.

    Of a seal whose map is not kept, this takes reading the whole log.
    """
    seals = log.read_stream(LOG, upto_position=upto)
    if not seals:
        return None
    complete = notary.complete(stream, _size(seals[-1]))
    if complete.last is None:
        return None
    return Shown(seals[-1], complete.size, complete.last, tuple(complete.proof.beside))


def _size(stored: Stored) -> int:
    return _event.decode(stored.leaf.public_data).size
