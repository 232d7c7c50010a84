"""Which way a case was sent, and what was overruled."""

import msgspec

from casesys.domain.cases.events.moving import Move
from casesys.domain.messages import Event, Personal, Text
from casesys.domain.vocabulary import Track


class Overruling(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the charter's rows would have answered, where a caseworker overruled them; None where facts were missing."""

    row: str | None
    to: str | None


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
