"""The Merkle tree over all leaves (RFC 6962, section 2.1), kept as the roots along its right-open edge.

A tree of n leaves splits into perfect trees, one for each bit of n, largest first; their roots (the peaks, about log2 n hashes)
are all that is needed to append a leaf and to tell the root of the whole.
"""

from hashlib import sha256
from typing import NamedTuple

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Hash the bytes of a leaf; the first byte keeps leaves and nodes apart."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbouring subtrees into their parent."""
    return sha256(b"\x01" + left + right).digest()


class Peaks(NamedTuple):
    """The tree of the first `size` leaves as its peaks, the largest perfect subtree first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def push(self, *leaf_hashes: bytes) -> "Peaks":
        """Give the tree with some more leaves, told by their hashes."""
        size, hashes = self.size, list(self.hashes)
        for node in leaf_hashes:
            # Each set bit of the size, from the lowest, is a perfect tree that the new leaf completes to one twice as large.
            filled = size
            while filled & 1:
                node = node_hash(hashes.pop(), node)  # noqa: PLW2901 - it grows from a leaf to a peak
                filled >>= 1
            hashes.append(node)
            size += 1
        return Peaks(size, tuple(hashes))

    def root(self) -> bytes:
        """Give the root hash of the whole tree, that of the empty string for no leaves."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root

    def encode(self) -> bytes:
        """Give the peaks one after another, 32 bytes each; the size is stored beside them."""
        return b"".join(self.hashes)

    @classmethod
    def decode(cls, size: int, data: bytes) -> "Peaks":
        """Read what `encode` wrote. Raises ValueError when a tree of that size has other peaks."""
        if size < 0 or len(data) != size.bit_count() * HASH_BYTES:
            raise ValueError(f"a tree of {size} leaves does not have {len(data)} bytes of peaks")
        return cls(size, tuple(data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)))
