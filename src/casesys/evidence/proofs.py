"""Proofs over the tree (RFC 6962, section 2.1; verified as RFC 9162, sections 2.1.3.2 and 2.1.4.2, says).

An inclusion proof shows that a leaf stands at an index of the tree that a root stands for; a consistency proof that one tree
begins with all leaves of an earlier one. Both are lists of hashes, about log2 n of them, and are made from as many nodes.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from itertools import islice
from typing import NamedTuple

from casesys.evidence.merkle import HASH_BYTES, node_hash
from casesys.evidence.nodes import Node, covering

ReadNodes = Callable[[Sequence[Node]], list[bytes]]
"""Where hashes come from: one for each node, in order."""


class ProofInvalid(Exception):
    """A proof does not show what it is said to show, or cannot be one."""


class Range(NamedTuple):
    """The leaves from `begin` up to, but without, `end`."""

    begin: int
    end: int


def inclusion_proof(index: int, size: int, read: ReadNodes) -> list[bytes]:
    """Prove that the leaf at an index (from 0) is in the tree of so many leaves; from its sibling up to the root's child.

    Raises ValueError when there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has none at index {index}")
    return hashes_over(list(_path(index, Range(0, size))), read)


def consistency_proof(old: int, new: int, read: ReadNodes) -> list[bytes]:
    """Prove that the tree of `new` leaves begins with all leaves of that of `old`.

    Raises ValueError unless 0 < old ≤ new: of an empty tree nothing can be proved, as everything begins with nothing.
    """
    if not 0 < old <= new:
        raise ValueError(f"there is no proof from {old} leaves to {new}")
    return hashes_over(list(_growth(old, Range(0, new), known=True)), read)


def _path(index: int, tree: Range) -> Iterator[Range]:
    """Give the subtrees beside the way from a leaf up to the root."""
    if tree.end - tree.begin == 1:
        return
    split = _split(tree)
    if index < split:
        yield from _path(index, Range(tree.begin, split))
        yield Range(split, tree.end)
    else:
        yield from _path(index, Range(split, tree.end))
        yield Range(tree.begin, split)


def _growth(old: int, tree: Range, *, known: bool) -> Iterator[Range]:
    """Give the subtrees that both the old root and the new one are made of; `known` while the old tree is all of this one."""
    if old == tree.end:
        if not known:
            yield tree
        return
    split = _split(tree)
    if old <= split:
        yield from _growth(old, Range(tree.begin, split), known=known)
        yield Range(split, tree.end)
    else:
        yield from _growth(old, Range(split, tree.end), known=False)
        yield Range(tree.begin, split)


def _split(tree: Range) -> int:
    """Give where a tree of more than one leaf splits: behind the largest power of two below its size."""
    return tree.begin + (1 << (tree.end - tree.begin - 1).bit_length() - 1)


def hashes_over(ranges: Sequence[Range], read: ReadNodes) -> list[bytes]:
    """Give the roots over some ranges of leaves, all their nodes read in one go."""
    parts = [list(covering(*each)) for each in ranges]
    hashes = iter(read([node for part in parts for node in part]))
    return [_root(list(islice(hashes, len(part)))) for part in parts]


def _root(peaks: Sequence[bytes]) -> bytes:
    """Give the root over perfect subtrees that follow each other, the largest first."""
    return reduce(lambda right, left: node_hash(left, right), reversed(peaks))


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that a leaf stands at an index of the tree of so many leaves with that root. Raises ProofInvalid."""
    _insist_on_hashes(leaf_hash, root, *proof)
    if not 0 <= index < size:
        raise ProofInvalid(f"a tree of {size} leaves has none at index {index}")
    inner, outer = _sides(index, size)
    if len(proof) != inner + outer:
        raise ProofInvalid(f"the proof has {len(proof)} hashes instead of {inner + outer}")
    digest = leaf_hash
    for level, sibling in enumerate(proof[:inner]):
        below_right = index >> level & 1
        digest = node_hash(sibling, digest) if below_right else node_hash(digest, sibling)
    if _edge(digest, proof[inner:]) != root:
        raise ProofInvalid("the proof leads to another root")


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the tree of `new` leaves begins with all leaves of that of `old`. Raises ProofInvalid."""
    _insist_on_hashes(old_root, new_root, *proof)
    if not 0 < old <= new:
        raise ProofInvalid(f"there is no proof from {old} leaves to {new}")
    perfect = old & (old - 1) == 0  # then the old tree is itself the first subtree of the proof
    hashes = [old_root, *proof] if perfect or old == new else list(proof)
    level = (old & -old).bit_length() - 1  # the lowest subtree on the edge of the old tree
    inner, outer = (0, 0) if old == new else _sides(old - 1, new)
    inner -= min(level, inner)
    if len(hashes) != 1 + inner + outer:
        raise ProofInvalid(f"the proof has another length than one from {old} to {new} leaves")
    was = becomes = hashes[0]
    last = old - 1 >> level
    for height, sibling in enumerate(hashes[1 : 1 + inner]):
        if last >> height & 1:
            was, becomes = node_hash(sibling, was), node_hash(sibling, becomes)
        else:
            becomes = node_hash(becomes, sibling)
    if _edge(was, hashes[1 + inner :]) != old_root:
        raise ProofInvalid("the proof leads to another root of the earlier tree")
    if _edge(becomes, hashes[1 + inner :]) != new_root:
        raise ProofInvalid("the proof leads to another root of the later tree")


def _sides(index: int, size: int) -> tuple[int, int]:
    """Give how many siblings of the way up from a leaf may stand on either side, and how many above them stand left of it.

    The way runs inside a perfect tree until it meets the right edge; from there on, only what is left of the edge is a sibling.
    """
    inner = (index ^ (size - 1)).bit_length()
    return inner, (index >> inner).bit_count()


def _edge(digest: bytes, siblings: Sequence[bytes]) -> bytes:
    """Go up along the right edge of the tree."""
    return reduce(lambda right, left: node_hash(left, right), siblings, digest)


def _insist_on_hashes(*hashes: bytes) -> None:
    if any(len(each) != HASH_BYTES for each in hashes):
        raise ProofInvalid(f"a hash has {HASH_BYTES} bytes")
