"""The forms of the fields that commands on a case have, and what all of these commands are."""

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, StringConstraints

from casesys.domain.messages import Code, Command, Identifier, ShortText

FactText = Annotated[str, StringConstraints(strict=True, max_length=200)]
FactValue = StrictBool | Annotated[StrictInt, Field(ge=-(2**53) + 1, le=2**53 - 1)] | FactText
Facts = Annotated[dict[Code, FactValue], Field(max_length=100)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Agenda = Annotated[tuple[ShortText, ...], Field(max_length=50)]


class CaseCommand(Command):
    """A command on one case."""

    case_id: Identifier


class ClockCommand(CaseCommand):
    """What only time may bring about."""
