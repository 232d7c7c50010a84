"""What can be asked while a case is collected."""

from typing import Annotated, Literal

from pydantic import Field

from casesys.domain.cases.commands.fields import CaseCommand, Digest, Facts
from casesys.domain.messages import Code, Identifier, PersonalText, ShortText
from casesys.domain.vocabulary import EmergencyService, FactSource


class CollectCase(CaseCommand):
    """Write down what somebody brings: the beginning of a case. The title is public; the rest about people is not."""

    case_type: Code
    category: Code
    title: ShortText
    grid: Identifier
    description: PersonalText | None = None
    initiator: Identifier | None = None
    initiator_name: PersonalText | None = None
    initiator_contact: PersonalText | None = None
    anonymous: bool = False
    location: PersonalText | None = None
    facts: Facts = {}
    intake_point: Identifier | None = None
    source_ref: ShortText | None = None


class MakeSafe(CaseCommand):
    """Record what was done at once to remove or fence off a danger."""

    measures: PersonalText


class AlertEmergencyService(CaseCommand):
    """Record that an emergency service was called."""

    service: EmergencyService
    reference: ShortText | None = None


class AmendCase(CaseCommand):
    """Correct what was written down; what is left out stays."""

    title: ShortText | None = None
    description: PersonalText | None = None
    location: PersonalText | None = None
    initiator_contact: PersonalText | None = None


class EstablishFacts(CaseCommand):
    """Say what is known about the case, and from where."""

    facts: Annotated[Facts, Field(min_length=1)]
    source: FactSource = FactSource.INSPECTED


class AttachEvidence(CaseCommand):
    """Attach a file by the SHA-256 of its content."""

    digest: Digest
    media_type: Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9.+-]{1,80}$")]
    size: Annotated[int, Field(ge=1, le=10**12)]
    caption: PersonalText | None = None


class AddParty(CaseCommand):
    """Add somebody else who is concerned."""

    party: Identifier
    role: Literal["co_reporter", "respondent", "affected_owner"]
    name: PersonalText | None = None
    contact: PersonalText | None = None


class ContactInitiator(CaseCommand):
    """Record a call or visit to the initiator."""

    reached: bool
    summary: PersonalText | None = None


class ReplyToInitiator(CaseCommand):
    """Give the initiator a reply."""

    reply: PersonalText


class RequestInformation(CaseCommand):
    """Ask the initiator something; unanswered in time, the case goes on by itself."""

    question: PersonalText


class SupplyInformation(CaseCommand):
    """Record the initiator's answer, and the facts it establishes."""

    answer: PersonalText
    facts: Facts = {}


class RecordUrging(CaseCommand):
    """Record that the initiator asked again."""

    summary: PersonalText | None = None


class ReclassifyCase(CaseCommand):
    """Correct type or category."""

    case_type: Code | None = None
    category: Code | None = None
    reason: PersonalText | None = None


class AcceptCase(CaseCommand):
    """Accept the case; the charter version in force governs it from here on."""


class DeclineCase(CaseCommand):
    """Do not accept the case, on a ground of the charter."""

    ground: Code
    reason: PersonalText | None = None


class ReferCase(CaseCommand):
    """Hand the case to who it belongs to, outside."""

    to: ShortText
    reason: PersonalText | None = None


class WithdrawCase(CaseCommand):
    """Record that the initiator takes the case back."""

    reason: PersonalText | None = None


class ChangeVisibility(CaseCommand):
    """Set another level of the knowledge scope."""

    level: Code
    reason: PersonalText | None = None
