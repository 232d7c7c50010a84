"""Collecting a case: what is written down, and what cannot be."""

import pytest

from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.messages import Authority, Personal, Rule
from casesys.domain.register import commands as r
from casesys.domain.vocabulary import Status
from tests.domain.cases.ways import (
    CASE,
    COLLECTION,
    case,
    collected,
    collecting,
    so,
    workdays,
)
from tests.domain.charter.stock import document, stock
from tests.domain.neighbourhood import (
    NAME,
    PATH,
    neighbourhood,
    operates,
    under,
)
from tests.domain.specification import at


def test_a_case_is_written_down() -> None:
    """Given a community, when a case is collected with all that is known, then it exists and waits to be accepted within a day."""
    opening = operates(
        r.OpenIntakePoint(intake_point_id="station", name=NAME, grid_id="east", channel="visit")
    )
    fields = {
        "initiator": "resident-7",
        "initiator_name": "王大爷",
        "initiator_contact": "13800000000",
        "description": "三天不亮",
        "location": "3号楼前",
        "facts": {"households_affected": 8},
        "intake_point": "station",
        "source_ref": "12345-678",
        "anonymous": True,
    }

    verdict = neighbourhood().given(opening).when(collecting(**fields))

    decision = verdict.then(
        so(
            e.CaseCollected(
                case_id=CASE,
                case_type="issue",
                category="street_lamp",
                title="路灯不亮",
                grid="east-1",
                path=PATH,
                initiator="resident-7",
                visibility="community",
                anonymous=True,
                facts={"households_affected": 8},
                intake_point="station",
                source_ref="12345-678",
                description=Personal("三天不亮"),
                initiator_name=Personal("王大爷"),
                initiator_contact=Personal("13800000000"),
                location=Personal("3号楼前"),
                move=Move(COLLECTION, starts=(workdays("accept", 1, "art-10"),)),
            ),
            "art-08",
        )
    )
    assert decision.subject == "resident-7"
    assert decision.authority == Authority("grid_worker", "grid_worker")
    assert decision.rule == Rule("stock", "2026.1", stock().digest)


def test_what_was_written_down_is_the_case() -> None:
    """Given a collected case, then its state is what was collected, through the channel it came by."""
    state = case(collected())

    assert (state.case_type, state.category, state.grid, state.path) == (
        "issue",
        "street_lamp",
        "east-1",
        PATH,
    )
    assert (state.title, state.channel, state.collected_at) == (
        "路灯不亮",
        "patrol",
        at("03-02 09:00"),
    )
    assert state.status is Status.COLLECTED


def test_an_initiator_nobody_knows_has_a_subject_of_their_own() -> None:
    """Given no initiator, when a case is collected, then its personal data belongs to a subject made from the case."""
    decision = neighbourhood().when(collecting()).decision

    assert decision.subject == "initiator:case-1"


def test_a_case_that_was_collected_earlier_began_then() -> None:
    """Given a paper note of the morning, when it is entered at noon, then the case and its clock began in the morning."""
    scene = neighbourhood().given(collecting().but(effective_at=at("03-02 07:00")))

    assert case(scene).collected_at == at("03-02 07:00")
    assert case(scene).clocks["accept"].started_at == at("03-02 07:00")


def test_a_case_is_collected_once() -> None:
    """Given a case, when one is collected under its id, then it exists already."""
    collected().when(collecting()).refused("already-exists")


@pytest.mark.parametrize(
    ("fields", "table"),
    [
        ({"case_type": "riddle"}, stock().charter.case_types),
        ({"category": "riddle"}, stock().charter.categories),
        ({"facts": {"riddle": 1}}, stock().charter.facts),
    ],
    ids=["type", "category", "fact"],
)
def test_a_case_is_described_in_the_words_of_the_charter(
    fields: dict[str, object], table: dict[str, object]
) -> None:
    """Given a code that the charter does not define, when a case is collected, then the codes it does define are accepted."""
    category = fields.pop("category", "street_lamp")

    verdict = neighbourhood().when(collecting(str(category), **fields))

    verdict.refused("unknown-code", accepted=sorted(table))


def test_a_case_comes_through_a_channel_of_the_charter() -> None:
    """Given a channel that the charter does not define, when a case is collected, then its channels are accepted."""
    verdict = neighbourhood().when(collecting().but(channel="riddle"))

    verdict.refused("unknown-code", accepted=sorted(stock().charter.channels))


@pytest.mark.parametrize(
    "facts",
    [{"danger_to_life": 1}, {"households_affected": True}, {"estimated_cost": "much"}],
    ids=["number for yes or no", "yes or no for number", "text for number"],
)
def test_facts_have_the_types_of_the_charter(facts: dict[str, object]) -> None:
    """Given a fact of another type than the charter says, when a case is collected, then it is refused."""
    neighbourhood().when(collecting(facts=facts)).refused("fact-of-wrong-type")


def test_nothing_is_counted_below_none() -> None:
    """Given a number that the charter gives a unit, then it is none or more; one without a unit may be anything."""
    unitless = (
        "facts.estimated_cost",
        {"label": document()["facts"]["estimated_cost"]["label"], "type": "int"},
    )

    for facts in ({"households_affected": -1}, {"estimated_cost": -1}):
        neighbourhood().when(collecting(facts=facts)).refused("fact-negative")
    neighbourhood().given(collecting(facts={"households_affected": 0}))
    under(unitless).given(collecting(facts={"estimated_cost": -1}))


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "never opened"])
def test_cases_come_in_at_open_intake_points(*, closed: bool) -> None:
    """Given an intake point that is closed or unknown, when a case is collected there, then it is refused."""
    acts = (
        operates(
            r.OpenIntakePoint(intake_point_id="station", name=NAME, grid_id="east", channel="visit")
        ),
        operates(r.CloseIntakePoint(intake_point_id="station")),
    )
    scene = neighbourhood().given(*acts[: 2 if closed else 0])

    scene.when(collecting(intake_point="station")).refused("unknown-intake-point")


def test_a_case_lies_in_a_grid_there_is() -> None:
    """Given no such grid, when a case is collected there, then it is refused."""
    neighbourhood().when(collecting(grid="north")).refused("unknown-grid")


def test_a_title_is_there_and_short() -> None:
    """Given no title, or one of more than a line, when the command is read, then it is no command."""
    for title in ("", "灯" * 201):
        with pytest.raises(ValueError, match="title"):
            collecting(title=title)
