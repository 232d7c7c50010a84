"""Calling the initiator back, and closing the case."""

from collections.abc import Callable, Mapping

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.cases.state import Callback, Ending
from casesys.domain.vocabulary import Status
from tests.domain.cases.ways import (
    CLOSED,
    COMPANY,
    TEXT,
    assigned,
    calling_back,
    carried_out,
    case,
    closed,
    confirmed,
    directed,
    dispatched,
    does,
    reported,
    so,
    triaged,
    verified,
)
from tests.domain.charter.stock import GONE, stock
from tests.domain.neighbourhood import under
from tests.domain.specification import Act, Scene, at


def closing(when: str = "03-06 16:00", **fields: object) -> Act:
    """The dispatcher ends the case."""
    return does("dispatcher", when, c.CloseCase, **fields)


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


GUARDS = {
    "case.evidence == 1": (False, True, True),
    "case.verified": (False, False, True),
    "case.callback_reached": (False, False, True),
    "case.callback_contacted": (False, False, True),
    "case.solved": (False, False, True),
    'case.satisfaction == "satisfied"': (False, False, True),
    "case.implementation_reported": (False, False, False),
    "case.decided": (False, False, False),
    'result == "partly_resolved"': (True, True, True),
    "direct": (True, True, True),
    'keeper == "municipal_lighting"': (True, True, True),
    "facts.danger_to_life": (False, False, False),
    "facts.households_affected >= 1": (False, False, False),
}
"""What a guard may ask, and whether it holds of the street lamp: taken, reported, and called back."""


@pytest.mark.parametrize("guard", GUARDS)
def test_a_guard_asks_about_the_case_and_its_facts(guard: str) -> None:
    """Given a charter with one requirement, when the case is closed, then it is if that holds, and an unknown fact never does."""
    because = {"zh": "不行", "en": "no"}
    on = under(("closing", [{"clause": "art-51", "guard": guard, "because": because}]))
    scenes = (assigned(on), reported(on), verified(on).given(calling_back()))

    codes = [scene.when(closing(result="partly_resolved")).code for scene in scenes]

    assert codes == [None if holds else "closing-requirement" for holds in GUARDS[guard]]


@pytest.mark.parametrize("answers", [{"contacted": False, "solved": False}, {}])
def test_what_the_initiator_denied_or_left_open_does_not_hold(answers: dict[str, bool]) -> None:
    """Given an initiator who says no, or nothing, when a guard asks whether they were contacted or it is solved, then it is not."""
    because = {"zh": "不行", "en": "no"}
    either = "case.callback_contacted || case.solved"
    on = under(("closing", [{"clause": "art-51", "guard": either, "because": because}]))
    scene = verified(on).given(calling(reached=True, **answers))

    assert scene.when(closing()).code == "closing-requirement"


def test_a_decision_that_was_carried_is_known_to_guards() -> None:
    """Given a charter that closes only what was decided, when a decision carried out is closed, then it is."""
    because = {"zh": "不行", "en": "no"}
    requirement = {"clause": "art-51", "guard": "case.decided && !direct", "because": because}
    on = under(("closing", [requirement]))

    carried_out(confirmed(on), "04-13").given(closing("04-13 14:00"))


def test_a_big_matter_is_closed_when_those_who_decided_were_told() -> None:
    """Given a big decision carried out, when it is closed before the representatives were told, then that comes first."""
    done = carried_out(confirmed(), "04-13").given(
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
