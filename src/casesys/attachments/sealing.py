"""Sealing a stream: AES-256-GCM over pieces, so that a file of any size passes through little memory.

A file has a key of its own, used for nothing else, so that the number of a piece may serve as its nonce. The number and a mark on
the last piece are part of the nonce: pieces cannot be exchanged, left out or cut off unnoticed (the STREAM construction of Hoang,
Reyhanitabar, Rogaway and Vizár, 2015).
"""

from collections.abc import AsyncIterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casesys.vault.fields import VaultError

PIECE_BYTES = 64 * 1024
TAG_BYTES = 16


async def sealed(plain: AsyncIterator[bytes], key: bytes) -> AsyncIterator[bytes]:
    """Encrypt a stream of at least one byte."""
    cipher = AESGCM(key)
    number = 0
    async for piece, last in _pieces(plain, PIECE_BYTES):
        yield cipher.encrypt(_nonce(number, last=last), piece, None)
        number += 1


async def opened(stored: AsyncIterator[bytes], key: bytes) -> AsyncIterator[bytes]:
    """Decrypt what `sealed` made. Raises VaultError `ciphertext-altered` at the first piece that is not as it was."""
    cipher = AESGCM(key)
    number = 0
    async for piece, last in _pieces(stored, PIECE_BYTES + TAG_BYTES):
        try:
            yield cipher.decrypt(_nonce(number, last=last), piece, None)
        except InvalidTag:
            raise VaultError("ciphertext-altered", "a file is not what was sealed") from None
        number += 1


async def _pieces(stream: AsyncIterator[bytes], size: int) -> AsyncIterator[tuple[bytes, bool]]:
    """Cut a stream into pieces of a size, the last of which is marked and may be shorter."""
    waiting = bytearray()
    async for part in stream:
        waiting += part
        while len(waiting) > size:
            yield bytes(waiting[:size]), False
            del waiting[:size]
    yield bytes(waiting), True


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")
