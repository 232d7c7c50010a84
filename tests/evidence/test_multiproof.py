"""One proof for many leaves: it holds for exactly these leaves, has each leaf's own proof in it, and endures what is hostile."""

import re
from collections.abc import Callable, Sequence
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scitt_cose import merkle as other

from casesys.evidence.merkle import leaf_hash, node_hash
from casesys.evidence.multiproof import inclusion_proofs, multi_proof, verify_leaves
from casesys.evidence.proofs import ProofInvalid, inclusion_proof
from tests.evidence.trees import HASHES, LEAVES, read, root

OTHER = sha256(b"another").digest()


def chosen(indexes: Sequence[int]) -> list[bytes]:
    """Give the hashes of some leaves."""
    return [HASHES[index] for index in indexes]


def test_any_leaves_of_any_tree_are_proved_by_the_fewest_hashes() -> None:
    """Given any leaves of a small tree, when they are proved, then by the siblings of their ways that do not follow."""
    for size in range(1, 9):
        for count in range(1, size + 1):
            for indexes in combinations(range(size), count):
                proof = list(multi_proof(indexes, size, read))
                verify_leaves(indexes, chosen(indexes), size, proof, root(size))
                assert len(proof) == len(missing(indexes, 0, size))
                assert set(proof) == missing(indexes, 0, size)


def missing(indexes: Sequence[int], begin: int, end: int) -> set[bytes]:
    """Give the roots of the largest subtrees, by the definition of RFC 6962, that have none of the leaves."""
    if not any(begin <= index < end for index in indexes):
        return {over(begin, end)}
    if end - begin == 1:
        return set()
    split = begin + (1 << (end - begin - 1).bit_length() - 1)
    return missing(indexes, begin, split) | missing(indexes, split, end)


def over(begin: int, end: int) -> bytes:
    """Give the root over some leaves by somebody else's hand."""
    return bytes.fromhex(other.merkle_root([leaf.hex() for leaf in LEAVES[begin:end]]))


def test_the_order_of_the_hashes_is_the_one_that_is_documented() -> None:
    """Given the leaves 2 and 6 of seven, then their proof is: from the left, the neighbours of the leaves, then those above them."""
    proof = list(multi_proof([2, 6], 7, read))

    assert proof == [over(3, 4), over(0, 2), over(4, 6)]
    third = node_hash(HASHES[2], proof[0])
    assert node_hash(node_hash(proof[1], third), node_hash(proof[2], HASHES[6])) == root(7)


@given(st.data())
def test_each_leaf_has_its_own_proof_in_it(data: st.DataObject) -> None:
    """Given a proof of many leaves, when those of single leaves are taken from it, then they are those that are made for each."""
    size = data.draw(st.integers(1, 130))
    indexes = sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=1)))
    proof = list(multi_proof(indexes, size, read))

    singles = list(inclusion_proofs(indexes, chosen(indexes), size, proof))

    assert singles == [inclusion_proof(index, size, read) for index in indexes]


@given(st.data())
def test_anything_else_is_refused(data: st.DataObject) -> None:
    """Given a proof, when a leaf, an index, a hash, their number or their order is another, then it is refused."""
    size = data.draw(st.integers(2, 130))
    indexes = sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=1)))
    hashes, proof = chosen(indexes), list(multi_proof(indexes, size, read))
    verify_leaves(indexes, hashes, size, proof, root(size))
    random = data.draw(st.randoms(use_true_random=False))

    for others in altered(random, hashes):
        refused(indexes, others, size, proof)
    for others in altered(random, proof):
        refused(indexes, hashes, size, others)
    elsewhere = data.draw(st.sets(st.integers(-1, size), min_size=1).map(sorted))
    if elsewhere != indexes:
        refused(elsewhere, hashes, size, proof)
    if len(indexes) > 1:
        refused(indexes[::-1], hashes[::-1], size, proof)
        refused([*indexes[:-1], indexes[-2]], [*hashes[:-1], hashes[-2]], size, proof)
    with pytest.raises(ProofInvalid):
        verify_leaves(indexes, hashes, size, proof, OTHER)


def altered(random: Random, hashes: Sequence[bytes]) -> list[list[bytes]]:
    """Give hashes with one changed, cut, missing, added or moved."""
    found = [[*hashes, OTHER], [OTHER, *hashes]]
    if hashes:
        place = random.randrange(len(hashes))
        before, here, behind = hashes[:place], hashes[place], hashes[place + 1 :]
        found += [
            [*before, *middle, *behind] for middle in ([], [OTHER], [here[:-1]], [here, here])
        ]
        if hashes[0] != hashes[-1]:
            found.append([hashes[-1], *hashes[1:-1], hashes[0]])
    return found


def refused(
    indexes: Sequence[int], hashes: Sequence[bytes], size: int, proof: Sequence[bytes]
) -> None:
    """Insist that a proof is refused."""
    with pytest.raises(ProofInvalid):
        verify_leaves(indexes, hashes, size, proof, root(size))


@pytest.mark.parametrize(
    ("indexes", "size"),
    [((), 0), ((), 4), ((0,), 0), ((4,), 4), ((-1,), 4), ((1, 1), 4), ((2, 1), 4), ((10**18,), 4)],
    ids=str,
)
def test_leaves_that_are_not_there_have_no_proof(indexes: Sequence[int], size: int) -> None:
    """Given places that the tree does not have, none, one twice or in another order, then there is no proof of them."""
    with pytest.raises(ValueError, match="leaves"):
        multi_proof(indexes, size, read)
    with pytest.raises(ProofInvalid):
        verify_leaves(indexes, [HASHES[0]] * len(indexes), size, [], HASHES[0])
    with pytest.raises(ProofInvalid):
        list(inclusion_proofs(indexes, [HASHES[0]] * len(indexes), size, []))


def test_a_tree_of_any_size_takes_no_longer_than_its_proof() -> None:
    """Given a proof for a tree of a quintillion leaves, when it is verified, then along the ways of its leaves only."""
    indexes, size = [0, 10**17, 10**18 - 1], 10**18
    with pytest.raises(ProofInvalid, match="too few"):
        verify_leaves(indexes, HASHES[:3], size, [OTHER] * 20, OTHER)
    with pytest.raises(ProofInvalid, match="left over"):
        verify_leaves(indexes, HASHES[:3], size, [OTHER] * 1_000, OTHER)

    lone = [leaf_hash(b"one"), *([OTHER] * 59)]
    digest = lone[0]
    for each in lone[1:]:
        digest = node_hash(digest, each)
    verify_leaves([0], lone[:1], 1 << 59, lone[1:], digest)


def documented() -> Callable[[Sequence[int], Sequence[bytes], int, bytes], bytes]:
    """Give the verifier that docs/evidence.md shows to those who write others."""
    page = Path("docs/evidence.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    found: dict[str, Any] = {}
    exec(code, found)  # noqa: S102 - it is ours
    verifier: Callable[[Sequence[int], Sequence[bytes], int, bytes], bytes] = found["root_from"]
    return verifier


@given(st.data())
def test_the_documented_verifier_comes_to_the_same(data: st.DataObject) -> None:
    """Given a proof, when the verifier of the document reads it, then it comes to the root; it refuses places and hashes too many."""
    root_from = documented()
    size = data.draw(st.integers(1, 130))
    indexes = sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=1)))
    positions, leaves = [index + 1 for index in indexes], [LEAVES[index] for index in indexes]
    proof = b"".join(multi_proof(indexes, size, read))

    assert root_from(positions, leaves, size, proof) == root(size)
    for others in (proof + bytes(32), proof[:-32] if proof else bytes(1)):
        with pytest.raises((AssertionError, IndexError)):
            root_from(positions, leaves, size, others)
    for places in ([], [0], [size + 1], [1, 1]):
        with pytest.raises((AssertionError, IndexError)):
            root_from(places, [LEAVES[0]] * len(places), size, proof)
