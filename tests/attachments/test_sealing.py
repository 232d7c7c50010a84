"""Sealing a stream in pieces."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.attachments.sealing import PIECE_BYTES, TAG_BYTES, opened, sealed
from casesys.vault import VaultError

KEY = bytes(range(32))
SEALED_PIECE = PIECE_BYTES + TAG_BYTES
LENGTHS = st.sampled_from(
    [1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES, 200_001]
)
CUTS = st.lists(st.integers(0, 200_001), max_size=5)


async def stream(content: bytes, cuts: Sequence[int] = ()) -> AsyncIterator[bytes]:
    """Give a content in parts."""
    ends = (*sorted(cuts), len(content))
    for begin, end in zip((0, *ends), ends, strict=False):
        yield content[begin:end]


def seal(content: bytes, cuts: Sequence[int] = ()) -> bytes:
    """Seal a content that arrives in parts."""

    async def run() -> bytes:
        return b"".join([piece async for piece in sealed(stream(content, cuts), KEY)])

    return asyncio.run(run())


def unseal(content: bytes, cuts: Sequence[int] = ()) -> bytes:
    """Open a sealed content that arrives in parts."""

    async def run() -> bytes:
        return b"".join([piece async for piece in opened(stream(content, cuts), KEY)])

    return asyncio.run(run())


@given(LENGTHS, CUTS, CUTS)
def test_what_is_sealed_opens_again(length: int, coming: list[int], going: list[int]) -> None:
    """Given a file of any length, when it is sealed and opened, it is the same, however it was cut on the way."""
    content = bytes(n % 251 for n in range(length))
    kept = seal(content, coming)
    assert content not in kept
    assert unseal(kept, going) == content


@pytest.mark.parametrize(
    "altered",
    [
        lambda kept: kept[:-1] + bytes([kept[-1] ^ 1]),
        lambda kept: kept[:SEALED_PIECE],
        lambda kept: kept[:-1],
        lambda kept: kept[SEALED_PIECE:],
        lambda kept: kept[SEALED_PIECE : 2 * SEALED_PIECE] + kept[:SEALED_PIECE],
        lambda kept: kept + b"more",
        lambda _: b"",
    ],
    ids=["a bit", "cut at a piece", "cut short", "beginning gone", "exchanged", "longer", "empty"],
)
def test_what_was_altered_does_not_open(altered) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a small function
    """Given a sealed file, when anything of it is changed, exchanged, cut off or added, it does not open."""
    kept = seal(bytes(2 * PIECE_BYTES + 5))
    with pytest.raises(VaultError, match="not what was sealed"):
        unseal(altered(kept))
