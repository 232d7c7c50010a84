"""Urgent matters: one officer decides at once; what goes beyond making safe is ratified in time or lapses."""

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.register import commands as r
from casesys.domain.vocabulary import Status, TallyOutcome
from tests.domain.cases.ways import (
    DELIBERATION,
    TEXT,
    attaching,
    case,
    deciding,
    deliberation,
    does,
    giving_notice,
    hours,
    ordered,
    ratifying,
    running,
    so,
    tabling,
    urgent,
)
from tests.domain.charter.stock import GONE, document
from tests.domain.neighbourhood import operates, under
from tests.domain.specification import at

PARTIES = {
    "owners_committee": "owners_committee",
    "property_company": "property_company",
    "residents_committee": "residents_committee",
}


def test_further_measures_wait_to_be_ratified() -> None:
    """Given a lift with people in it, when the officer makes safe and orders more, then the sides have 48 hours to ratify."""
    verdict = urgent().when(deciding(made_safe="某事", further_measures="某事"))

    move = Move(
        DELIBERATION,
        opens="ratify",
        starts=(hours("step", 48, "art-33"),),
        stops=("decide_urgent", "make_safe"),
    )
    event = e.DecidedUrgently(True, PARTIES, move, TEXT, TEXT)  # noqa: FBT003 - an event
    verdict.then(so(event, "art-32"))
    assert case(ordered()).made_safe_at == at("03-02 11:30")
    assert case(ordered()).status is Status.DECIDED


def test_what_only_makes_safe_needs_nobody_else() -> None:
    """Given a lift with people in it, when the officer only makes safe, then nothing is left to ratify."""
    verdict = urgent().when(deciding(made_safe="某事"))

    move = Move(DELIBERATION, opens="", stops=("decide_urgent", "make_safe"))
    event = e.DecidedUrgently(False, PARTIES, move, TEXT)  # noqa: FBT003 - an event
    verdict.then(so(event, "art-32"))
    assert deliberation(urgent().given(deciding(made_safe="某事"))).step is None


def test_what_is_ordered_without_making_safe_leaves_that_to_be_done() -> None:
    """Given a lift with people in it, when the officer orders measures only, then making safe is still waited for."""
    scene = urgent().given(deciding(further_measures="某事"))

    assert running(scene) == ("make_safe", "step")
    assert case(scene).made_safe_at is None


def test_the_earliest_making_safe_counts() -> None:
    """Given a lift that was made safe on the spot, when the officer says so again, then it was safe from then on."""
    scene = urgent().given(
        does("grid_worker", "03-02 11:05", c.MakeSafe, measures="某事"),
        deciding(made_safe="某事"),
    )

    assert case(scene).made_safe_at == at("03-02 11:05")


def test_an_officer_decides_something() -> None:
    """Given an urgent case, when the officer says neither, then nothing is decided."""
    urgent().when(deciding()).refused("nothing-decided", "art-32")


def test_a_charter_may_leave_only_making_safe_to_the_officer() -> None:
    """Given a charter that lets the officer only make safe, when they order more, then that is refused."""
    lone = [
        {
            "id": "decide",
            "kind": "officer_decision",
            "label": {"zh": "决定", "en": "decision"},
            "clause": "art-32",
            "roles": ["duty_officer"],
        }
    ]
    scene = urgent(under(("procedures.urgent.steps", lone)))

    scene.when(deciding(further_measures="某事")).refused("only-making-safe", "art-32")
    scene.given(deciding(made_safe="某事"))


def test_only_the_officers_of_the_step_decide() -> None:
    """Given a step for the duty officer alone, when the grid lead decides, whom the charter lets decide elsewhere, then not here."""
    scene = urgent(under(("procedures.urgent.steps.decide.roles", ["duty_officer"])))

    verdict = scene.when(does("grid_lead", "03-02 11:30", c.DecideUrgently, made_safe="某事"))

    verdict.refused("not-authorised", "art-32", ["duty_officer"])


def test_an_officer_finds_somebody_who_could_ratify() -> None:
    """Given no property company, when the officer decides, then somebody has to stand for that side first."""
    ending = operates(r.AppointParty(grid_id="community", kind="property_company", party=None))

    urgent().given(ending).when(deciding(made_safe="某事")).refused(
        "nobody-stands-for-side", "art-33", ["property_company"]
    )


# -- ratifying ----------------------------------------------------------------------------------------------------------------

LAST_HOUR = "03-04 11:30"
"""48 hours after the officer decided."""


def test_a_side_ratifies() -> None:
    """Given three sides, when one ratifies, then the others are still asked."""
    event = e.DecisionRatified("owners", "owners_committee", True, False, Move(DELIBERATION))  # noqa: FBT003 - an event

    ordered().when(ratifying("owners", "03-03 09:00")).then(so(event, "art-33"))


def test_all_sides_ratify() -> None:
    """Given two of three have ratified, when the third does, then the decision holds and waits to be confirmed."""
    scene = ordered().given(
        ratifying("owners", "03-03 09:00"), ratifying("residents", "03-03 10:00")
    )

    verdict = scene.when(ratifying("property", "03-03 11:00"))

    move = Move(DELIBERATION, opens="", stops=("step",))
    event = e.DecisionRatified("property", "property_company", True, True, move)  # noqa: FBT003 - an event
    verdict.then(so(event, "art-33"))
    after = scene.given(ratifying("property", "03-03 11:00"))
    assert deliberation(after).ratifications == {
        "owners": True,
        "residents": True,
        "property": True,
    }


def test_a_refusal_lets_the_measures_lapse_at_once() -> None:
    """Given measures that wait, when a side refuses, then they lapse, and what was made safe stays made safe."""
    refusing = ratifying("owners", "03-03 09:00", ratifies=False)

    move = Move(DELIBERATION, opens="", stops=("step",), continues=("decide_urgent",))
    event = e.DecisionRatified("owners", "owners_committee", False, False, Move(DELIBERATION))  # noqa: FBT003 - an event
    ordered().when(refusing).then(so(event, "art-33"), so(e.DecisionLapsed(move), "art-33"))
    assert case(ordered().given(refusing)).made_safe_at == at("03-02 11:30")


def test_sides_ratify_until_the_48th_hour_is_over() -> None:
    """Given 48 hours, when a side ratifies in their last microsecond, then it counts, and in the next it is too late."""
    ordered().given(ratifying("owners", "03-04 11:29:59.999999"))

    ordered().when(ratifying("owners", LAST_HOUR)).refused("too-late", "art-33")


def test_a_side_ratifies_once_and_is_one_of_the_step() -> None:
    """Given a side that has answered, or that the step does not have, when it answers, then that is refused."""
    scene = ordered().given(ratifying("owners", "03-03 09:00"))

    scene.when(ratifying("owners", "03-03 10:00", ratifies=False)).refused(
        "already-recorded", "art-33"
    )
    scene.when(ratifying("tenants", "03-03 10:00")).refused(
        "unknown-code", "art-33", ["residents", "owners", "property"]
    )


def test_what_is_not_ratified_lapses_by_itself_at_the_48th_hour() -> None:
    """Given measures that not all have ratified, when 48 hours are over, then they lapse, and not a microsecond before."""
    scene = ordered().given(ratifying("owners", "03-03 09:00"))

    scene.when(does("clock", "03-04 11:29:59.999999", c.LapseDecision)).refused("not-yet", "art-33")
    verdict = scene.when(does("clock", LAST_HOUR, c.LapseDecision))

    move = Move(DELIBERATION, opens="", stops=("step",), continues=("decide_urgent",))
    verdict.then(so(e.DecisionLapsed(move), "art-33"))
    now = deliberation(scene.given(does("clock", LAST_HOUR, c.LapseDecision)))
    assert (now.lapsed, now.further_measures, now.outcome, now.step) == (True, False, None, None)


def test_what_has_lapsed_is_not_confirmed() -> None:
    """Given measures that lapsed, when the decision is confirmed, then there is none; the case is triaged again."""
    scene = ordered().given(does("clock", LAST_HOUR, c.LapseDecision))

    scene.when(does("moderator", "03-04 12:00", c.ConfirmDecision)).refused("not-decided")
    scene.given(does("dispatcher", "03-04 12:00", c.RetriageCase))


def test_nothing_lapses_that_was_not_ordered() -> None:
    """Given no open step of ratifying, when time would let a decision lapse, then there is none to lapse."""
    urgent().when(does("clock", "03-05 09:00", c.LapseDecision)).refused("wrong-step", "art-32")


def test_a_procedure_may_have_nothing_after_the_officer() -> None:
    """Given a charter that does not ask to ratify, when the officer orders measures, then they hold."""
    steps = under(("procedures.urgent.steps.ratify", GONE))

    assert deliberation(urgent(steps).given(deciding(further_measures="某事"))).outcome is (
        TallyOutcome.CARRIED
    )


def test_an_officer_may_decide_after_others_were_asked() -> None:
    """Given a charter whose officer decides after a study, then the parties of the study stand for it still."""
    study = {
        "id": "study",
        "kind": "study",
        "label": {"zh": "研究", "en": "study"},
        "clause": "art-23",
        "body": "residents_hall",
    }
    scene = urgent(
        under(("procedures.urgent.steps", [study, *document()["procedures"]["urgent"]["steps"]]))
    )
    scene = scene.given(
        does("moderator", "03-02 11:05", c.ConveneDeliberation, moderator="moderator"),
        does("moderator", "03-02 11:10", c.RecordOpinion, favourable=True),
        deciding(made_safe="某事"),
    )

    assert deliberation(scene).parties == PARTIES | {"residents_hall": "residents_hall"}


def test_a_notice_after_the_officer_is_of_a_proposal() -> None:
    """Given a charter that asks for notice after the officer, when a proposal is tabled, then notice is given of it, not before."""
    steps = document()["procedures"]["big-residents"]["steps"]
    (notice,) = (step for step in steps if step["kind"] == "notice")
    decided = urgent(under(("procedures.urgent.steps.+", notice))).given(deciding(made_safe="某事"))

    decided.when(giving_notice("03-02 13:00")).refused(
        "no-proposal", notice["clause"], ["table-proposal"]
    )
    decided.given(tabling("03-02 12:00"), attaching("03-02 12:30"), giving_notice("03-02 13:00"))


@pytest.mark.parametrize("side", ["residents", "owners", "property"])
def test_any_side_can_refuse(side: str) -> None:
    """Given three sides, when any of them refuses, then the measures lapse."""
    scene = ordered().given(ratifying(side, "03-03 09:00", ratifies=False))

    assert deliberation(scene).lapsed
