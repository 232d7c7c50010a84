"""Deliberating until somebody is asked: convening, proposals, notice and opinions; and what comes of a step that decides."""

from collections.abc import Iterable, Mapping
from itertools import chain

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.cases.matter import Matter, Ruling, clock_start
from casesys.domain.cases.state import NOTICE_CLOCK
from casesys.domain.charter.model import Charter, Procedure
from casesys.domain.charter.steps import Consult, Meeting, Notice, Ratify, Study
from casesys.domain.refusals import refuse
from casesys.domain.register.lookups import known_person
from casesys.domain.vocabulary import Moment, TallyOutcome
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
