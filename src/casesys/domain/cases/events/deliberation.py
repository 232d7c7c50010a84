"""What can happen while a case is deliberated, from the call to the confirmed decision, and how a vote is counted."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from casesys.domain.cases.events.moving import Move
from casesys.domain.messages import Event, Personal
from casesys.domain.vocabulary import Choice, TallyOutcome


class Requirement(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One threshold of a vote, with the numbers it was held against: `votes` of `whole` reached it or not."""

    share: str
    comparator: str
    of: str
    votes: int
    whole: int
    reached: bool


class Tally(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A vote, counted in heads."""

    seated: int
    present: int
    recused: int
    votes_for: int
    votes_against: int
    abstained: int
    participation: tuple[Requirement, ...]
    majority: tuple[Requirement, ...]


class DeliberationConvened(Event):
    """The deliberation is called. `parties` says who stands for each kind of party that the procedure asks."""

    moderator: str
    parties: Mapping[str, str]
    move: Move
    minute_taker: str | None = None


class NoticeGiven(Event):
    """Those concerned were told; the agenda is locked."""

    meets_at: datetime
    agenda: tuple[str, ...]
    move: Move
    proofs: tuple[str, ...] = ()


class DeliberationPostponed(Event):
    """The meeting takes place later."""

    meets_at: datetime
    reason: Personal | None = None


class OpinionRecorded(Event):
    """A body gave its prior opinion."""

    body: str
    favourable: bool
    move: Move
    opinion: Personal | None = None


class ProposalTabled(Event):
    """What is to be decided."""

    number: int
    title: str
    text: Personal | None = None


class AttendanceRecorded(Event):
    """Who sat in the body, and who of them came."""

    body: str
    members: tuple[str, ...]
    present: tuple[str, ...]


class MemberRecused(Event):
    """A member does not take part, being concerned."""

    member: str
    reason: Personal | None = None


class VoteCast(Event):
    """A member voted."""

    member: str
    choice: Choice


class ConsentRecorded(Event):
    """A side agrees, or objects."""

    side: str
    party: str
    consents: bool
    move: Move
    statement: Personal | None = None


class ConsentPresumed(Event):
    """Sides that were silent for as long as the charter says count as agreeing."""

    sides: tuple[str, ...]
    move: Move


class MinutesRecorded(Event):
    """The minutes of a meeting exist."""

    minutes: Personal
    evidence: str | None = None


class DecisionReached(Event):
    """A step decided. `result` is set when the case ends with it."""

    outcome: TallyOutcome
    step: str
    attempt: int
    move: Move
    tally: Tally | None = None
    result: str | None = None


class DecidedUrgently(Event):
    """The officer on duty decided alone. Further measures wait for ratification where the charter asks for it."""

    further: bool
    parties: Mapping[str, str]
    move: Move
    made_safe: Personal | None = None
    further_measures: Personal | None = None


class DecisionRatified(Event):
    """A side ratifies what was decided urgently, or refuses to."""

    side: str
    party: str
    ratifies: bool
    complete: bool
    move: Move


class DecisionLapsed(Event):
    """What was not ratified does not hold any more. What was done to make safe stays done."""

    move: Move


class DecisionPublished(Event):
    """The decision hangs out."""

    where: tuple[str, ...]
    move: Move
    proofs: tuple[str, ...] = ()


class ObjectionRaised(Event):
    """Somebody objects to the published decision."""

    number: int
    objector: str
    grounds: Personal


class ObjectionSettled(Event):
    """An objection was upheld or dismissed."""

    number: int
    upheld: bool
    effect: str
    move: Move
    reason: Personal | None = None


class ObjectionsClosed(Event):
    """Nobody may object any more, and no objection is open; the next step begins."""

    move: Move


class DecisionConfirmed(Event):
    """The decision stands and is to be carried out."""

    move: Move


class DecisionAnnulled(Event):
    """The decision does not stand; the matter is triaged again."""

    move: Move
    reason: Personal


DeliberationEvent = (
    DeliberationConvened
    | NoticeGiven
    | DeliberationPostponed
    | OpinionRecorded
    | ProposalTabled
    | AttendanceRecorded
    | MemberRecused
    | VoteCast
    | ConsentRecorded
    | ConsentPresumed
    | MinutesRecorded
    | DecisionReached
    | DecidedUrgently
    | DecisionRatified
    | DecisionLapsed
    | DecisionPublished
    | ObjectionRaised
    | ObjectionSettled
    | ObjectionsClosed
    | DecisionConfirmed
    | DecisionAnnulled
)
