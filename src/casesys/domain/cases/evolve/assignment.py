"""How assigning changes a case."""

from typing import assert_never

from msgspec.structs import replace

from casesys.domain.cases import events as e
from casesys.domain.cases.evolve.moving import moved
from casesys.domain.cases.state import Assignment, Case
from casesys.domain.messages import Recorded
from casesys.domain.vocabulary import Status


def evolve_assignment(case: Case, event: e.AssignmentEvent, recorded: Recorded) -> Case:
    """Change a case by an event of its assignment."""
    at = recorded.effective_at
    match event:
        case e.CaseDispatched(lead=lead, supporting=supporting, move=move):
            return moved(case, move, at, assignment=Assignment(lead, supporting), contacted=False)
        case e.AssignmentAccepted(move=move):
            return moved(_with(case, status=Status.ASSIGNED), move, at)
        case e.AssignmentReturned(count=count, move=move):
            case = replace(_with(case, status=Status.RETURNED), returns=count)
            return moved(_with(case, lead=None), move, at)
        case e.AssignmentDisputed(lead=lead, lead_stays=stays):
            return _with(case, status=Status.DISPUTED, lead=lead if stays else None)
        case e.DisputeRuled(lead=lead, supporting=supporting, move=move):
            ruled = Assignment(lead, supporting, Status.DISPATCHED, binding=True)
            return moved(case, move, at, assignment=ruled)
        case e.HandedOver(lead=lead):
            return _with(case, lead=lead)
        case _:
            assert_never(event)


def _with(case: Case, **changes: object) -> Case:
    assert case.assignment is not None
    return replace(case, assignment=replace(case.assignment, **changes))
