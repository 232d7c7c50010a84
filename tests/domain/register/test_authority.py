"""Who may change the register: operators everywhere below their grid, others where the charter says so."""

from collections.abc import Mapping

import pytest

from casesys.domain.messages import Authority, Command, Personal, message_type
from casesys.domain.refusals import Refusal
from casesys.domain.register import commands as r
from casesys.domain.register.authority import authorise_on_register
from casesys.domain.register.decide import HANDLERS
from casesys.domain.register.streams import grid_stream
from tests.domain.charter.stock import stock
from tests.domain.neighbourhood import (
    NAME,
    OPERATOR,
    PATH,
    ROLES,
    hiring,
    neighbourhood,
    operates,
    uncharted,
)
from tests.domain.specification import Scene, at, by

COMMANDS = [message_type(command) for command in HANDLERS]
ESTABLISHING = r.EstablishGrid(grid_id="east-2", parent="east", name=NAME)
REGISTERING = r.RegisterPerson(person_id="new", name=Personal("新人"))


def may(person: str, command: str, scene: Scene, path: tuple[str, ...] = PATH) -> bool:
    """Whether somebody may give a command over a grid."""
    charter = stock() if scene is neighbourhood() else None
    envelope = by(person, REGISTERING, "03-02 10:00").envelope
    try:
        authorise_on_register(scene.world(), envelope, command, path, charter)
    except Refusal:
        return False
    return True


@pytest.mark.parametrize("command", COMMANDS)
def test_each_role_may_what_the_charter_grants(command: str) -> None:
    """Given a command on the register, then operators and the roles that a grant names may give it in their grid, not elsewhere."""
    scene = neighbourhood()
    granted = {role for grant in stock().grants(command) for role in grant.roles}

    assert {role for role in ROLES if may(role, command, scene)} == granted - {OPERATOR}
    assert may(OPERATOR, command, scene)
    assert not any(may(f"west.{role}", command, scene) for role in ROLES)
    assert may("west.secretary", command, scene, ("community", "west")) == ("secretary" in granted)


@pytest.mark.parametrize("command", COMMANDS)
def test_without_a_charter_only_operators_may(command: str) -> None:
    """Given no charter in force, then operators may set up the register, and nobody else."""
    assert may(OPERATOR, command, uncharted())
    assert not any(may(role, command, uncharted()) for role in ROLES)


def test_who_may_not_is_told_who_may() -> None:
    """Given a volunteer, when they establish a grid, then the roles that may are named, under the clause that grants it."""
    act = by("volunteer", ESTABLISHING, "03-01 09:00")

    neighbourhood().when(act).refused("not-authorised", "art-59", ["operator", "secretary"])
    uncharted().when(act).refused("not-authorised", None, ["operator"])


def test_an_operator_acts_by_the_engine_itself_others_by_the_charter() -> None:
    """Given an operator and a secretary, when each establishes a grid, then only the secretary's rests on a clause and a version."""
    by_operator = neighbourhood().when(operates(ESTABLISHING)).decision
    by_secretary = neighbourhood().when(by("secretary", ESTABLISHING, "03-01 09:00")).decision

    assert (by_operator.outcomes[0].clause, by_operator.rule) == (None, None)
    assert by_operator.authority == Authority("operator", "founding")
    assert (by_secretary.outcomes[0].clause, by_secretary.rule) == ("art-59", stock().rule)


@pytest.mark.parametrize(
    ("terms", "command", "allowed"),
    [
        ({"commands": ["register-person"]}, REGISTERING, True),
        ({"commands": ["register-person"]}, ESTABLISHING, False),
        ({"until": at("03-01 12:00")}, REGISTERING, True),
        ({"until": at("03-01 09:30")}, REGISTERING, False),
    ],
)
def test_an_operators_mandate_has_its_limits_too(
    terms: Mapping[str, object], command: Command, *, allowed: bool
) -> None:
    """Given an operator with a term, or for some commands only, then they may within that."""
    scene = neighbourhood().given(*hiring("eva", OPERATOR, **terms))

    verdict = scene.when(by("eva", command, "03-01 10:00"))
    assert verdict.code == (None if allowed else "not-authorised")


def test_an_operator_of_a_grid_keeps_the_register_below_it() -> None:
    """Given an operator of the east, when they establish grids, then they may below it and not in the west."""
    scene = neighbourhood().given(*hiring("eva", OPERATOR, "east"))
    west = r.EstablishGrid(grid_id="west-1", parent="west", name=NAME)

    scene.given(by("eva", ESTABLISHING, "03-01 10:00"))
    assert scene.when(by("eva", west, "03-01 10:00")).code == "not-authorised"


def test_an_unknown_actor_learns_nothing_of_the_register() -> None:
    """Given somebody unknown, or the clock, when they name a grid that is there or not, then they hear the same."""
    for parent in ("east", "north"):
        command = r.EstablishGrid(grid_id="east", parent=parent, name=NAME)
        for actor in ("nobody", "clock"):
            neighbourhood().when(by(actor, command, "03-01 09:00")).refused("unknown-person")


WHAT_MAY_NOT_BE_KNOWN: Mapping[str, tuple[Command, Command]] = {
    "grid": (ESTABLISHING, r.EstablishGrid(grid_id="east-2", parent="north", name=NAME)),
    "person": (REGISTERING, r.RegisterPerson(person_id="volunteer", name=Personal("某人"))),
    "party": (
        r.AppointParty(grid_id="east", kind="street_office", party="street_office"),
        r.AppointParty(grid_id="east", kind="street_office", party="nobody"),
    ),
    "body": (
        r.VacateSeat(body_id="residents_hall", seat=1),
        r.VacateSeat(body_id="nothing", seat=1),
    ),
    "mandate": (
        r.RevokeMandate(person_id="secretary", mandate_id="secretary"),
        r.RevokeMandate(person_id="nobody", mandate_id="riddle"),
    ),
    "intake point": (
        r.CloseIntakePoint(intake_point_id="desk"),
        r.CloseIntakePoint(intake_point_id="nowhere"),
    ),
    "key": (r.RevokeApiKey(key_hash="0" * 64), r.RevokeApiKey(key_hash="1" * 64)),
    "charter": (
        r.InstallCharter(grid_id="community", document="code ="),
        r.InstallCharter(grid_id="north", document="code ="),
    ),
}
"""Two commands each: one names what is there, the other what is not, or what makes no sense."""


@pytest.mark.parametrize("commands", WHAT_MAY_NOT_BE_KNOWN.values(), ids=WHAT_MAY_NOT_BE_KNOWN)
def test_who_may_not_learns_nothing_of_what_is_there(commands: tuple[Command, Command]) -> None:
    """Given a volunteer, when they name what is there and what is not, then they hear both times that they may not."""
    desk = r.OpenIntakePoint(intake_point_id="desk", name=NAME, grid_id="east", channel="visit")
    scene = neighbourhood().given(operates(desk))

    for command in commands:
        assert scene.when(by("volunteer", command, "03-01 09:00")).code == "not-authorised"


def test_what_nobody_knows_is_told_to_those_who_keep_the_whole_register() -> None:
    """Given a body that is not there, when operators name it, then the root's hears that it is unknown, and the east's may not."""
    scene = neighbourhood().given(*hiring("eva", OPERATOR, "east"))
    vacating = r.VacateSeat(body_id="nothing", seat=1)

    scene.when(operates(vacating)).refused("unknown-body")
    assert scene.when(by("eva", vacating, "03-01 10:00")).code == "not-authorised"


def test_a_decision_reads_what_it_writes() -> None:
    """Given a command on the register, when it is decided, then the versions of the streams it writes to are among those read."""
    decision = neighbourhood().when(operates(ESTABLISHING)).decision

    assert {outcome.stream for outcome in decision.outcomes} <= set(decision.reads)
    assert decision.reads[grid_stream("east-2")] == 0
    assert decision.subject == "east"
