"""The map of streams: one root for one set of last events, and proofs of what is and what is not there."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.evidence.proofs import ProofInvalid
from casesys.evidence.streams_map import (
    EMPTY,
    Entry,
    Knot,
    Last,
    StreamProof,
    key_of,
    stream_proof,
    updated,
    verify_stream,
)

lasts = st.builds(Last, st.integers(1, 2**40), st.binary(min_size=32, max_size=32))
maps = st.dictionaries(st.from_regex(r"case/[0-9]{1,3}", fullmatch=True), lasts, max_size=40)


def grown(*rounds: dict[str, Last]) -> tuple[bytes, dict[str, Knot]]:
    """Let a map grow in rounds; give its root and its knots."""
    knots: dict[str, Knot] = {}
    root = EMPTY
    for changes in rounds:
        root, changed = updated(knots.get, changes)
        knots.update(changed)
    return root, knots


@given(st.lists(maps, max_size=5))
def test_the_root_depends_on_the_last_events_alone(rounds: list[dict[str, Last]]) -> None:
    """Given streams that grew in some rounds, when the map is made anew in one, then root and knots are the same."""
    together = {stream: last for changes in rounds for stream, last in changes.items()}
    assert grown(*rounds) == grown(together)


@given(maps, maps)
def test_two_maps_have_one_root_only_if_they_are_equal(
    one: dict[str, Last], other: dict[str, Last]
) -> None:
    """Given two sets of last events, when they differ, then so do their roots."""
    assert (grown(one)[0] == grown(other)[0]) == (one == other)


@given(maps, st.from_regex(r"case/[0-9]{1,3}", fullmatch=True))
def test_every_stream_has_a_proof_of_what_is_there(streams: dict[str, Last], asked: str) -> None:
    """Given a map, when a stream is proved, there or not, then the proof shows its last event or that it has none."""
    root, knots = grown(streams)
    for stream in (*streams, asked):
        assert verify_stream(stream, stream_proof(knots.get, stream), root) == streams.get(stream)


@given(maps.filter(len), st.data())
def test_a_proof_cannot_be_bent(streams: dict[str, Last], data: st.DataObject) -> None:
    """Given a proof, when its last event, its path or its stream is another, then it is refused or shows nothing else."""
    root, knots = grown(streams)
    stream = data.draw(st.sampled_from(sorted(streams)))
    proof = stream_proof(knots.get, stream)
    assert proof.found is not None
    earlier = proof.found.last._replace(seq=proof.found.last.seq + 1)
    with pytest.raises(ProofInvalid):
        verify_stream(stream, proof._replace(found=proof.found._replace(last=earlier)), root)
    with pytest.raises(ProofInvalid):
        verify_stream(stream, proof._replace(found=None), root)
    with pytest.raises(ProofInvalid):
        verify_stream(stream, proof._replace(beside=(*proof.beside, EMPTY)), root)
    with pytest.raises(ProofInvalid):
        verify_stream(stream, proof, sha256(b"another").digest())


def test_a_stream_cannot_be_hidden_behind_another() -> None:
    """Given a map of two streams, when one is denied with the proof of the other, then it is refused: they part on the way."""
    streams = {"case/1": Last(1, bytes(32)), "case/2": Last(2, bytes(32))}
    root, knots = grown(streams)
    proof = stream_proof(knots.get, "case/1")
    bits = [key_of(stream)[0] >> 7 for stream in streams]
    assert bits[0] != bits[1], "the example is one in which the streams part at the root"
    with pytest.raises(ProofInvalid, match="another place"):
        verify_stream("case/2", proof, root)


def test_hashes_of_another_length_are_refused() -> None:
    """Given a proof one of whose hashes is not 32 bytes long, when it is verified, then it is refused."""
    root, knots = grown({"case/1": Last(1, bytes(32)), "case/2": Last(1, bytes(32))})
    proof = stream_proof(knots.get, "case/1")
    with pytest.raises(ProofInvalid, match="another form"):
        verify_stream("case/1", proof._replace(beside=(bytes(31),)), root)
    with pytest.raises(ProofInvalid, match="another form"):
        verify_stream("case/1", StreamProof((EMPTY,) * 257, None), root)
    with pytest.raises(ProofInvalid, match="another form"):
        verify_stream("case/1", StreamProof((), Entry(key_of("case/1"), Last(1, b""))), root)
