"""Which way a case was sent, and what was overruled."""

import msgspec

from casesys.domain.cases.events.moving import Move
from casesys.domain.messages import Event, Personal, Text
from casesys.domain.vocabulary import Track


class Overruling(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the charter's rows answered, where a caseworker overruled them, be it the way or the priority alone.

    None where facts were missing; events of before the priority was kept have none, either.
    """

    row: str | None
    to: str | None
    priority: int | None = None


class CaseTriaged(Event):
    """The case goes this way: directly to its keeper, or through a procedure."""

    to: str
    row: str
    priority: int
    move: Move
    track: Track | None = None
    because: Text | None = None
    overruled: Overruling | None = None
    reason: Personal | None = None


class CaseRetriaged(Event):
    """The case changes its way."""

    to: str
    row: str
    priority: int
    move: Move
    track: Track | None = None
    because: Text | None = None
    overruled: Overruling | None = None
    reason: Personal | None = None


TriageEvent = CaseTriaged | CaseRetriaged
