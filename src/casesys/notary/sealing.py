"""Sealing: lets the map of streams grow to the end of the log, and asks for the event that states its root."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

import msgspec

from casesys.domain.messages import Envelope
from casesys.domain.register.authority import CLOCK
from casesys.domain.sealing import LOG, LogSealed, SealLog
from casesys.notary.notary import Notary
from casesys.store.contract import EventLog

_SEALS = UUID("4b1f53de-8e0e-5a4e-8f25-3f3f0f4c9a11")
"""The namespace of the command ids of seals."""

Give = Callable[[SealLog, Envelope], object]
"""Has a command decided and stored; raises what stands in its way."""

_event = msgspec.json.Decoder(LogSealed)


class Seal(NamedTuple):
    """A seal in the log: where it stands, how far it reaches, and when it was recorded."""

    position: int
    size: int
    recorded_at: datetime


def seals_of(log: EventLog, upto: int | None = None) -> list[Seal]:
    """Give the seals of a log, at most those up to a position, in order."""
    return [
        Seal(stored.position, _event.decode(stored.leaf.public_data).size, stored.leaf.recorded_at)
        for stored in log.read_stream(LOG, upto_position=upto)
    ]


def seal(notary: Notary, log: EventLog, give: Give, now: datetime) -> bool:
    """Seal the log up to its end, unless nothing stands behind the last seal; say whether there is a new one.

    Raises what `give` raises, and LogContradicts.
    """
    size = log.head().size
    seals = seals_of(log)
    if size == (seals[-1].position if seals else 0):
        return False
    mapped = notary.map_streams(size)
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
