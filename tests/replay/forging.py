"""A log told anew with something changed, every hash made to fit: what somebody with all keys could do."""

from collections.abc import Callable, Iterable, Iterator

import msgspec

from casesys.evidence.leaf import Leaf
from casesys.store.contract import Draft, Stored, Unit
from casesys.store.memory import MemoryLog
from casesys.vault.fields import SealedField

Forge = Callable[[Stored], Leaf | None]
"""Gives the leaf to tell in place of one; None leaves it out."""


class Swapped(MemoryLog):
    """A log in which the first sealed field of one event is another than was sealed there, or gone."""

    swapped_at = 0
    instead: bytes | None = None

    def ciphertexts(self, positions: Iterable[int]) -> dict[tuple[int, int], bytes]:
        """Give the sealed fields, but for the one that was swapped."""
        found = super().ciphertexts(positions)
        swapped = found.pop((self.swapped_at, 0), None)
        if swapped is not None and self.instead is not None:
            found[self.swapped_at, 0] = self.instead
        return found


def retold(log: MemoryLog, forge: Forge) -> Swapped:
    """Give a copy of a log under the same identity, each leaf as the forger gives it."""
    times: list[Leaf] = []
    copy = Swapped(clock=lambda: times[-1].recorded_at, log_id=log.log_id)
    for stored in _units(log):
        told = [(each, leaf) for each in stored if (leaf := forge(each)) is not None]
        if told:
            times.append(told[0][1])
            copy.append([_unit(log, told)])
    return copy


def _units(log: MemoryLog) -> Iterator[list[Stored]]:
    unit: list[Stored] = []
    for stored in log.read(0, log.head().size):
        if unit and unit[0].leaf.command_id != stored.leaf.command_id:
            yield unit
            unit = []
        unit.append(stored)
    yield unit


def _unit(log: MemoryLog, told: list[tuple[Stored, Leaf]]) -> Unit:
    first = told[0][1]
    return Unit(
        drafts=tuple(_draft(log, stored, leaf) for stored, leaf in told),
        reads={},
        command_id=first.command_id,
        command=first.command,
        actor_id=first.actor_id,
        actor_role=first.actor_role,
        decided_at=first.decided_at,
        effective_at=first.effective_at,
        channel=first.channel,
        client_id=first.client_id,
        mandate_id=first.mandate_id,
        on_behalf_of=first.on_behalf_of,
        rule=first.rule,
        calendar_digest=first.calendar_digest,
        causation_id=first.causation_id,
        correlation_id=first.correlation_id,
        reason_code=first.reason_code,
    )


def _draft(log: MemoryLog, stored: Stored, leaf: Leaf) -> Draft:
    sealed = log.ciphertexts([stored.position])
    return Draft(
        stream=leaf.stream,
        stream_seq=leaf.stream_seq,
        type=leaf.type,
        schema_v=leaf.schema_v,
        public_data=msgspec.json.decode(leaf.public_data),
        rule_id=leaf.rule_id,
        sealed=tuple(
            SealedField(each.name, each.subject, sealed[stored.position, slot])
            for slot, each in enumerate(leaf.pd)
        ),
    )
