"""The two languages that a verification speaks, and which of them an environment asks for."""

from collections.abc import Mapping
from typing import NamedTuple


class Words(NamedTuple):
    """The same in both languages."""

    zh: str
    en: str


LANGUAGES = Words._fields

_VARIABLES = ("CASESYS_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def speaks_chinese(environment: Mapping[str, str]) -> bool:
    """Say whether an environment asks for Chinese; English it is otherwise."""
    wanted = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    return wanted.lower().startswith("zh")
