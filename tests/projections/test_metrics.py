"""The charter's metrics weigh valid callbacks exactly, and show each of them."""

import sqlite3
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given

from casesys.domain.register import commands as r
from casesys.domain.register.knowledge import Sight
from casesys.projections.chosen import EVERYTHING, Period, StatisticsFilter, days
from casesys.projections.metrics import (
    CallbackBehind,
    MetricClause,
    MetricFigure,
    callbacks_behind,
    metrics,
)
from casesys.projections.register import REGISTER
from casesys.projections.register_queries import home_zone
from casesys.projections.statistics import STATISTICS
from tests.community import COMMUNITY, STOCK, Community, founded, local, stock_charter
from tests.projections.built import everything
from tests.projections.knowing import known
from tests.projections.seasons import PLEASED, answered, season
from tests.projections.served import served
from tests.projections.test_audit_trail import SIGHTS
from tests.projections.test_figures import cases
from tests.projections.test_figures import counted as season_counted

ARTICLE = MetricClause("stock", "2026.1", "art-57", 19)
HALF_PLEASED = PLEASED | {"satisfaction": "basically_satisfied"}
UNREACHED = {"reached": False}


def counted(community: Community) -> sqlite3.Connection:
    """The statistics of a community."""
    return season_counted() if community is season() else served(community.log, STATISTICS)


def rates(
    community: Community,
    wanted: StatisticsFilter = EVERYTHING,
    held: tuple[Sight, ...] | None = None,
) -> dict[str, MetricFigure]:
    """The metrics of a community by code; behind each are as many callbacks as it says, which weigh as much together."""
    db = counted(community)
    found = {each.code: each for each in metrics(db, held, wanted)}
    for code, figure in found.items():
        listed = behind(community, code, wanted, held)
        assert len(listed) == figure.denominator
        assert sum(Fraction(each.weight) for each in listed) == Fraction(figure.numerator)
    return found


def behind(
    community: Community,
    code: str,
    wanted: StatisticsFilter = EVERYTHING,
    held: tuple[Sight, ...] | None = None,
) -> list[CallbackBehind]:
    """The callbacks behind a metric, in small pages."""
    db = counted(community)
    return list(
        everything(lambda key: callbacks_behind(db, held, wanted, code, after=key, limit=2))
    )


def test_answers_are_weighed_as_the_charter_says() -> None:
    """Given three callbacks, satisfied twice and basically satisfied once, then satisfaction is 2.9 of 3, under its article."""
    community = founded()
    for answers in (PLEASED, HALF_PLEASED, PLEASED):
        answered(community, answers)

    found = rates(community)

    assert found.keys() == STOCK.charter.metrics.keys()
    assert found["satisfaction_rate"] == MetricFigure(
        "satisfaction_rate", "29/10", 3, "callback", 0.966667, (ARTICLE,)
    )
    assert (found["resolution_rate"].numerator, found["resolution_rate"].rate) == ("3", 1.0)


def test_who_was_not_reached_does_not_count() -> None:
    """Given a callback that reached nobody, then it is in no denominator."""
    community = founded()
    answered(community, UNREACHED, result="resolved_unreached")
    answered(community, PLEASED)

    assert {each.denominator for each in rates(community).values()} == {1}


def test_an_answer_that_was_not_given_weighs_nothing() -> None:
    """Given somebody who was reached and said nothing of satisfaction, then the callback counts, and weighs nothing."""
    community = founded()
    answered(community, {"reached": True, "contacted": False, "solved": True})

    found = rates(community)

    assert (found["satisfaction_rate"].numerator, found["satisfaction_rate"].denominator) == (
        "0",
        1,
    )
    assert [each.answer for each in behind(community, "satisfaction_rate")] == [None]
    assert [each.answer for each in behind(community, "response_rate")] == ["no"]


def test_excluded_results_do_not_count() -> None:
    """Given a callback on a case that ended as one of the results a metric excludes, then it is not valid."""
    community = founded()
    case = answered(community, PLEASED)
    community.do(case, "request-reopening", "grid_worker", reason="又坏了")
    community.do(case, "reopen-case", "grid_lead", reason="又坏了")
    community.do(case, "withdraw-case", "duty_officer", reason="另行处理")

    assert {each.denominator for each in rates(community).values()} == {0}
    assert {each.rate for each in rates(community).values()} == {None}


def test_the_last_callback_before_a_closing_counts() -> None:
    """Given somebody who was called twice before the closing, then the second answer counts; after a reopening both rounds do."""
    community = founded()
    case = answered(community, PLEASED)
    community.do(case, "request-reopening", "grid_worker", reason="又坏了")
    community.do(case, "reopen-case", "grid_lead", reason="又坏了")
    community.do(case, "report-resolution", "lead-street_office", result="resolved")
    community.do(case, "record-callback", "callback_officer", **PLEASED)
    community.do(case, "record-callback", "callback_officer", **HALF_PLEASED)

    listed = behind(community, "satisfaction_rate")

    assert [(each.round, each.weight) for each in listed] == [(0, "1"), (1, "9/10")]


def test_each_callback_is_weighed_by_the_version_it_was_made_under() -> None:
    """Given a second version with another weight, then earlier callbacks keep the first one's, and both articles are named."""
    community = founded()
    answered(community, HALF_PLEASED)
    weight = 'basically_satisfied = "9/10"'
    changed = {'version = "2026.1"': 'version = "2026.2"', weight: 'basically_satisfied = "1/2"'}
    community.register(r.InstallCharter(grid_id=COMMUNITY, document=stock_charter(changed)))
    answered(community, HALF_PLEASED)

    found = rates(community)["satisfaction_rate"]

    assert (found.numerator, found.denominator) == ("7/5", 2)
    assert [each.version for each in found.clauses] == ["2026.1", "2026.2"]


def test_a_month_holds_the_callbacks_of_its_days() -> None:
    """Given callbacks in two months of the metric, then each month counts its own."""
    community = founded()
    community.at("2026-03-16 00:30")
    answered(community, PLEASED)
    community.at("2026-03-18 00:30")
    answered(
        community, HALF_PLEASED
    )  # called back on the 19th, when it is still the 18th in Greenwich
    zone = home_zone(served(community.log, REGISTER))
    first, end, later = date(2026, 2, 19), date(2026, 3, 19), date(2026, 4, 19)

    before = StatisticsFilter(called_back=days(first, end, zone))
    after = StatisticsFilter(called_back=days(end, later, zone))

    assert rates(community, before)["satisfaction_rate"].numerator == "1"
    assert rates(community, after)["satisfaction_rate"].numerator == "9/10"


@given(SIGHTS)
def test_metrics_are_over_cases_that_may_be_known(held: tuple[Sight, ...]) -> None:
    """Given any sights, then behind a metric are the callbacks of the cases that may be known, and no others."""
    found = rates(season(), held=held)

    listed = behind(season(), "response_rate", held=held)
    expected = [e for e in behind(season(), "response_rate") if known(held, cases()[e.case_id])]
    assert listed == expected
    assert found["response_rate"].denominator == len(expected)


@pytest.mark.parametrize("kind", ["since", "until"])
def test_a_period_is_half_open(kind: str) -> None:
    """Given a callback at an instant, then a period from then holds it, and one until then does not."""
    community = founded()
    answered(community, PLEASED)
    at = local("2026-03-03 08:00")

    found = rates(community, StatisticsFilter(called_back=Period(**{kind: at})))

    assert found["response_rate"].denominator == (1 if kind == "since" else 0)
