"""Routing: who leads and who supports, by the first row that holds."""

import pytest

from casesys.domain.charter.features import Features
from casesys.domain.charter.routing import Routed, route
from tests.domain.charter.stock import Change, parsed, stock

TEXT = {"zh": "试", "en": "a trial"}


def features(category: str, case_type: str = "issue") -> Features:
    """A case of which no facts are known."""
    return Features(case_type, category, "hotline", "grid-1")


@pytest.mark.parametrize(
    ("case_type", "category", "row", "lead", "supporting"),
    [
        ("issue", "street_lamp", "keeper", "municipal_lighting", ()),
        ("issue", "lift_failure", "lift", "lift_maintainer", ("property_company",)),
        ("issue", "entrance", "keeper", "property_company", ()),
        ("issue", "home_repair", "keeper", "veterans_group", ()),
        ("issue", "roof", "common", "property_company", ("residents_committee",)),
        ("issue", "drainage", "rest", "residents_committee", ("property_company",)),
        ("micro_wish", "wishes", "wish", "warm_station", ("paired_organisation",)),
        ("report", "conduct", "report", "street_office", ()),
    ],
)
def test_the_first_row_that_holds_names_the_lead(
    case_type: str, category: str, row: str, lead: str, supporting: tuple[str, ...]
) -> None:
    """Given a case, then its lead is its keeper, the parent category's, or whom the rows name."""
    answer = route(stock(), features(category, case_type))

    assert answer is not None
    assert (answer.row, answer.lead, answer.supporting) == (row, lead, supporting)


def test_the_answer_names_its_clause() -> None:
    """Given a routed case, then the clause of the row comes with it."""
    assert route(stock(), features("street_lamp")) == Routed(
        "keeper", "municipal_lighting", (), "art-37"
    )


KEEPER_ALONE: Change = ("routing", [{"id": "keeper", "clause": "art-37", "lead": "keeper"}])


def test_a_row_for_the_keeper_is_passed_over_where_there_is_none() -> None:
    """Given rows that name the keeper only, when a category has none, then nobody is named."""
    version = parsed(KEEPER_ALONE)

    assert route(version, features("drainage")) is None
    assert route(version, features("lift_renewal")) == Routed(
        "keeper", "lift_maintainer", (), "art-37"
    )


def test_a_charter_without_routing_names_nobody() -> None:
    """Given no rows at all, then the lead is named by hand."""
    assert route(parsed(("routing", [])), features("street_lamp")) is None


def test_a_row_that_an_unknown_fact_leaves_open_is_passed_over() -> None:
    """Given a row over a fact, when the fact is unknown, then the next row is asked."""
    version = parsed(("routing.wish.when", "facts.common_parts"))
    known = Features("issue", "roof", "hotline", "grid-1", {"common_parts": True})

    unknown_answer, known_answer = route(version, features("roof")), route(version, known)

    assert unknown_answer is not None
    assert known_answer is not None
    assert (unknown_answer.row, known_answer.row) == ("common", "wish")


def test_nobody_supports_themselves() -> None:
    """Given a row whose keeper is also among the supporting, then they only lead."""
    version = parsed(("routing.keeper.supporting", ["property_company", "residents_committee"]))

    answer = route(version, features("entrance"))

    assert answer is not None
    assert (answer.lead, answer.supporting) == ("property_company", ("residents_committee",))
