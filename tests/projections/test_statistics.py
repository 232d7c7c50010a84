"""Figures are counted from what the events of each case say, as things stand."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.messages import Event, Personal
from casesys.domain.register.events import DocumentDeposited
from casesys.domain.vocabulary import Stage
from casesys.projections.statistics import (
    CaseFacts,
    Quantile,
    Share,
    Statistics,
    after,
    figures,
    kinds_of_results,
    of_log,
    quantile,
)
from casesys.store.memory import MemoryLog
from tests.community import STOCK, Community, founded

BEGUN = datetime(2026, 3, 2, tzinfo=UTC)

KINDS = {"resolved": "resolved", "unsolvable": "not_solvable", "withdrawn": "withdrawn"}

COLLECTED = e.CaseCollected(
    case_id="1",
    case_type="issue",
    category="lift_failure",
    title="…",
    grid="grid-1",
    path=("community", "grid-1"),
    initiator="initiator:1",
    visibility="community",
    move=e.Move(Stage.COLLECTION),
)
CLOSED = e.CaseClosed("resolved", e.Move(Stage.CLOSED))
REOPENED = e.CaseReopened(1, e.Move(Stage.RESOLUTION))


def facts_of(*happened: tuple[float, Event]) -> CaseFacts:
    """The facts of a case after events, each so many days after the beginning."""
    facts = None
    for days, event in ((0.0, COLLECTED), *happened):
        facts = after(facts, event, BEGUN + timedelta(days=days), KINDS)
    assert facts is not None
    return facts


def test_a_case_that_goes_on_has_a_stage_and_no_result() -> None:
    """Given a case that was triaged, then it counts in its stage, and in no result."""
    triaged = e.CaseTriaged("direct", "direct", 3, e.Move(Stage.ASSIGNMENT))

    counted = figures(2, [facts_of((1, triaged))])

    assert counted.stages == {"assignment": 1}
    assert counted.results == counted.result_kinds == {}
    assert counted.days_to_resolution.resolved == Share(0, 1)
    assert counted.days_to_resolution.median is None


def test_a_closed_case_took_from_collection_to_closing() -> None:
    """Given a case closed as resolved two and a half days later, then that is what it took."""
    counted = figures(2, [facts_of((2.5, CLOSED))])

    assert counted.results == {"resolved": 1}
    assert counted.days_to_resolution.median == Quantile(2.5, 1, 1)


def test_a_reopened_case_is_open_again() -> None:
    """Given a closed case, when it is reopened, then it has no result and is not among the resolved."""
    counted = figures(3, [facts_of((1, CLOSED), (2, REOPENED))])

    assert counted.stages == {"resolution": 1}
    assert counted.results == {}
    assert counted.days_to_resolution.resolved == Share(0, 1)


def test_a_case_closed_twice_took_until_the_second_time() -> None:
    """Given a reopened case, when it is closed again, then it took from its collection to that closing."""
    counted = figures(4, [facts_of((1, CLOSED), (2, REOPENED), (5, CLOSED))])

    assert counted.days_to_resolution.median == Quantile(5.0, 1, 1)


def test_a_corrected_result_is_the_one_that_counts() -> None:
    """Given a case closed as resolved, when its result is corrected, then only the corrected one counts, and the case stays closed."""
    corrected = e.ResultCorrected("resolved", "unsolvable", Personal(pd=0))

    facts = facts_of((1, CLOSED), (9, corrected))

    assert (facts.result, facts.kind, facts.stage) == ("unsolvable", "not_solvable", Stage.CLOSED)
    back = after(facts, e.ResultCorrected("unsolvable", "resolved", Personal(pd=0)), BEGUN, KINDS)
    assert figures(4, [back]).days_to_resolution.median == Quantile(1.0, 1, 1)


def test_a_reclassified_case_counts_where_it_belongs_now() -> None:
    """Given another type and category, then the case counts under those."""
    counted = figures(2, [facts_of((1, e.CaseReclassified("hazard", "gas")))])

    assert (counted.case_types, counted.categories) == ({"hazard": 1}, {"gas": 1})


def test_other_events_change_no_figure() -> None:
    """Given a note on a case, then its facts are as before."""
    assert facts_of((1, e.NoteAdded(Personal(pd=0)))) == facts_of()


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
    assert quantile([timedelta(days=each) for each in days], share) == expected


def test_a_calendar_has_no_results() -> None:
    """Given a document that is no charter, then it says nothing about results."""
    assert kinds_of_results(DocumentDeposited("calendar", "{}")) == {}


def test_the_kinds_of_results_are_the_charters() -> None:
    """Given the stock charter as deposited, then each of its results has the kind it says."""
    kinds = kinds_of_results(DocumentDeposited("charter", STOCK.document.decode()))

    assert kinds == {code: result.kind for code, result in STOCK.charter.results.items()}


def test_an_empty_log_has_nothing_to_count() -> None:
    """Given a log without events, then every figure is nothing of nothing."""
    counted = of_log(MemoryLog())

    assert (counted.position, counted.cases, counted.stages) == (0, 0, {})


@pytest.fixture(scope="module")
def community() -> Community:
    """A community with three cases: one open, one withdrawn, one declined."""
    community = founded()
    for _ in range(3):
        community.collect()
    community.wait(days=1)
    community.give(c.WithdrawCase(case_id="case-02"), "grid_worker")
    community.give(c.DeclineCase(case_id="case-03", ground="unfounded"), "grid_lead")
    return community


def test_a_whole_log_is_counted_in_pages(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a community's log, when it is read in pages of any size, then the figures are the same and say up to where."""
    whole = of_log(community.log)
    monkeypatch.setattr("casesys.projections.statistics.PAGE", 3)

    assert of_log(community.log) == whole
    assert whole.position == community.log.head().size
    assert whole.cases == 3
    assert whole.stages == {"closed": 2, "collection": 1}
    assert whole.result_kinds == {"declined": 1, "withdrawn": 1}
    assert whole.categories == {"courtyard_lamp": 3}


def test_figures_go_on_from_where_they_were(community: Community) -> None:
    """Given a log read halfway, when the rest is folded, then the figures are those of the whole."""
    statistics, events = Statistics(), community.log.read(0, 1000)

    statistics.take(events[:50])
    statistics.take(events[50:])

    assert statistics.figures() == of_log(community.log)
