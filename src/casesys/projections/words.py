"""Words to search by, in Chinese and English: what is put into the index, and what a query asks of it.

Chinese is written without spaces, and the index splits at spaces. So each Chinese character becomes a word of its own, and a run of
them in a query a phrase, which finds words of any length and nothing else. English words lose the ending of their plural, so that
`lamps` finds a lamp. A query is words only: nothing a user types is syntax to the index.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_IDEOGRAPHS = "\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(f"[{_IDEOGRAPHS}]|[^\\W_{_IDEOGRAPHS}]+")
_PLURALS = ((re.compile(r"(?<=[a-z]{2})ies$"), "y"), (re.compile(r"(?<=[a-z]{2}[^su])s$"), ""))

QUERY_AT_MOST = 200
"""How many characters of a query count."""


def indexed(texts: Iterable[str]) -> str:
    """Give what the index holds for some texts: their words, separated by spaces."""
    return " ".join(word for text in texts for word in _words(text))


def asked(query: str) -> str | None:
    """Give what a query asks of the index, as an FTS5 expression: each part between spaces has to occur. None if it has no words."""
    parts = (" ".join(_words(part)) for part in query[:QUERY_AT_MOST].split())
    return " ".join(f'"{words}"' for words in parts if words) or None


@lru_cache(maxsize=2_000)
def place_word(grid: str) -> str:
    """Give the word that stands in the index for lying in a grid or below it. Nobody writes such a word."""
    return "in0" + grid.encode().hex()


@lru_cache(maxsize=2_000)
def _words(text: str) -> tuple[str, ...]:
    """Split a text; characters that look different and mean the same become the same. Most texts are the labels of charters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return tuple(_singular(word) for word in _WORD.findall(plain))


def _singular(word: str) -> str:
    if not word.endswith("s"):
        return word
    for plural, ending in _PLURALS:
        word = plural.sub(ending, word)
    return word
