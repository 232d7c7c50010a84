"""The vault: seals personal texts under their subjects' keys, opens them again, and forgets subjects.

A subject's key is durable before anything sealed under it can reach the log. Erasing a person is deleting one key: every leaf and
every proof stays as it is, and what the leaf commits to can never be read again. See docs/adr/0005.
"""

import os
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Self
from uuid import uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casesys.domain.messages import StreamId
from casesys.vault.fields import SealedField, Unsealed, VaultError
from casesys.vault.subjects import SubjectKeys, connect, connect_in_memory
from casesys.vault.wrapping import (
    CHECK_TEXT,
    KEY_BYTES,
    NONCE_BYTES,
    Wrapping,
    make_wrapping_key,
    read_wrapping_key,
    sync_folder,
)

SUBJECTS_FILE = "subjects.sqlite"
WRAPPING_KEY_FILE = "wrapping.key"
CACHED_KEYS = 5_000
"""How many subjects' keys are kept in memory (about 15 MB)."""

_SEPARATOR = "|"


class Vault:
    """The personal data of one log. May be used by several threads and by several processes over the same folder."""

    def __init__(self, log_id: str, wrapping: Wrapping, keys: SubjectKeys) -> None:
        """Put the parts together; `create`, `open` and `in_memory` are for callers."""
        self.log_id = log_id
        self._wrapping = wrapping
        self.keys = keys
        self._ciphers: OrderedDict[str, AESGCM] = OrderedDict()
        self._lock = Lock()
        self._changes = keys.changes_elsewhere()
        self._forgotten = keys.forgotten()

    @classmethod
    def create(cls, folder: Path, log_id: str, *, wrapping_key_file: Path | None = None) -> Self:
        """Make an empty vault for a log. A wrapping key that is there already is taken, which also heals a creation cut short.

        Raises VaultError `vault-exists`, `wrapping-key-wrong`, and what SQLite may meet.
        """
        if (folder / SUBJECTS_FILE).exists():
            raise VaultError("vault-exists", f"there is a vault in {folder} already")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = make_wrapping_key(wrapping_key_file or folder / WRAPPING_KEY_FILE)
        wrapping = Wrapping(key, log_id)
        # Laid out under another name and then linked, which never replaces: a vault is whole or not there.
        building = folder / f"{uuid4()}.new"
        try:
            keys = connect(building)
            keys.create(log_id, wrapping.wrap("", CHECK_TEXT))
            keys.close()
            (folder / SUBJECTS_FILE).hardlink_to(building)
        except FileExistsError:
            raise VaultError("vault-exists", f"there is a vault in {folder} already") from None
        finally:
            building.unlink(missing_ok=True)
        sync_folder(folder)
        sync_folder(folder.parent)
        return cls.open(folder, log_id, wrapping_key_file=wrapping_key_file)

    @classmethod
    def open(cls, folder: Path, log_id: str, *, wrapping_key_file: Path | None = None) -> Self:
        """Open the vault of a log.

        Raises VaultError `vault-missing`, `vault-foreign` (it belongs to another log), `vault-corrupt`, `wrapping-key-missing`,
        `wrapping-key-wrong`, and what SQLite may meet.
        """
        if not (folder / SUBJECTS_FILE).is_file():
            raise VaultError(
                "vault-missing",
                f"there is no vault in {folder}: personal data cannot be read or written without it",
            )
        key = read_wrapping_key(wrapping_key_file or folder / WRAPPING_KEY_FILE)
        keys = connect(folder / SUBJECTS_FILE)
        try:
            wrapping = Wrapping(key, log_id)
            _verify(keys, wrapping, folder, log_id)
            return cls(log_id, wrapping, keys)
        except BaseException:
            keys.close()
            raise

    @classmethod
    def in_memory(cls, log_id: str) -> Self:
        """Make a vault that is gone when it is closed, for a log in memory."""
        keys = connect_in_memory()
        wrapping = Wrapping(os.urandom(KEY_BYTES), log_id)
        keys.create(log_id, wrapping.wrap("", CHECK_TEXT))
        return cls(log_id, wrapping, keys)

    @property
    def held(self) -> int:
        """How many subjects' keys are in memory."""
        return len(self._ciphers)

    def seal(self, fields: Sequence[Unsealed]) -> list[SealedField]:
        """Encrypt some texts, each under its subject's key; new subjects get one, durable before this returns, in one commit.

        Raises VaultError `subject-forgotten`, and what SQLite may meet.
        """
        with self._lock:
            self._notice_forgetting()
            ciphers = self._ciphers
            if unknown := {f.subject for f in fields if f.subject not in ciphers}:
                self._prepare(unknown)
            # All at once, since every call lets other threads in.
            nonces = os.urandom(NONCE_BYTES * len(fields))
            sealed = [
                self._seal(field, ciphers[field.subject], nonces[start : start + NONCE_BYTES])
                for start, field in zip(range(0, len(nonces), NONCE_BYTES), fields, strict=True)
            ]
            while len(ciphers) > CACHED_KEYS:
                ciphers.popitem(last=False)
        return sealed

    def open_field(
        self, stream: StreamId, seq: int, name: str, subject: str, ciphertext: bytes
    ) -> str | None:
        """Decrypt one text that was sealed for this place in the log, None if its subject was forgotten.

        Raises VaultError `ciphertext-altered` when it was not sealed for this place, or not by this vault.
        """
        with self._lock:
            self._notice_forgetting()
            cipher = self._ciphers.get(subject) or self._load(subject)
            if len(self._ciphers) > CACHED_KEYS:
                self._ciphers.popitem(last=False)
        if cipher is None:
            return None
        bound_to = _bound_to(self.log_id, stream, seq, subject, name)
        try:
            return cipher.decrypt(
                ciphertext[:NONCE_BYTES], ciphertext[NONCE_BYTES:], bound_to
            ).decode()
        except (InvalidTag, ValueError):
            raise VaultError(
                "ciphertext-altered",
                f"field {name} of event {seq} of {stream} is not what was sealed there",
            ) from None

    def derived_key(self, purpose: str) -> bytes:
        """Give a key (32 bytes) that is not for sealing but, say, for fingerprints. It stays the same as long as the wrapping key."""
        return self._wrapping.derive(purpose)

    def forgotten(self) -> int:
        """Give how often a subject was forgotten, by whatever process: what was opened at another number may be erased by now."""
        with self._lock:
            self._notice_forgetting()
            return self._forgotten

    def forget(self, subject: str) -> None:
        """Delete a subject's key for ever, durably; nothing can be sealed for that subject again. May be repeated."""
        with self._lock:
            self._ciphers.pop(subject, None)
            try:
                self.keys.forget(subject)
            finally:
                self._forgotten = self.keys.forgotten()

    def close(self) -> None:
        """Close the files and drop the keys from memory."""
        with self._lock:
            self._ciphers.clear()
            self.keys.close()

    def _seal(self, field: Unsealed, cipher: AESGCM, nonce: bytes) -> SealedField:
        stream, seq, name, subject, text = field
        self._ciphers.move_to_end(subject)
        bound_to = _bound_to(self.log_id, stream, seq, subject, name)
        return SealedField(name, subject, nonce + cipher.encrypt(nonce, text.encode(), bound_to))

    def _prepare(self, subjects: set[str]) -> None:
        """Have the keys of some subjects in memory, made and durable if they are new."""
        unseen = sorted(subject for subject in subjects if self.keys.find(subject) is None)
        if unseen:
            self.keys.add(unseen, lambda name: self._wrapping.wrap(name, os.urandom(KEY_BYTES)))
        for subject in subjects:
            if self._load(subject) is None:
                raise VaultError(
                    "subject-forgotten",
                    f"subject {subject} was forgotten: nothing more is kept about it",
                )

    def _load(self, subject: str) -> AESGCM | None:
        """Read a subject's key into memory, None if it is forgotten or was never there."""
        row = self.keys.find(subject)
        if row is None or row[0] is None:
            return None
        key = self._wrapping.unwrap(subject, row[0])
        if key is None:
            raise VaultError(
                "vault-corrupt",
                f"the key of subject {subject} was not wrapped for it with this wrapping key",
            )
        cipher = self._ciphers[subject] = AESGCM(key)
        return cipher

    def _notice_forgetting(self) -> None:
        """Drop all keys from memory when another process has forgotten somebody."""
        changes = self.keys.changes_elsewhere()
        if changes != self._changes:
            self._changes = changes
            forgotten = self.keys.forgotten()
            if forgotten != self._forgotten:
                self._forgotten = forgotten
                self._ciphers.clear()


def _verify(keys: SubjectKeys, wrapping: Wrapping, folder: Path, log_id: str) -> None:
    """Refuse a vault of another log, and a wrapping key that is not the vault's."""
    owner, check_value = keys.identity()
    if owner != log_id:
        raise VaultError(
            "vault-foreign", f"the vault in {folder} belongs to log {owner}, not to {log_id}"
        )
    if wrapping.unwrap("", check_value) != CHECK_TEXT:
        raise VaultError(
            "wrapping-key-wrong",
            f"the wrapping key is not the one that the vault in {folder} was made with",
        )


def _bound_to(log_id: str, stream: StreamId, seq: int, subject: str, name: str) -> bytes:
    """Give the associated data that ties a ciphertext to its one place. Only the subject may hold the separator."""
    if _SEPARATOR in stream or _SEPARATOR in name:
        raise ValueError(
            f"neither a stream nor a field is named with {_SEPARATOR!r}: {stream}, {name}"
        )
    return f"{log_id}|{stream}|{seq}|{subject}|{name}".encode()
