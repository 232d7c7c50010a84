"""After closing: reopening, correcting, reviewing. Earlier results stay and count."""

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.cases.matter import Matter, Ruling
from casesys.domain.cases.rules.collection import counted
from casesys.domain.cases.rules.resolution import result_of_work
from casesys.domain.refusals import refuse
from casesys.domain.vocabulary import COMMANDS, Moment, Stage, Status

Rulings = tuple[Ruling, ...]


def request_reopening(m: Matter, command: c.RequestReopening) -> Rulings:
    """The initiator may ask once until it is answered."""
    if m.case.reopening_asked:
        refuse("already-recorded", what=COMMANDS["request-reopening"])
    return ((e.ReopeningRequested(command.reason), None),)


def reopen_case(m: Matter, command: c.ReopenCase) -> Rulings:
    """A case is reopened when the initiator asked, or a review did not uphold the result, and not more often than allowed."""
    case, rules = m.case, m.charter.satisfaction
    if not case.reopening_asked and not case.review_upset:
        refuse("nobody-asked", clause=rules.clause, accepted=("request-reopening", "lodge-review"))
    if case.reopenings >= rules.reopenings_at_most:
        refuse("reopened-enough", clause=rules.clause, times=rules.reopenings_at_most)
    count = case.reopenings + 1
    move = _back(m)
    event = e.CaseReopened(count, move, command.reason)
    return ((event, rules.clause), *counted(m, "reopenings", count))


def _back(m: Matter) -> Move:
    """Go back to where the case had come to: nothing that the charter asks for is passed over by closing and reopening."""
    case = m.case
    starts = m.starts(Moment.REOPENED)
    if not case.direct and case.procedure is None:
        return Move(Stage.COLLECTION, starts=starts)
    if case.deliberation is not None and not case.deliberation.confirmed:
        return Move(Stage.DELIBERATION, opens="", starts=starts)
    taken = case.assignment is not None and case.assignment.status is Status.ASSIGNED
    if not taken and Stage.ASSIGNMENT in m.case_type.stages:
        return Move(Stage.ASSIGNMENT, starts=starts)
    return Move(Stage.RESOLUTION, starts=starts)


def correct_result(m: Matter, command: c.CorrectResult) -> Rulings:
    """Another result of the charter holds from now on."""
    before = m.case.result
    assert before is not None
    result_of_work(m, command.result)
    if command.result == before:
        refuse("nothing-to-change")
    return ((e.ResultCorrected(before, command.result, command.reason), None),)


def lodge_review(m: Matter, command: c.LodgeReview) -> Rulings:
    """One review at a time."""
    if m.case.review_open:
        refuse("already-recorded", what=COMMANDS["lodge-review"])
    return ((e.ReviewLodged(command.grounds), None),)


def ready_for_review(m: Matter) -> None:
    """A review was asked for."""
    if not m.case.review_open:
        refuse("no-review", accepted=("lodge-review",))


def decide_review(_: Matter, command: c.DecideReview) -> Rulings:
    """The review upholds the result, or the case may be reopened."""
    return ((e.ReviewDecided(command.upheld, command.reason), None),)
