"""Deliberating before and without a meeting: convening, proposals, notice, opinions, consent, urgent decisions and ratifying."""

from collections.abc import Iterable, Mapping
from itertools import chain

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.cases.matter import Matter, Ruling, clock_start
from casesys.domain.cases.rules.triage import Way, go
from casesys.domain.cases.state import NOTICE_CLOCK, STEP_CLOCK
from casesys.domain.charter.model import Charter, Procedure
from casesys.domain.charter.steps import (
    Consult,
    Meeting,
    Notice,
    OfficerDecision,
    Ratify,
    Side,
    Study,
)
from casesys.domain.refusals import refuse
from casesys.domain.register.lookups import known_person
from casesys.domain.vocabulary import COMMANDS, TERMS, Moment, TallyOutcome
from casesys.domain.working_time import Term

Rulings = tuple[Ruling, ...]


def ready_to_convene(m: Matter) -> None:
    """Nobody has called it, its first step can be carried out, and each side has somebody who stands for it."""
    deliberation = m.deliberation
    if deliberation.convened or deliberation.step is not None:
        refuse("already-convened")
    m.opening(m.procedure, 0)
    asked_parties(m, m.procedure)


def convene_deliberation(m: Matter, command: c.ConveneDeliberation) -> Rulings:
    """Calling the deliberation says who stands for whom, and opens the first step."""
    known_person(m.world, command.moderator)
    if command.minute_taker is not None:
        known_person(m.world, command.minute_taker)
    event = e.DeliberationConvened(
        moderator=command.moderator,
        parties=asked_parties(m, m.procedure),
        move=m.opening(m.procedure, 0),
        minute_taker=command.minute_taker,
    )
    return ((event, m.procedure.clause),)


def asked_parties(m: Matter, procedure: Procedure) -> Mapping[str, str]:
    """Say who stands for each kind of party that a procedure asks; refuse when nobody stands for a side or body."""
    parties = m.parties(sorted(_kinds(m.charter, procedure)))
    for step in procedure.steps:
        if isinstance(step, Consult | Ratify):
            for asked in step.sides:
                if not any(kind in parties for kind in asked.who):
                    refuse(
                        "nobody-stands-for-side",
                        clause=step.clause,
                        side=asked.label,
                        accepted=asked.who,
                    )
        body = step.body if isinstance(step, Study) else _meeting_body(m.charter, step)
        if body is not None and body not in parties:
            side = m.charter.parties[body].label
            refuse("nobody-stands-for-side", clause=step.clause, side=side, accepted=(body,))
    return parties


def _kinds(charter: Charter, procedure: Procedure) -> Iterable[str]:
    for step in procedure.steps:
        if isinstance(step, Consult | Ratify):
            yield from chain.from_iterable(side.who for side in step.sides)
        elif isinstance(step, Study):
            yield step.body
        elif (body := _meeting_body(charter, step)) is not None:
            yield body


def _meeting_body(charter: Charter, step: object) -> str | None:
    return charter.electorates[step.electorate].body if isinstance(step, Meeting) else None


def ready_for_proposal(m: Matter) -> None:
    """Those concerned were neither told nor asked yet; after a decision, a later step still has one to make."""
    now = m.deliberation
    voting = now.meeting is not None and now.votes
    if now.notice is not None or now.consents or voting:
        refuse("agenda-locked")
    if now.outcome is not None and not _decides_again(m):
        refuse("already-decided")


def _decides_again(m: Matter) -> bool:
    """Say whether the open step, or one after it, is about a proposal."""
    step = m.deliberation.step
    ahead = () if step is None else m.procedure.steps[m.procedure.index(step) :]
    return any(isinstance(each, Notice | Consult | Meeting) for each in ahead)


def table_proposal(m: Matter, command: c.TableProposal) -> Rulings:
    """What is to be decided can change until those concerned were told, or asked."""
    number = m.deliberation.proposals + 1
    return ((e.ProposalTabled(number, command.title, command.text), None),)


def ready_for_notice(m: Matter) -> None:
    """It is the turn of a notice, and there is something to decide."""
    step: Notice = m.step(Notice)
    check_proposal(m, step)
    m.advance()


def check_proposal(m: Matter, step: Notice | Consult | Meeting) -> None:
    """Refuse a step that is about a proposal while there is none."""
    if m.deliberation.proposals == 0:
        refuse("no-proposal", clause=step.clause, accepted=("table-proposal",))


def give_notice(m: Matter, command: c.GiveNotice) -> Rulings:
    """The meeting is far enough ahead, and the notice is proved."""
    step: Notice = m.step(Notice)
    check_proofs(m, command.proofs)
    if step.proofs and not command.proofs:
        refuse("proof-needed", clause=step.clause, accepted=tuple(step.proofs))
    earliest = m.term_due(Term(step.period.budget, m.happened_at)).due_at
    if command.meets_at < earliest:
        refuse("notice-too-short", clause=step.clause, earliest=earliest.isoformat())
    move = m.advance()
    start = clock_start(NOTICE_CLOCK, step.period, step.clause)
    move = Move(
        move.stage,
        opens=move.opens,
        attempt=move.attempt,
        starts=(*move.starts, start),
        stops=move.stops,
    )
    event = e.NoticeGiven(command.meets_at, command.agenda, move, command.proofs)
    return ((event, step.clause),)


def check_proofs(m: Matter, proofs: tuple[str, ...]) -> None:
    """Refuse proofs that are not attached to the case."""
    for digest in proofs:
        if digest not in m.case.evidence:
            refuse("unknown-evidence", digest=digest, accepted=("attach-evidence",))


def ready_to_postpone(m: Matter) -> None:
    """Notice was given of a meeting that has not begun."""
    if m.deliberation.notice is None:
        refuse("no-notice", accepted=("give-notice",))
    if m.deliberation.meeting is not None:
        refuse("meeting-begun")


def postpone_deliberation(m: Matter, command: c.PostponeDeliberation) -> Rulings:
    """A meeting can be held later than notice was given for, not earlier."""
    notice = m.deliberation.notice
    assert notice is not None
    if command.meets_at <= notice.meets_at:
        refuse("not-later", before=notice.meets_at.isoformat())
    return ((e.DeliberationPostponed(command.meets_at, command.reason), None),)


def ready_for_opinion(m: Matter) -> None:
    """It is the turn of a body that studies the matter."""
    m.step(Study)
    m.advance()


def record_opinion(m: Matter, command: c.RecordOpinion) -> Rulings:
    """The opinion is recorded whatever it is; it does not decide."""
    step: Study = m.step(Study)
    event = e.OpinionRecorded(
        body=m.deliberation.parties[step.body],
        favourable=command.favourable,
        move=m.advance(),
        opinion=command.opinion,
    )
    return ((event, step.clause),)


def ready_for_consent(m: Matter) -> None:
    """The sides are asked about a proposal, and there is still time to answer."""
    step: Consult = m.step(Consult)
    check_proposal(m, step)
    _check_time(m, step)


def _check_time(m: Matter, step: Consult | Ratify) -> None:
    if m.expired(STEP_CLOCK):
        refuse("too-late", clause=step.clause, what=step.label)


def record_consent(m: Matter, command: c.RecordConsent) -> Rulings:
    """All sides consenting carries. One objection leads where the charter says, or ends the case as not carried."""
    step: Consult = m.step(Consult)
    side = _side(step, command.side)
    if command.side in m.deliberation.consents:
        refuse("already-recorded", clause=step.clause, what=side.label)
    party = _speaker(m, side)
    event = e.ConsentRecorded(command.side, party, command.consents, m.stay(), command.statement)
    recorded = (event, step.clause)
    if not command.consents:
        return (recorded, _objected(m, step))
    consents = {**m.deliberation.consents, command.side: True}
    if all(side.code in consents for side in step.sides):
        return (recorded, (_carried(m), step.clause))
    return (recorded,)


def _side(step: Consult | Ratify, code: str) -> Side:
    side = next((side for side in step.sides if side.code == code), None)
    if side is None:
        known = tuple(side.code for side in step.sides)
        refuse("unknown-code", clause=step.clause, what=TERMS["side"], code=code, accepted=known)
    return side


def _speaker(m: Matter, side: Side) -> str:
    parties = m.deliberation.parties
    return next(parties[kind] for kind in side.who if kind in parties)


def _objected(m: Matter, step: Consult) -> Ruling:
    if step.on_objection is None:
        return decided(m, TallyOutcome.NOT_CARRIED), step.clause
    way = Way(step.on_objection, "", _priority(m, step.on_objection), step.clause)
    return go(m, way, e.CaseRetriaged), step.clause


def _priority(m: Matter, procedure: str) -> int:
    """Give the priority of the first triage row that could send the case this way; without one it keeps its own."""
    rows = m.version.triage_rows(m.case.case_type, m.category)
    return next((row.priority for row, _ in rows if row.to == procedure), m.case.priority)


def _carried(m: Matter) -> e.DecisionReached:
    return decided(m, TallyOutcome.CARRIED)


def decided(
    m: Matter, outcome: TallyOutcome, tally: e.Tally | None = None, move: Move | None = None
) -> e.DecisionReached:
    """Say what came of a step: carried goes on to the next; not carried ends the case with the procedure's result."""
    deliberation = m.deliberation
    assert deliberation.step is not None
    result = None
    if move is None and outcome is TallyOutcome.CARRIED:
        on = m.advance()
        notice = tuple(n for n in m.running() if n == NOTICE_CLOCK)
        stops = (*on.stops, *notice, *m.stops(Moment.DECIDED))
        move = Move(on.stage, opens=on.opens, starts=on.starts, stops=stops)
    elif move is None:
        move, result = m.close(), m.procedure.not_carried
    return e.DecisionReached(
        outcome=outcome,
        step=deliberation.step,
        attempt=deliberation.attempt,
        move=move,
        tally=tally,
        result=result,
    )


def presume_consent(m: Matter, _: c.PresumeConsent) -> Rulings:
    """Sides that have not answered when the time is over count as agreeing."""
    step: Consult = m.step(Consult)
    if not m.expired(STEP_CLOCK):
        refuse("not-yet", clause=step.clause)
    silent = tuple(s.code for s in step.sides if s.code not in m.deliberation.consents)
    presumed = e.ConsentPresumed(silent, m.stay())
    return ((presumed, step.clause), (_carried(m), step.clause))


def ready_for_officer(m: Matter) -> None:
    """It is the turn of an officer, who acts in a role that the step names, and each side has somebody who stands for it."""
    step: OfficerDecision = m.step(OfficerDecision)
    if m.role is not None and m.role not in step.roles:
        refuse(
            "not-authorised",
            clause=step.clause,
            accepted=step.roles,
            person=m.envelope.actor_id,
            command=COMMANDS["decide-urgently"],
        )
    asked_parties(m, m.procedure)


def decide_urgently(m: Matter, command: c.DecideUrgently) -> Rulings:
    """The officer makes safe, or orders further measures where the charter lets them; those wait for the sides that ratify."""
    step: OfficerDecision = m.step(OfficerDecision)
    if command.made_safe is None and command.further_measures is None:
        refuse("nothing-decided", clause=step.clause)
    further = command.further_measures is not None
    if further and not step.further_measures:
        refuse("only-making-safe", clause=step.clause)
    moments = [Moment.DECIDED]
    if command.made_safe is not None:
        moments.append(Moment.MADE_SAFE)
    on = m.advance() if further else m.opening(m.procedure, _past_ratifying(m, step))
    event = e.DecidedUrgently(
        further=further,
        parties=asked_parties(m, m.procedure),
        move=Move(
            on.stage, opens=on.opens, starts=on.starts, stops=(*on.stops, *m.stops(*moments))
        ),
        made_safe=command.made_safe,
        further_measures=command.further_measures,
    )
    return ((event, step.clause),)


def _past_ratifying(m: Matter, step: OfficerDecision) -> int:
    """Give the first step after this one that is not about ratifying: there is nothing to ratify."""
    index = m.procedure.index(step.id) + 1
    steps = m.procedure.steps
    while index < len(steps) and isinstance(steps[index], Ratify):
        index += 1
    return index


def ready_to_ratify(m: Matter) -> None:
    """Measures wait to be ratified, and there is still time for it."""
    step: Ratify = m.step(Ratify)
    _check_time(m, step)


def ratify_decision(m: Matter, command: c.RatifyDecision) -> Rulings:
    """All sides ratify in time, or the further measures lapse; a refusal lets them lapse at once."""
    step: Ratify = m.step(Ratify)
    side = _side(step, command.side)
    ratified = m.deliberation.ratifications
    if command.side in ratified:
        refuse("already-recorded", clause=step.clause, what=side.label)
    complete = command.ratifies and all(
        side.code in ratified or side.code == command.side for side in step.sides
    )
    move = m.advance() if complete else m.stay()
    event = e.DecisionRatified(command.side, _speaker(m, side), command.ratifies, complete, move)
    if command.ratifies:
        return ((event, step.clause),)
    return ((event, step.clause), (_lapsed(m), step.clause))


def _lapsed(m: Matter) -> e.DecisionLapsed:
    move = Move(m.case.stage, opens="", stops=(STEP_CLOCK,), continues=m.undecided())
    return e.DecisionLapsed(move)


def lapse_decision(m: Matter, _: c.LapseDecision) -> Rulings:
    """What was not ratified when the time is over lapses by itself."""
    step: Ratify = m.step(Ratify)
    if not m.expired(STEP_CLOCK):
        refuse("not-yet", clause=step.clause)
    return ((_lapsed(m), step.clause),)
