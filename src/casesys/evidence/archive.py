"""A zip file that somebody made to harm whoever opens it, or did not: read within limits, whatever it says of itself."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

BYTES_AT_MOST = 256 * 1024 * 1024
"""Of the file, and of all that is in it."""

ENTRIES_AT_MOST = 10_000
"""Far more than a bundle has: where they were of another format, that is to be told, not their number."""

_ENTRY = b"PK\x01\x02"
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class BundleUnreadable(Exception):
    """The file is no bundle: not a zip file, cut short, too large, or with parts that no bundle has."""


class Archive:
    """The files of an archive, by their names."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Take an archive; `archive_in` is for callers. Raises BundleUnreadable."""
        self._archive = archive
        self._left = BYTES_AT_MOST
        members = archive.infolist()
        self.names = {each.filename for each in members}
        if len(self.names) != len(members):
            raise BundleUnreadable("the archive has one of its files twice")
        for each in members:
            if each.compress_type not in _PACKED:
                raise BundleUnreadable(f"{each.filename} is packed in a way that no bundle is")

    def read(self, name: str, at_most: int = BYTES_AT_MOST) -> bytes:
        """Give a file; what the archive says of its size is not believed. Raises BundleUnreadable."""
        if name not in self.names:
            raise BundleUnreadable(f"{name} is missing")
        at_most = min(at_most, self._left)
        with self._archive.open(name) as member:
            data = member.read(at_most + 1)
        if len(data) > at_most:
            raise BundleUnreadable(f"{name} unpacks to more than {at_most} bytes")
        self._left -= len(data)
        return data


@contextmanager
def archive_in(data: bytes) -> Iterator[Archive]:
    """Open an archive for the length of a block that reads it. Raises BundleUnreadable."""
    if data.count(_ENTRY) > ENTRIES_AT_MOST:  # before opening it makes an object of each
        raise BundleUnreadable(f"the archive has more than {ENTRIES_AT_MOST} files")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield Archive(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
        OverflowError,
        ValueError,
        struct.error,
    ) as error:
        raise BundleUnreadable(f"the file is no archive that can be read: {error}") from error
