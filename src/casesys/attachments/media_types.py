"""Which files are taken, and whether one is what it says it is: its content decides, never its name.

A kind is known by what its files begin with, as its format defines it. Plain text begins with nothing in particular, so all of it
is read: it is UTF-8 without a null. What a browser would run (HTML, SVG, scripts) is not among the kinds.
"""

import re
from codecs import getincrementaldecoder
from collections.abc import Mapping
from typing import NamedTuple

HEAD_BYTES = 4096
"""How much of a file's beginning is looked at."""


class MediaType(NamedTuple):
    """A kind of file: the ending of its name, and what it begins with (None: it is text)."""

    ending: str
    begins: re.Pattern[bytes] | None


def _begins(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.DOTALL)


_PACKED = rb"PK\x03\x04.*?%s/"
"""How an Office document begins: a zip archive with the folder of its main part near the beginning."""

MEDIA_TYPES: Mapping[str, MediaType] = {
    "application/pdf": MediaType("pdf", _begins(rb"%PDF-\d")),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": MediaType(
        "xlsx", _begins(_PACKED % b"xl")
    ),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": MediaType(
        "docx", _begins(_PACKED % b"word")
    ),
    "audio/mp4": MediaType("m4a", _begins(rb"....ftyp(?:M4[AB]|mp4)")),
    "audio/mpeg": MediaType("mp3", _begins(rb"ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa\xfb]")),
    "audio/wav": MediaType("wav", _begins(rb"RIFF....WAVE")),
    "image/gif": MediaType("gif", _begins(rb"GIF8[79]a")),
    "image/heic": MediaType("heic", _begins(rb"....ftyp(?:hei|hev|mif1|msf1)")),
    "image/jpeg": MediaType("jpg", _begins(rb"\xff\xd8\xff")),
    "image/png": MediaType("png", _begins(rb"\x89PNG\r\n\x1a\n")),
    "image/webp": MediaType("webp", _begins(rb"RIFF....WEBP")),
    "text/csv": MediaType("csv", None),
    "text/plain": MediaType("txt", None),
    "video/mp4": MediaType("mp4", _begins(rb"....ftyp(?:isom|iso\d|mp4|avc1|M4V|MSNV|dash)")),
    "video/quicktime": MediaType("mov", _begins(rb"....(?:ftypqt|moov|mdat|wide)")),
}
"""Every kind of file that is taken, by its media type."""


class Inspection:
    """Looks at a file of a declared kind while it passes by, in pieces."""

    def __init__(self, kind: MediaType) -> None:
        """Begin at the beginning of the file."""
        self._begins = kind.begins
        self._head = b""
        self._text = getincrementaldecoder("utf-8")() if kind.begins is None else None

    def fits(self, piece: bytes, *, last: bool = False) -> bool:
        """Say whether the file may still be what it says it is, as far as it has passed by with this piece."""
        if self._text is not None:
            try:
                return "\0" not in self._text.decode(piece, last)
            except UnicodeDecodeError:
                return False
        if self._begins is None:
            return True
        self._head += piece[: HEAD_BYTES - len(self._head)]
        if self._begins.match(self._head):
            self._begins = None
            return True
        return len(self._head) < HEAD_BYTES and not last
