"""The keys that a log's checkpoints are signed with: each in a file of its own, which only its owner may read.

A key is replaced by making another and signing with both for as long as people hold on to the old one.
"""

import os
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casesys.evidence.notes import VerifierKey, insist_on_name
from casesys.notary.failures import CheckpointKeyInvalid

PREFIX = "casesys-checkpoint-key"


class CheckpointKey:
    """A key and the name it signs under."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        """Take a key. Raises NoteInvalid for a name that no note can carry."""
        insist_on_name(name)
        self._private = private
        self.verifier = VerifierKey(name, private.public_key().public_bytes_raw())

    @classmethod
    def create(cls, file: Path, name: str) -> Self:
        """Make a key in a file that is not there yet, durable when this returns. Raises FileExistsError, NoteInvalid."""
        key = cls(name, Ed25519PrivateKey.generate())
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(f"{PREFIX} {name} {key._private.private_bytes_raw().hex()}\n")
            handle.flush()
            os.fsync(handle.fileno())
        return key

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a key. Raises CheckpointKeyInvalid, FileNotFoundError, NoteInvalid."""
        prefix, _, rest = file.read_text(encoding="utf-8", errors="replace").strip().partition(" ")
        name, _, secret = rest.partition(" ")
        try:
            private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
        except ValueError:
            private = None
        if prefix != PREFIX or private is None:
            raise CheckpointKeyInvalid(f"{file} holds no key for checkpoints")
        return cls(name, private)

    def sign(self, data: bytes) -> bytes:
        """Sign by Ed25519."""
        return self._private.sign(data)
