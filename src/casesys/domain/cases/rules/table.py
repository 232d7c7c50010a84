"""Every command on an existing case, the event it stands for, and its rule."""

from collections.abc import Callable, Mapping
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
    triage,
)
from casesys.domain.messages import Event


class Provision(NamedTuple):
    """What a command on a case brings about in the first place, and the function that decides it."""

    event: type[Event]
    decide: Callable[[Matter, Any], tuple[Ruling, ...]]


RULES: Mapping[type[c.CaseCommand], Provision] = {
    c.MakeSafe: Provision(e.MadeSafe, collection.make_safe),
    c.AlertEmergencyService: Provision(
        e.EmergencyServiceAlerted, collection.alert_emergency_service
    ),
    c.AmendCase: Provision(e.CaseAmended, collection.amend_case),
    c.EstablishFacts: Provision(e.FactsEstablished, collection.establish_facts),
    c.AttachEvidence: Provision(e.EvidenceAttached, collection.attach_evidence),
    c.AddParty: Provision(e.PartyAdded, collection.add_party),
    c.ContactInitiator: Provision(e.InitiatorContacted, collection.contact_initiator),
    c.ReplyToInitiator: Provision(e.InitiatorAnswered, collection.reply_to_initiator),
    c.RequestInformation: Provision(e.InformationRequested, collection.request_information),
    c.SupplyInformation: Provision(e.InformationSupplied, collection.supply_information),
    c.RecordUrging: Provision(e.UrgingRecorded, collection.record_urging),
    c.ReclassifyCase: Provision(e.CaseReclassified, collection.reclassify_case),
    c.AcceptCase: Provision(e.CaseAccepted, collection.accept_case),
    c.DeclineCase: Provision(e.CaseDeclined, collection.decline_case),
    c.ReferCase: Provision(e.CaseReferred, collection.refer_case),
    c.WithdrawCase: Provision(e.CaseWithdrawn, collection.withdraw_case),
    c.ChangeVisibility: Provision(e.VisibilityChanged, collection.change_visibility),
    c.TriageCase: Provision(e.CaseTriaged, triage.triage_case),
    c.RetriageCase: Provision(e.CaseRetriaged, triage.retriage_case),
    c.ConveneDeliberation: Provision(e.DeliberationConvened, deliberation.convene_deliberation),
    c.TableProposal: Provision(e.ProposalTabled, deliberation.table_proposal),
    c.GiveNotice: Provision(e.NoticeGiven, deliberation.give_notice),
    c.PostponeDeliberation: Provision(e.DeliberationPostponed, deliberation.postpone_deliberation),
    c.RecordOpinion: Provision(e.OpinionRecorded, deliberation.record_opinion),
    c.RecordConsent: Provision(e.ConsentRecorded, deliberation.record_consent),
    c.PresumeConsent: Provision(e.ConsentPresumed, deliberation.presume_consent),
    c.DecideUrgently: Provision(e.DecidedUrgently, deliberation.decide_urgently),
    c.RatifyDecision: Provision(e.DecisionRatified, deliberation.ratify_decision),
    c.LapseDecision: Provision(e.DecisionLapsed, deliberation.lapse_decision),
    c.RecordAttendance: Provision(e.AttendanceRecorded, meeting.record_attendance),
    c.RecuseMember: Provision(e.MemberRecused, meeting.recuse_member),
    c.CastVote: Provision(e.VoteCast, meeting.cast_vote),
    c.RecordMinutes: Provision(e.MinutesRecorded, meeting.record_minutes),
    c.ConcludeDeliberation: Provision(e.DecisionReached, meeting.conclude_deliberation),
    c.PublishDecision: Provision(e.DecisionPublished, decision.publish_decision),
    c.RaiseObjection: Provision(e.ObjectionRaised, decision.raise_objection),
    c.SettleObjection: Provision(e.ObjectionSettled, decision.settle_objection),
    c.ConfirmDecision: Provision(e.DecisionConfirmed, decision.confirm_decision),
    c.AnnulDecision: Provision(e.DecisionAnnulled, decision.annul_decision),
    c.DispatchCase: Provision(e.CaseDispatched, assignment.dispatch_case),
    c.AcceptAssignment: Provision(e.AssignmentAccepted, assignment.accept_assignment),
    c.ReturnAssignment: Provision(e.AssignmentReturned, assignment.return_assignment),
    c.DisputeAssignment: Provision(e.AssignmentDisputed, assignment.dispute_assignment),
    c.RuleOnDispute: Provision(e.DisputeRuled, assignment.rule_on_dispute),
    c.HandOver: Provision(e.HandedOver, assignment.hand_over),
    c.StartWork: Provision(e.WorkStarted, resolution.start_work),
    c.ReportProgress: Provision(e.ProgressReported, resolution.report_progress),
    c.SuspendClock: Provision(e.ClockSuspended, resolution.suspend_clock),
    c.ResumeClock: Provision(e.ClockResumed, resolution.resume_clock),
    c.RequestExtension: Provision(e.ExtensionRequested, resolution.request_extension),
    c.GrantExtension: Provision(e.ExtensionGranted, resolution.grant_extension),
    c.RefuseExtension: Provision(e.ExtensionRefused, resolution.refuse_extension),
    c.ReportResolution: Provision(e.ResolutionReported, resolution.report_resolution),
    c.VerifyResolution: Provision(e.ResolutionVerified, resolution.verify_resolution),
    c.RejectResolution: Provision(e.ResolutionRejected, resolution.reject_resolution),
    c.ReportImplementation: Provision(e.ImplementationReported, resolution.report_implementation),
    c.RecordCallback: Provision(e.CallbackRecorded, resolution.record_callback),
    c.CloseCase: Provision(e.CaseClosed, resolution.close_case),
    c.RequestReopening: Provision(e.ReopeningRequested, afterwards.request_reopening),
    c.ReopenCase: Provision(e.CaseReopened, afterwards.reopen_case),
    c.CorrectResult: Provision(e.ResultCorrected, afterwards.correct_result),
    c.LodgeReview: Provision(e.ReviewLodged, afterwards.lodge_review),
    c.DecideReview: Provision(e.ReviewDecided, afterwards.decide_review),
    c.AddNote: Provision(e.NoteAdded, running.add_note),
    c.RemindOfDeadline: Provision(e.DeadlineReminded, running.remind_of_deadline),
    c.RecordMissedDeadline: Provision(e.DeadlineMissed, running.record_missed_deadline),
    c.EscalateCase: Provision(e.CaseEscalated, running.escalate_case),
    c.LapseInformationRequest: Provision(
        e.InformationRequestLapsed, running.lapse_information_request
    ),
}
"""All commands on a case but the one that begins it."""
