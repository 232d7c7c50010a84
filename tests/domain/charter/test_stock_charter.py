"""The stock charter says what the design says, and says it to residents in both languages."""

import re
from fractions import Fraction

import pytest

from casesys.domain.charter.clocks import budget_row
from casesys.domain.charter.scopes import Course
from casesys.domain.charter.steps import Ballot, Consult, Meeting, Objections, Ratify
from casesys.domain.charter.time import Timer
from casesys.domain.vocabulary import COMMANDS, Track
from casesys.domain.working_time import Unit
from tests.domain.charter.stock import stock

BY_THE_CLOCK = {
    "remind-of-deadline",
    "record-missed-deadline",
    "escalate-case",
    "lapse-information-request",
    "presume-consent",
    "close-objections",
    "seal-log",
    "lapse-decision",
}
"""Commands that time alone gives."""

BEFORE_ANY_CHARTER = {"found-register"}


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - BY_THE_CLOCK - BEFORE_ANY_CHARTER))
def test_somebody_may_give_every_command(command: str) -> None:
    """Given a command that people give, then a role may give it."""
    assert stock().grants(command)


@pytest.mark.parametrize("command", sorted(BY_THE_CLOCK))
def test_nobody_gives_the_commands_of_the_clock(command: str) -> None:
    """Given a command that time alone gives, then no role may give it."""
    assert stock().grants(command) == ()


@pytest.mark.parametrize("clause", sorted(stock().charter.clauses))
def test_every_article_can_be_read(clause: str) -> None:
    """Given an article, then it is whole in both languages, and no place in it is left open."""
    text = stock().clause_text(clause)

    assert re.match(r"第.{1,4}条", text.zh)
    assert text.en.startswith(f"Article {int(clause.removeprefix('art-'))}. ")
    assert not re.search(r"[{}]", text.zh + text.en)


@pytest.mark.parametrize(
    ("clause", "zh", "en"),
    [
        (
            "art-20",
            "影响30户以上或者费用20,000元以上",
            "30 households or more, or costs 20,000 yuan",
        ),
        ("art-24", "会议召开10日前", "10 calendar days before they meet"),
        ("art-25", "全体代表的三分之二以上出席", "at least 2/3 of them are present"),
        ("art-29", "面积和人数均占四分之三以上", "at least 3/4 of the area and of the heads"),
        ("art-33", "在48小时内追认", "within 48 hours"),
        ("art-45", "小事5个工作日内议定", "a small matter is decided within 5 working days"),
    ],
)
def test_articles_take_their_numbers_from_the_rules(clause: str, zh: str, en: str) -> None:
    """Given an article with a number, then the number is that of the rule, written as people do."""
    text = stock().clause_text(clause)

    assert zh in text.zh
    assert en in text.en


@pytest.mark.parametrize(
    ("clock", "procedure", "amount", "unit"),
    [
        ("decide", "big-residents", 45, Unit.WORKING_DAY),
        ("decide", "big-owners", 90, Unit.CALENDAR_DAY),
        ("decide", "small", 5, Unit.WORKING_DAY),
        ("decide_urgent", "urgent", 2, Unit.CLOCK_HOUR),
        ("make_safe", "urgent", 24, Unit.CLOCK_HOUR),
        ("resolve", "big-residents", 30, Unit.WORKING_DAY),
        ("resolve", "small", 7, Unit.WORKING_DAY),
        ("resolve", "urgent", 7, Unit.WORKING_DAY),
        ("resolve", None, 7, Unit.WORKING_DAY),
    ],
)
def test_time_is_as_the_design_says(
    clock: str, procedure: str | None, amount: int, unit: Unit
) -> None:
    """Given a case on its way (None: direct), then deciding and resolving take so long at most."""
    row = budget_row(stock().charter.time.clocks[clock], lighting(procedure))

    assert row is not None
    assert (row.period.amount, row.period.unit) == (amount, unit)


@pytest.mark.parametrize(
    ("clock", "procedure"), [("resolve", "big-owners"), ("make_safe", "small")]
)
def test_a_clock_is_not_for_every_case(clock: str, procedure: str) -> None:
    """Given a case that no row of a clock is for, then the clock does not run."""
    row = budget_row(stock().charter.time.clocks[clock], lighting(procedure))

    assert row is None


def test_the_residents_meeting_is_as_the_design_says() -> None:
    """Given the residents' big matter, then 10 of 15 are a quorum, 5 of 10 no majority, 6 one."""
    procedure = stock().charter.procedures["big-residents"]
    assert [step.id for step in procedure.steps] == [
        "study",
        "notice",
        "meeting",
        "publish",
        "objections",
    ]
    meeting = procedure.steps[procedure.index("meeting")]
    assert isinstance(meeting, Meeting)
    (quorum,), (majority,) = meeting.participation, meeting.majority

    assert [quorum.reached(9, 15), quorum.reached(10, 15)] == [False, True]
    assert [majority.reached(5, 10), majority.reached(6, 10)] == [False, True]
    assert meeting.second_attempt is not None
    assert meeting.second_attempt.from_step == "notice"
    objections = procedure.steps[-1]
    assert isinstance(objections, Objections)
    assert objections.effect == "send_back"


def test_the_owners_ballot_is_that_of_the_civil_code() -> None:
    """Given the owners' big matter, then area and heads both count, and special matters need 3/4."""
    procedure = stock().charter.procedures["big-owners"]
    ballot = procedure.steps[procedure.index("ballot")]
    assert isinstance(ballot, Ballot)
    (special,) = ballot.special
    guard = stock().guards["procedures.big-owners.steps.ballot.special.greater.when"]

    for thresholds, share, comparator in (
        (ballot.participation, Fraction(2, 3), "at_least"),
        (ballot.majority, Fraction(1, 2), "more_than"),
        (special.majority, Fraction(3, 4), "at_least"),
    ):
        assert {t.measure for t in thresholds} == {"floor_area", "heads"}
        assert {(t.share, t.comparator) for t in thresholds} == {(share, comparator)}
    assert guard.variables == {"facts.common_parts", "facts.fund_raised"}


def test_small_and_urgent_ask_the_same_sides() -> None:
    """Given what was decided urgently, then the sides of a small matter ratify it."""
    procedures = stock().charter.procedures
    (consult,) = procedures["small"].steps
    ratify = procedures["urgent"].steps[-1]
    assert isinstance(consult, Consult)
    assert isinstance(ratify, Ratify)

    assert consult.sides == ratify.sides
    assert consult.on_objection == "big-residents"
    assert consult.sides[1].who == ("owners_committee", "management_committee", "building_head")


def test_every_clock_has_the_timers_of_its_ladder() -> None:
    """Given a clock, then it reminds once, is missed once, and goes up step by step."""
    for clock in stock().charter.time.clocks.values():
        does = [timer.does for timer in clock.timers]
        assert does[:2] == ["remind", "miss"]
        assert set(does[2:]) == {"escalate"}
        assert _amounts(clock.timers[2:]) == sorted(_amounts(clock.timers[2:]))


def _amounts(timers: tuple[Timer, ...]) -> list[int]:
    return [timer.after.amount for timer in timers if timer.after is not None]


def test_each_of_the_three_tracks_has_a_procedure() -> None:
    """Given the procedures, then there is one of each track, and a mediation without one."""
    tracks = [procedure.track for procedure in stock().charter.procedures.values()]

    assert set(tracks) == {*Track, None}


def lighting(procedure: str | None) -> Course:
    """Give the course of an issue about lighting by a procedure, or by none."""
    track = None if procedure is None else stock().charter.procedures[procedure].track
    return Course("issue", "lighting", None, track, procedure, procedure is None, 3)
