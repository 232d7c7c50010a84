"""Bodies and the people on their seats."""

import pytest

from casesys.domain.messages import Outcome
from casesys.domain.register import commands as r
from casesys.domain.register import events as e
from casesys.domain.register.state import Body
from casesys.domain.register.streams import body_stream
from tests.domain.neighbourhood import NAME, neighbourhood, operates
from tests.domain.specification import Act, Scene

ESTABLISHING = operates(
    r.EstablishBody(body_id="new", name=NAME, kind="residents_hall", grid_id="east", seats=2)
)


def filling(seat: int, person: str, body: str = "new") -> Act:
    """The operator seats somebody."""
    return operates(r.FillSeat(body_id=body, seat=seat, person_id=person))


def vacating(seat: int, body: str = "new") -> Act:
    """The operator frees a seat."""
    return operates(r.VacateSeat(body_id=body, seat=seat))


def established() -> Scene:
    """A body with two seats, the first of them filled."""
    return neighbourhood().given(ESTABLISHING, filling(1, "volunteer"))


def test_a_body_is_established_once() -> None:
    """Given a grid, when a body is established for it, then it has its seats, all of them empty, and is not established again."""
    event = e.BodyEstablished("new", NAME, "residents_hall", "east", 2)

    neighbourhood().when(ESTABLISHING).then(Outcome(body_stream("new"), event))
    empty = neighbourhood().given(ESTABLISHING)
    assert empty.state(body_stream("new"), Body) == Body("new", "residents_hall", "east", 2)
    empty.when(ESTABLISHING).refused("already-exists")


def test_a_body_is_established_for_a_grid_there_is() -> None:
    """Given no such grid, when a body is established for it, then the grid is unknown."""
    command = ESTABLISHING.command.model_copy(update={"grid_id": "north"})

    neighbourhood().when(operates(command)).refused("unknown-grid")


def test_a_seat_is_filled_and_vacated() -> None:
    """Given an empty seat, when somebody takes it and leaves it, then they are a member in between."""
    established().when(filling(2, "secretary")).then(
        Outcome(body_stream("new"), e.SeatFilled(2, "secretary"))
    )
    full = established().given(filling(2, "secretary"))
    assert full.state(body_stream("new"), Body).members == {"volunteer", "secretary"}
    full.when(vacating(2)).then(Outcome(body_stream("new"), e.SeatVacated(2, "secretary")))
    again = full.given(vacating(2)).state(body_stream("new"), Body)
    assert again.seated == {1: "volunteer"}


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (filling(1, "secretary"), "seat-not-free"),
        (filling(3, "secretary"), "seat-not-free"),
        (filling(2, "volunteer"), "already-seated"),
        (filling(2, "nobody"), "unknown-person"),
        (filling(2, "secretary", "riddle"), "unknown-body"),
        (vacating(2), "seat-empty"),
        (vacating(1, "riddle"), "unknown-body"),
    ],
    ids=[
        "taken",
        "beyond the last",
        "seated elsewhere in it",
        "unknown person",
        "unknown body",
        "empty",
        "vacating an unknown body",
    ],
)
def test_seats_that_cannot_be_filled_or_vacated(act: Act, code: str) -> None:
    """Given a body with one of two seats filled, when a seat cannot be filled or vacated, then it is refused for just that."""
    established().when(act).refused(code)


def test_who_left_can_be_seated_again() -> None:
    """Given somebody left their seat, when they take another, then they are a member again."""
    scene = established().given(vacating(1), filling(2, "volunteer"))

    assert scene.state(body_stream("new"), Body).seated == {2: "volunteer"}
