"""Deliberating: convening, proposals, studies, and which step is open."""

from collections.abc import Callable

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.register import commands as r
from tests.domain.cases.ways import (
    DELIBERATION,
    HALL,
    TEXT,
    accepted,
    agreed,
    attaching,
    big,
    consenting,
    consulted,
    convening,
    deliberation,
    directed,
    does,
    giving_notice,
    noticed,
    ordered,
    small,
    so,
    studying,
    tabling,
    triaged,
    urgent,
    workdays,
)
from tests.domain.neighbourhood import operates
from tests.domain.specification import Scene


def lapsed() -> Scene:
    """The lift: what was ordered has lapsed."""
    return ordered().given(does("clock", "03-04 11:30", c.LapseDecision))


# -- convening ----------------------------------------------------------------------------------------------------------------


def test_convening_says_who_stands_for_whom_and_opens_the_first_step() -> None:
    """Given a small matter, when the deliberation is convened, then the sides are asked and have three working days."""
    verdict = small().when(
        does(
            "moderator",
            "03-02 14:00",
            c.ConveneDeliberation,
            moderator="moderator",
            minute_taker="minute_taker",
        )
    )

    parties = {
        "owners_committee": "owners_committee",
        "property_company": "property_company",
        "residents_committee": "residents_committee",
    }
    move = Move(DELIBERATION, opens="consult", starts=(workdays("step", 3, "art-31"),))
    verdict.then(so(e.DeliberationConvened("moderator", parties, move, "minute_taker"), "art-21"))


def test_the_nearest_grid_says_who_stands_for_a_side() -> None:
    """Given an owners' side of the grid's own, when the deliberation is convened, then it speaks, not the community's."""
    appointing = operates(
        r.AppointParty(grid_id="east", kind="owners_committee", party="owners_committee.01")
    )

    scene = small().given(appointing, convening("03-02 14:00"))

    assert deliberation(scene).parties["owners_committee"] == "owners_committee.01"


def test_a_side_has_somebody_to_stand_for_it() -> None:
    """Given no owners' side of any kind, when the deliberation is convened, then it takes one of the kinds of the side."""
    ending = operates(r.AppointParty(grid_id="community", kind="owners_committee", party=None))

    small().given(ending).when(convening("03-02 14:00")).refused(
        "nobody-stands-for-side",
        "art-31",
        ["owners_committee", "management_committee", "building_head"],
    )


@pytest.mark.parametrize(
    ("body", "clause"),
    [("residents_hall", "art-23"), (HALL, "art-25")],
    ids=["who studies", "who meets"],
)
def test_a_body_is_there_before_anything_begins(body: str, clause: str) -> None:
    """Given no hall, or no representatives, when a big matter is convened, then it takes them first."""
    ending = operates(r.AppointParty(grid_id="community", kind=body, party=None))

    verdict = big().given(ending).when(convening("03-03 09:00"))

    verdict.refused("nobody-stands-for-side", clause, [body])


@pytest.mark.parametrize("role", ["moderator", "minute_taker"])
def test_a_deliberation_is_led_by_people_who_are_known(role: str) -> None:
    """Given nobody of that name, when they are to moderate or take minutes, then they are unknown."""
    people = {"moderator": "moderator"} | {role: "nobody"}

    small().when(does("moderator", "03-02 14:00", c.ConveneDeliberation, **people)).refused(
        "unknown-person"
    )


@pytest.mark.parametrize(
    "scene",
    [
        consulted,
        agreed,
        urgent,
        ordered,
        lapsed,
    ],
    ids=["convened", "decided", "waiting for the officer", "decided urgently", "lapsed"],
)
def test_a_deliberation_is_convened_once(scene: Callable[[], Scene]) -> None:
    """Given a deliberation that was called, or decided without, when it is convened, then it has been."""
    scene().when(convening("03-04 14:00")).refused("already-convened")


def test_there_is_nothing_to_deliberate_without_a_procedure() -> None:
    """Given a direct case that had a deliberation's stage, when it is convened, then it is out of order there."""
    assert directed().when(convening("03-02 14:00")).code == "out-of-order"


def test_mediation_is_not_executable_yet() -> None:
    """Given a procedure that begins with mediation, when it is convened, then that step is not executable."""
    scene = triaged(None, "water_leak", case_type="dispute")

    scene.when(convening("03-02 14:00")).refused("step-not-executable", "art-34")


def test_a_ballot_is_not_executable_yet() -> None:
    """Given notice of a ballot of the owners, when it is given, then the step that would come next is not executable."""
    facts = {"common_parts": True, "maintenance_fund": False}
    scene = triaged(None, "roof", facts=facts).given(
        tabling("03-02 12:00"), convening("03-02 14:00"), attaching("03-02 15:00")
    )

    notice = giving_notice("03-03 09:00", "04-01 19:00")
    scene.when(notice).refused("step-not-executable", "art-28")


# -- proposals ----------------------------------------------------------------------------------------------------------------


def test_a_later_proposal_replaces_an_earlier_one() -> None:
    """Given a proposal, when another is tabled before anybody was asked, then it is the second."""
    tabled = small().given(tabling("03-02 12:00"))

    verdict = tabled.when(
        does("moderator", "03-02 13:00", c.TableProposal, title="换新的", text="某事")
    )

    verdict.then(so(e.ProposalTabled(2, "换新的", TEXT), "art-35"))


@pytest.mark.parametrize(
    "scene",
    [noticed, lambda: consulted().given(consenting("owners", "03-03 09:00"))],
    ids=["notice given", "a side has answered"],
)
def test_the_agenda_is_locked_once_somebody_was_told(scene: Callable[[], Scene]) -> None:
    """Given a notice, or an answer, when another proposal is tabled, then the agenda is locked."""
    scene().when(tabling("03-05 10:00")).refused("agenda-locked")


def test_what_is_decided_is_not_proposed_again() -> None:
    """Given an urgent decision, when a proposal is tabled, then it is decided already."""
    ordered().when(tabling("03-02 12:00")).refused("already-decided")


def test_a_case_that_has_left_deliberation_has_no_proposals() -> None:
    """Given an accepted case, when a proposal is tabled, then that is out of order."""
    assert accepted().when(tabling("03-02 10:30")).code == "out-of-order"


# -- study --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("favourable", [True, False])
def test_an_opinion_is_recorded_and_does_not_decide(*, favourable: bool) -> None:
    """Given the hall studies a matter, when its opinion is recorded, then notice comes next, whatever the opinion is."""
    verdict = studying().when(
        does("moderator", "03-04 10:00", c.RecordOpinion, favourable=favourable, opinion="某事")
    )

    move = Move(DELIBERATION, opens="notice")
    verdict.then(so(e.OpinionRecorded("residents_hall", favourable, move, TEXT), "art-23"))


def test_a_step_takes_what_belongs_to_it() -> None:
    """Given a step, when something is done that belongs to another, then the open one has to be finished first."""
    opinion = does("moderator", "03-05 10:00", c.RecordOpinion, favourable=True)

    noticed().when(opinion).refused("wrong-step", "art-25")
    consulted().when(opinion).refused("wrong-step", "art-31")


@pytest.mark.parametrize(
    ("scene", "ways"),
    [
        (small, ["convene-deliberation"]),
        (agreed, ["confirm-decision", "annul-decision", "retriage-case"]),
        (lapsed, ["retriage-case"]),
        (
            lambda: agreed().given(
                does("secretary", "03-03 13:00", c.AnnulDecision, reason="某事")
            ),
            ["retriage-case"],
        ),
    ],
    ids=["not convened", "decided", "lapsed", "annulled"],
)
def test_where_no_step_is_open_the_ways_on_are_named(
    scene: Callable[[], Scene], ways: list[str]
) -> None:
    """Given no open step, when something of a step is done, then it is said what can be done instead."""
    verdict = scene().when(does("moderator", "03-04 15:00", c.RecordOpinion, favourable=True))

    verdict.refused("no-step-open", accepted=ways)
