"""One proof for many leaves: that each stands at its index of the tree that a root stands for.

It holds the hashes that are missing to work the root out from the leaves: level by level from the leaves up, each level from left to
right, the neighbour of every node that is known whose neighbour is not. docs/evidence.md says it for those who write verifiers.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise

from casesys.evidence.merkle import HASH_BYTES, node_hash
from casesys.evidence.proofs import ProofInvalid, Range, ReadNodes, hashes_over

_READ_AT_ONCE = 500
"""How many of the missing hashes are fetched together."""

Level = Mapping[int, bytes]
"""The hashes of some nodes of one level, by their numbers in it, from 0."""


def multi_proof(indexes: Sequence[int], size: int, read: ReadNodes) -> Iterator[bytes]:
    """Prove that the leaves at some indexes (from 0, ascending) are in the tree of so many leaves, reading on as it goes.

    Raises ValueError, at once, when there are no such leaves, or none are named.
    """
    _insist_on_places(indexes, size)
    return _missing(_beside(indexes, size), read)


def _missing(ranges: Iterator[Range], read: ReadNodes) -> Iterator[bytes]:
    while some := list(islice(ranges, _READ_AT_ONCE)):
        yield from hashes_over(some, read)


def _insist_on_places(indexes: Sequence[int], size: int) -> None:
    if not indexes or indexes[0] < 0 or indexes[-1] >= size:
        raise ValueError(f"a tree of {size} leaves does not have such leaves")
    if any(left >= right for left, right in pairwise(indexes)):
        raise ValueError("the leaves are not named in their order, each once")


def _beside(indexes: Sequence[int], size: int) -> Iterator[Range]:
    """Give the subtrees whose hashes are missing, as the leaves below them."""
    known, last, level = list(indexes), size - 1, 0
    while last:
        present = set(known)
        for number in known:
            neighbour = number ^ 1
            if neighbour not in present and neighbour <= last:
                yield Range(neighbour << level, min(neighbour + 1 << level, size))
        known = list(dict.fromkeys(number >> 1 for number in known))
        last, level = last >> 1, level + 1


def verify_leaves(
    indexes: Sequence[int],
    leaf_hashes: Sequence[bytes],
    size: int,
    proof: Sequence[bytes],
    root: bytes,
) -> None:
    """Check that leaves stand at these indexes of the tree of so many leaves with that root. Raises ProofInvalid."""
    (top,) = deque(_levels(indexes, leaf_hashes, size, proof), maxlen=1)
    if top[0] != root:
        raise ProofInvalid("the leaves and the proof lead to another root")


def inclusion_proofs(
    indexes: Sequence[int], leaf_hashes: Sequence[bytes], size: int, proof: Sequence[bytes]
) -> Iterator[list[bytes]]:
    """Give the inclusion proof of each of the leaves that a proof is about, in order. Raises ProofInvalid."""
    levels = list(_levels(indexes, leaf_hashes, size, proof))
    for index in indexes:
        ways = ((index >> height ^ 1, level) for height, level in enumerate(levels[:-1]))
        yield [level[neighbour] for neighbour, level in ways if neighbour in level]


def _levels(
    indexes: Sequence[int], leaf_hashes: Sequence[bytes], size: int, proof: Sequence[bytes]
) -> Iterator[Level]:
    """Give all nodes that take part, level by level, the root being the last. Raises ProofInvalid."""
    if len(indexes) != len(leaf_hashes):
        raise ProofInvalid(f"there are {len(leaf_hashes)} leaves for {len(indexes)} places")
    try:
        _insist_on_places(indexes, size)
        hashes = dict(zip(indexes, leaf_hashes, strict=True))
    except ValueError as error:
        raise ProofInvalid(str(error)) from error
    if any(len(each) != HASH_BYTES for each in (*leaf_hashes, *proof)):
        raise ProofInvalid(f"a hash has {HASH_BYTES} bytes")
    missing, last = iter(proof), size - 1
    while last:
        above = _level_above(hashes, last, missing)
        yield hashes
        hashes, last = above, last >> 1
    if next(missing, None) is not None:
        raise ProofInvalid("the proof has hashes left over")
    yield hashes


def _level_above(hashes: dict[int, bytes], last: int, missing: Iterator[bytes]) -> dict[int, bytes]:
    """Give the nodes above those of a level whose last has that number; missing neighbours stand among them afterwards.

    Raises ProofInvalid when the proof has too few hashes.
    """
    above: dict[int, bytes] = {}
    for number in list(hashes):
        parent, neighbour = number >> 1, number ^ 1
        if neighbour > last:  # alone at the right edge, it goes up as it is
            above[parent] = hashes[number]
        elif parent not in above:  # or its left neighbour was here
            if neighbour not in hashes:
                found = next(missing, None)
                if found is None:
                    raise ProofInvalid("the proof has too few hashes")
                hashes[neighbour] = found
            left = number & ~1
            above[parent] = node_hash(hashes[left], hashes[left + 1])
    return above
