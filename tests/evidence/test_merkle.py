"""The peaks give the tree hash of RFC 6962 for every size."""

from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.evidence.merkle import EMPTY_ROOT, Peaks, leaf_hash, node_hash

LEAVES = [f"leaf {n}".encode() for n in range(300)]


@cache
def tree_hash(first: int, last: int) -> bytes:
    """MTH(D[first:last]) exactly as RFC 6962, section 2.1, defines it."""
    size = last - first
    if size == 0:
        return sha256().digest()
    if size == 1:
        return sha256(b"\0" + LEAVES[first]).digest()
    split = 1 << ((size - 1).bit_length() - 1)
    return sha256(b"\1" + tree_hash(first, first + split) + tree_hash(first + split, last)).digest()


def test_every_root_up_to_300_leaves() -> None:
    """Given one leaf after another, then each root is the one of the definition, also after storing the peaks."""
    peaks = Peaks()
    for size in range(len(LEAVES) + 1):
        assert peaks.root() == tree_hash(0, size)
        assert Peaks.decode(size, peaks.encode()) == peaks
        if size < len(LEAVES):
            peaks = peaks.push(leaf_hash(LEAVES[size]))


@given(st.lists(st.integers(0, 40), max_size=7))
def test_pushing_many_is_pushing_each(sizes: list[int]) -> None:
    """Given leaves in batches of any sizes, when they are pushed, then the tree is as if they came one by one."""
    peaks, count = Peaks(), 0
    for size in sizes:
        peaks = peaks.push(*map(leaf_hash, LEAVES[count : count + size]))
        count += size

    assert peaks.root() == tree_hash(0, count)


def test_the_published_hashes() -> None:
    """Given the RFC's own test data (an empty tree, an empty leaf), then the hashes are the well-known ones."""
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert (
        leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )


def test_a_leaf_is_never_a_node() -> None:
    """Given two hashes, when they are taken for a leaf's bytes, then the hash differs from their node's."""
    left, right = leaf_hash(b"a"), leaf_hash(b"b")

    assert leaf_hash(left + right) != node_hash(left, right)


@pytest.mark.parametrize(("size", "length"), [(1, 0), (0, 32), (3, 32), (2, 31), (-1, 0)])
def test_peaks_of_another_size_are_refused(size: int, length: int) -> None:
    """Given bytes that are not the peaks of a tree of that size, when they are read, then they are refused."""
    with pytest.raises(ValueError, match="peaks"):
        Peaks.decode(size, bytes(length))
