"""Resolving: work and progress, reporting it done, verifying or rejecting that, telling those who decided."""

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.vocabulary import Status
from tests.domain.cases.ways import (
    COMPANY,
    LEAD,
    RESOLUTION,
    RESULTS,
    TEXT,
    agreed,
    assigned,
    carried_out,
    case,
    closed,
    confirmed,
    does,
    reported,
    running,
    so,
    verified,
    workdays,
)
from tests.domain.charter.stock import stock
from tests.domain.neighbourhood import under
from tests.domain.specification import Act, at

OF_THEIR_OWN = sorted(set(stock().charter.results) - set(RESULTS))


def reporting(result: str = "resolved", when: str = "03-05 16:00") -> Act:
    """The lead says that it is done."""
    return does(LEAD, when, c.ReportResolution, result=result, summary="某事")


def rejecting(when: str = "03-06 10:00") -> Act:
    """The verifier finds that it is not done."""
    return does("verifier", when, c.RejectResolution, reason="某事")


def verifying(when: str = "03-06 10:00") -> Act:
    """The verifier sees that it is done."""
    return does("verifier", when, c.VerifyResolution, remarks="某事")


def closing(when: str = "03-06 16:00", **fields: object) -> Act:
    """The dispatcher ends the case."""
    return does("dispatcher", when, c.CloseCase, **fields)


# -- work ---------------------------------------------------------------------------------------------------------------------


def test_work_starts_once() -> None:
    """Given a case taken, when work starts, then the case is being worked on; it does not start again."""
    starting = does(LEAD, "03-03 09:00", c.StartWork)

    assigned().when(starting).then(so(e.WorkStarted(), "art-43"))
    working = assigned().given(starting)
    assert case(working).work_started_at == at("03-03 09:00")
    assert case(working).status is Status.WORKING
    working.when(starting).refused("already-recorded")


def test_progress_is_reported_as_often_as_there_is_some() -> None:
    """Given a case taken, when progress is reported, then it is on record and changes nothing else."""
    progressing = does(LEAD, "03-03 10:00", c.ReportProgress, progress="某事")

    assigned().when(progressing).then(so(e.ProgressReported(TEXT), "art-43"))
    assert case(assigned().given(progressing, progressing)).status is Status.ASSIGNED


# -- reporting ----------------------------------------------------------------------------------------------------------------


def test_reporting_stops_the_work_and_starts_its_verification() -> None:
    """Given work that is done, when it is reported, then somebody has three working days to verify it."""
    starts = (workdays("verify", 3, "art-48"),)
    move = Move(RESOLUTION, starts=starts, stops=("resolve",))

    assigned().when(reporting()).then(so(e.ResolutionReported("resolved", move, TEXT), "art-48"))
    assert case(reported()).status is Status.REPORTED


def test_what_is_reported_waits_to_be_verified() -> None:
    """Given a report, when the lead reports again, then the first has to be verified or rejected."""
    reported().when(reporting(when="03-05 17:00")).refused("already-reported")


@pytest.mark.parametrize("result", ["riddle", *OF_THEIR_OWN])
def test_work_ends_in_a_result_of_work(result: str) -> None:
    """Given a result that is unknown, or that has a command of its own, when work is to end in it, then the others are named."""
    known = sorted(RESULTS)

    assigned().when(reporting(result)).refused("unknown-code", accepted=known)
    verified().when(closing(result=result)).refused("unknown-code", accepted=known)


# -- verifying ----------------------------------------------------------------------------------------------------------------


def test_verifying_starts_the_callback() -> None:
    """Given a report, when it is verified, then the initiator is to be called back and the case closed within three working days."""
    starts = (workdays("follow_up", 3, "art-50"),)
    move = Move(RESOLUTION, starts=starts, stops=("verify",))

    reported().when(verifying()).then(so(e.ResolutionVerified(move, TEXT), "art-48"))
    assert case(verified()).status is Status.VERIFIED


def test_only_what_is_reported_is_verified_or_rejected_and_verified_once() -> None:
    """Given no report, or one already verified, when it is verified, then that is refused."""
    assigned().when(verifying()).refused("not-reported", accepted=["report-resolution"])
    assigned().when(rejecting()).refused("not-reported", accepted=["report-resolution"])
    verified().when(verifying("03-06 11:00")).refused("already-recorded")


def test_a_rejected_resolution_lets_the_clock_go_on() -> None:
    """Given a report, when it is rejected, then the time to resolve goes on as if it had not been reported."""
    move = Move(RESOLUTION, stops=("verify",), resumes=("resolve",))

    reported().when(rejecting()).then(so(e.ResolutionRejected(move, TEXT), "art-48"))
    after = case(reported().given(rejecting()))
    assert after.clocks["resolve"] == case(assigned()).clocks["resolve"]
    assert (after.reported, after.status) == (None, Status.ASSIGNED)


def test_what_was_verified_can_still_be_rejected() -> None:
    """Given a verified report, when it turns out not to hold, then the callback is off and the time to resolve goes on."""
    move = Move(RESOLUTION, stops=("follow_up",), resumes=("resolve",))

    verified().when(rejecting("03-09 09:00")).then(so(e.ResolutionRejected(move, TEXT), "art-48"))
    after = verified().given(rejecting("03-09 09:00"))
    assert not case(after).verified
    assert running(after) == ("resolve",)


def test_in_a_later_round_only_its_own_clock_goes_on() -> None:
    """Given a case reopened and reported again, when that is rejected, then only its new time goes on."""
    again = closed().given(
        does("callback_officer", "03-09 09:00", c.RequestReopening, reason="某事"),
        does("grid_lead", "03-09 10:00", c.ReopenCase),
        reporting(when="03-10 16:00"),
    )

    move = Move(RESOLUTION, stops=("verify",), resumes=("redo",))
    verdict = again.when(rejecting("03-11 09:00"))
    verdict.then(so(e.ResolutionRejected(move, TEXT), "art-48"))


def test_clocks_that_only_verification_stops_go_on_too() -> None:
    """Given a charter whose work ends when it is verified, when a verified report is rejected, then its time goes on."""
    on = under(("time.clocks.resolve.stops", ["verified"]))

    assert running(verified(on)) == ("follow_up",)
    assert running(verified(on).given(rejecting("03-09 09:00"))) == ("resolve",)
    assert running(reported(on).given(rejecting())) == ("resolve",)


# -- telling the body that decided --------------------------------------------------------------------------------------------


def test_the_body_that_decided_is_told() -> None:
    """Given the representatives decided, when it is carried out, then they are told."""
    telling = does(COMPANY, "04-13 14:00", c.ReportImplementation, report="某事")

    scene = carried_out(confirmed(), "04-13")

    event = e.ImplementationReported("residents_representatives", TEXT)
    scene.when(telling).then(so(event, "art-49"))
    assert case(scene.given(telling)).implementation_reported


def test_where_no_body_met_the_moderator_is_told() -> None:
    """Given the sides agreed among themselves, when it is carried out, then who led that is told."""
    scene = carried_out(
        agreed().given(does("moderator", "03-03 13:00", c.ConfirmDecision)), "03-16"
    )

    telling = does("grid_lead", "03-16 14:00", c.ReportImplementation, report="某事")
    scene.when(telling).then(so(e.ImplementationReported("moderator", TEXT), "art-49"))


def test_only_a_decision_that_stands_is_carried_out() -> None:
    """Given nothing was deliberated, when somebody tells the body that decided, then there is none."""
    telling = does(LEAD, "03-03 09:00", c.ReportImplementation, report="某事")
    assigned().when(telling).refused("nothing-to-deliberate")
    dropped = agreed().given(does("grid_worker", "03-03 13:00", c.WithdrawCase))
    dropped.when(does("grid_lead", "03-04 09:00", c.ReportImplementation, report="某事")).refused(
        "not-decided"
    )
