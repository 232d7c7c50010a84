"""Where files are kept: in a folder, a bucket or memory, each sealed, under names made of digests only.

A file is written under a passing name while it comes in, and gets its place when all of it has been seen and found to be what it was
said to be. What is stored is the sealed content followed by the file's key, sealed in the vault for its case, subject and digest:
to forget the subject is to lose the file. See docs/adr/0014.
"""

import asyncio
import os
import shutil
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore

from casesys.attachments.media_types import MEDIA_TYPES, Inspection
from casesys.attachments.refusing import AttachmentRefused, FilesUnavailable
from casesys.attachments.sealing import opened, sealed
from casesys.domain.cases.state import case_stream
from casesys.vault import Unsealed, Vault
from casesys.vault.wrapping import sync_folder

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ObjectStore

FILE_BYTES_AT_MOST = 25 * 1024 * 1024
KEY_BYTES = 32
SEALED_KEY_BYTES = 72
"""A nonce, the key in base64 and a tag."""

INCOMING = "incoming"
PIECES_AT_ONCE = 1024 * 1024


class Declared(NamedTuple):
    """What somebody says of a file before it comes: its media type, and its size in bytes and SHA-256 (hex) if they say them."""

    media_type: str
    size: int | None = None
    digest: str | None = None


class Upload(NamedTuple):
    """A file that is in its place: the SHA-256 (hex) of its content, its size in bytes, and where it lies."""

    digest: str
    size: int
    place: str


class Attachments:
    """The files of one store. Work on it from one event loop."""

    def __init__(
        self,
        store: "ObjectStore",
        vault: Vault,
        *,
        folder: Path | None = None,
        limit: int = FILE_BYTES_AT_MOST,
    ) -> None:
        """Keep files of at most so many bytes in a store, which is a folder of this machine if one is named."""
        self._store = store
        self._vault = vault
        self._folder = folder
        self.limit = limit

    async def take(
        self, case_id: str, subject: str, declared: Declared, content: AsyncIterator[bytes]
    ) -> Upload:
        """Take a file in for a case, sealed for its subject; it is durable when this returns.

        Raises AttachmentRefused, FilesUnavailable or VaultError, and whatever the content raises; nothing is kept then.
        """
        kind = MEDIA_TYPES.get(declared.media_type)
        if kind is None:
            raise AttachmentRefused(
                "file-type-not-taken", accepted=tuple(MEDIA_TYPES), media_type=declared.media_type
            )
        if declared.size is not None and declared.size > self.limit:
            raise AttachmentRefused("file-too-large", limit=self.limit)
        incoming = f"{INCOMING}/{uuid4()}"
        reading = _Reading(declared, Inspection(kind), self.limit)
        try:
            stored = self._stored(case_id, subject, reading, content)
            await obstore.put_async(self._store, incoming, stored)
            place = f"{reading.digest}/{mark_of(case_id)}-{uuid4()}"
            await obstore.rename_async(self._store, incoming, place)
            await asyncio.to_thread(self._make_durable, place)
        except BaseError as error:
            raise FilesUnavailable from error
        return Upload(reading.digest, reading.size, place)

    async def drop(self, upload: Upload) -> None:
        """Take a file out again that nothing refers to."""
        try:
            await obstore.delete_async(self._store, upload.place)
        except BaseError as error:
            raise FilesUnavailable from error

    async def is_first(self, case_id: str, upload: Upload) -> bool:
        """Say whether an upload is the first of all files of a case with its content, which stays. Raises FilesUnavailable."""
        try:
            first = await self._first(case_id, upload.digest)
        except BaseError as error:
            raise FilesUnavailable from error
        return first is not None and first["path"] == upload.place

    async def content(self, case_id: str, subject: str, digest: str) -> AsyncIterator[bytes] | None:
        """Give the content of a file of a case in pieces; None for one that is not kept here or whose subject was forgotten.

        Raises FilesUnavailable or VaultError; while it is read also VaultError `ciphertext-altered`.
        """
        try:
            found = await self._first(case_id, digest)
            if found is None:
                return None
            path, end = found["path"], found["size"] - SEALED_KEY_BYTES
            trailer = await obstore.get_range_async(
                self._store, path, start=end, length=SEALED_KEY_BYTES
            )
            text = self._vault.open_field(
                case_stream(case_id), 0, _field(digest), subject, bytes(trailer)
            )
            if text is None:
                return None
            answer = await obstore.get_async(self._store, path, options={"range": (0, end)})
        except BaseError as error:
            raise FilesUnavailable from error
        return opened(answer.stream(PIECES_AT_ONCE), b64decode(text))

    async def _first(self, case_id: str, digest: str) -> "ObjectMeta | None":
        """Give the first file of a case with a content, None if there is none: the same whoever asks, and whenever it is swept."""
        listed = await obstore.list(self._store, digest).collect_async()
        mark = f"{digest}/{mark_of(case_id)}-"
        copies = (each for each in listed if each["path"].startswith(mark))
        return min(copies, key=lambda each: (each["last_modified"], each["path"]), default=None)

    async def _stored(
        self, case_id: str, subject: str, reading: "_Reading", content: AsyncIterator[bytes]
    ) -> AsyncIterator[bytes]:
        """Give what is stored of a file: its sealed content and, once all is known to be right, its sealed key."""
        key = os.urandom(KEY_BYTES)
        async for piece in sealed(reading.through(content), key):
            yield piece
        text = b64encode(key).decode()
        field = Unsealed(case_stream(case_id), 0, _field(reading.digest), subject, text)
        yield (await asyncio.to_thread(self._vault.seal, (field,)))[0].ciphertext

    def _make_durable(self, place: str) -> None:
        """Have a file and its name on the disk, where they lie on one of ours; a bucket sees to that itself.

        Raises FilesUnavailable; the file is then swept away later, as nothing refers to it.
        """
        if self._folder is None:
            return
        file = self._folder / place
        try:
            for each in (file, file.parent, self._folder):
                sync_folder(each)
        except OSError as error:
            raise FilesUnavailable from error


class _Reading:
    """What is learnt of a file while it passes by, held against what was said of it."""

    def __init__(self, declared: Declared, inspection: Inspection, limit: int) -> None:
        self._declared = declared
        self._inspection = inspection
        self._limit = limit
        self._hash = sha256()
        self.size = 0

    @property
    def digest(self) -> str:
        """The SHA-256 (hex) of what has passed by."""
        return self._hash.hexdigest()

    async def through(self, content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Let a file pass by. Raises AttachmentRefused as soon as something is not as it was said."""
        async for piece in content:
            self.size += len(piece)
            if self.size > self._limit:
                raise AttachmentRefused("file-too-large", limit=self._limit)
            self._look(piece)
            self._hash.update(piece)
            yield piece
        if not self.size:
            raise AttachmentRefused("file-empty")
        self._look(b"", last=True)
        if self._declared.size not in {None, self.size}:
            raise AttachmentRefused("file-size-not-as-declared", declared=self._declared.size)
        if self._declared.digest not in {None, self.digest}:
            raise AttachmentRefused("file-digest-not-as-declared")

    def _look(self, piece: bytes, *, last: bool = False) -> None:
        if not self._inspection.fits(piece, last=last):
            raise AttachmentRefused("file-not-as-declared", media_type=self._declared.media_type)


def open_attachments(
    folder: Path | None, vault: Vault, *, limit: int = FILE_BYTES_AT_MOST
) -> Attachments:
    """Keep files in a folder, made if it is not there, or in memory. What came in halfway when a process ended is cleared away."""
    if folder is None:
        return Attachments(MemoryStore(), vault, limit=limit)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / INCOMING).exists():
        shutil.rmtree(folder / INCOMING)
    return Attachments(
        LocalStore(folder, automatic_cleanup=True), vault, folder=folder, limit=limit
    )


def mark_of(case_id: str) -> str:
    """Give what stands for a case in the names of files: no name that a person chose gets there."""
    return sha256(case_id.encode()).hexdigest()


def _field(digest: str) -> str:
    return f"attachment-{digest}"
