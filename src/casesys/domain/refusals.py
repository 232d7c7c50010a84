"""Every refusal, each with a stable code, what it says and what would be accepted instead."""

from collections.abc import Mapping
from typing import NamedTuple, NoReturn

from casesys.domain.messages import Text


class Template(NamedTuple):
    """The sentence of a refusal and its remedy, with named places for the particulars."""

    says: Text
    remedy: Text


class Refusal(Exception):
    """A command that the rules do not allow. It leaves no event.

    `code` is stable; `clause` is the charter's clause that refused, None where the engine itself does; `accepted` lists what would
    have been accepted, where that is a list (commands possible now, codes known to the charter).
    """

    def __init__(
        self,
        code: str,
        /,
        *,
        clause: str | None = None,
        accepted: tuple[str, ...] = (),
        **particulars: object,
    ) -> None:
        """Keep the code and its particulars; the texts follow from them."""
        super().__init__(code)
        self.code = code
        self.clause = clause
        self.accepted = accepted
        self.particulars: Mapping[str, object] = particulars

    @property
    def says(self) -> Text:
        """What is refused and why, in Chinese and English."""
        return _filled(REFUSALS[self.code].says, self.particulars)

    @property
    def remedy(self) -> Text:
        """What would make the command acceptable."""
        return _filled(REFUSALS[self.code].remedy, self.particulars)

    def __str__(self) -> str:
        """Give the English sentence, with the code in front."""
        return f"{self.code}: {self.says.en}"


def refuse(
    code: str,
    /,
    *,
    clause: str | None = None,
    accepted: tuple[str, ...] = (),
    **particulars: object,
) -> NoReturn:
    """Refuse the command being decided."""
    raise Refusal(code, clause=clause, accepted=accepted, **particulars)


def _filled(text: Text, particulars: Mapping[str, object]) -> Text:
    return Text(text.zh.format_map(particulars), text.en.format_map(particulars))


def _t(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Template:
    return Template(Text(zh, en), Text(remedy_zh, remedy_en))


REFUSALS: Mapping[str, Template] = {}
