"""The register is brought to where rows can be imported, by whoever may, once."""

from pathlib import Path
from uuid import uuid4

import pytest

from casesys.application import Engine, Service
from casesys.bootstrap import founding
from casesys.domain.messages import Envelope, Personal, Text
from casesys.domain.refusals import Refusal
from casesys.domain.register import commands as r
from casesys.domain.register.state import Grid, Person
from casesys.domain.register.streams import grid_stream, person_stream
from casesys.importing.preparing import Registrar
from casesys.store.memory import MemoryLog
from casesys.vault import Vault
from tests.importing.city import MAPPING, NOW, OPERATOR, City, row


@pytest.fixture
def city(tmp_path: Path) -> City:
    """The invented city, nothing prepared yet."""
    return City(tmp_path)


def prepared(city: City, actor: str = OPERATOR) -> int:
    """How many events it took to prepare the register."""
    registrar = Registrar(city.service, city.project, actor, NOW)
    registrar.prepare()
    return registrar.events


def grid(city: City, grid_id: str) -> Grid:
    """The state of a grid."""
    state = city.service.engine.load((grid_stream(grid_id),))[grid_stream(grid_id)].state
    assert isinstance(state, Grid)
    return state


def test_the_register_is_prepared_once(city: City) -> None:
    """Given a new store, when it is prepared twice, then what rows need is there, and the second time did nothing."""
    assert prepared(city) == 12

    root = grid(city, "qingchuan")
    assert [each.code for each in root.charters] == ["la311"]
    assert root.charters[0].since == city.project.start
    assert root.parties["street_lighting"] == "lamp-office"
    assert prepared(city) == 0


def test_people_have_their_mandates_from_the_start(city: City) -> None:
    """Given the people of the mapping, when the register is prepared, then each may act from `start` on."""
    prepared(city)

    state = city.service.engine.load((person_stream("clerk"),))[person_stream("clerk")].state
    assert isinstance(state, Person)
    (mandate,) = state.mandates
    assert (mandate.role, mandate.grid, mandate.since) == ("clerk", "qingchuan", city.project.start)


def test_only_the_operator_may_have_others_do_things(city: City) -> None:
    """Given somebody without the operator's mandate, when they start an import, then it is refused and nothing is recorded."""
    command = r.RegisterPerson(person_id="stranger", name=Personal("生人"))
    city.service.give(command, Envelope(command_id=uuid4(), actor_id=OPERATOR, decided_at=NOW))
    size = city.service.engine.log.head().size

    with pytest.raises(Refusal) as refused:
        prepared(city, "stranger")

    assert refused.value.code == "not-authorised"
    assert city.service.engine.log.head().size == size


def test_who_alone_takes_every_step_may_import_again(city: City) -> None:
    """Given a prepared register, when the clerk themself starts an import, then it goes on by their own right."""
    city.imports(row("Q1"))

    assert prepared(city, "clerk") == 0


def test_a_store_of_another_root_gets_the_citys_below(tmp_path: Path) -> None:
    """Given a store that was founded for another grid, when it is prepared, then the city's root lies right below that one."""
    city = City(tmp_path)
    city.service = _elsewhere()

    city.imports(row("Q1"))

    assert grid(city, "east").path == ("district", "qingchuan", "east")
    assert grid(city, "district").charters == ()


def test_other_commands_on_the_register_are_given(tmp_path: Path) -> None:
    """Given a mapping with a body of its own, when the register is prepared, then the body is established."""
    body = """
[[register]]
command = "establish-body"
fields = { body_id = "council", name = { zh = "议会", en = "council" }, kind = "sanitation", grid_id = "qingchuan", seats = 5 }
"""
    city = City(tmp_path, MAPPING + body)

    assert prepared(city) == 13


def _elsewhere() -> Service:
    log = MemoryLog(clock=lambda: NOW)
    service = Service(Engine(log, Vault.in_memory(log.log_id)))
    command, envelope = founding(
        "secret",
        grid_id="district",
        grid_name=Text("区", "District"),
        person_id=OPERATOR,
        person_name="何工",
        at=NOW,
    )
    service.give(command, envelope)
    return service
