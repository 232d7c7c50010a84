"""Checkpoints (C2SP `tlog-checkpoint`): a signed note that says which log, how many leaves, and their root.

Whoever keeps one outside can later hold the log against it: what it covers can no longer be changed, removed or reordered unseen.
A proof of one event (C2SP `tlog-proof`) is an inclusion proof with the checkpoint it leads to, in one text.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from casesys.evidence.merkle import HASH_BYTES
from casesys.evidence.notes import (
    NoteInvalid,
    Signer,
    VerifierKey,
    from_base64,
    in_base64,
    open_note,
    sign,
    text_of,
)

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
_EXTRA = "extra "
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


class Checkpoint(NamedTuple):
    """The head of a log: its origin, how many leaves it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{in_base64(self.root)}\n"

    def signed(self, *signers: Signer) -> str:
        """Give it as a signed note."""
        return sign(self.text, *signers)


@dataclass(frozen=True, slots=True)
class EventProof:
    """The proof that a leaf stands at an index (from 0) of the log that a checkpoint tells of; the checkpoint as it was signed."""

    index: int
    hashes: Sequence[bytes]
    checkpoint: str

    @property
    def text(self) -> str:
        """Give it as a file ending in `.tlog-proof` holds it."""
        lines = [
            PROOF_HEADER,
            f"index {self.index}",
            *map(in_base64, self.hashes),
            "",
            self.checkpoint,
        ]
        return "\n".join(lines)


def open_checkpoint(note: str, trusted: Iterable[VerifierKey]) -> Checkpoint:
    """Read a checkpoint that a trusted key of its own log has signed: who is trusted for one log cannot vouch for another.

    Raises NoteInvalid, and SignatureFalse for a false signature.
    """
    checkpoint = told_by(note)
    own = [key for key in trusted if key.name == checkpoint.origin]
    if not own:
        raise NoteInvalid(f"none of the trusted keys is one of {checkpoint.origin}")
    open_note(note, own)
    return checkpoint


def told_by(note: str) -> Checkpoint:
    """Read what a checkpoint says, whoever signed it: nothing is proved by that. Raises NoteInvalid."""
    origin, *rest = text_of(note).removesuffix("\n").split("\n")
    if len(rest) < 2 or not origin or not all(rest):  # noqa: PLR2004 - three lines at least; extensions are not empty
        raise NoteInvalid("a checkpoint says the origin, the size and the root, each on a line")
    size, root = rest[0], _hash(rest[1])
    if not _DECIMAL.fullmatch(size):
        raise NoteInvalid("the size of a checkpoint is a decimal number")
    return Checkpoint(origin, int(size), root)


def read_proof(text: str) -> EventProof:
    """Read a proof; its checkpoint is not opened yet. Raises NoteInvalid."""
    head, empty_line, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not empty_line or lines[0] != PROOF_HEADER:
        raise NoteInvalid(f"a proof begins with {PROOF_HEADER} and ends with a checkpoint")
    extra = lines.pop(1) if len(lines) > 1 and lines[1].startswith(_EXTRA) else _EXTRA
    if from_base64(extra.removeprefix(_EXTRA)) is None:
        raise NoteInvalid("what a proof says besides is written in base64")
    label, _, index = lines[1].partition(" ") if len(lines) > 1 else ("", "", "")
    if label != "index" or not _DECIMAL.fullmatch(index):
        raise NoteInvalid("a proof says the index of its event as a decimal number")
    return EventProof(int(index), tuple(_hash(line) for line in lines[2:]), checkpoint)


def _hash(text: str) -> bytes:
    data = from_base64(text)
    if data is None or len(data) != HASH_BYTES:
        raise NoteInvalid(f"a hash is {HASH_BYTES} bytes in base64")
    return data
