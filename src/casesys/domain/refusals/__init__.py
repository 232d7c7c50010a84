"""Every refusal, each with a stable code, what it says and what would be accepted instead."""

from collections.abc import Mapping
from typing import NoReturn

from casesys.domain.messages import Text
from casesys.domain.refusals.of_acting import OF_ACTING
from casesys.domain.refusals.of_assignment import OF_ASSIGNMENT
from casesys.domain.refusals.of_collection import OF_COLLECTION
from casesys.domain.refusals.of_deliberation import OF_DELIBERATION
from casesys.domain.refusals.of_register import OF_REGISTER
from casesys.domain.refusals.of_resolution import OF_RESOLUTION
from casesys.domain.refusals.template import UNKNOWN, Template, filled

__all__ = ["REFUSALS", "Refusal", "Template", "refuse"]


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
        return filled(REFUSALS.get(self.code, UNKNOWN).says, self.particulars)

    @property
    def remedy(self) -> Text:
        """What would make the command acceptable."""
        return filled(REFUSALS.get(self.code, UNKNOWN).remedy, self.particulars)

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


REFUSALS: Mapping[str, Template] = {
    **OF_ACTING,
    **OF_REGISTER,
    **OF_COLLECTION,
    **OF_DELIBERATION,
    **OF_ASSIGNMENT,
    **OF_RESOLUTION,
}
"""Every refusal by its code."""
