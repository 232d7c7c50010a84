"""Resolving: work and progress, reporting it done, verifying or rejecting that, calling back, closing."""

from collections.abc import Callable, Mapping

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.cases.rules.resolution import ENDED_BY_COMMANDS_OF_THEIR_OWN
from casesys.domain.cases.state import Callback, Ending
from casesys.domain.vocabulary import Status
from tests.domain.cases.ways import (
    CLOSED,
    LEAD,
    RESOLUTION,
    TEXT,
    agreed,
    assigned,
    attaching,
    calling_back,
    case,
    closed,
    confirmed,
    directed,
    dispatched,
    does,
    reported,
    running,
    so,
    triaged,
    verified,
    workdays,
)
from tests.domain.charter.stock import GONE, stock
from tests.domain.neighbourhood import under
from tests.domain.specification import Act, Scene, at

RESULTS = {
    code: result
    for code, result in stock().charter.results.items()
    if result.kind not in ENDED_BY_COMMANDS_OF_THEIR_OWN
}
"""What work can end in."""

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

COMPANY = "lead.property_company"


def carried_out(scene: Scene, day: int, month: str) -> Scene:
    """A confirmed decision, dispatched, taken and reported."""
    return scene.given(
        does(
            "dispatcher",
            f"{month}-{day} 09:00",
            c.DispatchCase,
            lead="property_company",
            reason="某事",
        ),
        does(COMPANY, f"{month}-{day} 10:00", c.AcceptAssignment),
        does("grid_worker", f"{month}-{day} 11:00", c.AddNote, note="某事"),
        attaching(f"{month}-{day} 12:00", "c" * 64),
        does(COMPANY, f"{month}-{day} 13:00", c.ReportResolution, result="resolved"),
    )


def test_the_body_that_decided_is_told() -> None:
    """Given the representatives decided, when it is carried out, then they are told."""
    telling = does(COMPANY, "04-13 14:00", c.ReportImplementation, report="某事")

    scene = carried_out(confirmed(), 13, "04")

    event = e.ImplementationReported("residents_representatives", TEXT)
    scene.when(telling).then(so(event, "art-49"))
    assert case(scene.given(telling)).implementation_reported


def test_where_no_body_met_the_moderator_is_told() -> None:
    """Given the sides agreed among themselves, when it is carried out, then who led that is told."""
    scene = carried_out(
        agreed().given(does("moderator", "03-03 13:00", c.ConfirmDecision)), 16, "03"
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


# -- calling back -------------------------------------------------------------------------------------------------------------


def calling(**fields: object) -> Act:
    """The callback officer calls."""
    return does("callback_officer", "03-06 15:00", c.RecordCallback, **fields)


def test_what_the_initiator_answers_is_recorded() -> None:
    """Given a verified case, when the initiator is reached, then each answer is on record."""
    answers = {"contacted": True, "solved": True, "satisfaction": "satisfied", "remarks": "某事"}

    verdict = verified().when(calling(reached=True, **answers))

    event = e.CallbackRecorded(True, True, True, "satisfied", False, TEXT)  # noqa: FBT003 - an event
    verdict.then(so(event, "art-52"))
    after = case(verified().given(calling_back()))
    assert after.callback == Callback(
        reached=True, contacted=True, solved=True, satisfaction="satisfied"
    )
    assert not after.reopening_asked


def test_who_is_dissatisfied_asks_for_reopening() -> None:
    """Given a grade that asks for it, when the initiator gives it, then the case may be reopened once it is closed."""
    verdict = verified().when(calling(reached=True, satisfaction="dissatisfied"))

    event = e.CallbackRecorded(True, None, None, "dissatisfied", True)  # noqa: FBT003 - an event
    verdict.then(so(event, "art-52"))


@pytest.mark.parametrize(
    "answer", [{"contacted": False}, {"solved": True}, {"satisfaction": "satisfied"}]
)
def test_who_was_not_reached_answered_nothing(answer: Mapping[str, object]) -> None:
    """Given nobody reached, when an answer is recorded all the same, then it is nobody's; without one the call is on record."""
    verified().when(calling(reached=False, **answer)).refused("answers-of-nobody", "art-52")
    verified().when(calling(reached=False)).then(so(e.CallbackRecorded(False), "art-52"))  # noqa: FBT003 - an event


def test_satisfaction_has_the_grades_of_the_charter() -> None:
    """Given a grade that the charter lacks, when it is recorded, then its grades are named."""
    grades = sorted(stock().charter.satisfaction.grades)

    verified().when(calling(reached=True, satisfaction="riddle")).refused(
        "unknown-code", accepted=grades
    )


def test_a_later_callback_replaces_an_earlier_one() -> None:
    """Given nobody was reached, when the initiator is reached the next time, then that counts."""
    scene = verified().given(calling(reached=False), calling_back("03-09 09:00"))

    callback = case(scene).callback
    assert callback is not None
    assert callback.reached


# -- closing ------------------------------------------------------------------------------------------------------------------


def test_a_case_is_closed_with_the_result_that_was_reported() -> None:
    """Given a verified case whose initiator says that it is solved, when it is closed, then it ends with the reported result."""
    verdict = verified().given(calling_back()).when(closing())

    move = Move(CLOSED, stops=("follow_up",))
    verdict.then(so(e.CaseClosed("resolved", move), "art-51"))
    state = case(closed())
    assert (state.status, state.result) == (Status.CLOSED, "resolved")
    assert state.endings == (Ending("resolved", at("03-06 16:00")),)


def test_without_a_report_a_result_is_needed() -> None:
    """Given nothing reported, when the case is closed without a result, then one is needed."""
    assigned().when(closing()).refused("not-reported", accepted=["report-resolution", "result"])


@pytest.mark.parametrize(
    ("scene", "result", "clause"),
    [
        (lambda: reported().given(calling_back()), "resolved", "art-51"),
        (verified, "resolved", "art-51"),
        (lambda: verified().given(calling_back()), "resolved_unreached", "art-51"),
    ],
    ids=["not verified", "not called back", "called back all the same"],
)
def test_what_the_charter_requires_has_to_hold(
    scene: Callable[[], Scene], result: str, clause: str
) -> None:
    """Given a requirement that does not hold, when the case is closed with a result in its scope, then it is told why not."""
    refusal = scene().when(closing(result=result)).refused("closing-requirement", clause)

    assert refusal.says.zh.startswith("不符合办结条件")


def test_where_nobody_was_reached_the_case_is_closed_saying_so() -> None:
    """Given nobody was reached, when the case is closed as such, then it is."""
    scene = verified().given(calling(reached=False))

    scene.given(closing(result="resolved_unreached"))


def test_what_nobody_requires_anything_for_is_closed_at_once() -> None:
    """Given a result without requirements, when the case is closed with it, then the clause is that of who may close."""
    move = Move(CLOSED, stops=("resolve",))

    assigned().when(closing(result="not_solvable")).then(
        so(e.CaseClosed("not_solvable", move), "art-51")
    )
    free = assigned(under(("closing", GONE)))
    free.when(closing(result="resolved")).then(so(e.CaseClosed("resolved", move), "art-51"))


def test_a_big_matter_is_closed_when_those_who_decided_were_told() -> None:
    """Given a big decision carried out, when it is closed before the representatives were told, then that comes first."""
    done = carried_out(confirmed(), 13, "04").given(
        does("verifier", "04-14 09:00", c.VerifyResolution), calling_back("04-14 10:00")
    )

    done.when(closing("04-14 11:00")).refused("closing-requirement", "art-49")
    telling = does(COMPANY, "04-14 10:30", c.ReportImplementation, report="某事")
    move = Move(CLOSED, stops=("follow_up",))
    done.given(telling).when(closing("04-14 11:00")).then(
        so(e.CaseClosed("resolved", move), "art-49")
    )


def test_an_inquiry_needs_no_evidence() -> None:
    """Given an inquiry answered on the telephone, when it is closed, then neither evidence nor verification is asked for."""
    scene = triaged(None, "policy", case_type="inquiry").given(
        does("dispatcher", "03-02 14:00", c.DispatchCase),
        does("lead.residents_committee", "03-02 15:00", c.AcceptAssignment),
        does("lead.residents_committee", "03-02 16:00", c.ReportResolution, result="resolved"),
        does("callback_officer", "03-02 17:00", c.RecordCallback, reached=True, solved=True),
    )

    scene.given(closing("03-02 18:00"))


def test_a_charter_may_start_a_clock_at_the_end() -> None:
    """Given a charter that counts from closing, when the case is closed, then that clock is named with the others stopped."""
    asking = {
        "label": {"zh": "评议", "en": "rating"},
        "starts": "closed",
        "stops": ["reopened"],
        "rows": [
            {
                "id": "all",
                "clause": "art-50",
                "period": {"amount": 30, "unit": "calendar_day", "calendar": "workdays"},
            }
        ],
    }
    scene = assigned(under(("time.clocks.rate", asking)))

    event = scene.when(closing(result="not_solvable")).decision.outcomes[0].event

    assert isinstance(event, e.CaseClosed)
    assert [start.clock for start in event.move.starts] == ["rate"]
    assert event.move.stops == ("resolve",)


@pytest.mark.parametrize("scene", [directed, dispatched])
def test_only_what_is_worked_on_is_closed(scene: Callable[[], Scene]) -> None:
    """Given a case that nobody has taken yet, when it is closed, then that is out of order."""
    assert scene().when(closing("03-02 17:00", result="resolved")).code == "out-of-order"
