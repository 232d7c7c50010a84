"""Which way a case shall go."""

from typing import Annotated

from pydantic import Field

from casesys.domain.cases.commands.fields import CaseCommand
from casesys.domain.messages import Code, PersonalText


class TriageCase(CaseCommand):
    """Ask the charter which way the case goes. With `to` and a reason the caseworker overrules it; both are kept."""

    to: Code | None = None
    priority: Annotated[int, Field(ge=1, le=5)] | None = None
    reason: PersonalText | None = None


class RetriageCase(CaseCommand):
    """Ask again, because facts, category or circumstances have changed."""

    to: Code | None = None
    priority: Annotated[int, Field(ge=1, le=5)] | None = None
    reason: PersonalText | None = None
