"""The chain of leaves as whoever trusts nobody reads it: each held against the one before, its stream, its command and its hash.

What is found wrong is named by the position of the first bad leaf and the kind of damage; reading stops there, since nothing behind
it can be believed. That the whole was not made anew is for a checkpoint to show, not for the chain.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from casesys.evidence.leaf_form import LeafFields, ReadLeaf, insist_on_values, read_leaf
from casesys.evidence.merkle import Peaks, leaf_hash
from casesys.evidence.streams_map import Last

LEAF_FORMAT = 1
_KEPT_HASHES = 1_000
"""How many leaf hashes wait until they are pushed to the tree together."""

_DIGITS_AT_MOST = 9
"""How long a number at the end of an event's id may be."""


class Damage(Exception):
    """Something is not as it was written: the position of the first bad leaf (None: the log as a whole), the kind, and what was seen.

    The kinds are those that have words in `casesys.evidence.telling`.
    """

    def __init__(self, position: int | None, kind: str, detail: str) -> None:
        """Name the place, the kind and what was seen."""
        detail = detail.encode(errors="backslashreplace").decode()  # it may cite damaged text
        where = "the log" if position is None else f"event {position}"
        super().__init__(f"{where}: {kind}: {detail}")
        self.position = position
        self.kind = kind
        self.detail = detail


class Columns(NamedTuple):
    """What a store keeps beside a leaf, to find it by: it must say what the leaf says."""

    stream: str
    version: int
    name: str
    command_id: bytes
    command_seq: int


class Written(NamedTuple):
    """One leaf as it was found: its position, its bytes, and the rest that was stored with it, as far as there is any."""

    position: int
    leaf: bytes
    leaf_hash: bytes | None = None
    columns: Columns | None = None
    ciphertexts: Mapping[int, bytes] = {}


class Chain:
    """Takes the leaves of one log in their order, from the first on, and stops with the first that is wrong."""

    def __init__(
        self, log_id: str | None = None, *, whole: bool = True, read: ReadLeaf = read_leaf
    ) -> None:
        """Begin with an empty log, of this id or of that which the first leaf names; or with some streams of one, not all."""
        self.log_id = log_id
        self.size = 0  # the position of the last leaf taken
        self.withheld = 0
        self.streams: dict[str, Last] = {}
        self.recorded_at: datetime | None = None  # likewise
        self._whole = whole
        self._read = read
        self._hashes: list[bytes] = []
        self._peaks = Peaks()
        self._command: tuple[UUID | None, int] = (None, -1)

    @property
    def peaks(self) -> Peaks:
        """The tree so far."""
        self._push()
        return self._peaks

    def _push(self) -> None:
        self._peaks = self._peaks.push(*self._hashes)
        self._hashes.clear()

    def take(self, written: Written, leaf: LeafFields | None = None) -> LeafFields:
        """Hold the next leaf, which may have been read already, against all before it; give what it says. Raises Damage."""
        position, data, stored_hash, columns, ciphertexts = written
        if position != self.size + 1 and (self._whole or position <= self.size):
            raise Damage(
                self.size + 1, "position-wrong", f"position {position} follows {self.size}"
            )
        digest = leaf_hash(data)
        if stored_hash is not None and stored_hash != digest:
            raise Damage(position, "leaf-altered", "the leaf is not the one whose hash was stored")
        leaf = leaf or leaf_at(position, data, self._read)
        self._check_log(position, leaf)
        self._check_stream(position, leaf)
        number = self._check_command(position, leaf)
        self._check_time(position, leaf)
        if columns is not None and columns != _columns(leaf, number):
            raise Damage(position, "columns-altered", f"the store says {columns}")
        self._check_ciphertexts(position, leaf, ciphertexts)
        self.streams[leaf.stream] = Last(leaf.stream_seq, digest)
        self._hashes.append(digest)
        if len(self._hashes) == _KEPT_HASHES:
            self._push()
        self.size = position
        return leaf

    def _check_log(self, position: int, leaf: LeafFields) -> None:
        self.log_id = self.log_id or leaf.log
        if leaf.log != self.log_id or leaf.v != LEAF_FORMAT:
            raise Damage(
                position,
                "leaf-foreign",
                f"the leaf is one of log {leaf.log}, format {leaf.v}",
            )

    def _check_stream(self, position: int, leaf: LeafFields) -> None:
        last = self.streams.get(leaf.stream)
        expected = (1, None) if last is None else (last.seq + 1, last.leaf_hash.hex())
        if (leaf.stream_seq, leaf.prev_stream_leaf) != expected:
            raise Damage(
                position,
                "stream-broken",
                f"event {leaf.stream_seq} of {leaf.stream} does not follow event {expected[0] - 1}",
            )

    def _check_command(self, position: int, leaf: LeafFields) -> int:
        """A command's events follow each other; its first brings the command, and was decided on what stood before it.

        Gives the number of the event among the command's, which only the whole log shows.
        """
        command_id, event_id = leaf.command_id, leaf.event_id
        before, number = self._command
        number = number + 1 if command_id == before else 0
        if not self._whole:
            number = _number_in(event_id)
        self._command = (command_id, number)
        first = leaf.command is not None
        if event_id != f"{command_id}.{number}" or first is not (number == 0):
            raise Damage(
                position, "command-broken", f"event {event_id} stands where another belongs"
            )
        if not 0 <= leaf.read_index < position:
            raise Damage(position, "command-broken", "the leaf rests on what came after it")
        return number

    def _check_time(self, position: int, leaf: LeafFields) -> None:
        recorded_at = leaf.recorded_at
        if self.recorded_at is not None and recorded_at < self.recorded_at:
            raise Damage(
                position,
                "time-reversed",
                f"recorded at {recorded_at}, after one of {self.recorded_at}",
            )
        self.recorded_at = recorded_at

    def _check_ciphertexts(
        self, position: int, leaf: LeafFields, found: Mapping[int, bytes]
    ) -> None:
        """A ciphertext that is there is the one committed to; one that is not was erased, or withheld from this copy."""
        committed = leaf.pd
        for slot, sealed in enumerate(committed):
            ciphertext = found.get(slot)
            if ciphertext is None:
                self.withheld += 1
            elif sha256(ciphertext).hexdigest() != sealed.digest:
                raise Damage(
                    position, "ciphertext-altered", f"field {sealed.name} is not what was sealed"
                )
        if found and any(slot not in range(len(committed)) for slot in found):
            raise Damage(
                position, "ciphertext-unknown", "there is a ciphertext that the leaf does not know"
            )


def leaf_at(position: int, data: bytes, read: ReadLeaf = read_leaf) -> LeafFields:
    """Read the leaf at a position. Raises Damage `leaf-unreadable` for what is not in the form of a leaf."""
    try:
        leaf = read(data)
        insist_on_values(leaf)
    except (ValueError, RecursionError) as error:
        raise Damage(position, "leaf-unreadable", str(error)) from error
    return leaf


def _columns(leaf: LeafFields, number: int) -> Columns:
    return Columns(
        leaf.stream,
        leaf.stream_seq,
        f"{leaf.type}.v{leaf.schema_v}",
        leaf.command_id.bytes,
        number,
    )


def _number_in(event_id: str) -> int:
    """Give the number at the end of an event's id, -1 where there is none."""
    number = event_id.rpartition(".")[2][:_DIGITS_AT_MOST]
    return int(number) if number.isdecimal() else -1
