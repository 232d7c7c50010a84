"""The algorithms of RFC 9162, section 2.1, as its text has them, and the tree of its definition: to hold ours against."""

from collections.abc import Sequence
from hashlib import sha256


def node(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into their parent."""
    return sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """Give the root over some leaf hashes (section 2.1.1)."""
    if len(hashes) == 1:
        return hashes[0]
    split = _split(len(hashes))
    return node(root(hashes[:split]), root(hashes[split:]))


def path(index: int, hashes: Sequence[bytes]) -> list[bytes]:
    """Give the inclusion proof of a leaf (section 2.1.3.1)."""
    if len(hashes) == 1:
        return []
    split = _split(len(hashes))
    if index < split:
        return [*path(index, hashes[:split]), root(hashes[split:])]
    return [*path(index - split, hashes[split:]), root(hashes[:split])]


def growth(old: int, hashes: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """Give the consistency proof from the first leaves to all (section 2.1.4.1)."""
    if old == len(hashes):
        return [] if whole else [root(hashes)]
    split = _split(len(hashes))
    if old <= split:
        return [*growth(old, hashes[:split], whole=whole), root(hashes[split:])]
    return [*growth(old - split, hashes[split:], whole=False), root(hashes[:split])]


def _split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], top: bytes) -> bool:
    """Verify an inclusion proof (section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == top


def continues(old: int, new: int, was: bytes, becomes: bytes, proof: Sequence[bytes]) -> bool:
    """Verify a consistency proof (section 2.1.4.2); of an empty tree nothing can be proved."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and was == becomes
    if old & (old - 1) == 0:
        proof = [was, *proof]
    if not proof:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for c in proof[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == was and sr == becomes
