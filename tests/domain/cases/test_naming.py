"""How those are named who take part in a case, and whose the personal texts about them are."""

import pytest
from msgspec.structs import replace

from casesys.domain.cases import commands as c
from casesys.domain.cases.state import Case
from casesys.domain.messages import Personal
from casesys.domain.register import commands as r
from tests.domain.cases.ways import CASE, STREAM, collected, collecting, does, published
from tests.domain.neighbourhood import NAME, neighbourhood, operates
from tests.domain.specification import Act, Scene

INITIATOR = f"initiator:{CASE}"

NUMBERS = ("1380000", "13800000000", "010-6555-1234", "11010519491231002X", "11010519491231002x")


def adding(party: str, **fields: object) -> Act:
    """A grid worker adds a neighbour."""
    given = {"party": party, "role": "co_reporter"} | fields
    return does("grid_worker", "03-02 09:05", c.AddParty, **given)


def objecting(objector: str, grounds: object = "某事") -> Act:
    """A grid worker records an objection."""
    return does("grid_worker", "03-18 09:00", c.RaiseObjection, objector=objector, grounds=grounds)


@pytest.mark.parametrize("named", ["clock", "initiator:case-2", "initiator:"])
def test_nobody_goes_by_an_id_of_the_engine(named: str) -> None:
    """Given the clock's id, or that of another case's initiator, then nobody who takes part is named by it."""
    neighbourhood().when(collecting(initiator=named)).refused("id-reserved")
    collected().when(adding(named)).refused("id-reserved")
    published().when(objecting(named)).refused("id-reserved")


@pytest.mark.parametrize("number", NUMBERS)
def test_nobody_goes_by_a_number(number: str) -> None:
    """Given a number as people are called by, then it is no id, because ids are kept in the clear for ever."""
    neighbourhood().when(collecting(initiator=number)).refused("id-is-a-number")
    collected().when(adding(number)).refused("id-is-a-number")
    published().when(objecting(number)).refused("id-is-a-number")


@pytest.mark.parametrize("number", NUMBERS[:2])
def test_who_is_registered_by_a_number_goes_by_it(number: str) -> None:
    """Given somebody who is registered under a number, then that is their id in cases, too."""
    registering = operates(r.RegisterPerson(person_id=number, name=Personal("某人")))

    neighbourhood().given(registering, collecting(initiator=number))
    collected().given(registering, adding(number))


def test_an_organisation_goes_by_its_number() -> None:
    """Given an organisation registered under its credit code, all digits, then that is its id in cases; its texts are its own."""
    code = "911100001234567890"
    registering = operates(
        r.RegisterOrganisation(organisation_id=code, name=NAME, kind="property_company")
    )

    neighbourhood().given(registering, collecting(initiator=code))
    collected().given(registering, adding(code))
    collected().given(registering, adding("resident-9", name=Personal("某人", code)))


def test_a_party_recorded_under_a_number_goes_on_taking_part() -> None:
    """Given a case with a party that is named by a number, as older logs have it, then they may still object."""
    scene = published()
    case = scene.state(STREAM, Case)
    older = replace(case, parties={**case.parties, NUMBERS[1]: "co_reporter"})

    Scene({**scene.states, STREAM: scene.states[STREAM]._replace(state=older)}).given(
        objecting(NUMBERS[1])
    )


def test_whom_a_case_is_against_is_told_whatever_its_type() -> None:
    """Given a case of a type that the charter in force does not know any more, then it can still be said whom it is against."""
    scene = collected()
    unknown = replace(scene.state(STREAM, Case), case_type="riddle")

    Scene({**scene.states, STREAM: scene.states[STREAM]._replace(state=unknown)}).given(
        adding("resident-9", role="respondent")
    )


@pytest.mark.parametrize(
    "named", ["resident-7", "r-13800000000", "007", "12345", "clockmaker", "X1"]
)
def test_other_ids_name_somebody(named: str) -> None:
    """Given an id of another system, short numbers among them, then whoever takes part is named by it."""
    neighbourhood().given(collecting(initiator=named))
    collected().given(adding(named))


def test_who_is_unnamed_may_be_named_as_the_engine_does() -> None:
    """Given the id that the engine gives the initiator of just this case, then they go by it, also where they object."""
    decision = neighbourhood().when(collecting(initiator=INITIATOR)).decision

    assert decision.subject == INITIATOR
    published().given(objecting(INITIATOR))


def test_an_initiator_recorded_under_a_number_stays_who_they_are() -> None:
    """Given a case whose initiator is named by a number, as older logs have it, then what they do goes on being theirs."""
    registering = operates(r.RegisterPerson(person_id="13800000000", name=Personal("某人")))
    scene = neighbourhood().given(registering, collecting(initiator="13800000000"))

    decision = scene.when(does("grid_worker", "03-02 09:10", c.AddNote, note="某事")).decision

    assert decision.subject == "13800000000"


def test_the_texts_about_a_party_are_that_party_s() -> None:
    """Given a party with name and contact, or an objector with grounds, then these texts are theirs and not the initiator's."""
    party = collected().when(adding("resident-8", name="李", contact="138")).decision
    objector = published().when(objecting("resident-9")).decision

    assert (party.subject, objector.subject) == ("resident-8", "resident-9")


@pytest.mark.parametrize("subject", ["", INITIATOR, "resident-8", "grid_worker"])
def test_a_text_is_of_somebody_who_is_known_here(subject: str) -> None:
    """Given a text that is said to be the initiator's, a party's or a registered person's, then it is taken."""
    scene = collected().given(adding("resident-8"))

    scene.given(does("grid_worker", "03-02 09:10", c.AddNote, note=Personal("某事", subject)))


@pytest.mark.parametrize("subject", ["Zhang San 13800000000", "resident-9", "clock", "a\u0000b"])
def test_a_text_is_of_nobody_else(subject: str) -> None:
    """Given a text that is said to be somebody's who has no part in the case and is not registered, then it is refused."""
    noting = does("grid_worker", "03-02 09:10", c.AddNote, note=Personal("某事", subject))

    assert collected().when(noting).refused("unknown-subject").particulars == {"field": "note"}
    collecting_so = collecting(description=Personal("某事", subject))
    neighbourhood().when(collecting_so).refused("unknown-subject")


def test_a_text_of_the_register_is_of_somebody_registered() -> None:
    """Given a person's name that is said to be another's, then that one is registered, or the name is refused."""
    own, known, unknown = (
        operates(r.RegisterPerson(person_id="new", name=Personal("新人", subject)))
        for subject in ("new", "grid_worker", "nobody")
    )

    neighbourhood().given(own)
    neighbourhood().given(known)
    neighbourhood().when(unknown).refused("unknown-subject")
