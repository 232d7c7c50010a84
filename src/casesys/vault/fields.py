"""What goes into the vault's hands and what comes out: one personal field, plain and sealed."""

from typing import NamedTuple

from casesys.domain.messages import StreamId


class Unsealed(NamedTuple):
    """One personal text, with the place it will have in the log: the n-th event (`seq`, from 1) of a stream."""

    stream: StreamId
    seq: int
    name: str
    subject: str
    text: str


class SealedField(NamedTuple):
    """The same text encrypted under its subject's key. `ciphertext` is nonce (12 bytes), AES-256-GCM text, tag (16 bytes)."""

    name: str
    subject: str
    ciphertext: bytes


class VaultError(Exception):
    """The vault cannot do what was asked.

    Codes: `vault-missing`, `vault-exists`, `vault-foreign`, `vault-corrupt`, `vault-full`, `vault-busy`, `vault-readonly`,
    `vault-unreadable`, `wrapping-key-missing`, `wrapping-key-wrong`, `subject-forgotten`, `ciphertext-altered`.
    """

    def __init__(self, code: str, message: str) -> None:
        """Keep the stable code for programs and the message for people."""
        super().__init__(message)
        self.code = code
        self.message = message
