"""Where the nodes of the tree stand: perfect subtrees by level and number, and their places in one sequence.

Node `(level, n)` is the root over the leaves `n·2^level` up to, but without, `(n + 1)·2^level`; level 0 are the leaves. In the
sequence of Go's `x/mod/sumdb/tlog` every node stands right behind the last leaf below it, so that a tree which grows only ever
appends: each place is settled for good.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from casesys.evidence.merkle import node_hash


class Node(NamedTuple):
    """A perfect subtree: of 2^level leaves, the n-th of its level, both from 0."""

    level: int
    n: int


def place(node: Node) -> int:
    """Give the place of a node in the sequence, from 0."""
    last_leaf = (node.n + 1 << node.level) - 1
    return 2 * last_leaf - last_leaf.bit_count() + node.level


def places(size: int) -> int:
    """Give how many nodes a tree of so many leaves has settled."""
    return 2 * size - size.bit_count()


def covering(begin: int, end: int) -> Iterator[Node]:
    """Give the perfect subtrees that make up the tree over the leaves from `begin` up to, but without, `end`, the largest first.

    `begin` must be where such a tree may begin: a multiple of the largest of their sizes, as in every split of RFC 6962.
    """
    while begin < end:
        level = (end - begin).bit_length() - 1
        yield Node(level, begin >> level)
        begin += 1 << level


def completed_by(leaf: int) -> Iterator[Node]:
    """Give the nodes above a leaf that are complete with it, the lowest first: those that stand right behind it."""
    level, n = 0, leaf
    while n & 1:
        level, n = level + 1, n >> 1
        yield Node(level, n)


def settled(
    first: int, left: Sequence[bytes], leaf_hashes: Sequence[bytes]
) -> Iterator[tuple[Node, bytes]]:
    """Give the nodes that some more leaves settle, the leaves among them, with their hashes, in order of their places.

    `first` is how many leaves there were before, `left` are the peaks over them, the largest first.
    """
    peaks = list(left)
    for leaf, digest in enumerate(leaf_hashes, first):
        yield Node(0, leaf), digest
        for node in completed_by(leaf):
            digest = node_hash(peaks.pop(), digest)  # noqa: PLW2901 - it grows from a leaf to a peak
            yield node, digest
        peaks.append(digest)
