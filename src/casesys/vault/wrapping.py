"""The wrapping key: one secret in a file of its own, under which every subject's key is stored."""

import base64
import binascii
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from casesys.vault.fields import VaultError

KEY_BYTES = 32
NONCE_BYTES = 12
CHECK_TEXT = b"casesys vault"


class Wrapping:
    """Wraps and unwraps keys with AES-256-GCM, each bound to the log and to the name it belongs to."""

    def __init__(self, key: bytes, log_id: str) -> None:
        """Take the wrapping key and the log whose vault it opens."""
        self._key = key
        self._cipher = AESGCM(key)
        self._log_id = log_id

    def wrap(self, name: str, secret: bytes) -> bytes:
        """Encrypt a secret for storage under a name."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, f"{self._log_id}|{name}".encode())

    def unwrap(self, name: str, wrapped: bytes) -> bytes | None:
        """Decrypt what was wrapped under the same name and key, None if it was not."""
        try:
            return self._cipher.decrypt(
                wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], f"{self._log_id}|{name}".encode()
            )
        except (InvalidTag, ValueError):
            return None

    def derive(self, purpose: str) -> bytes:
        """Give a key (32 bytes) for another purpose than wrapping: the same for ever, and no way back to the wrapping key."""
        info = f"{self._log_id}|{purpose}".encode()
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self._key)


def make_wrapping_key(file: Path) -> bytes:
    """Make a new wrapping key, durable before this returns and readable by its owner only; keep one that is there already.

    Raises VaultError `wrapping-key-wrong` if what is there is not a key.
    """
    key = os.urandom(KEY_BYTES)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read_wrapping_key(file)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(base64.b64encode(key) + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    sync_folder(file.parent)
    return key


def read_wrapping_key(file: Path) -> bytes:
    """Read a wrapping key. Raises VaultError `wrapping-key-missing` or `wrapping-key-wrong`."""
    try:
        text = file.read_bytes()
    except FileNotFoundError:
        raise VaultError(
            "wrapping-key-missing",
            f"the wrapping key is not at {file}: personal data cannot be read or written without it",
        ) from None
    except OSError as error:
        raise VaultError(
            "wrapping-key-missing", f"the wrapping key at {file} cannot be read: {error.strerror}"
        ) from error
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise VaultError(
            "wrapping-key-wrong",
            f"{file} does not hold a wrapping key ({KEY_BYTES} bytes in base64)",
        )
    return key


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, not only what the files hold."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
