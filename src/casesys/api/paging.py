"""Cursors: where the next page of a list begins, in a form that says nothing and works for the one query it was made for.

A cursor is the sort key of a page's last item, with a mark under a key of the vault's. Nobody can make one up, so a query never
meets a key that is not one of its own.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

import msgspec

from casesys.projections.contract import Value
from casesys.vault import Vault

SortKey = tuple[Value, ...]

PURPOSE = "cursors"
"""What the key of the vault is for."""

CURSOR_LENGTH_AT_MOST = 2_000
MARK_BYTES = 12


class Cursors:
    """Makes and reads the cursors of one store."""

    def __init__(self, vault: Vault) -> None:
        """Take a key from the vault, so that cursors outlive the process."""
        self._key = vault.derived_key(PURPOSE)

    def after(self, query: bytes, key: SortKey) -> str:
        """Give the cursor of the page behind a sort key, for one query only."""
        place = msgspec.msgpack.encode(key)
        return urlsafe_b64encode(self._mark(query, place) + place).decode().rstrip("=")

    def read(self, query: bytes, cursor: str) -> SortKey | None:
        """Give the sort key that a cursor stands for, None if it was not made for this query."""
        try:
            written = cursor[:CURSOR_LENGTH_AT_MOST].encode("ascii")
            data = urlsafe_b64decode(written + b"=" * (-len(written) % 4))
        except (UnicodeEncodeError, NotBase64):
            return None
        mark, place = data[:MARK_BYTES], data[MARK_BYTES:]
        if not hmac.compare_digest(mark, self._mark(query, place)):
            return None
        return tuple(msgspec.msgpack.decode(place))

    def _mark(self, query: bytes, place: bytes) -> bytes:
        told = len(query).to_bytes(4, "big") + query + place
        return hmac.digest(self._key, told, "sha256")[:MARK_BYTES]
