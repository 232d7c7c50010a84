"""Triage: the way that the charter's rows answer, and what it takes to overrule them."""

from collections.abc import Callable

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move, Overruling
from casesys.domain.messages import Text
from casesys.domain.vocabulary import Status, Track
from tests.domain.cases.ways import (
    ASSIGNMENT,
    BIG_FACTS,
    DELIBERATION,
    RESOLUTION,
    SMALL_FACTS,
    TEXT,
    accepted,
    all_days,
    assigned,
    calling_back,
    case,
    closed,
    collected,
    collecting,
    confirmed,
    consulted,
    directed,
    dispatched,
    does,
    hours,
    noticed,
    ordered,
    running,
    small,
    so,
    urgent,
    verified,
    workdays,
)
from tests.domain.charter.stock import stock
from tests.domain.neighbourhood import neighbourhood, under
from tests.domain.specification import Act, Scene, at

ACCEPTED = at("03-02 10:00")
COLLECTED = at("03-02 09:00")


def because(row: str) -> Text:
    """Why a row of the stock charter answers as it does."""
    return next(each.because for each in stock().charter.triage if each.id == row)


def triaging(when: str = "03-02 11:00", **fields: object) -> Act:
    """The dispatcher asks the charter, or overrules it."""
    return does("dispatcher", when, c.TriageCase, **fields)


def again(when: str = "03-03 09:00", **fields: object) -> Act:
    """The dispatcher asks again."""
    return does("dispatcher", when, c.RetriageCase, **fields)


def accepted_with(category: str, **fields: object) -> Scene:
    """An accepted case of some category."""
    accepting = does("dispatcher", "03-02 10:00", c.AcceptCase)
    return neighbourhood().given(collecting(category, **fields), accepting)


def test_a_clear_duty_goes_to_its_keeper_directly() -> None:
    """Given a street lamp, when it is triaged, then there is nothing to deliberate, and it is to be dispatched within a day."""
    move = Move(ASSIGNMENT, starts=(workdays("dispatch_direct", 1, "art-37"),))

    accepted().when(triaging()).then(
        so(
            e.CaseTriaged(
                "direct", "direct-public", 3, move, None, because("direct-public"), None, None
            ),
            "art-17",
        )
    )
    assert case(directed()).direct
    assert case(directed()).status is Status.AWAITING_DISPATCH


@pytest.mark.parametrize(
    ("category", "facts", "starts", "triaged"),
    [
        (
            "courtyard_lamp",
            SMALL_FACTS,
            workdays("decide", 5, "art-45", ACCEPTED),
            ("small", "small", 3, Track.SMALL, "art-21"),
        ),
        (
            "courtyard",
            BIG_FACTS,
            workdays("decide", 45, "art-45", ACCEPTED),
            ("big-residents", "big-residents", 2, Track.BIG, "art-20"),
        ),
        (
            "roof",
            {"common_parts": True, "maintenance_fund": False},
            all_days("decide", 90, "art-45", ACCEPTED),
            ("big-owners", "big-owners", 2, Track.BIG, "art-18"),
        ),
        (
            "water_leak",
            {},
            all_days("decide", 30, "art-45", ACCEPTED),
            ("mediation", "mediation", 3, None, "art-03"),
        ),
    ],
    ids=["small", "big", "owners", "mediation"],
)
def test_what_is_deliberated_waits_to_be_convened(
    category: str,
    facts: dict[str, object],
    starts: e.ClockStart,
    triaged: tuple[str, str, int, Track | None, str],
) -> None:
    """Given a matter to deliberate, when the case is triaged, then no step is open yet, and time counts from acceptance."""
    case_type = "dispute" if category == "water_leak" else "issue"
    to, row, priority, track, clause = triaged

    verdict = accepted_with(category, case_type=case_type, facts=facts).when(
        triaging(reason="某事")
    )

    move = Move(DELIBERATION, attempt=1, starts=(starts,))
    verdict.then(
        so(e.CaseTriaged(to, row, priority, move, track, because(row), None, TEXT), clause)
    )


def test_what_is_urgent_waits_for_its_officer_at_once() -> None:
    """Given danger to life, when the case is triaged, then the officer's step is open, and two clocks have run since the report."""
    starts = (
        hours("decide_urgent", 2, "art-44", COLLECTED),
        hours("make_safe", 24, "art-44", COLLECTED),
    )
    move = Move(DELIBERATION, opens="decide", attempt=1, starts=starts)

    accepted_with("lift_failure", facts={"danger_to_life": True}).when(triaging()).then(
        so(
            e.CaseTriaged("urgent", "urgent", 1, move, Track.URGENT, because("urgent")),
            "art-16",
        )
    )
    assert case(urgent()).deliberation is not None
    assert case(urgent()).status is Status.DELIBERATING


def test_a_type_without_assignment_goes_on_to_resolution() -> None:
    """Given a charter whose inquiries are not assigned, when one is triaged, then it is to be resolved."""
    scene = under(("case_types.inquiry.stages", ["collection", "resolution"])).given(
        collecting("policy", case_type="inquiry"), does("dispatcher", "03-02 10:00", c.AcceptCase)
    )

    assert scene.when(triaging()).decision.outcomes[0].event.move.stage is RESOLUTION  # type: ignore[attr-defined] # a triage moves


def test_triage_comes_after_acceptance() -> None:
    """Given a case that is not accepted, when it is triaged, then it has to be accepted first."""
    collected().when(triaging("03-02 09:30")).refused("not-accepted", accepted=["accept-case"])


def test_triage_asks_for_the_facts_it_needs() -> None:
    """Given a courtyard that nobody has looked at, when it is triaged, then the facts that decide are asked for, as the rows do."""
    verdict = accepted_with("courtyard").when(triaging())

    verdict.refused(
        "facts-needed",
        accepted=["common_parts", "maintenance_fund", "households_affected", "estimated_cost"],
    )


def test_overruling_takes_a_reason() -> None:
    """Given a way of one's own without a reason, when the case is triaged, then a reason is needed."""
    accepted().when(triaging(to="small")).refused("reason-needed")


def test_overruling_keeps_what_the_rows_answered() -> None:
    """Given a reason, when the rows are overruled, then both ways are kept, under the clause of the row overruled."""
    verdict = accepted().when(triaging(to="small", reason="某事"))

    move = Move(DELIBERATION, attempt=1, starts=(workdays("decide", 5, "art-45", ACCEPTED),))
    overruled = Overruling("direct-public", "direct", 3)
    verdict.then(
        so(e.CaseTriaged("small", "", 3, move, Track.SMALL, None, overruled, TEXT), "art-17")
    )


def test_overruling_where_facts_are_missing_says_so() -> None:
    """Given facts that nobody knows, when somebody decides the way all the same, then there was no answer to overrule."""
    verdict = accepted_with("courtyard").when(triaging(to="small", reason="某事", priority=5))

    move = Move(DELIBERATION, attempt=1, starts=(workdays("decide", 5, "art-45", ACCEPTED),))
    overruled = Overruling(None, None)
    verdict.then(
        so(e.CaseTriaged("small", "", 5, move, Track.SMALL, None, overruled, TEXT), "art-02")
    )


def test_overruling_the_priority_alone_takes_a_reason_too() -> None:
    """Given another priority than the rows answer, when no reason is given, then it is needed; for the same one it is not."""
    accepted().when(triaging(priority=1)).refused("reason-needed")

    same = accepted().when(triaging(priority=3)).decision.outcomes[0].event
    assert isinstance(same, e.CaseTriaged)
    assert (same.row, same.overruled) == ("direct-public", None)


def test_overruling_the_priority_alone_keeps_what_the_rows_answered() -> None:
    """Given a reason, when the priority is overruled, then the row still says the way and why, and its priority is kept."""
    verdict = accepted().when(triaging(priority=1, reason="某事"))

    move = Move(ASSIGNMENT, starts=(workdays("dispatch_direct", 1, "art-37"),))
    row, overruled = "direct-public", Overruling("direct-public", "direct", 3)
    verdict.then(
        so(e.CaseTriaged("direct", row, 1, move, None, because(row), overruled, TEXT), "art-17")
    )


@pytest.mark.parametrize(
    ("category", "case_type", "to", "allowed"),
    [
        (
            "street_lamp",
            "issue",
            "mediation",
            ["big-owners", "big-residents", "direct", "small", "urgent"],
        ),
        ("water_leak", "dispute", "direct", ["mediation"]),
    ],
    ids=["a procedure of another type", "direct for a dispute"],
)
def test_overruling_stays_within_the_case_type(
    category: str, case_type: str, to: str, allowed: list[str]
) -> None:
    """Given a way that the case type does not allow, when the rows are overruled, then those it allows are accepted."""
    verdict = accepted_with(category, case_type=case_type).when(triaging(to=to, reason="某事"))

    verdict.refused("unknown-code", accepted=allowed)


# -- again --------------------------------------------------------------------------------------------------------------------


def test_another_answer_changes_the_way() -> None:
    """Given a small matter that turns out to be big, when it is triaged again, then its time to decide starts anew from acceptance."""
    found = does("grid_worker", "03-03 08:00", c.EstablishFacts, facts={"households_affected": 60})

    verdict = consulted().given(found).when(again())

    move = Move(
        DELIBERATION,
        attempt=1,
        starts=(workdays("decide", 45, "art-45", ACCEPTED),),
        stops=("step",),
    )
    verdict.then(
        so(
            e.CaseRetriaged(
                "big-residents", "big-residents", 2, move, Track.BIG, because("big-residents")
            ),
            "art-20",
        )
    )


def test_a_way_that_is_left_stops_its_clocks() -> None:
    """Given an urgent matter with measures waiting, when it is sent directly to its keeper, then what it waited for stops."""
    scene = ordered().given(
        does("grid_worker", "03-02 12:00", c.EstablishFacts, facts={"danger_to_life": False})
    )

    verdict = scene.when(again(to="direct", reason="某事"))

    move = Move(ASSIGNMENT, starts=(workdays("dispatch_direct", 1, "art-37"),), stops=("step",))
    overruled = Overruling(None, None)
    verdict.then(so(e.CaseRetriaged("direct", "", 3, move, None, None, overruled, TEXT), "art-02"))
    assert case(scene.given(again(to="direct", reason="某事"))).deliberation is None


def test_what_is_asked_of_the_initiator_goes_on() -> None:
    """Given a question that waits, when the case is triaged again, then the question still waits."""
    asking = does("dispatcher", "03-02 15:00", c.RequestInformation, question="某事")

    scene = noticed().given(asking.but(decided_at=at("03-05 10:00")), again("03-06 09:00"))

    assert running(scene) == ("decide", "information")


@pytest.mark.parametrize("scene", [directed, dispatched, assigned, verified, confirmed])
def test_whatever_was_under_way_is_over(scene: Callable[[], Scene]) -> None:
    """Given work under way, when the case is triaged again, then nobody leads, and nothing is reported or verified."""
    called_back = scene().given(*([calling_back()] if scene is verified else []))

    state = case(called_back.given(again("04-13 09:00", to="small", reason="某事")))

    assert state.lead is None
    assert (state.work_started_at, state.reported, state.verified, state.callback) == (
        None,
        None,
        False,
        None,
    )
    assert state.status is Status.DELIBERATING


def test_a_closed_case_is_not_triaged() -> None:
    """Given a closed case, when it is triaged again, then it is closed."""
    assert closed().when(again("03-09 09:00")).code == "case-closed"


def test_triage_is_the_first_answer_and_retriage_every_later_one() -> None:
    """Given a case that was triaged, when it is triaged as if for the first time, then that is out of order, and the reverse."""
    assert directed().when(triaging("03-02 12:00")).code == "out-of-order"
    assert accepted().when(again("03-02 12:00")).code == "out-of-order"


# -- the time to decide -------------------------------------------------------------------------------------------------------


def test_a_clock_that_triage_stops_and_does_not_start_again_stops() -> None:
    """Given a direct case, when it is triaged to a deliberation, then the time to dispatch it directly is over."""
    move = Move(
        DELIBERATION,
        attempt=1,
        starts=(workdays("decide", 5, "art-45", ACCEPTED),),
        stops=("dispatch_direct",),
    )
    overruled = Overruling("direct-public", "direct", 3)

    directed().when(again(to="small", reason="某事")).then(
        so(e.CaseRetriaged("small", "", 3, move, Track.SMALL, None, overruled, TEXT), "art-17")
    )


def test_the_same_way_again_is_the_same_deadline() -> None:
    """Given a small matter already reminded of its deadline, when triage answers the same again, then nobody is reminded twice."""
    scene = small().given(
        does("clock", "03-07 00:00", c.RemindOfDeadline, clock="decide", timer="remind"),
        again("03-07 09:00"),
    )

    assert case(scene).clocks["decide"].fired == {"remind"}
    reminding = does("clock", "03-08 00:00", c.RemindOfDeadline, clock="decide", timer="remind")
    scene.when(reminding).refused("timer-over", "art-54")
