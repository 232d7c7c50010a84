"""Procedures with several meetings: each may decide on a proposal of its own."""

from casesys.domain.cases import commands as c
from casesys.domain.vocabulary import TallyOutcome
from tests.domain.cases.ways import (
    REPRESENTATIVES,
    attending,
    concluding,
    deliberation,
    does,
    met,
    published,
    studying,
    tabling,
)
from tests.domain.charter.stock import document
from tests.domain.neighbourhood import under
from tests.domain.specification import Scene

STEPS = "procedures.big-residents.steps"


def meeting_twice() -> Scene:
    """The community under a charter by which the representatives meet once more before the decision is published."""
    study, notice, meeting, publish, objections = document()["procedures"]["big-residents"]["steps"]
    once = {name: value for name, value in meeting.items() if name != "second_attempt"}
    steps = [study, notice, once, once | {"id": "again"}, publish, objections]
    return under((STEPS, steps))


def decided_once() -> Scene:
    """The courtyard: the first of two meetings has carried its proposal."""
    return met(10, ["for"] * 10, meeting_twice()).given(concluding())


def test_a_later_meeting_may_have_its_own_proposal() -> None:
    """Given two meetings, when the first has decided, then a proposal can be tabled for the second until somebody votes there."""
    tabled = decided_once().given(tabling("03-17 09:00"), attending(10, "03-17 19:00"))
    voted = tabled.given(
        does("teller", "03-17 19:30", c.CastVote, member=REPRESENTATIVES[0], choice="for")
    )

    assert deliberation(decided_once()).outcome is TallyOutcome.CARRIED
    assert deliberation(tabled).proposals == 2
    voted.when(tabling("03-17 20:00")).refused("agenda-locked")


def test_after_the_last_meeting_nothing_is_tabled() -> None:
    """Given two meetings that have decided, or one, when a proposal is tabled, then it has been decided."""
    votes = [
        does("teller", "03-17 19:30", c.CastVote, member=member, choice="for")
        for member in REPRESENTATIVES[:10]
    ]
    twice = decided_once().given(attending(10, "03-17 19:00"), *votes, concluding("03-17 20:00"))

    twice.when(tabling("03-17 21:00")).refused("already-decided")
    published().when(tabling("03-18 09:00")).refused("already-decided")


def test_before_the_first_meeting_the_proposal_can_change() -> None:
    """Given a matter still studied, when another proposal is tabled, then it takes the place of the first."""
    assert (
        deliberation(studying().given(tabling("03-03 10:00"), tabling("03-03 11:00"))).proposals
        == 2
    )
