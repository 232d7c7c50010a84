"""Figures are counted from how cases stand, over those the reader may know, and each shows the cases behind it."""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.domain.register.knowledge import Sight
from casesys.domain.vocabulary import Stage
from casesys.domain.working_time.zone import DAY
from casesys.projections.batches import Walk
from casesys.projections.cases import CaseNow
from casesys.projections.chosen import EVERYTHING, Period, StatisticsFilter
from casesys.projections.counting import of_log
from casesys.projections.figures import (
    BEHIND_COUNT,
    BEHIND_DURATION,
    CaseBehind,
    Durations,
    Figure,
    Figures,
    Quantile,
    Share,
    Stays,
    cases_behind,
    figures,
    quantile,
)
from casesys.projections.statistics import STATISTICS
from casesys.store.memory import MemoryLog
from tests.community import COMMUNITY, Community, founded
from tests.projections.built import everything, plan
from tests.projections.knowing import known
from tests.projections.seasons import PLEASED, answered, season
from tests.projections.served import served
from tests.projections.test_audit_trail import ALL_GRIDS, SIGHTS

COUNTED = (
    *(Figure.STAGES, Figure.RESULTS, Figure.RESULT_KINDS),
    *(Figure.CASE_TYPES, Figure.CATEGORIES, Figure.TRACKS, Figure.GRIDS),
)


@cache
def counted() -> sqlite3.Connection:
    """The statistics of the season."""
    return served(season().log, STATISTICS)


@cache
def cases() -> Mapping[str, CaseNow]:
    """The cases of the season as they stand."""
    return Walk(season().log, 0).advance(season().log.head().size).cases


def behind(
    figure: Figure,
    code: str | None = None,
    held: tuple[Sight, ...] | None = None,
    wanted: StatisticsFilter = EVERYTHING,
    db: sqlite3.Connection | None = None,
) -> list[CaseBehind]:
    """All cases behind a figure, in small pages."""
    db = db or counted()
    return list(
        everything(lambda key: cases_behind(db, held, wanted, figure, code, after=key, limit=3))
    )


# -- what counts ------------------------------------------------------------------------------------------------------------------


def figures_of(community: Community) -> Figures:
    """The figures of a community as it stands."""
    return of_log(community.log).figures


def reopened(community: Community, case: str) -> None:
    """The initiator asks for it, and it is worked on again."""
    community.do(case, "request-reopening", "grid_worker", reason="又不行了")
    community.do(case, "reopen-case", "grid_lead", reason="又不行了")


def test_a_case_that_goes_on_has_a_stage_and_no_result() -> None:
    """Given a case that was accepted, then it counts in its stage, and in no result."""
    community = founded()
    community.do(community.collect(), "accept-case", "duty_officer")

    found = figures_of(community)

    assert found.stages == {"collection": 1}
    assert found.results == found.result_kinds == {}
    assert found.days_to_resolution.resolved == Share(0, 1)
    assert found.days_to_resolution.median is None


def test_a_closed_case_took_from_collection_to_closing() -> None:
    """Given an inquiry that was answered a day later, then that is what it took, and how long it was worked on."""
    community = founded()
    answered(community, PLEASED)

    found = figures_of(community)

    assert (found.results, found.result_kinds) == ({"resolved": 1}, {"resolved": 1})
    assert found.days_to_resolution.median == Quantile(1.0, 1, 1)
    assert found.days_in_stages["resolution"].median == Quantile(1.0, 1, 1)
    assert found.days_in_stages["assignment"].median == Quantile(0.0, 1, 1)
    assert "closed" not in found.days_in_stages


def test_a_reopened_case_is_open_again() -> None:
    """Given a closed case, when it is reopened, then it has no result, is not among the resolved, and is being worked on again."""
    community = founded()
    case = answered(community, PLEASED)
    reopened(community, case)

    found = figures_of(community)

    assert (found.stages, found.results) == ({"resolution": 1}, {})
    assert found.days_to_resolution.resolved == Share(0, 1)
    assert found.days_in_stages["resolution"].ended == Share(1, 2)


def test_a_case_closed_twice_took_until_the_second_time() -> None:
    """Given a reopened case, when it is closed again, then it took from its collection to that closing."""
    community = founded()
    case = answered(community, PLEASED)
    community.wait(days=2)
    reopened(community, case)
    community.wait(days=3)
    community.do(case, "report-resolution", "lead-street_office", result="not_solvable")
    community.do(case, "close-case", "callback_officer")

    assert figures_of(community).days_to_resolution.resolved == Share(0, 1)
    community.do(case, "correct-result", "secretary", result="resolved", reason="已解决")

    found = figures_of(community)
    assert found.results == {"resolved": 1}
    assert found.days_to_resolution.median == Quantile(6.0, 1, 1)
    assert found.days_in_stages["resolution"].ended == Share(2, 2)


def test_a_corrected_result_is_the_one_that_counts() -> None:
    """Given a case closed as resolved, when its result is corrected later, then only the corrected one counts, and its day stays."""
    community = founded()
    case = answered(community, PLEASED)
    closed_at = community.now
    community.wait(days=9)
    community.do(case, "correct-result", "secretary", result="not_solvable", reason="并未解决")

    assert figures_of(community).result_kinds == {"not_solvable": 1}
    (closed,) = behind(Figure.RESULTS, "not_solvable", db=served(community.log, STATISTICS))
    assert closed.ended_at == closed_at


def test_a_reclassified_case_counts_where_it_belongs_now() -> None:
    """Given another type and category, then the case counts under those."""
    community = founded()
    case = community.collect()
    community.do(
        case, "reclassify-case", "duty_officer", case_type="hazard", category="fire_hazard"
    )

    found = figures_of(community)

    assert (found.case_types, found.categories) == ({"hazard": 1}, {"fire_hazard": 1})


def test_an_empty_log_has_nothing_to_count() -> None:
    """Given a log without events, then every figure is nothing of nothing."""
    found = of_log(MemoryLog())

    assert (found.position, found.figures.cases, found.figures.stages) == (0, 0, {})
    assert found.metrics == ()


@pytest.mark.parametrize(
    ("days", "share", "expected"),
    [
        ([1], Fraction(1, 2), Quantile(1.0, 1, 1)),
        ([1, 2], Fraction(1, 2), Quantile(1.0, 1, 2)),
        ([1, 2, 3], Fraction(1, 2), Quantile(2.0, 2, 3)),
        (range(1, 11), Fraction(9, 10), Quantile(9.0, 9, 10)),
        (range(1, 12), Fraction(9, 10), Quantile(10.0, 10, 11)),
        ([1, 2], Fraction(0), Quantile(1.0, 1, 2)),
        ([], Fraction(1, 2), None),
    ],
)
def test_a_quantile_is_one_of_the_durations(
    days: list[int], share: Fraction, expected: Quantile | None
) -> None:
    """Given durations in order, then the quantile is the one whose rank is the share of their number, rounded up."""
    assert quantile([each * DAY for each in days], share) == expected


# -- over which cases, and which they are -------------------------------------------------------------------------------------------


INSTANTS = st.sampled_from((None, *(season().now - timedelta(days=back) for back in (1, 60, 98))))
PERIODS = st.builds(Period, INSTANTS, INSTANTS)
WANTED = st.builds(
    StatisticsFilter,
    grid=st.sampled_from((None, None, *ALL_GRIDS)),
    case_types=st.sampled_from(((), (), ("issue",), ("report", "inquiry"))),
    categories=st.sampled_from(((), (), ("courtyard_lamp", "policy"))),
    collected=st.one_of(st.just(Period()), PERIODS),
)


def within(period: Period, instant: datetime | None) -> bool:
    """Say whether an instant lies in a period."""
    return instant is not None and (
        (period.since is None or period.since <= instant)
        and (period.until is None or instant < period.until)
    )


@given(held=st.one_of(st.none(), SIGHTS), wanted=WANTED)
def test_figures_count_what_the_reader_may_know(
    held: tuple[Sight, ...] | None, wanted: StatisticsFilter
) -> None:
    """Given any sights and wishes, then figures count the cases that may be known and are wanted, as they stand."""
    chosen = [
        now
        for now in cases().values()
        if (held is None or known(held, now))
        and (wanted.grid is None or wanted.grid in now.case.path)
        and (not wanted.case_types or now.case.case_type in wanted.case_types)
        and (not wanted.categories or now.case.category in wanted.categories)
        and within(wanted.collected, now.case.collected_at)
    ]

    found = figures(counted(), held, wanted)

    assert found.cases == len(chosen)
    assert found.stages == dict(Counter(now.case.stage.value for now in chosen))
    assert found.results == dict(Counter(now.case.result for now in chosen if now.case.result))
    assert found.case_types == dict(Counter(now.case.case_type for now in chosen))
    assert found.categories == dict(Counter(now.case.category for now in chosen))
    assert found.tracks == dict(Counter(now.case.track for now in chosen if now.case.track))
    assert found.grids == dict(Counter(now.case.grid for now in chosen))


@given(held=st.one_of(st.none(), SIGHTS), wanted=WANTED)
def test_behind_each_figure_are_as_many_cases_as_it_says(
    held: tuple[Sight, ...] | None, wanted: StatisticsFilter
) -> None:
    """Given any figure, then the cases behind it are as many as it counts, each once, and all of them may be known."""
    found = figures(counted(), held, wanted)

    assert len(behind(Figure.CASES, None, held, wanted)) == found.cases
    for figure in COUNTED:
        for code, count in getattr(found, figure).items():
            ids = [each.case_id for each in behind(figure, code, held, wanted)]
            assert len(ids) == len(set(ids)) == count
            assert all(held is None or known(held, cases()[each]) for each in ids)


@given(held=st.one_of(st.none(), SIGHTS), wanted=WANTED)
def test_anybody_can_count_along_to_a_quantile(
    held: tuple[Sight, ...] | None, wanted: StatisticsFilter
) -> None:
    """Given durations, then the list behind them ascends, and a quantile is the one at its rank."""
    found = figures(counted(), held, wanted)
    told: list[tuple[Durations | Stays, list[CaseBehind]]] = [
        (found.days_to_resolution, behind(Figure.DAYS_TO_RESOLUTION, None, held, wanted))
    ]
    for stage, stays in found.days_in_stages.items():
        told.append((stays, behind(Figure.DAYS_IN_STAGES, stage, held, wanted)))
    for durations, listed in told:
        days = [each.days for each in listed]
        assert days == sorted(days, key=lambda day: day or 0)
        for each in (durations.median, durations.p90):
            if each is None:
                assert not days
            else:
                assert (days[each.rank - 1], len(days)) == (each.days, each.of)


def test_closed_in_a_period_means_closed_for_good_then() -> None:
    """Given closed cases, when those closed in a period are wanted, then it is those whose last closing lies in it."""
    closed = behind(Figure.STAGES, Stage.CLOSED)
    middle = sorted(each.ended_at for each in closed if each.ended_at is not None)[len(closed) // 2]

    wanted = StatisticsFilter(closed=Period(since=middle))

    expected = {each.case_id for each in closed if within(wanted.closed, each.ended_at)}
    assert {each.case_id for each in behind(Figure.CASES, None, None, wanted)} == expected
    assert 0 < len(expected) < len(closed)


def test_a_case_behind_a_figure_says_how_it_stands() -> None:
    """Given the case whose life was longest, then behind its category it stands with type, grid, stage, result and instants."""
    (lamp,) = (e for e in behind(Figure.CATEGORIES, "courtyard_lamp") if e.case_id == "case-01")
    case = cases()["case-01"].case

    assert (lamp.case_type, lamp.grid, lamp.stage) == ("issue", "grid-3", "closed")
    assert (lamp.result, lamp.days) == ("partly_resolved", None)
    assert lamp.collected_at == case.collected_at


def test_nobody_counts_what_they_may_not_know() -> None:
    """Given a volunteer, then the figures are over public cases alone."""
    found = figures(counted(), (Sight("volunteer", COMMUNITY),))

    assert found.cases == sum(now.case.visibility == "public" for now in cases().values()) > 0


@pytest.mark.parametrize("query", [*BEHIND_COUNT.values(), *BEHIND_DURATION.values()])
def test_cases_behind_a_figure_are_looked_up_not_sought(query: str) -> None:
    """Given any figure, then SQLite finds the cases of a page and their last closing by index; it never goes over all for each."""
    given = {
        "matters": "[]",
        "theirs": "[]",
        "code": "x",
        "case_id": "",
        "took": 0,
        "position": 0,
        "most": 9,
    }
    given |= {"collected_since": 0, "collected_until": 1, "any_end": 1}
    given |= {"closed_since": 0, "closed_until": 1}

    steps = plan(counted(), query, given).splitlines()

    assert not [step for step in steps if step.startswith(("SCAN c", "SCAN m", "SCAN statistics"))]
    assert not [step for step in steps if "AUTOMATIC" in step]
