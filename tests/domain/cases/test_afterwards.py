"""After closing: asking for reopening, reopening, correcting, reviewing. Earlier results stay and count."""

from collections.abc import Callable

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.cases.state import Ending
from casesys.domain.vocabulary import Stage, Status
from tests.domain.cases.ways import (
    ASSIGNMENT,
    COLLECTION,
    DELIBERATION,
    LEAD,
    RESOLUTION,
    RESULTS,
    TEXT,
    accepted,
    agreed,
    assigned,
    calling_back,
    case,
    closed,
    collected,
    concluding,
    confirmed,
    directed,
    dispatched,
    does,
    met,
    small,
    so,
    triaged,
    verified,
    workdays,
)
from tests.domain.neighbourhood import under
from tests.domain.specification import Act, Scene, at


def asking(when: str = "03-09 09:00") -> Act:
    """The initiator wants the case reopened."""
    return does("callback_officer", when, c.RequestReopening, reason="某事")


def reopening(when: str = "03-09 10:00") -> Act:
    """The grid lead reopens it."""
    return does("grid_lead", when, c.ReopenCase, reason="某事")


def ending(when: str = "03-10 09:00") -> Act:
    """The dispatcher closes it as not solvable."""
    return does("dispatcher", when, c.CloseCase, result="not_solvable")


def lodging(when: str = "03-09 09:00") -> Act:
    """Somebody wants the result reviewed."""
    return does("grid_worker", when, c.LodgeReview, grounds="某事")


def reviewing(*, upheld: bool, when: str = "03-09 11:00") -> Act:
    """A supervisor decides the review."""
    return does("supervisor", when, c.DecideReview, upheld=upheld, reason="某事")


def correcting(result: str, when: str = "03-09 12:00") -> Act:
    """The secretary lets another result hold."""
    return does("secretary", when, c.CorrectResult, result=result, reason="某事")


# -- reopening ----------------------------------------------------------------------------------------------------------------


def test_the_initiator_asks_once() -> None:
    """Given a closed case, when reopening is asked for, then it is on record; asking again adds nothing."""
    closed().when(asking()).then(so(e.ReopeningRequested(TEXT), "art-52"))
    closed().given(asking()).when(asking()).refused("already-recorded")


def test_a_case_is_reopened_when_somebody_asked() -> None:
    """Given a request, when the case is reopened, then it is worked on again, in a time of its own, and its result stays."""
    scene = closed().given(asking())

    move = Move(RESOLUTION, starts=(workdays("redo", 5, "art-52"),))
    scene.when(reopening()).then(so(e.CaseReopened(1, move, TEXT), "art-52"))
    state = case(scene.given(reopening()))
    assert (state.status, state.result, state.reopenings) == (Status.ASSIGNED, None, 1)
    assert state.endings == (Ending("resolved", at("03-06 16:00")),)
    assert (state.reported, state.verified, state.callback) == (None, False, None)
    assert not state.reopening_asked


def test_a_case_is_not_reopened_unasked() -> None:
    """Given nobody asked, when a case is reopened, then somebody has to."""
    closed().when(reopening()).refused(
        "nobody-asked", "art-52", ["request-reopening", "lodge-review"]
    )


def test_a_dissatisfied_initiator_has_asked() -> None:
    """Given a callback whose grade asks for it, when the case is reopened, then nobody has to ask again."""
    late = calling_back("03-09 09:00", satisfaction="dissatisfied")
    early = calling_back(satisfaction="dissatisfied")

    closed().given(late, reopening())
    verified().given(early, ending("03-06 16:00"), reopening())


def test_one_dissatisfied_answer_is_not_taken_back_by_a_later_one() -> None:
    """Given an initiator who asked for reopening, when a later callback finds them satisfied, then the request still stands."""
    scene = closed().given(asking(), calling_back("03-09 09:30"))

    assert case(scene).reopening_asked


def test_the_second_reopening_goes_up() -> None:
    """Given a case reopened before, when it is reopened again, then the secretary hears of it."""
    once = closed().given(asking(), reopening(), ending())

    verdict = once.given(asking("03-11 09:00")).when(reopening("03-11 10:00"))

    move = Move(RESOLUTION, starts=(workdays("redo", 5, "art-52"),))
    verdict.then(
        so(e.CaseReopened(2, move, TEXT), "art-52"),
        so(e.CaseEscalated("secretary", counted="reopenings", count=2), "art-56"),
    )


def test_a_case_is_reopened_as_often_as_the_charter_says() -> None:
    """Given a charter that lets a case be reopened once, when it is to be a second time, then it was enough."""
    once = under(("satisfaction.reopenings_at_most", 1))
    scene = closed(once).given(asking(), reopening(), ending(), asking("03-11 09:00"))

    scene.when(reopening("03-11 10:00")).refused("reopened-enough", "art-52")


@pytest.mark.parametrize(
    ("scene", "stage"),
    [
        (lambda: collected().given(withdrawing()), COLLECTION),
        (lambda: accepted().given(withdrawing()), COLLECTION),
        (lambda: small().given(withdrawing()), DELIBERATION),
        (lambda: met(10, ["for"] * 5).given(concluding()), DELIBERATION),
        (lambda: agreed().given(withdrawing()), DELIBERATION),
        (lambda: confirmed().given(withdrawing("04-13 09:00")), ASSIGNMENT),
        (lambda: directed().given(withdrawing()), ASSIGNMENT),
        (lambda: dispatched().given(withdrawing()), ASSIGNMENT),
        (lambda: assigned().given(withdrawing()), RESOLUTION),
    ],
    ids=[
        "collected",
        "accepted",
        "not convened",
        "not carried",
        "not confirmed",
        "confirmed",
        "never dispatched",
        "not taken",
        "taken",
    ],
)
def test_a_reopened_case_goes_back_to_where_it_had_come(
    scene: Callable[[], Scene], stage: Stage
) -> None:
    """Given a case that ended on its way, when it is reopened, then nothing that the charter asks for has been passed over."""
    verdict = scene().given(asking("04-20 09:00")).when(reopening("04-20 10:00"))

    event = verdict.decision.outcomes[0].event
    assert isinstance(event, e.CaseReopened)
    assert event.move.stage is stage
    assert event.move.starts == (workdays("redo", 5, "art-52"),)


def test_what_was_not_carried_is_triaged_again() -> None:
    """Given a proposal not carried, when the case is reopened, then no step is open and triage is asked again."""
    scene = met(10, ["for"] * 5).given(
        concluding(), asking("03-20 09:00"), reopening("03-20 10:00")
    )

    verdict = scene.when(does("moderator", "03-20 11:00", c.RecordOpinion, favourable=True))
    verdict.refused("no-step-open", accepted=["retriage-case"])
    scene.given(does("dispatcher", "03-20 11:00", c.RetriageCase))


def withdrawing(when: str = "03-03 13:00") -> Act:
    """The initiator takes the case back."""
    return does("grid_worker", when, c.WithdrawCase)


def test_a_type_without_assignment_is_reopened_to_be_resolved() -> None:
    """Given a charter whose inquiries are not assigned, when one is reopened, then it is resolved again."""
    on = under(("case_types.inquiry.stages", ["collection", "resolution"]))
    scene = triaged(on, "policy", case_type="inquiry").given(
        does("dispatcher", "03-02 14:00", c.CloseCase, result="not_solvable"), asking()
    )

    event = scene.when(reopening()).decision.outcomes[0].event

    assert isinstance(event, e.CaseReopened)
    assert event.move.stage is RESOLUTION


# -- correcting ---------------------------------------------------------------------------------------------------------------


def test_a_wrong_result_is_corrected_and_the_earlier_one_stays() -> None:
    """Given a closed case, when its result is corrected, then the other holds and both are on record."""
    closed().when(correcting("partly_resolved")).then(
        so(e.ResultCorrected("resolved", "partly_resolved", TEXT), "art-53")
    )
    state = case(closed().given(correcting("partly_resolved")))
    assert state.result == "partly_resolved"
    assert [each.result for each in state.endings] == ["resolved", "partly_resolved"]


@pytest.mark.parametrize("result", ["riddle", "withdrawn", "declined", "referred", "merged"])
def test_a_result_is_corrected_to_one_of_work(result: str) -> None:
    """Given a result that is unknown, or has a command of its own, when a result is corrected to it, then the others are named."""
    closed().when(correcting(result)).refused("unknown-code", accepted=sorted(RESULTS))


def test_a_correction_corrects_something() -> None:
    """Given a case closed as resolved, when that is corrected to resolved, then nothing would change."""
    closed().when(correcting("resolved")).refused("nothing-to-change")


# -- reviewing ----------------------------------------------------------------------------------------------------------------


def test_a_result_is_reviewed_once_at_a_time() -> None:
    """Given a closed case, when a review is lodged, then it is open, and no second one is."""
    closed().when(lodging()).then(so(e.ReviewLodged(TEXT), "art-53"))
    closed().given(lodging()).when(lodging()).refused("already-recorded")


@pytest.mark.parametrize("upheld", [True, False])
def test_a_review_upholds_the_result_or_lets_the_case_be_reopened(*, upheld: bool) -> None:
    """Given a review, when it is decided, then another can be lodged, and the case can be reopened if the result fell."""
    scene = closed().given(lodging())

    scene.when(reviewing(upheld=upheld)).then(so(e.ReviewDecided(upheld, TEXT), "art-53"))
    decided = scene.given(reviewing(upheld=upheld))
    assert decided.when(reopening("03-10 09:00")).code == ("nobody-asked" if upheld else None)
    decided.given(lodging("03-10 09:00"))


def test_a_later_review_counts() -> None:
    """Given a review that overturned the result, when a later one upholds it, then nobody asks for reopening any more."""
    scene = closed().given(
        lodging(),
        reviewing(upheld=False),
        lodging("03-10 09:00"),
        reviewing(upheld=True, when="03-10 11:00"),
    )

    assert scene.when(reopening("03-11 09:00")).code == "nobody-asked"


def test_a_review_that_overturned_the_result_reopens_the_case_once() -> None:
    """Given a case reopened for a review, when it is closed again, then somebody has to ask before it is reopened again."""
    scene = closed().given(lodging(), reviewing(upheld=False), reopening("03-09 12:00"), ending())

    assert scene.when(reopening("03-11 09:00")).code == "nobody-asked"


def test_there_is_no_review_to_decide_unless_one_was_lodged() -> None:
    """Given no review, when one is decided, then it has to be lodged first."""
    closed().when(reviewing(upheld=True)).refused("no-review", accepted=["lodge-review"])


# -- what else may be done ----------------------------------------------------------------------------------------------------


def test_a_closed_case_can_still_be_spoken_about() -> None:
    """Given a closed case, then notes, replies, callbacks and the report to those who decided are still taken."""
    closed().given(
        does("grid_worker", "03-09 09:00", c.AddNote, note="某事"),
        does("grid_worker", "03-09 09:00", c.ReplyToInitiator, reply="某事"),
        calling_back("03-09 09:00"),
    )


def test_who_may_know_of_a_case_changes_after_it_has_ended_too() -> None:
    """Given a closed case, when its level of knowledge changes, then it does, and the case stays closed as it ended."""
    changing = does("privacy_officer", "06-01 09:00", c.ChangeVisibility, level="confidential")

    closed().when(changing).then(so(e.VisibilityChanged("confidential"), "art-15"))
    after = case(closed().given(changing))
    assert (after.visibility, after.result) == ("confidential", "resolved")


def test_what_a_closed_case_can_do_is_named() -> None:
    """Given a closed case, when somebody works on it, then it is closed, and the commands possible are named."""
    refusal = (
        closed()
        .when(does(LEAD, "03-09 09:00", c.StartWork))
        .refused(
            "case-closed",
            accepted=[
                "add-note",
                "change-visibility",
                "correct-result",
                "decide-review",
                "lodge-review",
                "record-callback",
                "reopen-case",
                "reply-to-initiator",
                "report-implementation",
                "request-reopening",
            ],
        )
    )
    assert refusal.says.en == "The case is closed: nobody can start work any more."
