"""The chain of leaves as whoever trusts nobody reads it: each held against the one before, its stream, its command and its hash.

What is found wrong is named by the position of the first bad leaf and the kind of damage; reading stops there, since nothing behind
it can be believed. That the whole was not made anew is for a checkpoint to show, not for the chain.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from casesys.evidence.merkle import Peaks, leaf_hash
from casesys.evidence.streams_map import Last

LEAF_FORMAT = 1
_scan = (
    json.JSONDecoder().raw_decode
)  # twice as fast as `json.loads`, and a leaf has no white space around it


class Damage(Exception):
    """Something is not as it was written: the position of the first bad leaf (None: the log as a whole), the kind, and what was seen.

    Kinds: `leaf-altered`, `leaf-unreadable`, `leaf-foreign`, `position-wrong`, `stream-broken`, `command-broken`,
    `time-reversed`, `columns-altered`, `ciphertext-altered`, `ciphertext-unknown`, `head-altered`, `seal-false`,
    `checkpoint-contradicted`, `log-shorter`, `proof-false`, `document-altered`.
    """

    def __init__(self, position: int | None, kind: str, detail: str) -> None:
        """Name the place, the kind and what was seen."""
        where = "the log" if position is None else f"event {position}"
        super().__init__(f"{where}: {kind}: {detail}")
        self.position = position
        self.kind = kind
        self.detail = detail


class Columns(NamedTuple):
    """What a store keeps beside a leaf, to find it by: it must say what the leaf says. The command's id is its 32 hex digits."""

    stream: str
    version: int
    name: str
    command_id: str
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

    def __init__(self, log_id: str | None = None, *, whole: bool = True) -> None:
        """Begin with an empty log, of this id or of that which the first leaf names; or with some streams of one, not all."""
        self.log_id = log_id
        self.size = 0  # the position of the last leaf taken
        self._whole = whole
        self.withheld = 0
        self.streams: dict[str, Last] = {}
        self._hashes: list[bytes] = []
        self._peaks = Peaks()
        self._recorded_at = ""
        self._command: tuple[str, int] = ("", -1)

    @property
    def peaks(self) -> Peaks:
        """The tree so far."""
        if self._hashes:
            self._peaks = self._peaks.push(*self._hashes)
            self._hashes.clear()
        return self._peaks

    @property
    def recorded_at(self) -> datetime | None:
        """When the last leaf was recorded."""
        return datetime.fromisoformat(f"{self._recorded_at}+00:00") if self.size else None

    def take(self, written: Written) -> Mapping[str, Any]:
        """Hold the next leaf against all before it; give what it says. Raises Damage."""
        position = written.position
        if position != self.size + 1 and (self._whole or position <= self.size):
            raise Damage(
                self.size + 1, "position-wrong", f"position {position} follows {self.size}"
            )
        digest = leaf_hash(written.leaf)
        if written.leaf_hash is not None and written.leaf_hash != digest:
            raise Damage(position, "leaf-altered", "the leaf is not the one whose hash was stored")
        try:
            leaf = _read(written.leaf)
            self._check(position, leaf, written)
            last = Last(leaf["stream_seq"], digest)
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise Damage(position, "leaf-unreadable", type(error).__name__) from error
        self.streams[leaf["stream"]] = last
        self._hashes.append(digest)
        self.size = position
        return leaf

    def _check(self, position: int, leaf: Mapping[str, Any], written: Written) -> None:
        self._check_log(position, leaf)
        self._check_stream(position, leaf)
        self._check_command(position, leaf)
        self._check_time(position, leaf)
        if written.columns is not None and written.columns != _columns(leaf):
            raise Damage(position, "columns-altered", f"the store says {written.columns}")
        self._check_ciphertexts(position, leaf, written.ciphertexts)

    def _check_log(self, position: int, leaf: Mapping[str, Any]) -> None:
        self.log_id = self.log_id or leaf["log"]
        if leaf["log"] != self.log_id or leaf["v"] != LEAF_FORMAT:
            raise Damage(
                position,
                "leaf-foreign",
                f"the leaf is one of log {leaf['log']}, format {leaf['v']}",
            )

    def _check_stream(self, position: int, leaf: Mapping[str, Any]) -> None:
        last = self.streams.get(leaf["stream"])
        expected = (1, None) if last is None else (last.seq + 1, last.leaf_hash.hex())
        if (leaf["stream_seq"], leaf["prev_stream_leaf"]) != expected:
            raise Damage(
                position,
                "stream-broken",
                f"event {leaf['stream_seq']} of {leaf['stream']} does not follow event {expected[0] - 1}",
            )

    def _check_command(self, position: int, leaf: Mapping[str, Any]) -> None:
        """A command's events follow each other; its first brings the command, and was decided on what stood before it."""
        before, number = self._command
        number = number + 1 if leaf["command_id"] == before else 0
        self._command = (leaf["command_id"], number)
        first = leaf["command"] is not None
        expected = f"{leaf['command_id']}.{number}"
        if self._whole and (leaf["event_id"] != expected or first is not (number == 0)):
            raise Damage(
                position, "command-broken", f"event {leaf['event_id']} stands where another belongs"
            )
        if leaf["read_index"] >= position:
            raise Damage(position, "command-broken", "the leaf rests on what came after it")

    def _check_time(self, position: int, leaf: Mapping[str, Any]) -> None:
        recorded_at = _sortable(leaf["recorded_at"])
        if recorded_at < self._recorded_at:
            raise Damage(
                position,
                "time-reversed",
                f"recorded at {recorded_at}, after one of {self._recorded_at}",
            )
        self._recorded_at = recorded_at

    def _check_ciphertexts(
        self, position: int, leaf: Mapping[str, Any], found: Mapping[int, bytes]
    ) -> None:
        """A ciphertext that is there is the one committed to; one that is not was erased, or withheld from this copy."""
        for slot, sealed in enumerate(leaf["pd"]):
            ciphertext = found.get(slot)
            if ciphertext is None:
                self.withheld += 1
            elif sha256(ciphertext).hexdigest() != sealed["digest"]:
                raise Damage(
                    position, "ciphertext-altered", f"field {sealed['name']} is not what was sealed"
                )
        if found and any(not 0 <= slot < len(leaf["pd"]) for slot in found):
            raise Damage(
                position, "ciphertext-unknown", "there is a ciphertext that the leaf does not know"
            )


def examined(rows: Iterable[Written], log_id: str | None = None, *, whole: bool = True) -> Chain:
    """Take all leaves of a log, or of some of its streams; give the chain at its end. Raises Damage."""
    chain = Chain(log_id, whole=whole)
    for row in rows:
        chain.take(row)
    return chain


def _read(data: bytes) -> Mapping[str, Any]:
    text = data.decode()
    leaf, end = _scan(text)
    if end != len(text) or type(leaf) is not dict:
        raise ValueError("a leaf is one JSON object")
    return leaf


def _columns(leaf: Mapping[str, Any]) -> Columns:
    number = int(leaf["event_id"].rpartition(".")[2])
    return Columns(
        leaf["stream"],
        leaf["stream_seq"],
        f"{leaf['type']}.v{leaf['schema_v']}",
        leaf["command_id"].replace("-", ""),
        number,
    )


def _sortable(instant: str) -> str:
    """Give an instant of a leaf so that text sorts as time: its fraction, which is left out when it is zero, filled up."""
    whole, _, fraction = instant.removesuffix("Z").partition(".")
    return f"{whole}.{fraction:0<6}"
