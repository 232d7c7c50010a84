"""Chinese or English: which one this run of the command line speaks.

It is settled once, before anything is said: by `--language`, else `CASESYS_LANGUAGE`, else the locale of the environment.
"""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from enum import StrEnum
from typing import Protocol

from casesys.evidence.languages import speaks_chinese


class Language(StrEnum):
    """The languages casesys speaks."""

    ZH = "zh"
    EN = "en"


class Bilingual(Protocol):
    """Whatever says the same in both languages; `Text` of the domain does."""

    @property
    def zh(self) -> str:
        """The Chinese."""
        ...

    @property
    def en(self) -> str:
        """The English."""
        ...


_current: ContextVar[Language] = ContextVar("language", default=Language.EN)


def settle_language(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Let this run speak the language that its arguments or its environment ask for, English by default."""
    _current.set(_asked(arguments) or _of_locale(environment))


def current_language() -> Language:
    """Give the language of this run."""
    return _current.get()


def spoken(zh: str, en: str) -> str:
    """Give the one of two sentences that is in the language of this run."""
    return zh if _current.get() is Language.ZH else en


def in_words(text: Bilingual) -> str:
    """Give a text in the language of this run."""
    return spoken(text.zh, text.en)


def _asked(arguments: Sequence[str]) -> Language | None:
    """Find `--language zh` or `--language=zh`; what is neither is left for the parser to refuse."""
    for index, argument in enumerate(arguments):
        name, given, value = argument.partition("=")
        if name == "--language":
            code = value if given else "".join(arguments[index + 1 : index + 2])
            return Language(code) if code in set(Language) else None
    return None


def _of_locale(environment: Mapping[str, str]) -> Language:
    return Language.ZH if speaks_chinese(environment) else Language.EN
