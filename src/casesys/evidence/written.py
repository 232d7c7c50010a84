"""The whole log as it is stored: each leaf held against all before it, and against the columns and ciphertexts that lie beside it."""

from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from casesys.evidence.chain import Chain, Damage, leaf_at
from casesys.evidence.leaf_form import LeafFields, ReadLeaf
from casesys.evidence.merkle import Peaks, leaf_hash

_KEPT_HASHES = 1_000
"""How many leaf hashes wait until they are pushed to the tree together."""


class Columns(NamedTuple):
    """What a store keeps beside a leaf, to find it by: it must say what the leaf says."""

    stream: str
    version: int
    name: str
    command_id: bytes
    command_seq: int


class Written(NamedTuple):
    """One leaf as it was found: its position, its bytes, and all that was stored with it."""

    position: int
    leaf: bytes
    leaf_hash: bytes
    columns: Columns
    ciphertexts: Mapping[int, bytes]


class WholeLog(Chain):
    """Takes all leaves of one log in their order, with what is stored of each, and makes the tree over them."""

    def __init__(self, log_id: str, read: ReadLeaf) -> None:
        """Begin with an empty log of this id."""
        super().__init__(log_id, whole=True)
        self._read = read
        self._hashes: list[bytes] = []
        self._peaks = Peaks()

    @property
    def peaks(self) -> Peaks:
        """The tree so far."""
        self._push()
        return self._peaks

    def _push(self) -> None:
        self._peaks = self._peaks.push(*self._hashes)
        self._hashes.clear()

    def take(self, written: Written) -> LeafFields:
        """Hold the next leaf against all before it and all that is stored with it; give what it says. Raises Damage."""
        position, data, stored_hash, columns, ciphertexts = written
        if position != self.size + 1:
            raise Damage(
                self.size + 1, "position-wrong", f"position {position} follows {self.size}"
            )
        digest = leaf_hash(data)
        if stored_hash != digest:
            raise Damage(position, "leaf-altered", "the leaf is not the one whose hash was stored")
        leaf = leaf_at(position, data, self._read)
        number = self.follow(position, digest, leaf)
        if columns != _columns(leaf, number):
            raise Damage(position, "columns-altered", f"the store says {columns}")
        _check_ciphertexts(position, leaf, ciphertexts)
        self._hashes.append(digest)
        if len(self._hashes) == _KEPT_HASHES:
            self._push()
        return leaf


def _check_ciphertexts(position: int, leaf: LeafFields, found: Mapping[int, bytes]) -> None:
    """A store has every ciphertext that a leaf commits to, and no other: whoever is erased loses the key, not the ciphertexts."""
    committed = leaf.pd
    for slot, sealed in enumerate(committed):
        ciphertext = found.get(slot)
        if ciphertext is None:
            raise Damage(position, "ciphertext-missing", f"field {sealed.name} is not there")
        if sha256(ciphertext).hexdigest() != sealed.digest:
            raise Damage(
                position, "ciphertext-altered", f"field {sealed.name} is not what was sealed"
            )
    if found and any(slot not in range(len(committed)) for slot in found):
        raise Damage(
            position, "ciphertext-unknown", "there is a ciphertext that the leaf does not know"
        )


def _columns(leaf: LeafFields, number: int) -> Columns:
    return Columns(
        leaf.stream,
        leaf.stream_seq,
        f"{leaf.type}.v{leaf.schema_v}",
        UUID(leaf.command_id).bytes,
        number,
    )
