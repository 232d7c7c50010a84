"""Intake points: where cases come in, and who is on duty there."""

from datetime import date

import pytest

from casesys.domain.messages import Outcome
from casesys.domain.register import commands as r
from casesys.domain.register import events as e
from casesys.domain.register.state import IntakePoint
from casesys.domain.register.streams import intake_point_stream
from tests.domain.neighbourhood import NAME, neighbourhood, operates
from tests.domain.specification import Act, Scene

STATION = intake_point_stream("station")
OPENING = operates(
    r.OpenIntakePoint(intake_point_id="station", name=NAME, grid_id="east", channel="visit")
)
CLOSING = operates(r.CloseIntakePoint(intake_point_id="station"))


def opened() -> Scene:
    """A community with a warm station."""
    return neighbourhood().given(OPENING)


def rostering(person: str = "volunteer") -> Act:
    """The operator says who is on duty."""
    duties = (r.Duty(date(2026, 3, 17), person),)
    return operates(r.SetRoster(intake_point_id="station", duties=duties))


def test_an_intake_point_is_opened_once() -> None:
    """Given a grid, when an intake point is opened in it, then it is open, and not opened again, not even once it was closed."""
    neighbourhood().when(OPENING).then(
        Outcome(STATION, e.IntakePointOpened("station", NAME, "east", "visit"))
    )
    assert opened().state(STATION, IntakePoint) == IntakePoint("east", "visit")
    opened().given(CLOSING).when(OPENING).refused("already-exists")


def test_an_intake_point_lies_in_a_grid_there_is() -> None:
    """Given no such grid, when an intake point is opened in it, then the grid is unknown."""
    command = OPENING.command.model_copy(update={"grid_id": "north"})

    neighbourhood().when(operates(command)).refused("unknown-grid")


def test_a_roster_says_who_is_on_duty_when() -> None:
    """Given an open intake point, when its roster is set, then it replaces the one before."""
    duty = ((date(2026, 3, 17), "volunteer"),)

    opened().when(rostering()).then(Outcome(STATION, e.RosterSet(duty)))
    scene = opened().given(rostering("secretary"), rostering())
    assert scene.state(STATION, IntakePoint).duties == duty


def test_only_known_people_are_on_duty() -> None:
    """Given nobody of that name, when they are put on the roster, then they are unknown."""
    opened().when(rostering("nobody")).refused("unknown-person")


def test_an_intake_point_is_closed_once() -> None:
    """Given an open intake point, when it is closed, then it is, and neither rostered nor closed again."""
    opened().when(CLOSING).then(Outcome(STATION, e.IntakePointClosed()))
    closed = opened().given(CLOSING)
    assert not closed.state(STATION, IntakePoint).open
    for act in (CLOSING, rostering()):
        closed.when(act).refused("unknown-intake-point")


@pytest.mark.parametrize("act", [CLOSING, rostering()], ids=["closing", "a roster"])
def test_an_intake_point_has_to_be_there(act: Act) -> None:
    """Given no intake point, when something is done with it, then it is unknown."""
    neighbourhood().when(act).refused("unknown-intake-point")
