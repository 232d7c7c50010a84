"""What time brings about by itself: reminders, missed deadlines, the ladder, questions that nobody answered."""

from collections.abc import Callable

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.register import commands as r
from casesys.domain.vocabulary import Status
from tests.domain.cases.ways import (
    COLLECTION,
    LEAD,
    accepted,
    assigned,
    case,
    clock,
    collected,
    directed,
    dispatched,
    does,
    reported,
    running,
    so,
    urgent,
)
from tests.domain.charter.stock import GONE
from tests.domain.neighbourhood import calendar_until, installing, operates, under, variant
from tests.domain.specification import Act, Scene, at

DUE = at("03-12 00:00")
"""Seven working days after dispatch on Monday, 2 March have passed."""


def reminding(when: str, name: str = "resolve", timer: str = "remind") -> Act:
    """Time reminds of a deadline."""
    return clock(when, c.RemindOfDeadline, clock=name, timer=timer)


def missing(when: str, name: str = "resolve", timer: str = "missed") -> Act:
    """Time finds that a deadline was missed."""
    return clock(when, c.RecordMissedDeadline, clock=name, timer=timer)


def escalating(when: str, timer: str, name: str = "resolve") -> Act:
    """Time puts the case on somebody's table."""
    return clock(when, c.EscalateCase, clock=name, timer=timer)


# -- the ladder of a clock ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instant", "act", "event", "clause"),
    [
        ("03-11 00:00", reminding, e.DeadlineReminded("resolve", "remind", "lead", DUE), "art-54"),
        ("03-12 00:00", missing, e.DeadlineMissed("resolve", "missed", "lead", DUE), "art-55"),
        (
            "03-13 00:00",
            lambda when: escalating(when, "grid_lead"),
            e.CaseEscalated("grid_lead", "grid_lead", "resolve"),
            "art-55",
        ),
        (
            "03-17 00:00",
            lambda when: escalating(when, "secretary"),
            e.CaseEscalated("secretary", "secretary", "resolve"),
            "art-55",
        ),
        (
            "03-19 00:00",
            lambda when: escalating(when, "supervisor"),
            e.CaseEscalated("supervisor", "supervisor", "resolve"),
            "art-55",
        ),
    ],
    ids=["reminded at four fifths", "missed at the end", "one day", "three days", "five days"],
)
def test_each_rung_comes_at_its_instant_and_not_before(
    instant: str, act: Callable[[str], Act], event: e.RunningEvent, clause: str
) -> None:
    """Given seven working days, when the instant of a rung has come, then it happens; a microsecond before it does not."""
    day = int(instant[3:5])

    assigned().when(act(f"03-{day - 1} 23:59:59.999999")).refused("not-yet", clause)
    assigned().when(act(instant)).then(so(event, clause))


@pytest.mark.parametrize(
    ("act", "clause"),
    [
        (reminding("03-20 00:00"), "art-54"),
        (missing("03-20 00:00"), "art-55"),
        (escalating("03-20 00:00", "secretary"), "art-55"),
    ],
)
def test_each_rung_comes_once(act: Act, clause: str) -> None:
    """Given a rung that has come, when it comes again, then it is over."""
    assigned().given(act).when(act).refused("timer-over", clause)


def test_who_has_the_case_on_their_table_is_known() -> None:
    """Given a missed deadline, when the rungs come, then each role has the case on its table."""
    scene = assigned().given(
        escalating("03-13 00:00", "grid_lead"), escalating("03-17 00:00", "secretary")
    )

    assert case(scene).escalated_to == ("grid_lead", "secretary")
    assert case(scene).clocks["resolve"].fired == {"grid_lead", "secretary"}


def test_a_clock_that_has_stopped_reminds_nobody() -> None:
    """Given work that was reported, when the time to resolve would have run out, then it is over."""
    reported().when(missing("03-20 00:00")).refused("timer-over", "art-55")


@pytest.mark.parametrize(
    "act",
    [
        reminding("03-20 00:00", name="riddle"),
        reminding("03-20 00:00", name="redo"),
        reminding("03-20 00:00", timer="riddle"),
        reminding("03-20 00:00", timer="missed"),
        escalating("03-20 00:00", "remind"),
    ],
    ids=["no such clock", "never started", "no such timer", "it misses", "it reminds"],
)
def test_only_timers_of_the_charter_come(act: Act) -> None:
    """Given a clock or timer that is not there, or does something else, when it comes, then it is unknown."""
    assigned().when(act).refused("unknown-timer")


def test_a_suspension_moves_all_rungs() -> None:
    """Given a clock that stood still for two nights, when the old deadline comes, then nothing is missed until two days later."""
    scene = assigned().given(
        does("dispatcher", "03-04 09:00", c.SuspendClock, ground="weather"),
        does(LEAD, "03-06 09:00", c.ResumeClock),
    )

    scene.when(missing("03-13 23:59")).refused("not-yet", "art-55")
    moved = e.DeadlineMissed("resolve", "missed", "lead", at("03-14 00:00"))
    scene.when(missing("03-14 00:00")).then(so(moved, "art-55"))


def test_an_extension_moves_what_has_not_come() -> None:
    """Given a reminder that came, when the time is extended, then it comes no second time, and the deadline is later."""
    scene = assigned().given(
        reminding("03-11 00:00"),
        does(LEAD, "03-11 09:00", c.RequestExtension, clock="resolve", amount=2, reason="某事"),
        does("secretary", "03-11 10:00", c.GrantExtension),
    )

    scene.when(reminding("03-13 09:00")).refused("timer-over", "art-54")
    scene.when(missing("03-13 23:59")).refused("not-yet", "art-55")
    scene.given(missing("03-14 00:00"))


def test_urgent_matters_go_up_by_the_hour() -> None:
    """Given two hours to decide since the report, then the officer is reminded after one and the grid lead told after three."""
    due = at("03-02 11:00")
    remind = e.DeadlineReminded("decide_urgent", "remind", "duty_officer", due)
    up = e.CaseEscalated("grid_lead", "grid_lead", "decide_urgent")

    urgent().when(reminding("03-02 11:00", "decide_urgent")).then(so(remind, "art-54"))
    urgent().when(escalating("03-02 11:59:59", "grid_lead", "decide_urgent")).refused(
        "not-yet", "art-55"
    )
    urgent().when(escalating("03-02 12:00", "grid_lead", "decide_urgent")).then(so(up, "art-55"))


def test_a_charter_may_remind_so_long_before() -> None:
    """Given a charter that reminds two working days before the end, then the reminder comes at the beginning of those."""
    before = {
        "id": "soon",
        "clause": "art-54",
        "before": {"amount": 2, "unit": "working_day", "calendar": "workdays"},
        "does": "remind",
        "to": "lead",
    }
    scene = assigned(under(("time.ladders.work.timers.+", before)))

    scene.when(reminding("03-09 23:59", timer="soon")).refused("not-yet", "art-54")
    scene.given(reminding("03-10 00:00", timer="soon"))


# -- provisional deadlines ----------------------------------------------------------------------------------------------------


def provisional() -> Scene:
    """The street lamp, under a calendar that ends before the time to resolve does."""
    adopting = operates(r.AdoptCalendar(document=calendar_until("03-06")), "03-02 08:00")
    return assigned().given(adopting)


def test_a_provisional_deadline_reminds_and_says_so() -> None:
    """Given days that nobody has adopted, when the reminder comes, then it says that the deadline is provisional."""
    event = e.DeadlineReminded("resolve", "remind", "lead", DUE, provisional=True)

    provisional().when(reminding("03-11 00:00")).then(so(event, "art-54"))


def test_invariant_10_a_provisional_deadline_is_never_missed_and_never_goes_up() -> None:
    """Given days that nobody has adopted, when they seem to be over, then nothing is missed and nobody else told."""
    provisional().when(missing("03-31 00:00")).refused("provisional", "art-55")
    provisional().when(escalating("03-31 00:00", "supervisor")).refused("provisional", "art-55")


# -- questions that nobody answers --------------------------------------------------------------------------------------------

ASKING = does("dispatcher", "03-02 09:30", c.RequestInformation, question="某事")


def lapsing(when: str) -> Act:
    """Time finds that nobody answered."""
    return clock(when, c.LapseInformationRequest)


def test_a_question_that_nobody_answers_lapses_when_its_time_is_over() -> None:
    """Given five working days to answer, when they are over, then the case goes on without, and not a microsecond before."""
    scene = collected().given(ASKING)

    scene.when(lapsing("03-09 23:59:59.999999")).refused("not-yet", "art-11")
    move = Move(COLLECTION, stops=("information",))
    scene.when(lapsing("03-10 00:00")).then(so(e.InformationRequestLapsed(move), "art-11"))
    after = scene.given(lapsing("03-10 00:00"))
    assert case(after).status is Status.COLLECTED
    assert "information" not in running(after)


def test_nothing_lapses_that_was_not_asked() -> None:
    """Given no question, when its time would be over, then nothing was requested."""
    collected().when(lapsing("03-10 00:00")).refused("nothing-requested")


def test_a_question_outlives_the_rule_it_was_asked_under() -> None:
    """Given a question, when a new version without the rule comes into force, then the question still lapses."""
    lacking = variant(("version", "2026.2"), ("time.information", GONE))
    scene = collected().given(ASKING, installing(lacking, "03-02 10:00"))

    move = Move(COLLECTION, stops=("information",))
    scene.when(lapsing("03-10 00:00")).then(so(e.InformationRequestLapsed(move), None))


def test_a_case_that_is_over_has_no_timers() -> None:
    """Given a case withdrawn while a clock ran, when the clock would run out, then the case is closed."""
    scene = dispatched().given(does("grid_worker", "03-02 15:00", c.WithdrawCase))

    assert scene.when(missing("03-12 00:00")).code == "case-closed"


def test_what_the_office_owes_goes_up_too() -> None:
    """Given a case that nobody accepts or dispatches, when the day is over, then that is missed by the dispatcher."""
    late = e.DeadlineMissed("accept", "missed", "dispatcher", at("03-04 00:00"))

    collected().when(missing("03-04 00:00", "accept")).then(so(late, "art-55"))
    assert accepted().when(missing("03-04 00:00", "accept")).code == "timer-over"
    directed().given(missing("03-04 00:00", "dispatch_direct"))
