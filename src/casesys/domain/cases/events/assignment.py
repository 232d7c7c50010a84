"""Who was given a case, took it, gave it back or disputed it."""

from casesys.domain.cases.events.moving import Move
from casesys.domain.messages import Event, Personal


class CaseDispatched(Event):
    """One lead and those who support it. `row` is the routing row, None when dispatched by hand."""

    lead: str
    move: Move
    supporting: tuple[str, ...] = ()
    row: str | None = None
    reason: Personal | None = None


class AssignmentAccepted(Event):
    """The lead takes the case."""

    move: Move


class AssignmentReturned(Event):
    """The lead gives the case back, on a ground of the charter."""

    lead: str
    ground: str
    count: int
    move: Move
    reason: Personal | None = None


class AssignmentDisputed(Event):
    """The lead says that the duty is another's; the charter says whether it keeps the case meanwhile."""

    lead: str
    lead_stays: bool
    proposed: str | None = None
    reason: Personal | None = None


class DisputeRuled(Event):
    """Who leads is ruled, and cannot be returned again."""

    lead: str
    move: Move
    supporting: tuple[str, ...] = ()
    reason: Personal | None = None


class HandedOver(Event):
    """Another leads from now on."""

    before: str
    lead: str
    reason: Personal | None = None


AssignmentEvent = (
    CaseDispatched
    | AssignmentAccepted
    | AssignmentReturned
    | AssignmentDisputed
    | DisputeRuled
    | HandedOver
)
