"""What the sides answer, or leave unanswered: consent to a proposal, and ratifying what was ordered urgently."""

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.cases.matter import Matter, Ruling
from casesys.domain.cases.rules.deliberation import check_proposal, decided
from casesys.domain.cases.rules.triage import Way, go
from casesys.domain.cases.state import STEP_CLOCK
from casesys.domain.charter.steps import Consult, Ratify, Side
from casesys.domain.refusals import refuse
from casesys.domain.vocabulary import TERMS, TallyOutcome

Rulings = tuple[Ruling, ...]


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


def presume_consent(m: Matter, _: c.PresumeConsent) -> Rulings:
    """Sides that have not answered when the time is over count as agreeing."""
    step: Consult = m.step(Consult)
    if not m.expired(STEP_CLOCK):
        refuse("not-yet", clause=step.clause)
    silent = tuple(s.code for s in step.sides if s.code not in m.deliberation.consents)
    presumed = e.ConsentPresumed(silent, m.stay())
    return ((presumed, step.clause), (_carried(m), step.clause))


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
