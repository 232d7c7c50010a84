"""Every command on an existing case: the event it stands for, its rule, what has to be so before it, and when a case waits for it.

`ready` is the part of a rule that does not look at what the command says; it comes first, and a preview asks it alone. A command
that says nothing but personal texts needs none, because its rule can be asked as a whole; nor does one that can take a few `forms`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.matter import Matter, Ruling
from casesys.domain.cases.rules import (
    afterwards,
    assignment,
    collection,
    decision,
    deliberation,
    meeting,
    resolution,
    running,
    sides,
    triage,
    urgent,
    waiting,
)
from casesys.domain.messages import Event


class Provision(NamedTuple):
    """What a command on a case brings about in the first place, and the function that decides it.

    `ready` refuses what no particulars could make acceptable; `forms` are those in which the command is accepted if it is in any.
    `advances` says whether a case that is ready for the command waits for it; without it, the command moves nothing on.
    """

    event: type[Event]
    decide: Callable[[Matter, Any], tuple[Ruling, ...]]
    ready: Callable[[Matter], None] | None = None
    forms: Callable[[Matter], Iterable[c.CaseCommand]] | None = None
    advances: Callable[[Matter], bool] | None = None


RULES: Mapping[type[c.CaseCommand], Provision] = {
    c.MakeSafe: Provision(
        e.MadeSafe,
        collection.make_safe,
        advances=waiting.to_be_made_safe,
    ),
    c.AlertEmergencyService: Provision(
        e.EmergencyServiceAlerted, collection.alert_emergency_service
    ),
    c.AmendCase: Provision(e.CaseAmended, collection.amend_case),
    c.EstablishFacts: Provision(
        e.FactsEstablished,
        collection.establish_facts,
        advances=waiting.for_facts,
    ),
    c.AttachEvidence: Provision(
        e.EvidenceAttached,
        collection.attach_evidence,
        advances=waiting.for_evidence,
    ),
    c.AddParty: Provision(e.PartyAdded, collection.add_party),
    c.ContactInitiator: Provision(
        e.InitiatorContacted,
        collection.contact_initiator,
        advances=waiting.for_contact,
    ),
    c.ReplyToInitiator: Provision(e.InitiatorAnswered, collection.reply_to_initiator),
    c.RequestInformation: Provision(e.InformationRequested, collection.request_information),
    c.SupplyInformation: Provision(
        e.InformationSupplied,
        collection.supply_information,
        ready=collection.ready_for_information,
        advances=waiting.for_information,
    ),
    c.RecordUrging: Provision(e.UrgingRecorded, collection.record_urging),
    c.ReclassifyCase: Provision(e.CaseReclassified, collection.reclassify_case),
    c.AcceptCase: Provision(
        e.CaseAccepted,
        collection.accept_case,
        advances=waiting.always,
    ),
    c.DeclineCase: Provision(
        e.CaseDeclined,
        collection.decline_case,
        ready=collection.not_accepted_yet,
        advances=waiting.always,
    ),
    c.ReferCase: Provision(
        e.CaseReferred,
        collection.refer_case,
        advances=waiting.to_be_accepted,
    ),
    c.WithdrawCase: Provision(e.CaseWithdrawn, collection.withdraw_case),
    c.ChangeVisibility: Provision(e.VisibilityChanged, collection.change_visibility),
    c.TriageCase: Provision(
        e.CaseTriaged,
        triage.triage_case,
        ready=triage.ready_for_triage,
        advances=waiting.always,
    ),
    c.RetriageCase: Provision(
        e.CaseRetriaged,
        triage.retriage_case,
        advances=waiting.to_be_triaged_again,
    ),
    c.ConveneDeliberation: Provision(
        e.DeliberationConvened,
        deliberation.convene_deliberation,
        ready=deliberation.ready_to_convene,
        advances=waiting.always,
    ),
    c.TableProposal: Provision(
        e.ProposalTabled,
        deliberation.table_proposal,
        ready=deliberation.ready_for_proposal,
        advances=waiting.for_proposal,
    ),
    c.GiveNotice: Provision(
        e.NoticeGiven,
        deliberation.give_notice,
        ready=deliberation.ready_for_notice,
        advances=waiting.always,
    ),
    c.PostponeDeliberation: Provision(
        e.DeliberationPostponed,
        deliberation.postpone_deliberation,
        ready=deliberation.ready_to_postpone,
    ),
    c.RecordOpinion: Provision(
        e.OpinionRecorded,
        deliberation.record_opinion,
        ready=deliberation.ready_for_opinion,
        advances=waiting.always,
    ),
    c.RecordConsent: Provision(
        e.ConsentRecorded,
        sides.record_consent,
        ready=sides.ready_for_consent,
        advances=waiting.always,
    ),
    c.PresumeConsent: Provision(e.ConsentPresumed, sides.presume_consent),
    c.DecideUrgently: Provision(
        e.DecidedUrgently,
        urgent.decide_urgently,
        ready=urgent.ready_for_officer,
        advances=waiting.always,
    ),
    c.RatifyDecision: Provision(
        e.DecisionRatified,
        sides.ratify_decision,
        ready=sides.ready_to_ratify,
        advances=waiting.always,
    ),
    c.LapseDecision: Provision(e.DecisionLapsed, sides.lapse_decision),
    c.RecordAttendance: Provision(
        e.AttendanceRecorded,
        meeting.record_attendance,
        ready=meeting.ready_for_attendance,
        advances=waiting.always,
    ),
    c.RecuseMember: Provision(
        e.MemberRecused,
        meeting.recuse_member,
        ready=meeting.ready_for_recusals,
    ),
    c.CastVote: Provision(
        e.VoteCast,
        meeting.cast_vote,
        ready=meeting.ready_for_votes,
        advances=waiting.for_votes,
    ),
    c.RecordMinutes: Provision(
        e.MinutesRecorded,
        meeting.record_minutes,
        ready=meeting.ready_for_minutes,
        advances=waiting.for_minutes,
    ),
    c.ConcludeDeliberation: Provision(
        e.DecisionReached,
        meeting.conclude_deliberation,
        advances=waiting.always,
    ),
    c.PublishDecision: Provision(
        e.DecisionPublished,
        decision.publish_decision,
        ready=decision.ready_to_publish,
        advances=waiting.always,
    ),
    c.RaiseObjection: Provision(
        e.ObjectionRaised,
        decision.raise_objection,
        ready=decision.ready_for_objections,
    ),
    c.SettleObjection: Provision(
        e.ObjectionSettled,
        decision.settle_objection,
        ready=decision.ready_to_settle,
        advances=waiting.always,
    ),
    c.CloseObjections: Provision(e.ObjectionsClosed, decision.close_objections),
    c.ConfirmDecision: Provision(
        e.DecisionConfirmed,
        decision.confirm_decision,
        advances=waiting.always,
    ),
    c.AnnulDecision: Provision(e.DecisionAnnulled, decision.annul_decision),
    c.DispatchCase: Provision(
        e.CaseDispatched,
        assignment.dispatch_case,
        ready=assignment.ready_for_dispatch,
        advances=waiting.always,
    ),
    c.AcceptAssignment: Provision(
        e.AssignmentAccepted,
        assignment.accept_assignment,
        advances=waiting.always,
    ),
    c.ReturnAssignment: Provision(
        e.AssignmentReturned,
        assignment.return_assignment,
        ready=assignment.ready_to_be_turned_down,
    ),
    c.DisputeAssignment: Provision(
        e.AssignmentDisputed,
        assignment.dispute_assignment,
        ready=assignment.ready_to_be_turned_down,
    ),
    c.RuleOnDispute: Provision(
        e.DisputeRuled,
        assignment.rule_on_dispute,
        ready=assignment.ready_for_ruling,
        advances=waiting.always,
    ),
    c.HandOver: Provision(
        e.HandedOver,
        assignment.hand_over,
        ready=assignment.ready_to_hand_over,
    ),
    c.StartWork: Provision(
        e.WorkStarted,
        resolution.start_work,
        advances=waiting.to_be_begun,
    ),
    c.ReportProgress: Provision(e.ProgressReported, resolution.report_progress),
    c.SuspendClock: Provision(
        e.ClockSuspended,
        resolution.suspend_clock,
        ready=resolution.ready_to_suspend,
        forms=resolution.grounds_to_suspend,
    ),
    c.ResumeClock: Provision(
        e.ClockResumed,
        resolution.resume_clock,
        advances=waiting.to_be_resumed,
    ),
    c.RequestExtension: Provision(
        e.ExtensionRequested,
        resolution.request_extension,
        ready=resolution.ready_to_extend,
        forms=resolution.shortest_extensions,
    ),
    c.GrantExtension: Provision(
        e.ExtensionGranted,
        resolution.grant_extension,
        advances=waiting.for_more_time,
    ),
    c.RefuseExtension: Provision(
        e.ExtensionRefused,
        resolution.refuse_extension,
        advances=waiting.for_more_time,
    ),
    c.ReportResolution: Provision(
        e.ResolutionReported,
        resolution.report_resolution,
        ready=resolution.ready_for_report,
        advances=waiting.always,
    ),
    c.VerifyResolution: Provision(
        e.ResolutionVerified,
        resolution.verify_resolution,
        advances=waiting.always,
    ),
    c.RejectResolution: Provision(
        e.ResolutionRejected,
        resolution.reject_resolution,
        advances=waiting.to_be_verified,
    ),
    c.ReportImplementation: Provision(
        e.ImplementationReported,
        resolution.report_implementation,
        advances=waiting.for_implementation,
    ),
    c.RecordCallback: Provision(
        e.CallbackRecorded,
        resolution.record_callback,
        advances=waiting.for_callback,
    ),
    c.CloseCase: Provision(
        e.CaseClosed,
        resolution.close_case,
        forms=resolution.results_to_close_with,
        advances=waiting.to_be_closed,
    ),
    c.RequestReopening: Provision(e.ReopeningRequested, afterwards.request_reopening),
    c.ReopenCase: Provision(
        e.CaseReopened,
        afterwards.reopen_case,
        advances=waiting.always,
    ),
    c.CorrectResult: Provision(e.ResultCorrected, afterwards.correct_result),
    c.LodgeReview: Provision(e.ReviewLodged, afterwards.lodge_review),
    c.DecideReview: Provision(
        e.ReviewDecided,
        afterwards.decide_review,
        ready=afterwards.ready_for_review,
        advances=waiting.always,
    ),
    c.AddNote: Provision(e.NoteAdded, running.add_note),
    c.RemindOfDeadline: Provision(e.DeadlineReminded, running.remind_of_deadline),
    c.RecordMissedDeadline: Provision(e.DeadlineMissed, running.record_missed_deadline),
    c.EscalateCase: Provision(e.CaseEscalated, running.escalate_case),
    c.LapseInformationRequest: Provision(
        e.InformationRequestLapsed, running.lapse_information_request
    ),
}
"""All commands on a case but the one that begins it."""
