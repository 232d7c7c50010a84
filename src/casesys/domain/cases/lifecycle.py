"""The lifecycle of a case as a table: in each stage, which events may happen, and to which stages they may lead.

    collection ──► deliberation ──► assignment ──► resolution ──► closed
        │               │    ▲          ▲               │  ▲          │
        └───────────────┼────┴──────────┴───────────────┘  └──────────┘ reopened

A case is in one stage at a time. What a caseworker may do follows from the stage (here), from the finer state (the rules of each
command) and from the charter (which stages a case type passes, which steps a procedure has, who may). This table is the outer
bound: an event that it does not list cannot happen, whatever a rule or a charter says. The diagram in the docs is drawn from it.

An event that is listed without other stages stays where it is. One that leads on carries the stage that was chosen.
"""

from collections.abc import Mapping

from casesys.domain.cases import events as e
from casesys.domain.messages import Event
from casesys.domain.vocabulary import Stage

_COLLECTION = Stage.COLLECTION
_DELIBERATION = Stage.DELIBERATION
_ASSIGNMENT = Stage.ASSIGNMENT
_RESOLUTION = Stage.RESOLUTION
_CLOSED = Stage.CLOSED

_Table = Mapping[type[Event], frozenset[Stage]]


def _stays(stage: Stage, *events: type[Event]) -> dict[type[Event], frozenset[Stage]]:
    return dict.fromkeys(events, frozenset({stage}))


_WHILE_OPEN: tuple[type[Event], ...] = (
    e.MadeSafe,
    e.EmergencyServiceAlerted,
    e.CaseAmended,
    e.FactsEstablished,
    e.EvidenceAttached,
    e.PartyAdded,
    e.InitiatorContacted,
    e.InitiatorAnswered,
    e.InformationRequested,
    e.InformationSupplied,
    e.InformationRequestLapsed,
    e.UrgingRecorded,
    e.VisibilityChanged,
    e.NoteAdded,
    e.ClockSuspended,
    e.ClockResumed,
    e.ExtensionRequested,
    e.ExtensionGranted,
    e.ExtensionRefused,
    e.DeadlineReminded,
    e.DeadlineMissed,
    e.CaseEscalated,
)
"""What may happen in every stage but the last, and moves nothing."""

_WAYS = frozenset({_DELIBERATION, _ASSIGNMENT, _RESOLUTION})
"""Where triage may send a case."""

_ENDINGS: _Table = dict.fromkeys((e.CaseReferred, e.CaseWithdrawn), frozenset({_CLOSED}))

LIFECYCLE: Mapping[Stage, _Table] = {
    _COLLECTION: {
        **_stays(_COLLECTION, *_WHILE_OPEN, e.CaseReclassified, e.CaseAccepted),
        **_ENDINGS,
        e.CaseDeclined: frozenset({_CLOSED}),
        e.CaseTriaged: _WAYS,
    },
    _DELIBERATION: {
        **_stays(
            _DELIBERATION,
            *_WHILE_OPEN,
            e.CaseReclassified,
            e.DeliberationConvened,
            e.NoticeGiven,
            e.DeliberationPostponed,
            e.OpinionRecorded,
            e.ProposalTabled,
            e.AttendanceRecorded,
            e.MemberRecused,
            e.VoteCast,
            e.ConsentRecorded,
            e.ConsentPresumed,
            e.MinutesRecorded,
            e.DecidedUrgently,
            e.DecisionRatified,
            e.DecisionLapsed,
            e.DecisionPublished,
            e.ObjectionRaised,
            e.ObjectionSettled,
            e.ObjectionsClosed,
            e.DecisionAnnulled,
        ),
        **_ENDINGS,
        e.CaseRetriaged: _WAYS,
        e.DecisionReached: frozenset({_DELIBERATION, _CLOSED}),
        e.DecisionConfirmed: frozenset({_ASSIGNMENT, _RESOLUTION}),
    },
    _ASSIGNMENT: {
        **_stays(
            _ASSIGNMENT,
            *_WHILE_OPEN,
            e.CaseReclassified,
            e.CaseDispatched,
            e.AssignmentReturned,
            e.AssignmentDisputed,
            e.DisputeRuled,
            e.HandedOver,
        ),
        **_ENDINGS,
        e.CaseRetriaged: _WAYS,
        e.AssignmentAccepted: frozenset({_RESOLUTION}),
        e.DecisionAnnulled: frozenset({_DELIBERATION}),
    },
    _RESOLUTION: {
        **_stays(
            _RESOLUTION,
            *_WHILE_OPEN,
            e.HandedOver,
            e.WorkStarted,
            e.ProgressReported,
            e.ResolutionReported,
            e.ResolutionVerified,
            e.ResolutionRejected,
            e.ImplementationReported,
            e.CallbackRecorded,
        ),
        **_ENDINGS,
        e.CaseRetriaged: _WAYS,
        e.DecisionAnnulled: frozenset({_DELIBERATION}),
        e.CaseClosed: frozenset({_CLOSED}),
    },
    _CLOSED: {
        **_stays(
            _CLOSED,
            e.NoteAdded,
            e.VisibilityChanged,
            e.InitiatorAnswered,
            e.ImplementationReported,
            e.CallbackRecorded,
            e.ReopeningRequested,
            e.ResultCorrected,
            e.ReviewLodged,
            e.ReviewDecided,
        ),
        e.CaseReopened: frozenset({_COLLECTION, _DELIBERATION, _ASSIGNMENT, _RESOLUTION}),
    },
}


def may_happen(stage: Stage, event: type[Event]) -> bool:
    """Say whether an event may happen in a stage at all."""
    return event in LIFECYCLE[stage]


def may_lead(stage: Stage, event: type[Event], to: Stage) -> bool:
    """Say whether an event may take a case from one stage to another."""
    return to in LIFECYCLE[stage].get(event, ())
