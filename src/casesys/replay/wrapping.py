"""Wrapping text for a terminal, where a Chinese character takes two columns and needs no space to break at."""

import re
import unicodedata
from collections.abc import Iterator

_NEVER_FIRST = frozenset("，。；：！？、）”’》】,.;:!?)]%")
"""What does not begin a line: it stays with what it follows."""

_NEVER_LAST = frozenset("（“‘《【([")
"""What does not end a line: it stays with what follows."""

_WIDE = frozenset("WF")
_PIECES = re.compile(r"\s+|[^\s\u2e80-\U0010ffff]+|\S")


def columns(text: str) -> int:
    """Count the columns that a text takes."""
    return sum(2 if unicodedata.east_asian_width(char) in _WIDE else 1 for char in text)


def wrapped(text: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    """Break a text into lines of at most `width` columns; `first` and `rest` are put before the first and the other lines.

    A word longer than a line is broken anywhere.
    """
    lines: list[str] = []
    line, room = "", width - columns(first)
    for piece in _unbreakable(text, width - max(columns(first), columns(rest))):
        size = columns(piece)
        if line and size > room and not piece.isspace():
            lines.append(line.rstrip())
            line, room = "", width - columns(rest)
        if piece.isspace():
            piece, size = (" ", 1) if line else ("", 0)  # noqa: PLW2901 - white space is one space, none at an edge
        line += piece
        room -= size
    lines.append(line.rstrip())
    return [(rest if number else first) + each for number, each in enumerate(lines)]


def _unbreakable(text: str, longest: int) -> Iterator[str]:
    """Give the pieces that no line break may divide, and the white space between them."""
    held = ""
    for piece in _PIECES.findall(text):
        joined = held and (held[-1] in _NEVER_LAST or piece[0] in _NEVER_FIRST)
        if not piece.isspace() and joined and columns(held + piece) <= longest:
            held += piece
            continue
        if held:
            yield held
        held = piece
        while columns(held) > longest:
            yield held[: longest // 2]
            held = held[longest // 2 :]
    if held:
        yield held
