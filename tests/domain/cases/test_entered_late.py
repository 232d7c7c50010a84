"""What is entered later than it happened: most of it at any instant of the case, but what moves the case in its turn."""

from collections.abc import Callable

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.messages import Personal
from tests.domain.cases.ways import (
    LEAD,
    accepted,
    assigned,
    case,
    closed,
    directed,
    dispatched,
    does,
    published,
    small,
    urgent,
)
from tests.domain.specification import Act, Scene, at

ACCEPTED_AT, DISPATCHED_AT, ASSIGNED_AT = at("03-02 10:00"), at("03-02 14:00"), at("03-02 15:00")
WITHDRAWING = does("grid_worker", "03-20 09:00", c.WithdrawCase)
CONTACTING = does(LEAD, "03-20 09:00", c.ContactInitiator, reached=True)
SUSPENDING = does("dispatcher", "03-04 09:00", c.SuspendClock, ground="weather")
ASKING = does("dispatcher", "03-20 09:00", c.RequestInformation, question="某事")
CONVENING = does("secretary", "03-20 09:00", c.ConveneDeliberation, moderator="moderator")
SETTLING = does("supervisor", "03-20 09:00", c.SettleObjection, number=1, upheld=True)
CORRECTING = does(
    "secretary", "03-20 09:00", c.CorrectResult, result="partly_resolved", reason="某事"
)


def raised() -> Scene:
    """A decision that hangs, with an objection."""
    fields = {"objector": "resident-9", "grounds": "某事"}
    return published().given(does("grid_worker", "03-18 09:00", c.RaiseObjection, **fields))


@pytest.mark.parametrize(
    ("way", "act"),
    [
        (accepted, WITHDRAWING),
        (directed, WITHDRAWING),
        (dispatched, does(LEAD, "03-20 09:00", c.AcceptAssignment)),
        (assigned, SUSPENDING),
        (assigned, ASKING),
        (small, CONVENING),
        (raised, SETTLING),
        (closed, CORRECTING),
    ],
    ids=[
        "stage",
        "stage again",
        "out of a stage",
        "status",
        "question",
        "step",
        "attempt",
        "result",
    ],
)
def test_what_moves_a_case_happened_since_it_last_moved(way: Callable[[], Scene], act: Act) -> None:
    """Given a case that has come somewhere, then what moves it on is taken from that very instant on, and not before."""
    scene = way()
    since = case(scene).moved_at

    assert scene.when(act.but(effective_at=since)).code is None
    refusal = scene.when(act.but(effective_at=at("03-02 09:30"))).refused(
        "effective-before-last-move"
    )
    assert refusal.particulars == {"moved_at": since.isoformat()}


def test_where_a_case_has_come_to_is_told_by_what_moved_it() -> None:
    """Given a case that moves, and notes and facts, then it came where it is when it moved, whatever was entered since."""
    noted = assigned().given(does("grid_worker", "03-10 09:00", c.AddNote, note="某事"))

    assert case(accepted()).moved_at == ACCEPTED_AT
    assert case(assigned()).moved_at == ASSIGNED_AT
    assert case(noted).moved_at == ASSIGNED_AT


@pytest.mark.parametrize(
    "act",
    [
        does("grid_worker", "03-20 09:00", c.AddNote, note=Personal("某事")),
        does("grid_worker", "03-20 09:00", c.RecordUrging),
        does("grid_worker", "03-20 09:00", c.EstablishFacts, facts={"households_affected": 9}),
        does(LEAD, "03-20 09:00", c.ContactInitiator, reached=False),
    ],
    ids=["note", "urging", "facts", "nobody reached"],
)
def test_what_moves_nothing_may_be_entered_late(act: Act) -> None:
    """Given a case on its way, when something is entered that moves nothing, then it may have happened at any time."""
    assert assigned().when(act.but(effective_at=at("03-02 09:00"))).code is None


def test_a_contact_entered_late_counts_from_when_the_clock_began() -> None:
    """Given a lead who reached the initiator before taking the case, when that is entered late, then the clock ended then."""
    taken = dispatched().given(does(LEAD, "03-02 15:00", c.AcceptAssignment))
    between = at("03-02 14:30")

    scene = taken.given(CONTACTING.but(effective_at=between))

    assert DISPATCHED_AT < between < ASSIGNED_AT
    assert case(scene).clocks["respond"].stopped_at == between
    assert case(scene).moved_at == ASSIGNED_AT
    early = CONTACTING.but(effective_at=at("03-02 10:30"))
    taken.when(early).refused("effective-before-last-move")


def test_making_safe_is_entered_when_there_is_time_for_it() -> None:
    """Given a danger that was removed before the case went its way, when that is entered late, then it was removed then."""
    safe = does("grid_worker", "03-20 09:00", c.MakeSafe, measures="某事")

    scene = urgent().given(safe.but(effective_at=at("03-02 09:05")))

    assert case(scene).made_safe_at == at("03-02 09:05")


def test_what_was_entered_late_does_not_open_the_past() -> None:
    """Given a note that was entered late, then what moves the case still happened since it last moved."""
    late = does("grid_worker", "03-10 09:00", c.AddNote, note="某事").but(
        effective_at=at("03-02 09:10")
    )

    verdict = assigned().given(late).when(WITHDRAWING.but(effective_at=at("03-02 09:20")))

    verdict.refused("effective-before-last-move")
