"""What a crowd was told, held against what the log keeps: nothing lost, nothing doubled, nothing that nobody was told of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

from casesys.application import Answer
from casesys.domain.messages import StreamId
from casesys.store.contract import EventLog


class Told(msgspec.Struct, frozen=True):
    """An answer, and which member of the crowd had it. Members tell their answers in the order in which they had them."""

    member: str
    answer: Answer


class Kept(NamedTuple):
    """One event of the log, as far as the crowd is concerned: `name` is its stored name, `number` its place in its command."""

    position: int
    stream: StreamId
    version: int
    previous: str | None
    leaf_hash: str
    command_id: UUID
    number: int
    name: str


def kept(log: EventLog, after: int = 0) -> list[Kept]:
    """Read what a log keeps after a position."""
    return [
        Kept(
            stored.position,
            StreamId(stored.leaf.stream),
            stored.leaf.stream_seq,
            stored.leaf.prev_stream_leaf,
            stored.leaf_hash.hex(),
            stored.leaf.command_id,
            int(stored.leaf.event_id.rpartition(".")[2]),
            f"{stored.leaf.type}.v{stored.leaf.schema_v}",
        )
        for stored in log.read(after, 1_000_000)
    ]


def anomalies(events: Sequence[Kept], told: Sequence[Told]) -> list[str]:
    """Name whatever does not fit together; nothing if all is well. The events begin with the log's first."""
    return [*_of_the_log(events), *_of_commands(events, told), *_of_members(told)]


def _of_the_log(events: Sequence[Kept]) -> Iterator[str]:
    """Invariant 1: positions and the versions of each stream count 1, 2, 3, each linked to the one before."""
    tips: dict[StreamId, tuple[int, str | None]] = {}
    for position, event in enumerate(events, 1):
        if event.position != position:
            yield f"position {event.position} stands at place {position}"
        version, leaf_hash = tips.get(event.stream, (0, None))
        if event.version != version + 1:
            yield f"version {event.version} follows {version} in {event.stream}"
        if event.previous != leaf_hash:
            yield f"the link at {event.position} names another event than the one before"
        tips[event.stream] = event.version, event.leaf_hash


def _of_commands(events: Sequence[Kept], told: Sequence[Told]) -> Iterator[str]:
    """Invariant 4: an acknowledged command is there once, as it was answered; and nothing is there that nobody was told of."""
    answers: defaultdict[UUID, list[Answer]] = defaultdict(list)
    for each in told:
        answers[each.answer.command_id].append(each.answer)
    effects: defaultdict[UUID, list[Kept]] = defaultdict(list)
    for event in events:
        effects[event.command_id].append(event)
    for command_id in effects.keys() - answers.keys():
        yield f"nobody was told of {command_id}"
    for command_id, given in answers.items():
        if sum(not answer.repeated for answer in given) != 1:
            yield f"{command_id} was answered for the first time more than once, or never"
        happened = _told_again(effects[command_id])
        if any(_plain(answer) != happened for answer in given):
            yield f"{command_id} was answered otherwise than it happened"


def _told_again(effect: Sequence[Kept]) -> tuple[object, ...]:
    """What an answer must say of a command with this effect."""
    if not effect or [event.number for event in effect] != list(range(len(effect))):
        return ()
    first, last = effect[0], effect[-1]
    version = max(event.version for event in effect if event.stream == first.stream)
    names = tuple(event.name for event in effect)
    return first.stream, version, first.position, last.position, names


def _plain(answer: Answer) -> tuple[object, ...]:
    return answer.stream, answer.version, answer.first, answer.last, answer.events


def _of_members(told: Iterable[Told]) -> Iterator[str]:
    """Whoever had an answer before giving the next command finds the next one after it."""
    latest: dict[str, int] = {}
    for member, answer in ((each.member, each.answer) for each in told):
        if not answer.repeated:
            if answer.first <= latest.get(member, 0):
                yield f"{member} was told of {answer.first} after {latest[member]}"
            latest[member] = answer.last
