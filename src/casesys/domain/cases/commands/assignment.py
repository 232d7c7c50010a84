"""Who shall have a case."""

from typing import Annotated

from pydantic import Field

from casesys.domain.cases.commands.fields import CaseCommand
from casesys.domain.messages import Code, Identifier, PersonalText


class DispatchCase(CaseCommand):
    """Give the case a lead: by the charter's routing, or by hand with a reason. Who supports can be named in either way."""

    lead: Identifier | None = None
    supporting: Annotated[tuple[Identifier, ...], Field(max_length=20)] = ()
    reason: PersonalText | None = None


class AcceptAssignment(CaseCommand):
    """Take the case as its lead."""


class ReturnAssignment(CaseCommand):
    """Give the case back, on a ground of the charter."""

    ground: Code
    reason: PersonalText | None = None


class DisputeAssignment(CaseCommand):
    """Say that the duty is another's."""

    proposed: Identifier | None = None
    reason: PersonalText | None = None


class RuleOnDispute(CaseCommand):
    """Rule who leads after a return or a dispute; it cannot be returned again."""

    lead: Identifier
    supporting: Annotated[tuple[Identifier, ...], Field(max_length=20)] = ()
    reason: PersonalText | None = None


class HandOver(CaseCommand):
    """Hand the lead to another party."""

    to: Identifier
    reason: PersonalText | None = None
