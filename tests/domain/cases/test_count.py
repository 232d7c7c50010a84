"""The count of a vote: participation, majority, who stands aside, and the one second attempt."""

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move, Requirement, Tally
from casesys.domain.vocabulary import TallyOutcome
from tests.domain.cases.ways import (
    CLOSED,
    DELIBERATION,
    REPRESENTATIVES,
    attending,
    case,
    concluding,
    deliberation,
    does,
    giving_notice,
    met,
    noticed,
    published,
    recusing,
    running,
    so,
    tabling,
    voting,
)
from tests.domain.charter.stock import GONE
from tests.domain.neighbourhood import under
from tests.domain.specification import Act, Scene

FIRST, SECOND, *_ = REPRESENTATIVES
STEP = "procedures.big-residents.steps.meeting"


def quorum(votes: int, whole: int, *, reached: bool) -> Requirement:
    """At least two thirds of the members."""
    return Requirement("2/3", "at_least", "seated", votes, whole, reached)


def majority(votes: int, whole: int, *, reached: bool) -> Requirement:
    """More than half of those present."""
    return Requirement("1/2", "more_than", "present", votes, whole, reached)


def reached(scene: Scene, when: str = "03-16 21:00") -> e.DecisionReached:
    """What the count comes to."""
    event = scene.when(concluding(when)).decision.outcomes[0].event
    assert isinstance(event, e.DecisionReached)
    return event


def tally(scene: Scene) -> tuple[TallyOutcome, Tally]:
    """What the count comes to, and its numbers."""
    event = reached(scene)
    assert event.tally is not None
    return event.outcome, event.tally


# -- the count ----------------------------------------------------------------------------------------------------------------


def test_a_proposal_is_carried() -> None:
    """Given ten of fifteen present, when six of them are for it, then it is carried and is to be published."""
    verdict = met(10, ["for"] * 6 + ["against"] * 3 + ["abstain"]).when(concluding())

    counted = Tally(
        seated=15,
        present=10,
        recused=0,
        votes_for=6,
        votes_against=3,
        abstained=1,
        participation=(quorum(10, 15, reached=True),),
        majority=(majority(6, 10, reached=True),),
    )
    move = Move(DELIBERATION, opens="publish", stops=("notice", "decide"))
    verdict.then(so(e.DecisionReached(TallyOutcome.CARRIED, "meeting", 1, move, counted), "art-25"))


def test_what_is_not_carried_ends_the_case() -> None:
    """Given ten present, when five are for it, then it is not more than half, and the case has ended so."""
    event = reached(met(10, ["for"] * 5))

    assert event.outcome is TallyOutcome.NOT_CARRIED
    assert event.move == Move(CLOSED, stops=("decide", "notice"))
    assert event.result == "not_carried"
    assert case(met(10, ["for"] * 5).given(concluding())).result == "not_carried"


@pytest.mark.parametrize(
    ("present", "choices", "outcome"),
    [
        (10, ["for"] * 6, TallyOutcome.CARRIED),
        (10, ["for"] * 5 + ["against"] * 5, TallyOutcome.NOT_CARRIED),
        (10, ["for"] * 5 + ["abstain"] * 5, TallyOutcome.NOT_CARRIED),
        (11, ["for"] * 6, TallyOutcome.CARRIED),
        (11, ["for"] * 5, TallyOutcome.NOT_CARRIED),
        (15, ["for"] * 8, TallyOutcome.CARRIED),
        (15, ["for"] * 7 + ["abstain"] * 8, TallyOutcome.NOT_CARRIED),
        (9, ["for"] * 9, TallyOutcome.NO_QUORUM),
        (0, [], TallyOutcome.NO_QUORUM),
    ],
    ids=[
        "two thirds came, more than half for it",
        "a tie",
        "an abstention is no vote for it",
        "six of eleven",
        "five of eleven",
        "eight of fifteen",
        "seven of fifteen and nobody against",
        "one short of two thirds, all for it",
        "nobody came",
    ],
)
def test_at_least_two_thirds_come_and_more_than_half_of_them_agree(
    present: int, choices: list[str], outcome: TallyOutcome
) -> None:
    """Given so many present and such votes, when they are counted, then two thirds suffice and half does not."""
    assert tally(met(present, choices))[0] is outcome


def test_who_stands_aside_leaves_the_whole() -> None:
    """Given three of fifteen stand aside, when eight of the other twelve came, then that is two thirds, and four of eight half."""
    recused = [recusing(member) for member in REPRESENTATIVES[:3]]
    scene = noticed().given(attending(11), *recused, *voting_from(3, ["for"] * 5))

    outcome, counted = tally(scene)

    assert outcome is TallyOutcome.CARRIED
    assert (counted.seated, counted.present, counted.recused) == (15, 11, 3)
    assert counted.participation == (quorum(8, 12, reached=True),)
    assert counted.majority == (majority(5, 8, reached=True),)


def voting_from(seat: int, choices: list[str]) -> list[Act]:
    """The representatives vote, from some seat on."""
    return [
        does("teller", "03-16 20:00", c.CastVote, member=REPRESENTATIVES[seat + i], choice=choice)
        for i, choice in enumerate(choices)
    ]


def test_who_stands_aside_counts_as_absent_where_the_charter_keeps_the_whole() -> None:
    """Given a charter whose whole stays, when three of eleven present stand aside, then eight of fifteen are no quorum."""
    on = under((f"{STEP}.recused_leave_denominator", False))
    recused = [recusing(member) for member in REPRESENTATIVES[:3]]
    scene = noticed(on).given(attending(11), *recused, *voting_from(3, ["for"] * 8))

    outcome, counted = tally(scene)

    assert outcome is TallyOutcome.NO_QUORUM
    assert counted.participation == (quorum(8, 15, reached=False),)
    assert counted.majority == (majority(8, 11, reached=True),)


@pytest.mark.parametrize(
    ("of", "votes", "whole", "outcome"),
    [
        ("seated", 6, 15, TallyOutcome.NOT_CARRIED),
        ("present", 6, 10, TallyOutcome.CARRIED),
        ("votes_cast", 6, 9, TallyOutcome.CARRIED),
    ],
)
def test_the_whole_is_what_the_charter_says(
    of: str, votes: int, whole: int, outcome: TallyOutcome
) -> None:
    """Given six for, three against and one abstention of ten present, then more than half is of what the charter says."""
    half = {"share": "1/2", "comparator": "more_than", "of": of}
    on = under((f"{STEP}.majority", [half]))

    got, counted = tally(met(10, ["for"] * 6 + ["against"] * 3 + ["abstain"], on))

    assert got is outcome
    assert [(each.votes, each.whole) for each in counted.majority] == [(votes, whole)]


def test_every_threshold_has_to_be_reached() -> None:
    """Given a charter with two majorities, when only one is reached, then it is not carried."""
    both = [
        {"share": "1/2", "comparator": "more_than", "of": "present"},
        {"share": "3/4", "comparator": "at_least", "of": "votes_cast"},
    ]
    on = under((f"{STEP}.majority", both))

    assert tally(met(10, ["for"] * 6 + ["against"] * 3, on))[0] is TallyOutcome.NOT_CARRIED
    assert tally(met(10, ["for"] * 6 + ["against"] * 2, on))[0] is TallyOutcome.CARRIED


def test_without_thresholds_of_participation_any_number_suffices() -> None:
    """Given a charter that asks for no quorum, when one of fifteen comes and agrees, then it is carried."""
    on = under((f"{STEP}.participation", []))

    assert tally(met(1, ["for"], on))[0] is TallyOutcome.CARRIED


# -- once more ----------------------------------------------------------------------------------------------------------------


def without_quorum(on: Scene | None = None) -> Scene:
    """The courtyard: nine came, one too few; they are called once more."""
    return met(9, ["for"] * 9, on).given(concluding())


def second_meeting(present: int, on: Scene | None = None) -> Scene:
    """The courtyard: so many have come the second time, and all are for it."""
    return without_quorum(on).given(
        giving_notice("03-17 09:00", "03-28 19:00"),
        attending(present, "03-28 19:00"),
        *voting(["for"] * present, "03-28 20:00"),
    )


def test_without_quorum_they_are_called_once_more() -> None:
    """Given one too few, when the votes are counted, then notice is to be given anew, and nothing of the first attempt counts."""
    verdict = met(9, ["for"] * 9).when(concluding())

    counted = Tally(
        seated=15,
        present=9,
        recused=0,
        votes_for=9,
        votes_against=0,
        abstained=0,
        participation=(quorum(9, 15, reached=False),),
        majority=(majority(9, 9, reached=True),),
    )
    move = Move(DELIBERATION, opens="notice", attempt=2, stops=("notice",))
    verdict.then(
        so(e.DecisionReached(TallyOutcome.NO_QUORUM, "meeting", 1, move, counted), "art-25")
    )
    now = deliberation(without_quorum())
    assert (now.step, now.attempt, now.notice, now.attendance) == ("notice", 2, None, None)
    assert (now.votes, now.recused, now.outcome) == ({}, frozenset(), None)
    assert running(without_quorum()) == ("decide",)


def test_the_proposal_may_change_before_they_are_called_again() -> None:
    """Given one too few came, when another proposal is tabled before the new notice, then it is the second."""
    assert deliberation(without_quorum().given(tabling("03-17 08:00"))).proposals == 2


def test_the_second_attempt_decides() -> None:
    """Given a second notice, when enough come, then it is carried in the second attempt."""
    event = reached(second_meeting(10), "03-28 21:00")

    assert (event.outcome, event.attempt) == (TallyOutcome.CARRIED, 2)


def test_there_is_no_third_attempt() -> None:
    """Given too few come the second time too, when the votes are counted, then it is not carried and the case has ended."""
    event = reached(second_meeting(9), "03-28 21:00")

    assert (event.outcome, event.result) == (TallyOutcome.NO_QUORUM, "not_carried")
    assert event.move.stage is CLOSED


def test_the_charter_may_ease_the_second_attempt() -> None:
    """Given a charter that asks only for half the second time, when eight of fifteen come then, then it is carried."""
    half = {"share": "1/2", "comparator": "more_than", "of": "seated"}
    second = {"from_step": "notice", "participation": [half]}
    on = under((f"{STEP}.second_attempt", second))

    event = reached(second_meeting(8, on), "03-28 21:00")

    assert event.outcome is TallyOutcome.CARRIED


def test_a_decision_sent_back_is_a_first_attempt_again() -> None:
    """Given an eased second attempt, when an objection sends the matter back, then the full quorum is asked for again."""
    half = {"share": "1/2", "comparator": "more_than", "of": "seated"}
    second = {"from_step": "notice", "participation": [half]}
    on = under((f"{STEP}.second_attempt", second))
    meeting_again = (
        *sent_back(),
        does("moderator", "03-19 09:00", c.RecordOpinion, favourable=True),
        giving_notice("03-19 10:00", "03-30 19:00"),
        attending(8, "03-30 19:00"),
        *voting(["for"] * 8, "03-30 20:00"),
    )

    scene = published(on).given(*meeting_again)

    event = reached(scene, "03-30 21:00")

    assert (event.outcome, event.move.opens, event.move.attempt) == (
        TallyOutcome.NO_QUORUM,
        "notice",
        3,
    )


def sent_back() -> tuple[Act, ...]:
    """An objection is raised and upheld."""
    raising = does("grid_worker", "03-18 09:00", c.RaiseObjection, objector="r-1", grounds="某事")
    settling = does("supervisor", "03-18 10:00", c.SettleObjection, number=1, upheld=True)
    return raising, settling


def test_without_a_second_attempt_too_few_end_the_case() -> None:
    """Given a charter without a second attempt, when too few come, then the case has ended at once."""
    on = under((f"{STEP}.second_attempt", GONE))

    assert case(without_quorum(on)).result == "not_carried"


def test_a_second_attempt_can_begin_before_the_notice_or_after_it() -> None:
    """Given a charter that begins again with the study, when too few come, then the study is open again and no notice clock runs."""
    on = under((f"{STEP}.second_attempt.from_step", "study"))

    now = deliberation(without_quorum(on))

    assert (now.step, now.attempt) == ("study", 2)
    assert running(without_quorum(on)) == ("decide",)
