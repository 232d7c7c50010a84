"""Cursors: where the next page of a list begins, in a form that tells nothing and works for the one query it was made for.

A cursor is the sort key of the row behind which a page begins, encrypted under a key of the vault's: its reader may not know of that
row. Nobody can make a cursor up, so a query never meets a key that is not one of its own.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from casesys.projections.contract import Value
from casesys.vault import Vault

SortKey = tuple[Value, ...]

PURPOSE = "encrypted-cursors"
"""What the key of the vault is for."""

CURSOR_LENGTH_AT_MOST = 2_000

ROUNDED_TO = 32
"""Bytes. Cursors have few lengths, or these would tell how large the numbers in them are."""

_END, _FILLING = None, b"\xc1"
"""The last value of what is encrypted, and what follows it: a byte that no value ends with, nor MessagePack has at all."""


class Cursors:
    """Makes and reads the cursors of one store."""

    def __init__(self, vault: Vault) -> None:
        """Take a key from the vault, so that cursors outlive the process."""
        self._cipher = AESSIV(vault.derived_key(PURPOSE))

    def after(self, query: bytes, key: SortKey) -> str:
        """Give the cursor of the page behind a sort key, for one query only."""
        place = msgspec.msgpack.encode((*key, _END))
        filled = place.ljust(-(-len(place) // ROUNDED_TO) * ROUNDED_TO, _FILLING)
        # No nonce is needed: the same place of the same query has the same cursor, which tells nothing new.
        return urlsafe_b64encode(self._cipher.encrypt(filled, [query])).decode().rstrip("=")

    def read(self, query: bytes, cursor: str) -> SortKey | None:
        """Give the sort key that a cursor stands for, None if it was not made for this query."""
        try:
            written = cursor[:CURSOR_LENGTH_AT_MOST].encode("ascii")
            data = urlsafe_b64decode(written + b"=" * (-len(written) % 4))
            filled = self._cipher.decrypt(data, [query])
        except (UnicodeEncodeError, NotBase64, InvalidTag):
            return None
        *key, _ = msgspec.msgpack.decode(filled.rstrip(_FILLING))
        return tuple(key)
