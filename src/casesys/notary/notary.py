"""The notary of a log: lets tree and map grow with it, proves what is in it, and signs its heads.

It refuses to sign a head that contradicts what it has seen before: of a log restored from an older copy, or altered.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from casesys.domain.messages import StreamId
from casesys.evidence.checkpoints import Checkpoint, EventProof, told_by
from casesys.evidence.nodes import settled
from casesys.evidence.notes import Signer
from casesys.evidence.proofs import consistency_proof, inclusion_proof
from casesys.evidence.streams_map import (
    Knot,
    Last,
    ReadKnot,
    StreamProof,
    stream_proof,
    updated,
)
from casesys.notary.ledger import Ledger, Mapped
from casesys.store.contract import EventLog, Stored

PAGE = 2_000
"""How many events are read from the log at once."""


class LogContradicts(Exception):
    """The log is not the one whose tree was kept: it has lost events, or others stand in their place. Nothing is signed."""


class Unsigned(Exception):
    """The log has no key to sign checkpoints with."""


class Unproved(Exception):
    """There is no checkpoint yet that covers what is to be proved."""


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


_view = msgspec.json.Decoder(_View)


class Notary:
    """Follows one log. One caller at a time; proofs may be asked of another notary over the same file meanwhile."""

    def __init__(
        self, log: EventLog, ledger: Ledger, origin: str, signers: Sequence[Signer]
    ) -> None:
        """Work for a log under the name that its checkpoints carry. Without signers it can prove, but not sign."""
        self._log = log
        self._ledger = ledger
        self._origin = origin
        self._signers = signers

    def advance(self) -> int:
        """Let the tree grow with the log; give its size. Raises LogContradicts."""
        peaks = self._ledger.peaks()
        head = self._log.head()
        if head.size < peaks.size:
            raise LogContradicts(f"the log has {head.size} events, and had {peaks.size}")
        while events := self._log.read(peaks.size, PAGE):
            hashes = [stored.leaf_hash for stored in events]
            self._ledger.grow(settled(peaks.size, peaks.hashes, hashes))
            peaks = peaks.push(*hashes)
            if peaks.size == head.size and peaks != head.peaks:
                raise LogContradicts("the log has another head than its events give")
        if peaks.size == head.size and peaks != head.peaks:
            raise LogContradicts("other events stand in the log than it had before")
        return peaks.size

    def checkpoint(self) -> str:
        """Sign the head of the log and keep the checkpoint; the last one again, if nothing was added since.

        Raises LogContradicts, and Unsigned where there is no key.
        """
        size = self.advance()
        latest = self._ledger.latest()
        if latest is not None and told_by(latest).size == size:
            return latest
        self.insist_on_keys()
        note = Checkpoint(self._origin, size, self._ledger.peaks().root()).signed(*self._signers)
        self._ledger.keep(size, note)
        return note

    def insist_on_keys(self) -> None:
        """Insist that there is a key to sign with. Raises Unsigned."""
        if not self._signers:
            raise Unsigned("there is no key to sign with")

    def latest(self) -> str | None:
        """Give the last checkpoint that was signed."""
        return self._ledger.latest()

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

    def insist_on_own(self, checkpoint: Checkpoint) -> None:
        """Insist that a checkpoint is one of this log, as far as it has grown. Raises LogContradicts."""
        if checkpoint.origin != self._origin:
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
        """Let the map of streams grow over the first `upto` leaves; give it. Raises ValueError if it covers more already."""
        size, root = self._ledger.mapped()
        if upto < size:
            raise ValueError(f"the map covers {size} events already")
        while size < upto:
            events = self._log.read(size, min(PAGE, upto - size))
            if not events:
                raise LogContradicts(f"the log has no {upto} events")
            root, changed = updated(self._ledger.knot, dict(map(_last, events)))
            size = events[-1].position
            self._ledger.map(Mapped(size, root), changed)
        return Mapped(size, root)

    def complete(self, stream: StreamId, upto: int) -> Completeness:
        """Prove which event of a stream is the last of the first `upto`; a map that is not kept is made anew, which takes a while."""
        kept = self._ledger.mapped()
        mapped, read = (kept, self._ledger.knot) if kept.size == upto else self._mapped_anew(upto)
        proof = stream_proof(read, stream)
        return Completeness(stream, *mapped, proof.last_of(stream), proof)

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


def _last(stored: Stored) -> tuple[str, Last]:
    view = _view.decode(stored.leaf_bytes)
    return view.stream, Last(view.stream_seq, stored.leaf_hash)
