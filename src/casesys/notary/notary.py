"""The notary of a log: lets tree and map grow with it, proves what is in it, and signs its heads.

It refuses to sign a head that contradicts what it has signed before: of a log restored from an older copy, or altered.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

import msgspec

from casesys.domain.messages import StreamId
from casesys.evidence.checkpoints import Checkpoint, EventProof, told_by
from casesys.evidence.merkle import Peaks
from casesys.evidence.multiproof import multi_proof
from casesys.evidence.notes import Signer, signed_by
from casesys.evidence.proofs import consistency_proof, inclusion_proof
from casesys.evidence.streams_map import (
    Knot,
    Last,
    ReadKnot,
    StreamProof,
    stream_proof,
    updated,
)
from casesys.notary.failures import LogContradicts, Unproved, Unsigned
from casesys.notary.ledger import Ledger, Mapped
from casesys.store.contract import EventLog, Stored

PAGE = 2_000
"""How many events are read from the log at once."""

Signers = Callable[[], Sequence[Signer]]
"""Gives the keys that sign just now: one may be added or retired while the notary works."""


class Coverage(NamedTuple):
    """How many events are vouched for, how many are not yet, and when the first of these was recorded (None if there is none)."""

    covered: int
    uncovered: int
    since: datetime | None


class Completeness(NamedTuple):
    """That the map over the first `size` leaves, of this root, holds this last event of a stream, or none (`last` is None)."""

    stream: StreamId
    size: int
    root: bytes
    last: Last | None
    proof: StreamProof


class _View(msgspec.Struct, frozen=True, gc=False):
    stream: StreamId
    stream_seq: int


_log = logging.getLogger(__name__)
_view = msgspec.json.Decoder(_View)


def nobody() -> Sequence[Signer]:
    """Give no keys: who only proves needs none."""
    return ()


class Notary:
    """Follows one log, and answers from any thread. Several may work over the same file at once.

    Everything may raise LedgerForeign or LedgerUnavailable.
    """

    def __init__(self, log: EventLog, ledger: Ledger, signers: Signers = nobody) -> None:
        """Work for a log. Without signers it can prove, but not sign."""
        self._log = log
        self._ledger = ledger
        self._signers = signers

    def advance(self, at_most: int | None = None) -> bool:
        """Let the tree grow with the log, by so many events at the most; say whether it is all there.

        What was seen but not signed, and has gone since, as after a power cut, is told and given up. Raises LogContradicts if the log
        contradicts what was signed.
        """
        try:
            return self._follow(at_most)
        except LogContradicts as contradiction:
            signed = self._newest()
            if signed.size >= self._ledger.size() or not self._has(signed):
                raise
            _log.warning("%s; no checkpoint covers that: going on from the last one", contradiction)
            self._ledger.set_back(signed.size)
            return self._follow(at_most)

    def _follow(self, at_most: int | None) -> bool:
        """Let the tree grow from where it is. Raises LogContradicts if the log has not grown from there."""
        peaks, head = self._ledger.peaks(), self._log.head()
        if head.size < peaks.size:
            raise LogContradicts(f"the log has {head.size} events, and had {peaks.size}")
        end = head.size if at_most is None else min(head.size, peaks.size + at_most)
        while peaks.size < end:
            events = self._log.read(peaks.size, min(PAGE, end - peaks.size))
            if not events:
                raise LogContradicts(f"the log has no event {peaks.size + 1}")
            hashes = [stored.leaf_hash for stored in events]
            self._ledger.grow(peaks, hashes)
            peaks = peaks.push(*hashes)
        if end < head.size:
            return False
        if peaks != head.peaks:
            raise LogContradicts("other events stand in the log than it had before")
        return True

    def checkpoint(self) -> str:
        """Sign the head of the log and keep the checkpoint; the last one again, if nothing was added since, and no key.

        Raises LogContradicts, and Unsigned where there is no key.
        """
        self.advance()
        signers = self.insist_on_keys()
        size, latest = self._ledger.size(), self._ledger.latest()
        if latest is not None and told_by(latest).size == size and self.is_signed_by_all():
            return latest
        checkpoint = Checkpoint(
            origin=signers[-1].verifier.name, size=size, root=self._ledger.peaks(size).root()
        )
        note = checkpoint.signed(*signers)
        self._ledger.keep(size, note)
        return note

    def is_signed_by_all(self) -> bool:
        """Say whether the newest checkpoint, if there is one, bears the signatures of the keys that sign now, and no others."""
        latest = self._ledger.latest()
        keys = {(each.verifier.name, each.verifier.key_id) for each in self._signers()}
        return latest is None or signed_by(latest) == keys

    def _newest(self) -> Peaks:
        """Give the tree under the newest checkpoint, that over nothing if there is none."""
        note = self._ledger.latest()
        return self._ledger.peaks(0 if note is None else told_by(note).size)

    def _has(self, tree: Peaks) -> bool:
        """Say whether the log begins with the leaves of a tree; this reads as many events."""
        found = Peaks()
        while found.size < tree.size:
            events = self._log.read(found.size, min(PAGE, tree.size - found.size))
            if not events:
                return False
            found = found.push(*(stored.leaf_hash for stored in events))
        return found == tree

    def insist_on_keys(self) -> Sequence[Signer]:
        """Give the keys to sign with. Raises Unsigned, CheckpointKeyInvalid."""
        signers = self._signers()
        if not signers:
            raise Unsigned("there is no key to sign checkpoints with")
        return signers

    def latest(self) -> str | None:
        """Give the last checkpoint that was signed."""
        return self._ledger.latest()

    def over(self, size: int) -> str:
        """Give the checkpoint over so many events. Raises Unproved if none was signed here."""
        note = self._ledger.over(size)
        if note is None:
            raise Unproved(f"no checkpoint over {size} events was signed")
        return note

    def coverage(self) -> Coverage:
        """Give what the newest checkpoint covers, and what it does not. Raises LogContradicts when the log is shorter than that."""
        note = self._ledger.latest()
        covered, size = 0 if note is None else told_by(note).size, self._log.head().size
        if covered > size:
            raise LogContradicts(f"the log has {size} events, and had {covered} when it was signed")
        first = self._log.read(covered, 1)
        since = first[0].leaf.recorded_at if first else None
        return Coverage(covered, size - covered, since)

    def prove(self, position: int) -> EventProof:
        """Prove that the event at a position is in the log, by the first checkpoint that covers it. Raises Unproved."""
        note = self._ledger.covering(position)
        if note is None or position < 1:
            raise Unproved(f"no checkpoint covers position {position} yet")
        return self.prove_to(position, note)

    def prove_to(self, position: int, note: str) -> EventProof:
        """Prove that the event at a position is in the log, by a checkpoint that covers it. Raises ValueError if it does not."""
        index = position - 1
        hashes = inclusion_proof(index, told_by(note).size, self._ledger.read)
        return EventProof(index, tuple(hashes), note)

    def prove_all(self, positions: Sequence[int], note: str) -> Iterator[bytes]:
        """Prove that the events at some positions, ascending, are in the log, by one checkpoint; give the hashes as they are read.

        Raises ValueError, at once, if it does not cover them.
        """
        indexes = [position - 1 for position in positions]
        return multi_proof(indexes, told_by(note).size, self._ledger.read)

    def insist_on_own(self, checkpoint: Checkpoint) -> None:
        """Insist that a checkpoint is one of this log, as far as the tree has grown. Raises LogContradicts."""
        if not checkpoint.origin.endswith(f"/{self._ledger.log_id}"):
            raise LogContradicts(f"the checkpoint is one of {checkpoint.origin}")
        size = self._ledger.size()
        if checkpoint.size > size:
            raise LogContradicts(
                f"the log has {size} events, and had {checkpoint.size} at the checkpoint"
            )
        if self._ledger.peaks(checkpoint.size).root() != checkpoint.root:
            raise LogContradicts("the checkpoint was made over other events than the log has")

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Prove that the log of `new` events begins with all of that of `old`. Raises ValueError unless 0 < old ≤ new ≤ size."""
        if new > self._ledger.size():
            raise ValueError(f"the log has no {new} events")
        return consistency_proof(old, new, self._ledger.read)

    def map_streams(self, upto: int) -> Mapped:
        """Let the map of streams grow over the first `upto` leaves; give it as it is then, which may be over more of them.

        The tree goes before it, so that whatever contradicts the map contradicts the tree, too. Raises LogContradicts.
        """
        if self._ledger.size() < upto:
            self.advance()
        while (mapped := self._ledger.mapped()).size < upto:
            events = self._log.read(mapped.size, min(PAGE, upto - mapped.size))
            if not events:
                raise LogContradicts(f"the log has no {upto} events")
            with self._ledger.snapshot():
                read = partial(self._ledger.knot, mapped.size)
                root, changed = updated(read, dict(map(_last, events)))
            # Where another process has moved it on meanwhile, it goes on from there.
            self._ledger.map(mapped, Mapped(events[-1].position, root), changed)
        return mapped

    def mapped(self) -> int:
        """Give how many leaves the map of streams reaches over."""
        return self._ledger.mapped().size

    def complete(self, stream: StreamId, upto: int) -> Completeness:
        """Prove which event of a stream is the last of the first `upto`; a map that is not kept is made anew, which takes a while."""
        with self._ledger.snapshot():
            mapped = self._ledger.mapped_at(upto)
            if mapped is not None:
                return _complete(stream, mapped, partial(self._ledger.knot, upto))
        return _complete(stream, *self._mapped_anew(upto))

    def _mapped_anew(self, upto: int) -> tuple[Mapped, ReadKnot]:
        knots: dict[str, Knot] = {}
        lasts: dict[str, Last] = {}
        after = 0
        while after < upto and (events := self._log.read(after, min(PAGE, upto - after))):
            lasts.update(map(_last, events))
            after = events[-1].position
        root, changed = updated(knots.get, lasts)
        knots.update(changed)
        return Mapped(after, root), knots.get


def _complete(stream: StreamId, mapped: Mapped, read: ReadKnot) -> Completeness:
    proof = stream_proof(read, stream)
    return Completeness(stream, *mapped, proof.last_of(stream), proof)


def _last(stored: Stored) -> tuple[str, Last]:
    view = _view.decode(stored.leaf_bytes)
    return view.stream, Last(view.stream_seq, stored.leaf_hash)
