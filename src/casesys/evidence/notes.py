"""Signed notes (C2SP `signed-note`): a text and, below an empty line, signatures by Ed25519, each with its key's name and id.

A note may carry several signatures, so that a key can be replaced: whoever verifies names the keys they trust, and signatures by
others are passed over.
"""

from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple, Protocol

from casesys.evidence.ed25519 import PUBLIC_KEY_BYTES, verifies

ED25519 = b"\x01"
"""The type of signature that the specification gives this number."""

KEY_ID_BYTES = 4
NOTE_AT_MOST = 1_000_000
"""Bytes; a longer note is something else. Signatures of other kinds than ours may be of some kilobytes each."""

SIGNATURES_AT_MOST = 100
"""Far more than sign a note: each by a trusted key takes some milliseconds to verify."""

_DASH = "— "


class NoteInvalid(Exception):
    """A text is no signed note, or none of the trusted keys has signed it."""


class SignatureFalse(NoteInvalid):
    """A signature is said to be by a trusted key, and is not: the note, or the signature, was altered."""


class VerifierKey(NamedTuple):
    """The public half of a key, and the name it signs under."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand before each of its signatures."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        """Write it as others import it: `name+id+key`."""
        return f"{self.name}+{self.key_id.hex()}+{in_base64(ED25519 + self.public)}"


class Signer(Protocol):
    """A key to sign with."""

    @property
    def verifier(self) -> VerifierKey:
        """Its public half, with the name it signs under."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Sign by Ed25519 (RFC 8032)."""
        ...


def read_verifier_key(text: str) -> VerifierKey:
    """Read `name+id+key`. Raises NoteInvalid."""
    parts = text.strip().split("+", 2)  # the base64 of the key may have a plus of its own
    if len(parts) != 3:  # noqa: PLR2004 - the three are named in the sentence
        raise NoteInvalid("a verifier key is written name+id+key")
    name, key_id, encoded = parts
    key = _bytes(encoded)
    if len(key) != 1 + PUBLIC_KEY_BYTES or key[:1] != ED25519:
        raise NoteInvalid("the verifier key is not one of Ed25519")
    insist_on_name(name)
    found = VerifierKey(name, key[1:])
    if found.key_id.hex() != key_id:
        raise NoteInvalid("the verifier key was altered: its id is that of another key")
    return found


def insist_on_name(name: str) -> None:
    """Insist on what every note can carry as the name of a key, and nothing more: others choose theirs. Raises NoteInvalid."""
    _insist_on_text(f"{name}\n")
    if not name or "+" in name or any(c.isspace() for c in name):
        raise NoteInvalid("the name of a key has no spaces and no plus, and is not empty")


def sign(text: str, *signers: Signer) -> str:
    """Sign a text that ends with a newline. Raises NoteInvalid for a text that no note may hold."""
    _insist_on_text(text)
    lines = [
        f"{_DASH}{signer.verifier.name} {in_base64(signer.verifier.key_id + signer.sign(text.encode()))}\n"
        for signer in signers
    ]
    return f"{text}\n{''.join(lines)}"


def open_note(note: str, trusted: Iterable[VerifierKey]) -> str:
    """Give the text of a note that at least one trusted key has signed, and on which no signature by a trusted key is false.

    Raises NoteInvalid, and SignatureFalse for a false signature.
    """
    text, signatures = _parted(note)
    keys = {(key.name, key.key_id): key for key in trusted}
    verified = False
    for name, signature in signatures:
        key = keys.get((name, signature[:KEY_ID_BYTES]))
        if key is None:
            continue
        if not verifies(key.public, signature[KEY_ID_BYTES:], text.encode()):
            raise SignatureFalse(f"the signature by {name} is false")
        verified = True
    if not verified:
        raise NoteInvalid("none of the trusted keys has signed this")
    return text


def text_of(note: str) -> str:
    """Give the text of a note, whoever has signed it: nothing is proved by that. Raises NoteInvalid."""
    return _parted(note)[0]


def signed_by(note: str) -> set[tuple[str, bytes]]:
    """Give the name and the id of each key that a note says has signed it: nothing is proved by that. Raises NoteInvalid."""
    return {(name, signature[:KEY_ID_BYTES]) for name, signature in _parted(note)[1]}


def _parted(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Part a note into its text and its signatures, each with the name of its key."""
    if len(note.encode(errors="surrogatepass")) > NOTE_AT_MOST:
        raise NoteInvalid("the note is too long")
    text, empty_line, below = note.rpartition("\n\n")
    if not empty_line or not below.endswith("\n"):
        raise NoteInvalid("a note is a text, an empty line, and lines of signatures")
    text += "\n"
    _insist_on_text(text)
    _insist_on_text(below)
    lines = below.removesuffix("\n").split("\n")
    if len(lines) > SIGNATURES_AT_MOST:
        raise NoteInvalid(f"the note has more than {SIGNATURES_AT_MOST} signatures")
    return text, [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise NoteInvalid("a line of a signature is a dash, the name of a key and the signature")
    signature = _bytes(encoded)
    if len(signature) <= KEY_ID_BYTES:
        raise NoteInvalid("a signature is longer than the id of its key")
    insist_on_name(name)
    return name, signature


def _insist_on_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NoteInvalid("a note holds whole characters, no lone surrogates") from None
    if not text.endswith("\n") or any(c < " " and c != "\n" for c in text):
        raise NoteInvalid(
            "the text of a note ends with a newline and has no other control characters"
        )


def in_base64(data: bytes) -> str:
    """Write bytes as notes do (RFC 4648, section 4)."""
    return b2a_base64(data, newline=False).decode()


def from_base64(text: str) -> bytes | None:
    """Read bytes, None if they are not written in the one form they have: or a note could be altered and still be valid."""
    try:
        data = a2b_base64(text, strict_mode=True)
    except ValueError:
        return None
    return data if in_base64(data) == text else None


def _bytes(text: str) -> bytes:
    data = from_base64(text)
    if not data:
        raise NoteInvalid("a key or signature is not written in base64")
    return data
