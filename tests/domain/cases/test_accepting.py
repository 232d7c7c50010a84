"""Accepting, declining, referring and withdrawing a case, and which charter governs it before and after."""

from collections.abc import Callable

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.messages import Rule
from casesys.domain.vocabulary import Status
from tests.domain.cases.ways import (
    CLOSED,
    COLLECTION,
    TEXT,
    accepted,
    assigned,
    case,
    collected,
    collecting,
    consulted,
    directed,
    dispatched,
    does,
    ordered,
    running,
    so,
)
from tests.domain.charter.stock import GONE, stock
from tests.domain.neighbourhood import (
    installing,
    neighbourhood,
    variant,
)
from tests.domain.specification import Act, Scene, at


def test_accepting_stops_its_clock_and_pins_the_charter() -> None:
    """Given a collected case, when it is accepted, then the version in force governs it from here on."""
    accepting = does("dispatcher", "03-02 10:00", c.AcceptCase)

    collected().when(accepting).then(
        so(e.CaseAccepted(Move(COLLECTION, stops=("accept",))), "art-02")
    )
    state = case(accepted())
    assert state.governing == Rule("stock", "2026.1", stock().digest)
    assert state.accepted_at == at("03-02 10:00")
    assert state.status is Status.ACCEPTED


def test_a_case_is_accepted_once() -> None:
    """Given an accepted case, when it is accepted or declined, then it has been accepted."""
    accepted().when(does("dispatcher", "03-02 10:01", c.AcceptCase)).refused("already-accepted")
    declining = does("secretary", "03-02 10:01", c.DeclineCase, ground="unfounded")
    accepted().when(declining).refused("already-accepted")


def test_a_case_is_declined_on_a_ground_of_the_charter() -> None:
    """Given a collected case, when it is declined, then it has ended as declined, under the clause of the ground."""

    def declining(ground: str) -> Act:
        return does("grid_lead", "03-02 10:00", c.DeclineCase, ground=ground, reason="某事")

    verdict = collected().when(declining("outside_duties"))

    move = Move(CLOSED, stops=("accept",))
    verdict.then(so(e.CaseDeclined("outside_duties", "declined", move, TEXT), "art-12"))
    assert case(collected().given(declining("outside_duties"))).result == "declined"
    collected().when(declining("riddle")).refused(
        "unknown-code", accepted=sorted(stock().charter.decline_grounds)
    )


ANYWHERE = [collected, accepted, directed, dispatched, assigned, consulted, ordered]


@pytest.mark.parametrize("scene", ANYWHERE)
def test_a_case_is_referred_from_anywhere(scene: Callable[[], Scene]) -> None:
    """Given an open case, when it is referred, then it has ended so and none of its clocks runs."""
    referring = does("secretary", "03-03 10:00", c.ReferCase, to="街道办事处", reason="某事")

    verdict = scene().when(referring)

    move = Move(CLOSED, stops=running(scene()))
    verdict.then(so(e.CaseReferred("街道办事处", "referred", move, TEXT), "art-12"))
    assert running(scene().given(referring)) == ()


@pytest.mark.parametrize("scene", ANYWHERE)
def test_a_case_is_withdrawn_from_anywhere(scene: Callable[[], Scene]) -> None:
    """Given an open case, when the initiator takes it back, then it has ended so."""
    withdrawing = does("grid_worker", "03-03 10:00", c.WithdrawCase, reason="某事")

    move = Move(CLOSED, stops=running(scene()))
    scene().when(withdrawing).then(so(e.CaseWithdrawn("withdrawn", move, TEXT), "art-13"))
    assert case(scene().given(withdrawing)).status is Status.CLOSED


# -- another charter before acceptance ----------------------------------------------------------------------------------------


def test_before_acceptance_the_charter_in_force_governs() -> None:
    """Given a version installed after collection, when the case is accepted, then that version governs it, and no later one."""
    scene = collected().given(
        installing(variant(("version", "2026.2")), when="03-02 09:30"),
        does("dispatcher", "03-02 10:00", c.AcceptCase),
        installing(variant(("version", "2026.3")), when="03-02 10:30"),
    )
    governing = case(scene).governing

    assert governing is not None
    assert governing.version == "2026.2"
    decision = scene.when(does("dispatcher", "03-02 11:00", c.TriageCase)).decision
    assert decision.rule == governing


def test_a_category_that_is_gone_can_be_corrected() -> None:
    """Given a new version that lacks the category, then the case is not accepted so, but made safe, and reclassified."""
    lacking = variant(("version", "2026.2"), ("categories.street_lamp", GONE))
    scene = collected().given(installing(lacking, when="03-02 09:30"))
    accepting = does("dispatcher", "03-02 10:00", c.AcceptCase)
    correcting = does("dispatcher", "03-02 09:50", c.ReclassifyCase, category="courtyard_lamp")

    known = sorted(lacking["categories"])
    scene.when(accepting).refused("unknown-code", accepted=known)
    scene.given(does("grid_worker", "03-02 09:45", c.MakeSafe, measures="某事"))
    scene.given(correcting, accepting)


def test_a_type_that_is_gone_can_be_corrected() -> None:
    """Given a new version that lacks the case type, then the case is accepted only as another type."""
    lacking = variant(
        ("version", "2026.2"),
        ("case_types.suggestion", GONE),
        ("closing.0.scope", {}),
    )
    told = neighbourhood().given(collecting(case_type="suggestion"))
    scene = told.given(installing(lacking, when="03-02 09:30"))
    accepting = does("dispatcher", "03-02 10:00", c.AcceptCase)
    correcting = does("dispatcher", "03-02 09:50", c.ReclassifyCase, case_type="issue")

    known = sorted(lacking["case_types"])
    scene.when(accepting).refused("unknown-code", accepted=known)
    scene.given(correcting, accepting)
