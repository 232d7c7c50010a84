"""Proofs, true ones and false ones, are judged as the text of RFC 9162 judges them, whatever was done to them."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from casesys.evidence.proofs import ProofInvalid, verify_consistency, verify_inclusion
from tests.evidence import rfc9162
from tests.evidence.trees import HASHES

SIZES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 21, 32, 33)
ROOTS = [rfc9162.root(HASHES[: size or 1]) for size in range(max(SIZES) + 2)]


def holds(verify: Callable[..., None], *given: object) -> bool:
    """Say whether a verification of ours lets something pass."""
    try:
        verify(*given)
    except ProofInvalid:
        return False
    return True


def altered(proof: list[bytes]) -> Iterator[list[bytes]]:
    """Give a proof as it is, and cut, longer, reversed, doubled and with another hash."""
    yield from (proof, proof[:-1], proof[1:], [*proof, HASHES[0]], [HASHES[0], *proof])
    yield from (proof[::-1], proof * 2)
    for at in range(len(proof)):
        yield [*proof[:at], HASHES[1], *proof[at + 1 :]]


@pytest.mark.parametrize("size", SIZES)
def test_inclusion_is_judged_as_by_the_rfc(size: int) -> None:
    """Given any leaf of a tree, when its proof, place, size or root is another, then the verdict is that of the RFC."""
    true = 0
    for index in range(size):
        places = ((index, size), (index + 1, size), (index - 1, size))
        for proof in altered(rfc9162.path(index, HASHES[:size])):
            for place, over in (*places, (index, size + 1), (index, size - 1)):
                given = (HASHES[index], place, over, proof, ROOTS[size])
                assert holds(verify_inclusion, *given) is rfc9162.includes(*given), given
                true += rfc9162.includes(*given)
    assert true >= size


@pytest.mark.parametrize("new", SIZES)
def test_consistency_is_judged_as_by_the_rfc(new: int) -> None:
    """Given any two sizes of a tree, when their proof, a size or a root is another, then the verdict is that of the RFC."""
    true = 0
    for old in range(1, new + 1):
        for proof in altered(rfc9162.growth(old, HASHES[:new])):
            for given in asked(old, new, proof):
                assert holds(verify_consistency, *given) is rfc9162.continues(*given), given
                true += rfc9162.continues(*given)
    assert true >= new


Asked = tuple[int, int, bytes, bytes, Sequence[bytes]]


def asked(old: int, new: int, proof: Sequence[bytes]) -> Iterator[Asked]:
    """Give what may be asked with a proof: by the true sizes and roots, and by others."""
    top = ROOTS[new]
    for was, becomes in (
        (old, new),
        (old + 1, new),
        (old - 1, new),
        (old, new + 1),
        (old, new - 1),
    ):
        yield was, becomes, ROOTS[old], top, proof
    yield old, new, ROOTS[old - 1], top, proof
    yield new, old, ROOTS[old], top, proof
    yield 0, new, ROOTS[0], top, proof
