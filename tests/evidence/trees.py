"""A tree of some leaves, made by the definition, for the tests of proofs."""

from collections.abc import Sequence
from functools import cache

from casesys.evidence.merkle import Peaks, leaf_hash, node_hash
from casesys.evidence.nodes import Node

LEAVES = [str(n).encode() for n in range(130)]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]


@cache
def perfect(node: Node) -> bytes:
    """Give the root of a perfect subtree by the definition."""
    if node.level == 0:
        return HASHES[node.n]
    below = node.level - 1
    return node_hash(perfect(Node(below, 2 * node.n)), perfect(Node(below, 2 * node.n + 1)))


def read(nodes: Sequence[Node]) -> list[bytes]:
    """Give the hashes of nodes."""
    return [perfect(node) for node in nodes]


def root(size: int) -> bytes:
    """Give the root over the first leaves."""
    return Peaks().push(*HASHES[:size]).root()
