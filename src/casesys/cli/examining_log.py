"""Doctor's look at the log: every leaf hashed anew, every stream's chain followed, every sealed field compared.

The log is read stream by stream, so that what a row is filed under is checked as well as what its leaf says. 32 bytes are kept for
each event, from which the head is made anew in the end. This finds damage and clumsy hands. It proves nothing against
somebody who can make the whole file anew: that takes a checkpoint held elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256

import msgspec

from casesys.application.wording import TROUBLE
from casesys.cli.findings import Finding, Level, fine
from casesys.domain.messages import StreamId, Text
from casesys.evidence.leaf import Leaf
from casesys.evidence.merkle import HASH_BYTES, Peaks, leaf_hash
from casesys.store import EventLog, Stored
from casesys.store.contract import Head
from casesys.store.reading import recorded

STREAMS_AT_ONCE = 100
FAULTS_AT_MOST = 10
"""How many faults are told one by one; more say no more."""

Progress = Callable[[int], object]
"""Told how many events have been looked at since it was last told."""

Ciphertexts = Mapping[tuple[int, int], bytes]


def examine_log(log: EventLog, progress: Progress) -> list[Finding]:
    """Look at every event of a log. Raises StoreError when the log cannot be read."""
    head = log.head()
    hashes = bytearray(head.size * HASH_BYTES)
    faults: list[Finding] = []
    seen = 0
    for streams in _pages(log):
        loaded = log.read_streams(streams)
        sealed = log.ciphertexts(s.position for events in loaded.values() for s in events)
        for stream, events in loaded.items():
            faults += _faults(log, stream, events, sealed)
            for stored in events:
                start = (stored.position - 1) * HASH_BYTES
                hashes[start : start + HASH_BYTES] = stored.leaf_hash
            seen += len(events)
            progress(len(events))
        if len(faults) >= FAULTS_AT_MOST:
            break
    return faults[:FAULTS_AT_MOST] or [_head_made_anew(head, seen, hashes)]


def _pages(log: EventLog) -> Iterator[Sequence[StreamId]]:
    """Give the names of all streams, a page at a time."""
    last = ""
    while page := log.stream_ids("", last, STREAMS_AT_ONCE):
        yield page
        last = page[-1]


def _faults(
    log: EventLog, stream: StreamId, events: Sequence[Stored], sealed: Ciphertexts
) -> Iterator[Finding]:
    """Find what is wrong with the events of one stream."""
    previous: str | None = None
    for number, stored in enumerate(events, 1):
        if not _is_as_hashed(stored):
            yield _fault("leaf-altered", stored, "内容与其散列不符", "it is not what was hashed")
            return  # whatever else it says is not to be believed either
        try:
            leaf = stored.leaf
            recorded(stored)
        except (msgspec.MsgspecError, KeyError):
            yield _unknown(stored)
            return
        if (leaf.stream, leaf.stream_seq, leaf.prev_stream_leaf) != (stream, number, previous):
            yield _fault(
                "stream-broken",
                stored,
                f"不接续{stream}的第{number - 1}条事件",
                f"it does not follow event {number - 1} of {stream}",
            )
            return
        if leaf.log != log.log_id or not 0 <= leaf.read_index < stored.position:
            yield _fault("leaf-misplaced", stored, "不属于此处", "it does not belong there")
        yield from _sealed_faults(stored, leaf, sealed)
        if leaf.command is not None and log.find_command(leaf.command_id)[:1] != [stored]:
            yield _misfiled(stored)
        previous = stored.leaf_hash.hex()
    yield from _versions_fault(log, stream, events)


def _is_as_hashed(stored: Stored) -> bool:
    leaf: object = stored.leaf_bytes  # a row changed by hand may hold text, or nothing
    return isinstance(leaf, bytes) and leaf_hash(leaf) == stored.leaf_hash


def _sealed_faults(stored: Stored, leaf: Leaf, sealed: Ciphertexts) -> Iterator[Finding]:
    for slot, field in enumerate(leaf.pd):
        ciphertext: object = sealed.get((stored.position, slot))
        if not isinstance(ciphertext, bytes) or sha256(ciphertext).hexdigest() != field.digest:
            yield _fault(
                "sealed-altered",
                stored,
                f"加密字段{field.name}缺失或被改动",
                f"its sealed field {field.name} is missing or altered",
            )


def _versions_fault(log: EventLog, stream: StreamId, events: Sequence[Stored]) -> Iterator[Finding]:
    """Find rows that are filed under other versions than 1, 2, 3 and so on; no two have the same."""
    within = log.read_stream(stream, upto_version=len(events))
    if len(within) != len(events) or log.read_stream(stream, upto_version=0):
        yield _misfiled(events[-1])


def _misfiled(stored: Stored) -> Finding:
    return _fault(
        "event-misfiled",
        stored,
        "按其版本或命令编号找不到它",
        "it is not found under its version or the id of its command",
    )


def _fault(code: str, stored: Stored, zh: str, en: str) -> Finding:
    says = Text(f"第{stored.position}条事件：{zh}", f"event {stored.position}: {en}")
    return Finding(Level.ERROR, code, says, TROUBLE["store-corrupt"].remedy)


def _unknown(stored: Stored) -> Finding:
    return Finding(
        Level.ERROR,
        "event-unknown",
        Text(
            f"第{stored.position}条事件：此版本不认识这种事件",
            f"event {stored.position}: this version knows no such event",
        ),
        TROUBLE["store-newer"].remedy,
    )


def _head_made_anew(head: Head, seen: int, hashes: bytearray) -> Finding:
    """Compare the head with the one that follows from the events."""
    peaks = Peaks()
    for start in range(0, len(hashes), HASH_BYTES):
        peaks = peaks.push(bytes(hashes[start : start + HASH_BYTES]))
    if seen != head.size or peaks != head.peaks:
        return Finding(
            Level.ERROR,
            "head-wrong",
            Text(
                f"日志头记有{head.size}条事件，实有{seen}条，或其散列不符",
                f"the head speaks of {head.size} events; there are {seen}, or their hashes differ",
            ),
            TROUBLE["store-corrupt"].remedy,
        )
    return fine(
        "log",
        f"{seen}条事件，散列、链接和加密字段逐条核对无误",
        f"{seen} events; every hash, link and sealed field is right",
    )
