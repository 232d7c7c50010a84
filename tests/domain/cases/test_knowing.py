"""Which parties take part in a case, and so may know of it by the mandates that are held for them."""

from collections.abc import Callable

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases.knowing import known_matter, parties_of, taking_part
from casesys.domain.register.knowledge import knowers
from tests.domain.cases.ways import (
    agreed,
    assigned,
    case,
    closed,
    collected,
    collecting,
    consulted,
    directed,
    dispatched,
    does,
    triaged,
)
from tests.domain.charter.stock import stock
from tests.domain.neighbourhood import neighbourhood
from tests.domain.specification import Scene

LAMPS, COMPANY = "municipal_lighting", "property_company"


def knowing(scene: Scene) -> set[str]:
    """The parties that may know of the case."""
    return set(parties_of(case(scene), stock()))


def test_what_knowing_a_case_depends_on() -> None:
    """Given a case with a lead, then knowing it depends on its place, type, category, level and parties."""
    matter = known_matter(case(dispatched()), stock())

    assert matter.path == ("community", "east", "east-1")
    assert (matter.case_type, matter.category) == ("issue", "street_lamp")
    assert matter.knowers == knowers(stock(), "community")
    assert matter.parties == {LAMPS}


@pytest.mark.parametrize("scene", [collected, directed])
def test_before_anybody_has_a_case_no_party_takes_part(scene: Callable[[], Scene]) -> None:
    """Given a case that nobody has been given, then no party may know of it."""
    assert knowing(scene()) == set()


@pytest.mark.parametrize("scene", [dispatched, assigned, closed])
def test_the_lead_takes_part_until_the_end_and_after(scene: Callable[[], Scene]) -> None:
    """Given a case with a lead, then the lead may know of it, also once it is closed."""
    assert LAMPS in knowing(scene())


def test_who_loses_the_lead_loses_sight_unless_it_supports() -> None:
    """Given a lead and a party that supports it, when the lead is handed over or given back, then only who still works on it knows."""
    fields = {"lead": LAMPS, "supporting": (COMPANY,), "reason": "某事"}
    scene = directed().given(does("dispatcher", "03-02 14:00", c.DispatchCase, **fields))
    handing = does("dispatcher", "03-02 15:00", c.HandOver, to="street_office", reason="某事")
    returning = does(
        "lead.municipal_lighting",
        "03-02 15:00",
        c.ReturnAssignment,
        ground="wrong_lead",
        reason="某事",
    )
    disputing = does("lead.municipal_lighting", "03-02 15:00", c.DisputeAssignment, reason="某事")
    ruling = does(
        "coordinator",
        "03-02 16:00",
        c.RuleOnDispute,
        lead=COMPANY,
        supporting=(LAMPS,),
        reason="某事",
    )

    assert knowing(scene) == {LAMPS, COMPANY}
    assert knowing(scene.given(handing)) == {"street_office", COMPANY}
    assert knowing(scene.given(returning)) == {COMPANY}
    assert knowing(scene.given(disputing)) == {LAMPS, COMPANY}
    assert knowing(scene.given(disputing, ruling)) == {COMPANY, LAMPS}


@pytest.mark.parametrize("scene", [consulted, agreed])
def test_who_is_asked_in_a_deliberation_takes_part(scene: Callable[[], Scene]) -> None:
    """Given a deliberation that was convened, then the parties that it asks may know of it."""
    deliberation = case(scene()).deliberation

    assert deliberation is not None
    assert knowing(scene()) >= set(deliberation.parties.values()) > set()


def test_the_sides_and_a_named_initiator_take_part() -> None:
    """Given a dispute of two companies, then both may know of it, and an anonymous initiator is not told."""
    adding = does("dispatcher", "03-02 09:30", c.AddParty, party=LAMPS, role="respondent")
    for anonymous, initiator in ((False, {COMPANY}), (True, set())):
        collected_so = collecting(case_type="dispute", initiator=COMPANY, anonymous=anonymous)
        scene = neighbourhood().given(collected_so, adding)
        assert knowing(scene) == {LAMPS} | initiator
        assert taking_part(case(scene)) == {LAMPS, COMPANY}


def test_of_a_report_only_who_works_on_it_knows() -> None:
    """Given a report by a company, against another, then neither may know of it; its lead may, and it is not against that."""
    scene = triaged(None, "street_lamp", case_type="report", initiator=COMPANY)
    against = does("dispatcher", "03-02 14:30", c.AddParty, party=LAMPS, role="respondent")
    dispatching = does("dispatcher", "03-02 14:00", c.DispatchCase)

    assert knowing(scene.given(against)) == set()
    assert knowing(scene.given(dispatching, against)) == {"street_office"}
    against_lead = does(
        "dispatcher", "03-02 14:30", c.AddParty, party="street_office", role="respondent"
    )
    scene.given(dispatching).when(against_lead).refused("respondent-may-not-work", "art-07")


def test_a_type_that_the_charter_lacks_counts_as_shielded() -> None:
    """Given a case of a type that a newer version does not define, then only who works on it may know."""
    now = case(neighbourhood().given(collecting(initiator=COMPANY)))
    unknown = type(now)(
        **{f: getattr(now, f) for f in now.__struct_fields__} | {"case_type": "riddle"}
    )

    assert parties_of(now, stock()) == {COMPANY}
    assert parties_of(unknown, stock()) == frozenset()
