"""How deliberating and deciding change a case."""

from typing import assert_never

from msgspec.structs import replace

from casesys.domain.cases import events as e
from casesys.domain.cases.evolve.moving import moved
from casesys.domain.cases.state import (
    Attendance,
    Case,
    Deliberation,
    Ending,
    Notice,
    Objection,
)
from casesys.domain.messages import Recorded
from casesys.domain.vocabulary import TallyOutcome

_Decided = (
    e.DecisionReached
    | e.DecidedUrgently
    | e.DecisionRatified
    | e.DecisionLapsed
    | e.DecisionPublished
    | e.ObjectionRaised
    | e.ObjectionSettled
    | e.ObjectionsClosed
    | e.DecisionConfirmed
    | e.DecisionAnnulled
)


def evolve_deliberation(case: Case, event: e.DeliberationEvent, recorded: Recorded) -> Case:
    """Change a case by an event of its deliberation."""
    assert case.deliberation is not None
    if isinstance(event, _Decided):
        deliberation = _deciding(case.deliberation, event, recorded)
    else:
        deliberation = _deliberating(case.deliberation, event, recorded)
    case = replace(case, deliberation=deliberation)
    if isinstance(event, e.DecisionReached) and event.result is not None:
        ending = Ending(event.result, recorded.effective_at)
        case = replace(case, endings=(*case.endings, ending))
    if isinstance(event, e.DecidedUrgently) and event.made_safe is not None:
        case = replace(case, made_safe_at=case.made_safe_at or recorded.effective_at)
    if isinstance(event, e.DecisionAnnulled):
        case = replace(case, assignment=None)
    move = getattr(event, "move", None)
    return case if move is None else moved(case, move, recorded.effective_at)


_Deliberating = (
    e.DeliberationConvened
    | e.NoticeGiven
    | e.DeliberationPostponed
    | e.OpinionRecorded
    | e.ProposalTabled
    | e.AttendanceRecorded
    | e.MemberRecused
    | e.VoteCast
    | e.ConsentRecorded
    | e.ConsentPresumed
    | e.MinutesRecorded
)


def _deliberating(now: Deliberation, event: _Deliberating, recorded: Recorded) -> Deliberation:
    match event:
        case e.DeliberationConvened():
            return replace(now, moderator=event.moderator, parties=event.parties)
        case e.NoticeGiven(meets_at=meets_at):
            return replace(now, notice=Notice(recorded.effective_at, meets_at))
        case e.DeliberationPostponed(meets_at=meets_at):
            assert now.notice is not None
            return replace(now, notice=Notice(now.notice.given_at, meets_at))
        case e.ProposalTabled(number=number):
            return replace(now, proposals=number)
        case e.AttendanceRecorded():
            attendance = Attendance(now.step, frozenset(event.members), frozenset(event.present))
            return replace(
                now,
                attendance=attendance,
                recused=frozenset(),
                votes={},
                counted=False,
                minuted=False,
            )
        case e.MemberRecused(member=member):
            return replace(now, recused=now.recused | {member})
        case e.VoteCast(member=member, choice=choice):
            return replace(now, votes={**now.votes, member: choice})
        case e.ConsentRecorded(side=side, consents=consents):
            return replace(now, consents={**now.consents, side: consents})
        case e.ConsentPresumed(sides=sides):
            return replace(now, consents={**now.consents, **dict.fromkeys(sides, True)})
        case e.MinutesRecorded():
            return replace(now, minuted=True)
        case e.OpinionRecorded():
            return now
        case _:
            assert_never(event)


def _deciding(now: Deliberation, event: _Decided, recorded: Recorded) -> Deliberation:
    match event:
        case e.DecisionReached(outcome=outcome, tally=tally):
            now = replace(now, outcome=outcome, ended=now.ended | set(event.move.stops))
            if tally is None:
                return now
            return replace(now, counted=True, notice=None)  # the notice has served
        case e.DecidedUrgently():
            return replace(
                now,
                outcome=TallyOutcome.CARRIED,
                ended=now.ended | set(event.move.stops),
                urgent=True,
                further_measures=event.further,
                parties={**now.parties, **event.parties},
            )
        case e.DecisionRatified(side=side, ratifies=ratifies):
            return replace(now, ratifications={**now.ratifications, side: ratifies})
        case e.DecisionLapsed():
            return replace(now, lapsed=True, further_measures=False, outcome=None)
        case e.DecisionPublished():
            return replace(now, published_at=recorded.effective_at)
        case e.ObjectionRaised(number=number, objector=objector):
            return replace(now, objections=(*now.objections, Objection(number, objector)))
        case e.ObjectionSettled(number=number, upheld=upheld):
            settled = (
                replace(o, upheld=upheld) if o.number == number else o for o in now.objections
            )
            return replace(now, objections=tuple(settled))
        case e.ObjectionsClosed():
            return now
        case e.DecisionConfirmed():
            return replace(now, confirmed=True)
        case e.DecisionAnnulled():
            return replace(now, outcome=None, confirmed=False)
        case _:
            assert_never(event)
