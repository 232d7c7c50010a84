"""The beginnings of files of every kind that is taken, as their formats define them, and of some that are not."""

from collections.abc import AsyncIterator, Mapping

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_OFFICE = "application/vnd.openxmlformats-officedocument."

SAMPLES: Mapping[str, bytes] = {
    "application/pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
    _OFFICE + "spreadsheetml.sheet": b"PK\x03\x04\x14\0[Content_Types].xml..xl/workbook.xml",
    _OFFICE
    + "wordprocessingml.document": b"PK\x03\x04\x14\0[Content_Types].xml..word/document.xml",
    "audio/mp4": b"\0\0\0\x20ftypM4A \0\0\0\0",
    "audio/mpeg": b"ID3\x04\0\0\0\0",
    "audio/wav": b"RIFF\x24\0\0\0WAVEfmt ",
    "image/gif": b"GIF89a\x01\0\x01\0",
    "image/heic": b"\0\0\0\x18ftypheic\0\0\0\0",
    "image/jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "image/png": PNG,
    "image/webp": b"RIFF\x24\0\0\0WEBPVP8 ",
    "text/csv": "街道,数量\n梧桐街,3\n".encode(),
    "text/plain": "路灯不亮，已拍照。".encode(),
    "video/mp4": b"\0\0\0\x20ftypisom\0\0\x02\0",
    "video/quicktime": b"\0\0\0\x14ftypqt  \0\0\0\0",
}

NEVER: Mapping[str, bytes] = {
    "a page": b"<!DOCTYPE html><script>alert(1)</script>\xff",
    "a drawing that runs": b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>\xff',
    "a program": b"\x7fELF\x02\x01\x01\0",
    "an archive": b"PK\x03\x04\x14\0\0\0\x08\0evil.exe",
    "text in another encoding": "路灯不亮".encode("gb18030"),
}


async def pieces(content: bytes, size: int = 7) -> AsyncIterator[bytes]:
    """Give a content as it might arrive."""
    for begin in range(0, len(content), size):
        yield content[begin : begin + size]
