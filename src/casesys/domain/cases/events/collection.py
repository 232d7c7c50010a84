"""What can happen while a case is collected: it is written down, looked into, accepted or not."""

from collections.abc import Mapping
from typing import ClassVar

from casesys.domain.cases.events.moving import Move
from casesys.domain.messages import Event, Personal, Value
from casesys.domain.vocabulary import EmergencyService, FactSource


class CaseCollected(Event):
    """A case exists. `initiator` is the subject whose keys seal the personal data; anonymous initiators have one too."""

    case_id: str
    case_type: str
    category: str
    title: str
    grid: str
    path: tuple[str, ...]
    initiator: str
    visibility: str
    move: Move
    anonymous: bool = False
    facts: Mapping[str, Value] = {}
    intake_point: str | None = None
    source_ref: str | None = None
    description: Personal | None = None
    initiator_name: Personal | None = None
    initiator_contact: Personal | None = None
    location: Personal | None = None


class MadeSafe(Event):
    """The danger was removed or fenced off; this never lapses."""

    measures: Personal
    move: Move


class EmergencyServiceAlerted(Event):
    """An emergency service was called."""

    service: EmergencyService
    reference: str | None = None


class CaseAmended(Event):
    """What was written down is corrected; what is None stays."""

    title: str | None = None
    description: Personal | None = None
    location: Personal | None = None
    initiator_contact: Personal | None = None


class FactsEstablished(Event):
    """Facts of the case are known, from a source."""

    facts: Mapping[str, Value]
    source: FactSource


class EvidenceAttached(Event):
    """A file belongs to the case, named by the digest of its content."""

    digest: str
    media_type: str
    size: int
    caption: Personal | None = None


class PartyAdded(Event):
    """Somebody else is concerned."""

    party: str
    role: str
    name: Personal | None = None
    contact: Personal | None = None


class InitiatorContacted(Event):
    """The initiator was called or visited. Version 1 moved nothing."""

    schema_version: ClassVar[int] = 2

    reached: bool
    summary: Personal | None = None
    move: Move | None = None


class InitiatorAnswered(Event):
    """The initiator was given a reply."""

    reply: Personal


class InformationRequested(Event):
    """The initiator was asked something; unanswered, the case goes on by itself."""

    question: Personal
    move: Move


class InformationSupplied(Event):
    """The initiator answered."""

    answer: Personal
    move: Move
    facts: Mapping[str, Value] = {}


class InformationRequestLapsed(Event):
    """Nobody answered in time; the case goes on without."""

    move: Move


class UrgingRecorded(Event):
    """The initiator asked again."""

    count: int
    summary: Personal | None = None


class CaseReclassified(Event):
    """Type or category were wrong."""

    case_type: str
    category: str
    reason: Personal | None = None


class CaseAccepted(Event):
    """The case is accepted; from here on this charter version governs it."""

    move: Move


class CaseDeclined(Event):
    """The case is not accepted, on a ground of the charter."""

    ground: str
    result: str
    move: Move
    reason: Personal | None = None


class CaseReferred(Event):
    """The case belongs elsewhere and was handed there."""

    to: str
    result: str
    move: Move
    reason: Personal | None = None


class CaseWithdrawn(Event):
    """The initiator took the case back."""

    result: str
    move: Move
    reason: Personal | None = None


class VisibilityChanged(Event):
    """Another level of the knowledge scope holds."""

    level: str
    reason: Personal | None = None


CollectionEvent = (
    CaseCollected
    | MadeSafe
    | EmergencyServiceAlerted
    | CaseAmended
    | FactsEstablished
    | EvidenceAttached
    | PartyAdded
    | InitiatorContacted
    | InitiatorAnswered
    | InformationRequested
    | InformationSupplied
    | InformationRequestLapsed
    | UrgingRecorded
    | CaseReclassified
    | CaseAccepted
    | CaseDeclined
    | CaseReferred
    | CaseWithdrawn
    | VisibilityChanged
)
