"""The time to decide, when a decision does not stand: it goes on, as if it had been suspended while the decision stood."""

from datetime import datetime

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.cases.evolve import evolve_case
from casesys.domain.cases.state import DECIDED
from casesys.domain.working_time import Suspension, deadline, parse_calendar
from tests.domain.cases.ways import (
    DELIBERATION,
    as_stored,
    case,
    clock,
    confirmed,
    does,
    published,
    running,
    small,
    studied,
)
from tests.domain.neighbourhood import CALENDAR
from tests.domain.specification import Scene, at

DECIDED_AT = at("03-16 21:00")
RAISING = does("moderator", "03-18 09:00", c.RaiseObjection, objector="resident-9", grounds="某事")


def due(scene: Scene, now: str) -> datetime:
    """When the time to decide runs out."""
    term = case(scene).clocks["decide"].term
    return deadline(term, parse_calendar(CALENDAR.encode()), at(now)).due_at


def sent_back(when: str = "03-18 10:00") -> Scene:
    """The courtyard: an objection to the decision of 16 March was upheld on the 18th."""
    fields = {"number": 1, "upheld": True}
    return published().given(RAISING, does("supervisor", when, c.SettleObjection, **fields))


def test_invariant_10_while_a_decision_stood_no_time_was_used_or_lost() -> None:
    """Given a decision that stood for two nights, when it is sent back, then there are two working days more to decide."""
    undecided = due(studied(), "03-05 09:00")

    counted = case(sent_back()).clocks["decide"]

    assert counted.stopped_at is None
    assert counted.suspensions == (Suspension(DECIDED_AT, at("03-18 10:00"), DECIDED),)
    assert undecided == at("05-09 00:00")
    assert due(sent_back(), "03-18 10:00") == at("05-12 00:00")


def test_the_time_to_decide_ends_again_with_the_next_decision() -> None:
    """Given a matter sent back, when it is missed or decided again, then its clock does what it always does."""
    late = clock("05-12 00:00", c.RecordMissedDeadline, clock="decide", timer="missed")

    assert "decide" not in running(published())
    assert "missed" in case(sent_back().given(late)).clocks["decide"].fired
    annulled = confirmed().given(does("secretary", "04-20 09:00", c.AnnulDecision, reason="某事"))
    again = annulled.given(does("dispatcher", "04-20 10:00", c.RetriageCase))
    assert due(again, "04-20 10:00") == due(annulled, "04-20 10:00")


def test_a_decision_entered_late_takes_no_time_back() -> None:
    """Given an objection that an older log says was upheld before the decision, then its clock stood still for no time."""
    act = does("supervisor", "03-18 10:00", c.SettleObjection, number=1, upheld=True)
    before = published().given(RAISING)
    (outcome,) = before.when(act).decision.outcomes

    after = evolve_case(case(before), as_stored(before, outcome.event, at("03-16 20:00")))

    ledger = (Suspension(DECIDED_AT, DECIDED_AT, DECIDED),)
    assert after.clocks["decide"].suspensions == ledger


def test_only_what_the_decision_ended_goes_on() -> None:
    """Given a small matter that became urgent, when its measures lapse, then the time to decide what is urgent goes on alone."""
    danger = does("grid_worker", "03-02 15:00", c.EstablishFacts, facts={"danger_to_life": True})
    lapsed = small().given(
        danger,
        does("dispatcher", "03-02 15:10", c.RetriageCase),
        does("duty_officer", "03-02 15:20", c.DecideUrgently, further_measures="某事"),
        does("moderator", "03-02 16:00", c.RatifyDecision, side="owners", ratifies=False),
    )

    assert "decide" not in running(lapsed)
    assert "decide_urgent" in running(lapsed)


def test_what_was_decided_before_the_clock_could_go_on_means_the_same() -> None:
    """Given a matter sent back by an event that names no clock to go on, then its time to decide stays over, as it was."""
    move = Move(DELIBERATION, opens="study", attempt=2, stops=("publication", "objections"))
    before = published().given(RAISING)
    old = e.ObjectionSettled(1, True, "send_back", move)  # noqa: FBT003 - an event

    after = evolve_case(case(before), as_stored(before, old, at("03-18 10:00")))

    assert after.clocks["decide"].stopped_at == DECIDED_AT
