"""Triage: the first row that holds; what is unknown is asked for or counts as the charter says."""

from collections.abc import Mapping

import pytest

from casesys.domain.charter.triage import FactsNeeded, Features, Triaged, triage
from casesys.domain.messages import Value
from tests.domain.charter.stock import parsed, stock

QUIET: Mapping[str, Value] = {
    "common_parts": False,
    "maintenance_fund": False,
    "households_affected": 1,
    "estimated_cost": 0,
}
"""Facts of a matter that is neither big nor the owners'."""


def features(case_type: str, category: str, **facts: Value) -> Features:
    """A case that came by the hotline."""
    return Features(case_type, category, "hotline", "grid-1", facts)


def way(case_type: str, category: str, **facts: Value) -> str:
    """Where the stock charter sends a case of whose facts nothing else is unusual."""
    answer = triage(stock(), features(case_type, category, **{**QUIET, **facts}))
    assert isinstance(answer, Triaged)
    return answer.to


@pytest.mark.parametrize(
    ("households", "cost", "to"),
    [
        (29, 19_999, "small"),
        (30, 0, "big-residents"),
        (0, 20_000, "big-residents"),
        (29, 20_000, "big-residents"),
        (30, 19_999, "big-residents"),
    ],
)
def test_many_households_or_a_high_cost_make_it_big(households: int, cost: int, to: str) -> None:
    """Given a courtyard, when 30 households or 20,000 yuan are reached, then it is a big matter."""
    assert way("issue", "courtyard", households_affected=households, estimated_cost=cost) == to


@pytest.mark.parametrize("fact", ["common_parts", "maintenance_fund", "fund_raised"])
@pytest.mark.parametrize("households", [1, 1000])
def test_what_is_the_owners_is_decided_by_the_owners(fact: str, households: int) -> None:
    """Given common parts or the fund, when households are few or many, then the owners decide."""
    assert way("issue", "facade", **{fact: True, "households_affected": households}) == "big-owners"


@pytest.mark.parametrize("fact", ["danger_to_life", "danger_to_public", "utility_lost"])
def test_danger_comes_before_everything_else(fact: str) -> None:
    """Given danger, when the matter is also the owners' and big, then it is urgent."""
    facts: dict[str, Value] = {fact: True, "common_parts": True, "households_affected": 500}

    assert way("hazard", "lift_failure", **facts) == "urgent"


@pytest.mark.parametrize(
    ("category", "facts", "to"),
    [
        ("street_lamp", {"households_affected": 500}, "direct"),
        ("street_lamp", {"residents_asked": True}, "small"),
        ("courtyard_lamp", {}, "direct"),
        ("courtyard_lamp", {"payer_unsettled": True}, "small"),
        ("courtyard_lamp", {"payer_unsettled": True, "households_affected": 30}, "big-residents"),
        ("lift_failure", {}, "direct"),
        ("lift_renewal", {"maintenance_fund": True}, "big-owners"),
        ("courtyard_parking", {}, "small"),
    ],
)
def test_what_is_plainly_somebodys_duty_is_not_deliberated(
    category: str, facts: dict[str, Value], to: str
) -> None:
    """Given a category with a keeper, when nothing is asked of residents, then it goes direct."""
    assert way("issue", category, **facts) == to


@pytest.mark.parametrize(
    ("case_type", "to"),
    [
        ("dispute", "mediation"),
        ("micro_wish", "direct"),
        ("assisted_service", "direct"),
        ("inquiry", "direct"),
        ("report", "direct"),
        ("suggestion", "big-residents"),
    ],
)
def test_a_case_goes_only_where_its_type_may(case_type: str, to: str) -> None:
    """Given an urgent and big matter, when its type knows no such procedure, the row is passed over."""
    assert way(case_type, "courtyard", danger_to_life=True, households_affected=99) == to


def test_unknown_facts_are_asked_for_all_at_once() -> None:
    """Given a courtyard of which nothing is known, then all that could matter is asked for."""
    answer = triage(stock(), features("issue", "courtyard"))

    assert answer == FactsNeeded(
        ("common_parts", "maintenance_fund", "households_affected", "estimated_cost")
    )


def test_only_facts_that_are_missing_are_asked_for() -> None:
    """Given one fact of two, when the other could still decide, then only the other is asked for."""
    facts = {**QUIET}
    del facts["estimated_cost"]

    assert triage(stock(), features("issue", "courtyard", **facts)) == FactsNeeded(
        ("estimated_cost",)
    )


def test_an_unknown_fact_that_cannot_matter_is_not_asked_for() -> None:
    """Given 30 households, when the cost is unknown, then the answer stands without it."""
    facts = {**QUIET, "households_affected": 30}
    del facts["estimated_cost"]
    answer = triage(stock(), features("issue", "courtyard", **facts))

    assert isinstance(answer, Triaged)
    assert answer.to == "big-residents"
    assert "estimated_cost" not in answer.facts_used


def test_an_open_row_that_is_not_allowed_asks_for_nothing() -> None:
    """Given an inquiry of which nothing is known, when rows for others are open, it goes direct."""
    answer = triage(stock(), features("inquiry", "courtyard"))

    assert isinstance(answer, Triaged)
    assert answer.row == "service"


def test_the_answer_explains_itself() -> None:
    """Given a small matter, then row, clause, reason, the facts used and those assumed are told."""
    answer = triage(stock(), features("issue", "courtyard", **QUIET, danger_to_life=False))

    assert isinstance(answer, Triaged)
    assert (answer.row, answer.clause, answer.priority) == ("small", "art-21", 3)
    assert answer.because.zh == "不属于急事、直办或大事，小事小议"
    assert answer.facts_used == (
        "danger_to_life",
        "danger_to_public",
        "utility_lost",
        "common_parts",
        "fund_raised",
        "maintenance_fund",
        "households_affected",
        "estimated_cost",
    )
    assert answer.assumed == ("danger_to_public", "utility_lost", "fund_raised")


def test_a_fact_that_counts_as_something_until_known_is_overruled_once_it_is() -> None:
    """Given `when_unknown = false`, when the fact is established as true, then that counts."""
    unknown = triage(stock(), features("issue", "street_lamp"))
    known = triage(stock(), features("issue", "street_lamp", danger_to_public=True))

    assert isinstance(unknown, Triaged)
    assert isinstance(known, Triaged)
    assert (unknown.to, known.to) == ("direct", "urgent")


FIRST = {
    "id": "first",
    "clause": "art-16",
    "to": "urgent",
    "because": {"zh": "试", "en": "a trial"},
}
"""A row for the beginning of the stock triage; where it does not hold, `direct` does."""


@pytest.mark.parametrize(
    ("when", "row"),
    [
        ('channel == "hotline"', "first"),
        ('channel == "visit"', "direct"),
        ('grid == "grid-1"', "first"),
        ('grid == "grid-2"', "direct"),
        ('case_type != "hazard"', "first"),
        ('parent_category == "lifts"', "first"),
        ('parent_category == ""', "direct"),
        ('category == "lift_failure"', "first"),
        ('keeper == "lift_maintainer"', "first"),
        ('keeper == "property_company"', "direct"),
    ],
)
def test_guards_see_the_features_of_a_case(when: str, row: str) -> None:
    """Given a first row over one feature of a case, then it holds when the case has the feature."""
    version = parsed(("triage.0", {**FIRST, "when": when}))
    answer = triage(version, features("issue", "lift_failure", **QUIET))

    assert isinstance(answer, Triaged)
    assert answer.row == row


def test_a_type_or_category_that_the_charter_lacks_is_an_error() -> None:
    """Given a case type or category of another charter, then triage does not guess."""
    with pytest.raises(KeyError):
        triage(stock(), features("parade", "street_lamp"))
    with pytest.raises(KeyError):
        triage(stock(), features("issue", "parade"))
