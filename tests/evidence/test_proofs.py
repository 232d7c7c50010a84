"""Proofs of inclusion and consistency, held against the definition and against an independent implementation."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scitt_cose import merkle as other

from casesys.evidence.merkle import Peaks
from casesys.evidence.nodes import Node, completed_by, covering, place, places, settled
from casesys.evidence.proofs import (
    ProofInvalid,
    consistency_proof,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from tests.evidence.trees import HASHES, LEAVES, perfect, read, root

IN_HEX = [leaf.hex() for leaf in LEAVES]


def hexed(hashes: Sequence[bytes]) -> list[str]:
    """Write hashes as the other implementation does."""
    return [each.hex() for each in hashes]


def test_every_root_agrees_with_an_independent_implementation() -> None:
    """Given a tree of any size, when its root is told from its peaks, then another implementation tells the same."""
    for size in range(len(LEAVES) + 1):
        assert root(size).hex() == other.merkle_root(IN_HEX[:size])


def test_every_inclusion_proof_agrees_with_an_independent_implementation() -> None:
    """Given any index of any tree, when its proof is made, then another implementation makes the same and ours accepts it."""
    for size in range(1, 70):
        for index in range(size):
            proof = inclusion_proof(index, size, read)
            assert hexed(proof) == other.inclusion_proof(IN_HEX[:size], index)
            verify_inclusion(HASHES[index], index, size, proof, root(size))


def test_every_consistency_proof_agrees_with_an_independent_implementation() -> None:
    """Given any two sizes, when their proof is made, then another implementation makes the same and ours accepts it."""
    for new in range(1, 70):
        for old in range(1, new + 1):
            proof = consistency_proof(old, new, read)
            assert hexed(proof) == other.consistency_proof(IN_HEX, old, new)
            verify_consistency(old, new, root(old), root(new), proof)


@given(st.data())
def test_an_altered_inclusion_proof_is_refused(data: st.DataObject) -> None:
    """Given a proof, when anything that is checked with it is another, then it is refused."""
    size = data.draw(st.integers(2, 130))
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, read)
    altered = data.draw(altered_hashes(proof))
    with pytest.raises(ProofInvalid):
        verify_inclusion(HASHES[index], index, size, altered, root(size))
    elsewhere = data.draw(st.integers(-1, size).filter(lambda n: n != index))
    with pytest.raises(ProofInvalid):
        verify_inclusion(HASHES[index], elsewhere, size, proof, root(size))
    with pytest.raises(ProofInvalid):
        verify_inclusion(sha256(b"another").digest(), index, size, proof, root(size))


@given(st.data())
def test_an_altered_consistency_proof_is_refused(data: st.DataObject) -> None:
    """Given a proof, when anything that is checked with it is another, then it is refused."""
    new = data.draw(st.integers(2, 130))
    old = data.draw(st.integers(1, new - 1))
    proof = consistency_proof(old, new, read)
    altered = data.draw(altered_hashes(proof))
    with pytest.raises(ProofInvalid):
        verify_consistency(old, new, root(old), root(new), altered)
    with pytest.raises(ProofInvalid):
        verify_consistency(old, new, sha256(b"another").digest(), root(new), proof)
    with pytest.raises(ProofInvalid):
        verify_consistency(old, new, root(old), sha256(b"another").digest(), proof)


@st.composite
def altered_hashes(draw: st.DrawFn, proof: list[bytes]) -> list[bytes]:
    """Change, drop, add or swap hashes of a proof."""
    position = draw(st.integers(0, len(proof) - 1))
    kind = draw(st.sampled_from(["change", "drop", "add"]))
    if kind == "drop":
        return proof[:position] + proof[position + 1 :]
    if kind == "add":
        return [*proof[:position], draw(st.binary(min_size=32, max_size=32)), *proof[position:]]
    bit = draw(st.integers(0, 255))
    flipped = (int.from_bytes(proof[position]) ^ 1 << bit).to_bytes(32)
    return [*proof[:position], flipped, *proof[position + 1 :]]


def test_a_hash_of_another_length_is_refused() -> None:
    """Given a proof one of whose hashes is cut short, when it is verified, then it is refused before anything is computed."""
    proof = inclusion_proof(3, 7, read)
    with pytest.raises(ProofInvalid, match="32 bytes"):
        verify_inclusion(HASHES[3], 3, 7, [proof[0][:31], *proof[1:]], root(7))
    with pytest.raises(ProofInvalid, match="32 bytes"):
        verify_inclusion(LEAVES[3], 3, 7, proof, root(7))
    with pytest.raises(ProofInvalid, match="32 bytes"):
        verify_consistency(3, 7, root(3)[:31], root(7), consistency_proof(3, 7, read))


def test_an_index_outside_the_tree_is_refused() -> None:
    """Given an index that is not below the size, when it is asked or verified, then it is refused."""
    for index, size in ((7, 7), (-1, 7), (0, 0)):
        with pytest.raises(ValueError, match="none at index"):
            inclusion_proof(index, size, read)
        with pytest.raises(ProofInvalid, match="none at index"):
            verify_inclusion(HASHES[0], index, size, [], root(1))


def test_nothing_is_proved_of_an_empty_tree() -> None:
    """Given an empty tree as the earlier one, or a later one that is smaller, when it is asked or verified, then it is refused."""
    for old, new in ((0, 7), (0, 0), (8, 7), (-1, 7)):
        with pytest.raises(ValueError, match="no proof"):
            consistency_proof(old, new, read)
        with pytest.raises(ProofInvalid, match="no proof"):
            verify_consistency(old, new, root(0), root(7), [])


def test_a_tree_is_consistent_with_itself_by_its_root_alone() -> None:
    """Given one size twice, when consistency is verified, then no hash is needed and the roots must be equal."""
    verify_consistency(5, 5, root(5), root(5), [])
    with pytest.raises(ProofInvalid, match="another length"):
        verify_consistency(5, 5, root(5), root(5), [root(5)])
    with pytest.raises(ProofInvalid, match="another root"):
        verify_consistency(5, 5, root(5), root(6), [])


def test_places_follow_each_other_without_a_gap() -> None:
    """Given leaves that are added one by one, when each leaf and what it completes takes its place, then every place is taken once."""
    taken: list[int] = []
    for leaf in range(130):
        assert places(leaf) == len(taken)
        taken += [place(node) for node in (Node(0, leaf), *completed_by(leaf))]
    assert taken == list(range(len(taken)))


@given(st.integers(0, 129), st.integers(0, 130))
def test_settled_nodes_are_those_of_the_definition(first: int, end: int) -> None:
    """Given a tree that grows, when the nodes that the new leaves settle are derived, then each has its hash, in order of places."""
    end = max(first, end)
    left = Peaks().push(*HASHES[:first]).hashes
    found = list(settled(first, left, HASHES[first:end]))
    assert [digest for _, digest in found] == [perfect(node) for node, _ in found]
    assert [place(node) for node, _ in found] == list(range(places(first), places(end)))


@given(st.integers(0, 130))
def test_a_tree_is_covered_by_its_peaks(size: int) -> None:
    """Given a tree, when it is covered by perfect subtrees, then their roots are its peaks."""
    covered = tuple(perfect(node) for node in covering(0, size))
    assert covered == Peaks().push(*HASHES[:size]).hashes
