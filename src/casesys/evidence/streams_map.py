"""The map of streams: for each stream of the log its last event, under one root, so that a history can be shown to be complete.

An inclusion proof shows that an event is in the log, never that another is not. The root of this map stands in the log itself, in
`log-sealed` events, over everything below them; with its proof for a stream, the stream's history up to there is all there is.

It is a binary tree over the SHA-256 of the streams' names, in which a subtree of one stream is that stream's leaf. Its shape depends
on the names alone, so that it can be made anew from the log at any time, and a stream that is not there has a proof as well.
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from casesys.evidence.merkle import HASH_BYTES
from casesys.evidence.proofs import ProofInvalid

EMPTY = bytes(HASH_BYTES)
"""The root of no streams."""

_LEAF, _INNER = b"\x02", b"\x03"
"""The first bytes of what is hashed, which the tree over the events does not use."""

_SEQ_BYTES = 8
_DEPTH_AT_MOST = 8 * HASH_BYTES


class Last(NamedTuple):
    """The last event of a stream: its number in it, from 1, and its leaf hash."""

    seq: int
    leaf_hash: bytes


class Entry(NamedTuple):
    """A leaf of the map: the hash of a stream's name, and its last event."""

    key: bytes
    last: Last

    @property
    def digest(self) -> bytes:
        """Its hash."""
        seq = self.last.seq.to_bytes(_SEQ_BYTES)
        return sha256(_LEAF + self.key + seq + self.last.leaf_hash).digest()


class Fork(NamedTuple):
    """Two subtrees by their hashes."""

    left: bytes
    right: bytes

    @property
    def digest(self) -> bytes:
        """Its hash."""
        return sha256(_INNER + self.left + self.right).digest()


Knot = Entry | Fork
"""What stands at a path: the bits that lead there from the root, as text (`""` is the root, `"01"` left and then right)."""

ReadKnot = Callable[[str], Knot | None]


class StreamProof(NamedTuple):
    """The way down to where a stream is or would be: the subtrees beside it from the root on, and what stands there."""

    beside: Sequence[bytes]
    found: Entry | None

    def last_of(self, stream: str) -> Last | None:
        """Give the last event of the stream if it is what stands there."""
        found = self.found
        return found.last if found is not None and found.key == key_of(stream) else None


def key_of(stream: str) -> bytes:
    """Give where a stream stands in the map."""
    return sha256(stream.encode()).digest()


def updated(read: ReadKnot, changes: Mapping[str, Last]) -> tuple[bytes, dict[str, Knot]]:
    """Give the root after some streams have grown, and every knot that differs, by its path."""
    changed: dict[str, Knot] = {}
    entries = sorted(Entry(key_of(stream), last) for stream, last in changes.items())
    root = _put(read, "", entries, changed)
    return root, changed


def _put(read: ReadKnot, path: str, entries: Sequence[Entry], changed: dict[str, Knot]) -> bytes:
    """Let entries in below a path; give the hash of what then stands there."""
    present = read(path)
    if not entries:
        return EMPTY if present is None else present.digest
    if isinstance(present, Entry):
        if all(entry.key != present.key for entry in entries):
            entries = sorted((*entries, present))
        read = _nothing  # below an entry there is nothing yet
    elif present is None:
        read = _nothing
    if len(entries) == 1 and not isinstance(present, Fork):
        (knot,) = entries
        changed[path] = knot
        return knot.digest
    depth = len(path)
    left = [entry for entry in entries if not _bit(entry.key, depth)]
    right = entries[len(left) :]
    fork = Fork(_put(read, path + "0", left, changed), _put(read, path + "1", right, changed))
    changed[path] = fork
    return fork.digest


def _nothing(_: str) -> None:
    """Read a map without streams."""


def stream_proof(read: ReadKnot, stream: str) -> StreamProof:
    """Prove what the map holds of a stream."""
    key, path, beside = key_of(stream), "", []
    while isinstance(knot := read(path), Fork):
        right = _bit(key, len(path))
        beside.append(knot.left if right else knot.right)
        path += "01"[right]
    return StreamProof(tuple(beside), knot)


def verify_stream(stream: str, proof: StreamProof, root: bytes) -> Last | None:
    """Give the last event of a stream as the map with that root holds it, None if it holds none of it. Raises ProofInvalid."""
    key, depth = key_of(stream), len(proof.beside)
    hashes = [
        root,
        *proof.beside,
        *((proof.found.key, proof.found.last.leaf_hash) if proof.found else ()),
    ]
    if depth > _DEPTH_AT_MOST or any(len(each) != HASH_BYTES for each in hashes):
        raise ProofInvalid("the proof of a stream has another form")
    found = proof.found
    if found is not None and any(_bit(key, n) != _bit(found.key, n) for n in range(depth)):
        raise ProofInvalid("the proof is about another place of the map")
    digest = EMPTY if found is None else found.digest
    for number in reversed(range(depth)):
        sibling = proof.beside[number]
        digest = (Fork(sibling, digest) if _bit(key, number) else Fork(digest, sibling)).digest
    if digest != root:
        raise ProofInvalid("the proof leads to another root of the map")
    return proof.last_of(stream)


def _bit(key: bytes, number: int) -> int:
    return key[number >> 3] >> (7 - (number & 7)) & 1
