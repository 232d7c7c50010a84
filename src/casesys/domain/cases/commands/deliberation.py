"""What can be asked while a case is deliberated."""

from typing import Annotated

from pydantic import Field

from casesys.domain.cases.commands.fields import Agenda, CaseCommand, Digest
from casesys.domain.messages import Code, Identifier, Instant, PersonalText, ShortText
from casesys.domain.vocabulary import Choice


class ConveneDeliberation(CaseCommand):
    """Call the deliberation and open its first step."""

    moderator: Identifier
    minute_taker: Identifier | None = None


class GiveNotice(CaseCommand):
    """Tell those concerned; the agenda is locked from here on. Proofs are digests of attached evidence."""

    meets_at: Instant
    agenda: Agenda = ()
    proofs: Annotated[tuple[Digest, ...], Field(max_length=50)] = ()


class PostponeDeliberation(CaseCommand):
    """Hold the meeting later."""

    meets_at: Instant
    reason: PersonalText | None = None


class RecordOpinion(CaseCommand):
    """Record the prior opinion of the body that studied the matter."""

    favourable: bool
    opinion: PersonalText | None = None


class RecordAttendance(CaseCommand):
    """Record which members came."""

    present: Annotated[tuple[Identifier, ...], Field(max_length=2000)]


class RecuseMember(CaseCommand):
    """Record that a member does not take part, being concerned."""

    member: Identifier
    reason: PersonalText | None = None


class TableProposal(CaseCommand):
    """Say what is to be decided. A later proposal replaces an earlier one until notice is given."""

    title: ShortText
    text: PersonalText | None = None


class CastVote(CaseCommand):
    """Record a member's vote."""

    member: Identifier
    choice: Choice


class RecordConsent(CaseCommand):
    """Record that a side agrees or objects."""

    side: Code
    consents: bool
    statement: PersonalText | None = None


class RecordMinutes(CaseCommand):
    """Record the minutes of a meeting."""

    minutes: PersonalText
    evidence: Digest | None = None


class ConcludeDeliberation(CaseCommand):
    """Count the votes of a meeting and state what came of it."""


class DecideUrgently(CaseCommand):
    """Decide alone as officer on duty: what was made safe, and what further is needed."""

    made_safe: PersonalText | None = None
    further_measures: PersonalText | None = None


class RatifyDecision(CaseCommand):
    """Record that a side ratifies what was decided urgently, or refuses to."""

    side: Code
    ratifies: bool


class PublishDecision(CaseCommand):
    """Hang out the decision. Proofs are digests of attached evidence."""

    where: Annotated[tuple[Code, ...], Field(max_length=20)] = ()
    proofs: Annotated[tuple[Digest, ...], Field(max_length=50)] = ()


class RaiseObjection(CaseCommand):
    """Record an objection to the published decision."""

    objector: Identifier
    grounds: PersonalText


class SettleObjection(CaseCommand):
    """Uphold or dismiss an objection."""

    number: Annotated[int, Field(ge=1)]
    upheld: bool
    reason: PersonalText | None = None


class ConfirmDecision(CaseCommand):
    """State that the decision stands and is to be carried out."""


class AnnulDecision(CaseCommand):
    """State that the decision does not stand; the matter is triaged again."""

    reason: PersonalText
