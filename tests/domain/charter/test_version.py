"""A parsed version: what decisions look up in it."""

import pytest

from casesys.domain.charter.scopes import Course
from casesys.domain.charter.steps import Ratify
from casesys.domain.vocabulary import Moment, ResultKind, Track
from casesys.domain.working_time import Budget, Unit
from tests.domain.charter.stock import GONE, parsed, stock


def test_grants_and_separations_are_found_by_command() -> None:
    """Given a command, then its grants come in the charter's order, and what it is kept apart from."""
    grants = stock().grants("report-implementation")

    assert [(grant.roles, grant.relation) for grant in grants] == [
        (("lead",), "lead"),
        (("moderator", "grid_lead"), "grid"),
    ]
    (rule,) = stock().separations("rule-on-dispute")
    assert rule.not_after == ("dispatch-case", "dispute-assignment")
    assert stock().separations("collect-case") == ()


def test_clocks_are_found_by_what_starts_them() -> None:
    """Given a moment, then the clocks that it starts are found, with their timers."""
    started = dict(stock().clocks_starting(Moment.TRIAGED))

    assert list(started) == ["decide", "decide_urgent", "dispatch_direct", "make_safe"]
    assert started["make_safe"].counts_from is Moment.COLLECTED
    assert [timer.id for timer in started["make_safe"].timers] == [
        "remind",
        "missed",
        "grid_lead",
        "secretary",
    ]
    assert stock().clocks_starting(Moment.CLOSED) == ()


def test_a_clock_has_its_own_timers_after_those_of_its_ladder() -> None:
    """Given a clock with a ladder and a timer of its own, then both are along it."""
    own = {"id": "early", "clause": "art-54", "share": "1/4", "does": "remind", "to": "lead"}
    version = parsed(("time.clocks.redo.timers", [own]), ("time.clocks.verify.ladder", GONE))

    clocks = version.charter.time.clocks
    assert [timer.id for timer in clocks["redo"].timers][-2:] == ["supervisor", "early"]
    assert clocks["verify"].timers == ()


@pytest.mark.parametrize(
    ("case_type", "level"), [("report", "confidential"), ("issue", "community")]
)
def test_a_new_case_has_its_types_level_or_the_default(case_type: str, level: str) -> None:
    """Given a case type, then who may know of a new case is its own level, or the charter's."""
    assert stock().visibility_of(case_type) == level


def test_a_period_is_a_budget_of_working_time() -> None:
    """Given periods of a charter, then they are budgets; only clock hours may be without calendar."""
    steps = stock().charter.procedures["urgent"].steps
    information = stock().charter.time.information
    assert isinstance(steps[1], Ratify)
    assert information is not None

    assert steps[1].within.budget == Budget(48, Unit.CLOCK_HOUR)
    assert information.within.budget == Budget(5, Unit.WORKING_DAY, "workdays")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (ResultKind.WITHDRAWN, "withdrawn"),
        (ResultKind.REFERRED, "referred"),
        (ResultKind.DECLINED, "declined"),
        (ResultKind.NOT_SOLVABLE, "not_solvable"),
    ],
)
def test_a_result_is_found_by_its_kind(kind: ResultKind, code: str) -> None:
    """Given a kind of result, then the charter's result of that kind is found."""
    assert stock().result_of(kind) == code


def test_a_kind_of_result_that_the_charter_lacks_is_an_error() -> None:
    """Given a charter without merging, when its result is looked for, then there is none."""
    with pytest.raises(LookupError, match="merged"):
        parsed(("results.merged", GONE)).result_of(ResultKind.MERGED)


@pytest.mark.parametrize(
    ("category", "parent", "keeper"),
    [
        ("street_lamp", "lighting", "municipal_lighting"),
        ("lift_failure", "lifts", "lift_maintainer"),
        ("lifts", None, "lift_maintainer"),
        ("home_repair", "care", "veterans_group"),
        ("drainage", "roads", None),
        ("roads", None, None),
    ],
)
def test_a_category_has_its_own_keeper_or_its_parents(
    category: str, parent: str | None, keeper: str | None
) -> None:
    """Given a category of either level, then whose duty it is is found, if it is anybody's."""
    assert stock().parent_category(category) == parent
    assert stock().keeper(category) == keeper


@pytest.mark.parametrize(
    ("status", "category", "begins"),
    [
        ("accepted", "lift_failure", "您反映的电梯问题已受理"),
        ("accepted", "lifts", "您反映的电梯问题已受理"),
        ("accepted", "roof", "您反映的事项已受理"),
        ("collected", "roof", "您反映的事项已登记，1个工作日内告知"),
    ],
)
def test_the_initiator_is_told_what_fits_the_category(
    status: str, category: str, begins: str
) -> None:
    """Given a status, then the first message for the category is told, its numbers filled in."""
    message = stock().message(status, category)

    assert message is not None
    assert message.zh.startswith(begins)


def test_some_statuses_are_told_to_nobody() -> None:
    """Given a status without a message, then there is none."""
    assert stock().message("working", "roof") is None


@pytest.mark.parametrize(
    ("result", "track", "guards"),
    [
        (
            "resolved",
            Track.BIG,
            [
                "case.evidence >= 1 && case.verified",
                "case.callback_reached && case.solved",
                "!case.decided || case.implementation_reported",
            ],
        ),
        (
            "resolved_unreached",
            Track.SMALL,
            ["case.evidence >= 1 && case.verified", "!case.callback_reached"],
        ),
        ("not_solvable", Track.BIG, []),
    ],
)
def test_closing_asks_for_what_is_in_scope(result: str, track: Track, guards: list[str]) -> None:
    """Given a case about to be closed with a result, then the requirements in scope are found."""
    course = Course("issue", "roof", "common", track, None, direct=False, priority=3)

    required = stock().closing_requirements(course, result)

    assert [guard.source for _, guard in required] == guards


def test_a_version_is_short_in_words() -> None:
    """Given a version, when it is shown in a message, then it says which it is, not everything."""
    assert repr(stock()) == f"CharterVersion(stock 2026.1 {stock().digest[:12]})"
