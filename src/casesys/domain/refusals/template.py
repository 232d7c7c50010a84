"""The sentences of a refusal, with named places for its particulars."""

from collections.abc import Mapping
from typing import NamedTuple

from casesys.domain.messages import Text


class Template(NamedTuple):
    """What is refused and why, and what would be accepted, with `{particulars}` where they belong."""

    says: Text
    remedy: Text


UNKNOWN = Template(Text("未予办理。", "Refused."), Text("请联系管理员。", "Ask the operator."))
"""What a refusal says whose code nobody has written a sentence for."""


def template(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Template:
    """Write a template in a row: what it says, then its remedy, each in Chinese and English."""
    return Template(Text(zh, en), Text(remedy_zh, remedy_en))


def filled(text: Text, particulars: Mapping[str, object]) -> Text:
    """Put the particulars in their places. One that is a text itself shows in each language; one that is not there, as its name."""
    return Text(
        text.zh.format_map(_Shown((n, _zh(value)) for n, value in particulars.items())),
        text.en.format_map(_Shown((n, _en(value)) for n, value in particulars.items())),
    )


class _Shown(dict[str, object]):
    """Particulars as they are shown in one language. Telling of a refusal must not fail over a particular."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def _zh(value: object) -> object:
    return value.zh if isinstance(value, Text) else value


def _en(value: object) -> object:
    return value.en if isinstance(value, Text) else value
