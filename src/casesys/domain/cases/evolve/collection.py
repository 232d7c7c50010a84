"""How what is collected changes a case."""

from typing import assert_never

from msgspec.structs import replace

from casesys.domain.cases import events as e
from casesys.domain.cases.evolve.moving import moved
from casesys.domain.cases.state import Case, Ending
from casesys.domain.messages import Recorded


def begin(event: e.CaseCollected, recorded: Recorded) -> Case:
    """Give the case that begins here."""
    case = Case(
        case_id=event.case_id,
        version=0,
        stage=event.move.stage,
        case_type=event.case_type,
        category=event.category,
        title=event.title,
        grid=event.grid,
        path=event.path,
        channel=recorded.channel,
        initiator=event.initiator,
        anonymous=event.anonymous,
        visibility=event.visibility,
        collected_at=recorded.effective_at,
        moved_at=recorded.effective_at,
        facts=event.facts,
        source_ref=event.source_ref,
    )
    return moved(case, event.move, recorded.effective_at)


Gathering = (
    e.MadeSafe
    | e.CaseAmended
    | e.FactsEstablished
    | e.EvidenceAttached
    | e.PartyAdded
    | e.UrgingRecorded
    | e.CaseReclassified
    | e.VisibilityChanged
    | e.EmergencyServiceAlerted
    | e.InitiatorContacted
    | e.InitiatorAnswered
    | e.CaseCollected
)
Moving = (
    e.CaseAccepted
    | e.InformationRequested
    | e.InformationSupplied
    | e.InformationRequestLapsed
    | e.CaseDeclined
    | e.CaseReferred
    | e.CaseWithdrawn
)


def evolve_gathering(case: Case, event: Gathering, recorded: Recorded) -> Case:
    """Change a case by what was gathered about it."""
    match event:
        case e.MadeSafe(move=move):
            at = recorded.effective_at
            return moved(case, move, at, made_safe_at=case.made_safe_at or at)
        case e.CaseAmended(title=title):
            return replace(case, title=title or case.title)
        case e.FactsEstablished(facts=facts):
            return replace(case, facts={**case.facts, **facts})
        case e.EvidenceAttached(digest=digest):
            return replace(case, evidence=case.evidence | {digest})
        case e.PartyAdded(party=party, role=role):
            return replace(case, parties={**case.parties, party: role})
        case e.UrgingRecorded(count=count):
            return replace(case, urgings=count)
        case e.CaseReclassified(case_type=case_type, category=category):
            return replace(case, case_type=case_type, category=category)
        case e.VisibilityChanged(level=level):
            return replace(case, visibility=level)
        case e.InitiatorContacted(reached=reached, move=move):
            case = replace(case, contacted=case.contacted or reached)
            return case if move is None else moved(case, move, recorded.effective_at)
        case e.EmergencyServiceAlerted() | e.InitiatorAnswered():
            return case
        case e.CaseCollected():
            raise AssertionError("a case begins once")
        case _:
            assert_never(event)


def evolve_moving(case: Case, event: Moving, recorded: Recorded) -> Case:
    """Change a case by what is asked of it before it goes on, or ends it there."""
    at = recorded.effective_at
    match event:
        case e.CaseAccepted():
            return moved(case, event.move, at, governing=recorded.rule, accepted_at=at)
        case e.InformationRequested():
            return moved(case, event.move, at, information_asked=True)
        case e.InformationSupplied():
            facts = {**case.facts, **event.facts}
            return moved(case, event.move, at, information_asked=False, facts=facts)
        case e.InformationRequestLapsed():
            return moved(case, event.move, at, information_asked=False)
        case e.CaseDeclined() | e.CaseReferred() | e.CaseWithdrawn():
            endings = (*case.endings, Ending(event.result, at))
            return moved(case, event.move, at, endings=endings)
        case _:
            assert_never(event)
