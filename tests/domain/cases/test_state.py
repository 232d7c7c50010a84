"""The state of a case: its status follows from the rest, and it holds nothing about anybody."""

from collections.abc import Callable
from typing import get_args

import msgspec
import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.evolve import BY_EVENT, evolve_case
from casesys.domain.cases.state import Case
from casesys.domain.messages import Recorded
from casesys.domain.vocabulary import Stage, Status
from tests.domain.cases.ways import (
    LEAD,
    STREAM,
    accepted,
    agreed,
    assigned,
    carried,
    case,
    closed,
    collected,
    confirmed,
    consulted,
    directed,
    dispatched,
    does,
    reported,
    small,
    verified,
)
from tests.domain.specification import Act, Scene, at

ASKING = does("dispatcher", "03-04 09:00", c.RequestInformation, question="某事")
SUSPENDING = does("dispatcher", "03-04 09:00", c.SuspendClock, ground="weather")
STARTING = does(LEAD, "03-03 09:00", c.StartWork)
DISPUTING = does(LEAD, "03-02 15:00", c.DisputeAssignment)
RETURNING = does(LEAD, "03-02 15:00", c.ReturnAssignment, ground="wrong_lead")


@pytest.mark.parametrize(
    ("scene", "acts", "status"),
    [
        (collected, (), Status.COLLECTED),
        (collected, (ASKING,), Status.INFORMATION_REQUESTED),
        (accepted, (), Status.ACCEPTED),
        (small, (), Status.DELIBERATING),
        (consulted, (), Status.DELIBERATING),
        (agreed, (), Status.DECIDED),
        (carried, (), Status.DECIDED),
        (directed, (), Status.AWAITING_DISPATCH),
        (confirmed, (), Status.AWAITING_DISPATCH),
        (dispatched, (), Status.DISPATCHED),
        (dispatched, (DISPUTING,), Status.DISPUTED),
        (dispatched, (RETURNING,), Status.RETURNED),
        (assigned, (), Status.ASSIGNED),
        (assigned, (STARTING,), Status.WORKING),
        (assigned, (STARTING, SUSPENDING), Status.SUSPENDED),
        (assigned, (STARTING, ASKING), Status.INFORMATION_REQUESTED),
        (assigned, (STARTING, ASKING, SUSPENDING), Status.SUSPENDED),
        (reported, (), Status.REPORTED),
        (verified, (), Status.VERIFIED),
        (closed, (), Status.CLOSED),
    ],
)
def test_the_status_follows_from_the_rest(
    scene: Callable[[], Scene], acts: tuple[Act, ...], status: Status
) -> None:
    """Given a case on its way, then its status says what is waited for first."""
    assert case(scene().given(*acts)).status is status


def test_every_status_can_be_had() -> None:
    """Given all statuses, then each of them is had by some case above."""
    marks = test_the_status_follows_from_the_rest.pytestmark  # type: ignore[attr-defined] # pytest puts it there

    assert {row[2] for row in marks[0].args[1]} == set(Status)


def test_only_a_closed_case_has_a_result() -> None:
    """Given a case closed and reopened, then it has no result while it goes on."""
    asking = does("callback_officer", "03-09 09:00", c.RequestReopening, reason="某事")

    assert case(assigned()).result is None
    assert case(closed()).result == "resolved"
    again = closed().given(asking, does("grid_lead", "03-09 10:00", c.ReopenCase))
    assert case(again).result is None


def test_a_case_begins_with_its_collection_and_begins_once() -> None:
    """Given another event first, or the first once more, when the case is built from it, then that is a fault of the log."""

    def recorded(event: e.CaseEvent) -> Recorded:
        return Recorded(
            stream=STREAM,
            version=1,
            event=event,
            effective_at=at("03-02 09:00"),
            actor_id="grid_worker",
            channel="patrol",
            rule=None,
            command_type=None,
        )

    first = collected().states[STREAM].state
    assert isinstance(first, Case)
    begun = e.CaseCollected(
        "case-1",
        "issue",
        "lamp",
        "灯",
        "east",
        ("east",),
        "x",
        "community",
        e.Move(Stage.COLLECTION),
    )
    with pytest.raises(AssertionError):
        evolve_case(None, recorded(e.WorkStarted()))
    with pytest.raises(AssertionError):
        evolve_case(first, recorded(begun))


def test_every_event_of_a_case_changes_it_in_some_way() -> None:
    """Given all events of a case, then each is in one of the groups that states are built by, and nothing else is."""
    assert set(BY_EVENT) == set(get_args(e.CaseEvent))


def test_no_personal_text_is_in_the_state() -> None:
    """Given a case about which people said much, then none of it is in its state, which no rule could therefore look at."""
    scene = closed().given(
        does("grid_worker", "03-09 09:00", c.AddNote, note="张三的隐私"),
        does("grid_worker", "03-09 09:00", c.LodgeReview, grounds="张三的隐私"),
    )

    assert "张三" not in repr(case(scene))
    assert "某事" not in repr(case(scene))


def test_the_state_is_frozen() -> None:
    """Given a case, when somebody would change it, then that is refused."""
    with pytest.raises(AttributeError):
        case(collected()).title = "别的"  # type: ignore[misc] # the point: it is frozen
    assert msgspec.structs.replace(case(collected()), title="别的") != case(collected())


def test_a_deed_is_kept_once() -> None:
    """Given somebody who gives a command again and again, then the state says once that they did, and does not grow."""
    noting = tuple(does("dispatcher", "03-02 15:00", c.AddNote, note="某事") for _ in range(3))
    state = case(accepted().given(*noting))
    assert [deed.command for deed in state.deeds].count("add-note") == 1
