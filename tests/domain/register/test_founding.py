"""Founding: the root grid, the first operator and their key, once."""

import pytest

from casesys.domain.messages import Authority, Outcome, Personal, Text
from casesys.domain.register import commands as r
from casesys.domain.register import events as e
from casesys.domain.register.state import ApiKey, Grid, Person, Register
from casesys.domain.register.streams import REGISTER, api_key_stream, grid_stream, person_stream
from tests.domain.neighbourhood import FOUNDING, KEY, NAME, OPERATOR, operates
from tests.domain.specification import Act, Scene, at, by

FOUNDED = at("03-01 08:00")


def founding(person: str) -> Act:
    """Somebody founds the register as its first operator."""
    command = r.FoundRegister(
        grid_id="community",
        grid_name=NAME,
        person_id=person,
        person_name=Personal("何工"),
        key_hash=KEY,
    )
    return by(person, command, "03-01 08:00")


def test_a_register_is_founded() -> None:
    """Given nothing, when the register is founded, then there are its root, its operator with a mandate over it, and their key."""
    decision = (
        Scene()
        .when(FOUNDING)
        .then(
            Outcome(REGISTER, e.RegisterFounded("community", OPERATOR)),
            Outcome(
                grid_stream("community"),
                e.GridEstablished("community", "community", NAME, ("community",)),
            ),
            Outcome(person_stream(OPERATOR), e.PersonRegistered(OPERATOR, Personal("何工"))),
            Outcome(
                person_stream(OPERATOR), e.MandateGiven("founding", OPERATOR, "community", FOUNDED)
            ),
            Outcome(api_key_stream(KEY), e.ApiKeyIssued(OPERATOR, "local", "first operator")),
        )
    )

    assert decision.authority == Authority(OPERATOR, "founding")
    assert decision.subject == OPERATOR
    assert set(decision.reads.values()) == {0}


def test_what_was_founded_is_there() -> None:
    """Given a founded register, then its states are what the events said."""
    scene = Scene().given(FOUNDING)

    assert scene.state(REGISTER, Register) == Register("community")
    assert scene.state(grid_stream("community"), Grid).path == ("community",)
    assert [m.role for m in scene.state(person_stream(OPERATOR), Person).mandates] == [OPERATOR]
    assert scene.state(api_key_stream(KEY), ApiKey) == ApiKey(OPERATOR, "local", None)


def test_a_register_is_founded_once() -> None:
    """Given a founded register, when it is founded again, then it has been."""
    Scene().given(FOUNDING).when(founding("another")).refused("already-founded")


def test_the_first_operator_founds_it_in_person() -> None:
    """Given nothing, when somebody founds the register for another, then only the first operator may."""
    Scene().when(FOUNDING.but(actor_id="somebody")).refused("founder-acts")


def test_nobody_is_called_what_time_is_called() -> None:
    """Given the name of the clock, when a person is to have it, at the founding or later, then it is taken."""
    Scene().when(founding("clock")).refused("already-exists")
    registering = operates(r.RegisterPerson(person_id="clock", name=Personal("钟")))
    Scene().given(FOUNDING).when(registering).refused("already-exists")


def test_nothing_is_registered_before_the_founding() -> None:
    """Given nothing, when a grid is established, then the register has to be founded first."""
    command = r.EstablishGrid(grid_id="east", parent="community", name=Text("东", "east"))

    Scene().when(operates(command)).refused("not-founded")


@pytest.mark.parametrize(
    "act",
    [FOUNDING, operates(r.EstablishGrid(grid_id="east", parent="community", name=NAME))],
    ids=["the founding", "what comes after"],
)
def test_the_register_is_not_changed_in_the_future(act: Act) -> None:
    """Given an instant to come, when the register is to have changed then, then it cannot have."""
    scene = Scene() if act is FOUNDING else Scene().given(FOUNDING)

    scene.when(act.but(effective_at=at("03-01 09:00:00.000001"))).refused("effective-in-future")
