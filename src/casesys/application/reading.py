"""From stored leaves to what the domain reads: recorded events and the states of streams."""

from collections.abc import Iterable

from casesys.domain.catalogue import evolve, read_event
from casesys.domain.messages import Recorded, Rule
from casesys.domain.world import Loaded
from casesys.evidence.leaf import Leaf
from casesys.store.contract import Stored


def recorded(leaf: Leaf) -> Recorded:
    """Give the event of a leaf with the part of its envelope that states may be built from. Personal data stays sealed."""
    command = leaf.command
    return Recorded(
        stream=leaf.stream,
        version=leaf.stream_seq,
        event=read_event(f"{leaf.type}.v{leaf.schema_v}", leaf.public_data),
        decided_at=leaf.decided_at,
        effective_at=leaf.effective_at,
        actor_id=leaf.actor_id,
        actor_role=leaf.actor_role,
        mandate_id=leaf.mandate_id,
        on_behalf_of=leaf.on_behalf_of,
        clause=leaf.rule_id,
        rule=rule_of(leaf),
        command_type=None if command is None else command.type,
        channel=leaf.channel,
    )


def rule_of(leaf: Leaf) -> Rule | None:
    """Give the charter version that a leaf names."""
    if leaf.charter_version is None or leaf.rule_digest is None:
        return None
    charter, _, version = leaf.charter_version.partition("@")
    return Rule(charter, version, leaf.rule_digest)


def state_of(events: Iterable[Stored]) -> Loaded:
    """Give the state of a stream from its events."""
    state: object | None = None
    version = 0
    for stored in events:
        state = evolve(state, recorded(stored.leaf))
        version = stored.leaf.stream_seq
    return Loaded(version, state)
