"""Clocks of a case: standing still and going on, asking for more time. A deadline is a budget and a ledger."""

from collections.abc import Callable, Sequence
from datetime import datetime

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.evolve import evolve_case
from casesys.domain.cases.state import ExtensionRequest, resumed
from casesys.domain.register import commands as r
from casesys.domain.vocabulary import Status
from casesys.domain.working_time import Suspension, deadline, parse_calendar
from tests.domain.cases.ways import (
    LEAD,
    TEXT,
    accepted,
    as_stored,
    assigned,
    case,
    closed,
    directed,
    dispatched,
    does,
    reported,
    running,
    so,
    urgent,
)
from tests.domain.charter.stock import stock
from tests.domain.neighbourhood import CALENDAR, calendar_until, operates, under
from tests.domain.specification import Act, Scene, at

DUE = at("03-12 00:00")
"""Seven working days after dispatch on Monday, 2 March have passed."""


def suspending(ground: str = "weather", when: str = "03-04 09:00") -> Act:
    """The dispatcher lets the clock stand still."""
    return does("dispatcher", when, c.SuspendClock, ground=ground, reason="某事")


def resuming(when: str = "03-06 09:00") -> Act:
    """The lead lets it go on."""
    return does(LEAD, when, c.ResumeClock)


def asking(amount: int = 10, when: str = "03-10 09:00", clock: str = "resolve") -> Act:
    """The lead asks for more time."""
    return does(LEAD, when, c.RequestExtension, clock=clock, amount=amount, reason="某事")


def granting(when: str = "03-10 10:00") -> Act:
    """The grid lead gives it."""
    return does("grid_lead", when, c.GrantExtension)


def due(scene: Scene, name: str = "resolve", now: str = "03-10 09:00") -> datetime:
    """When a clock of the case runs out."""
    term = case(scene).clocks[name].term
    return deadline(term, parse_calendar(CALENDAR.encode()), at(now)).due_at


# -- standing still -----------------------------------------------------------------------------------------------------------


def test_a_clock_stands_still_on_a_ground_of_the_charter() -> None:
    """Given work under way, when it rains, then the clocks that the ground names and that run stand still."""
    event = e.ClockSuspended("weather", ("resolve",), TEXT)

    assigned().when(suspending()).then(so(event, "art-46"))
    state = case(assigned().given(suspending()))
    assert (state.status, state.suspended) == (Status.SUSPENDED, ("resolve",))


def test_what_runs_besides_goes_on() -> None:
    """Given a case not yet taken, when the work is suspended, then the time to respond goes on."""
    scene = dispatched().given(suspending(when="03-02 15:00"))

    assert case(scene).suspended == ("resolve",)
    assert case(scene).clocks["respond"].suspensions == ()


def test_resuming_gives_back_the_time_that_it_stood_still() -> None:
    """Given a clock that stood still for two nights, when it goes on, then it runs out just as many working days later."""
    scene = assigned().given(suspending(), resuming())

    assert due(assigned()) == DUE
    assert due(scene) == at("03-14 00:00")
    ledger = (Suspension(at("03-04 09:00"), at("03-06 09:00"), "weather"),)
    assert case(scene).clocks["resolve"].suspensions == ledger
    assert case(scene).status is Status.ASSIGNED


def test_what_stands_still_goes_on_for_all_that_stood_still() -> None:
    """Given work that stands still, when it is resumed, then the same clocks go on, under the clause that lets the lead."""
    suspended = assigned().given(suspending())

    suspended.when(resuming()).then(so(e.ClockResumed(("resolve",)), "art-46"))


def test_a_clock_can_stand_still_again() -> None:
    """Given a suspension that has ended, when there is another, then the ledger has both."""
    scene = assigned().given(suspending(), resuming(), suspending("materials", "03-09 09:00"))

    assert [each.ground for each in case(scene).clocks["resolve"].suspensions] == [
        "weather",
        "materials",
    ]


def test_a_ledger_never_ends_before_it_begins() -> None:
    """Given a suspension of the morning, when older logs say that it ended the night before, then it took no time."""
    scene, night = suspended(), at("03-03 22:00")

    after = evolve_case(case(scene), as_stored(scene, e.ClockResumed(("resolve",)), night))

    begin = at("03-04 09:00")
    assert after.clocks["resolve"].suspensions == (Suspension(begin, begin, "weather"),)
    over = (Suspension(begin, begin, "weather"),)
    assert resumed(over, at("03-20 09:00")) == over


def suspended() -> Scene:
    """The street lamp, waiting for the weather."""
    return assigned().given(suspending())


@pytest.mark.parametrize(
    ("scene", "act", "code", "clause", "accepted_codes"),
    [
        (
            assigned,
            suspending("riddle"),
            "unknown-code",
            None,
            sorted(stock().charter.time.suspensions),
        ),
        (suspended, suspending("materials", "03-05 09:00"), "already-suspended", "art-46", ()),
        (
            accepted,
            suspending(when="03-02 10:30"),
            "no-clock-runs",
            "art-46",
            ("resolve", "redo", "verify"),
        ),
        (assigned, suspending(when="03-12 00:00"), "too-late", "art-46", ()),
        (assigned, resuming(), "not-suspended", None, ("suspend-clock",)),
    ],
    ids=["unknown ground", "twice", "nothing runs", "it has run out", "it runs"],
)
def test_when_a_clock_cannot_stand_still_or_go_on(
    scene: Callable[[], Scene],
    act: Act,
    code: str,
    clause: str | None,
    accepted_codes: Sequence[str],
) -> None:
    """Given another ground, a clock that stands still, none that runs, or one that has run out, then it is refused for just that."""
    scene().when(act).refused(code, clause, accepted_codes)


def test_a_clock_can_stand_still_until_it_has_run_out() -> None:
    """Given the last microsecond of the time to resolve, when it is suspended, then it is in time."""
    scene = assigned().given(suspending(when="03-11 23:59:59.999999"))

    assert case(scene).status is Status.SUSPENDED


def test_verification_stands_still_where_its_ground_says_so() -> None:
    """Given a report to be verified, when the weather is severe, then verifying waits; missing materials do not stop it."""
    event = e.ClockSuspended("weather", ("verify",), TEXT)

    reported().when(suspending(when="03-06 09:00")).then(so(event, "art-46"))
    reported().when(suspending("materials", "03-06 09:00")).refused(
        "no-clock-runs", "art-46", ["resolve", "redo"]
    )


# -- more time ----------------------------------------------------------------------------------------------------------------


def test_more_time_is_asked_for_and_given() -> None:
    """Given seven working days, when ten more are asked for and granted, then there are seventeen."""
    asked = assigned().given(asking())

    assigned().when(asking()).then(so(e.ExtensionRequested("resolve", 10, TEXT), "art-47"))
    asked.when(granting()).then(so(e.ExtensionGranted("resolve", 10), "art-47"))
    state = case(asked.given(granting()))
    assert (state.extension, state.extended) == (None, {"resolve": 1})
    assert due(asked) == DUE
    assert due(asked.given(granting())) == at("03-26 00:00")


def test_more_time_is_refused() -> None:
    """Given a request, when it is refused, then the clock runs as before, and another can be made."""
    refusing = does("secretary", "03-10 10:00", c.RefuseExtension, reason="某事")
    asked = assigned().given(asking())

    asked.when(refusing).then(so(e.ExtensionRefused("resolve", TEXT), "art-47"))
    again = asked.given(refusing, asking(5, "03-10 11:00"))
    assert case(again).extension == ExtensionRequest("resolve", 5)
    assert due(again) == DUE


def test_more_time_is_asked_for_before_the_time_is_over() -> None:
    """Given the last microsecond of the time to resolve, when more is asked for, then it is in time, and in the next it is not."""
    assigned().given(asking(when="03-11 23:59:59.999999"))
    assigned().when(asking(when="03-12 00:00")).refused("too-late", "art-47")


def test_more_time_is_given_as_often_as_the_charter_says() -> None:
    """Given an extension granted, when another is asked for, then it was enough; a charter may allow two."""
    more = (asking(1), granting())
    twice = under(("time.extensions.0.times", 2))

    assigned().given(*more).when(asking(1)).refused("extended-enough", "art-47")
    assert due(assigned(twice).given(*more, *more)) == at("03-14 00:00")


@pytest.mark.parametrize(
    ("scene", "act", "code", "clause", "accepted_codes"),
    [
        (assigned, asking(clock="verify"), "unknown-code", None, ("resolve",)),
        (assigned, asking(11), "extension-too-long", "art-47", ()),
        (reported, asking(when="03-06 09:00"), "no-clock-runs", "art-47", ("verify",)),
    ],
    ids=["no such rule", "too long", "the clock has stopped"],
)
def test_more_time_is_asked_for_as_the_charter_allows(
    scene: Callable[[], Scene],
    act: Act,
    code: str,
    clause: str | None,
    accepted_codes: tuple[str, ...],
) -> None:
    """Given a clock without a rule, too much, or a clock that has stopped, when more time is asked for, then it is refused."""
    scene().when(act).refused(code, clause, accepted_codes)


def test_a_clock_that_never_started_is_not_extended() -> None:
    """Given a charter that lets the time of a second round be extended, when the first is going on, then that clock does not run."""
    rule = {"clause": "art-47", "clock": "redo", "at_most": 5, "unit": "working_day"}
    scene = assigned(under(("time.extensions.+", rule)))

    scene.when(asking(5, clock="redo")).refused("no-clock-runs", "art-47", ["resolve"])


def test_one_request_waits_at_a_time() -> None:
    """Given a request, when another is made, then the first has to be answered."""
    assigned().given(asking()).when(asking(5)).refused("extension-pending", "art-47")


@pytest.mark.parametrize("answer", [c.GrantExtension, c.RefuseExtension])
def test_there_is_nothing_to_answer_without_a_request(answer: type[c.CaseCommand]) -> None:
    """Given no request, when it is granted or refused, then there is none."""
    assigned().when(does("grid_lead", "03-10 10:00", answer)).refused(
        "no-extension-requested", accepted=["request-extension"]
    )


# -- more than one round ------------------------------------------------------------------------------------------------------


def test_closing_ends_what_stood_still_and_what_was_asked() -> None:
    """Given a case closed while its clock stood still and a request waited, when it is reopened, then it is free of both."""
    scene = assigned().given(
        does("dispatcher", "03-03 09:00", c.RequestInformation, question="某事"),
        suspending(),
        asking(),
        does("dispatcher", "03-10 12:00", c.CloseCase, result="not_solvable"),
        does("callback_officer", "03-11 09:00", c.RequestReopening, reason="某事"),
        does("grid_lead", "03-11 10:00", c.ReopenCase),
    )

    state = case(scene)
    assert (state.suspended, state.extension, state.information_asked) == ((), None, False)
    assert state.status is Status.ASSIGNED
    assert running(scene) == ("redo",)
    ledger = (Suspension(at("03-04 09:00"), at("03-11 10:00"), "weather"),)
    assert state.clocks["resolve"].suspensions == ledger


def test_another_way_lets_no_clock_stand_still() -> None:
    """Given a clock that stands still, when the case is triaged again, then it goes on from there, and nothing is left to resume."""
    scene = suspended().given(does("dispatcher", "03-06 09:00", c.RetriageCase))

    ledger = (Suspension(at("03-04 09:00"), at("03-06 09:00"), "weather"),)
    assert case(scene).clocks["resolve"].suspensions == ledger
    scene.when(does("dispatcher", "03-06 10:00", c.ResumeClock)).refused(
        "not-suspended", accepted=["suspend-clock"]
    )


def test_a_clock_that_starts_again_stands_still_as_long_as_the_case_does() -> None:
    """Given a case returned while its clock stood still, when it is dispatched again, then the new clock waits for the same end."""
    again = dispatched().given(
        suspending("materials", "03-02 14:30"),
        resuming("03-02 14:45"),
        suspending(when="03-02 15:00"),
        does(LEAD, "03-02 16:00", c.ReturnAssignment, ground="wrong_lead"),
        does("dispatcher", "03-03 09:00", c.DispatchCase),
    )

    standing = (Suspension(at("03-02 15:00"), None, "weather"),)
    assert case(again).clocks["resolve"].suspensions == standing
    assert due(again.given(resuming("03-05 09:00"))) == at("03-17 00:00")


def test_the_same_deadline_keeps_the_time_it_was_given() -> None:
    """Given an urgent matter whose time to decide was extended, when it is triaged as before, then the time is still extended."""
    rule = {"clause": "art-47", "clock": "decide_urgent", "at_most": 2, "unit": "clock_hour"}
    grant = {"clause": "art-47", "roles": ["duty_officer"], "commands": ["request-extension"]}
    longer = ("time.clocks.decide_urgent.rows.urgent.period.amount", 4)
    on = under(longer, ("time.extensions.+", rule), ("authority.+", grant))
    more = {"clock": "decide_urgent", "amount": 2, "reason": "某事"}
    scene = urgent(on).given(
        does("duty_officer", "03-02 11:10", c.RequestExtension, **more),
        does("grid_lead", "03-02 11:20", c.GrantExtension),
        does("dispatcher", "03-02 11:30", c.RetriageCase),
    )

    assert due(scene, "decide_urgent") == at("03-02 15:00")


# -- calendars ----------------------------------------------------------------------------------------------------------------


def test_a_calendar_adopted_later_counts_from_then_on() -> None:
    """Given work whose calendar did not cover its end, when a longer one is adopted, then the deadline is no longer provisional."""
    adopting = operates(r.AdoptCalendar(document=calendar_until("03-06")), "03-02 08:00")
    longer = operates(r.AdoptCalendar(document=CALENDAR), "03-12 08:00")
    short = directed().given(
        adopting,
        does("dispatcher", "03-02 14:00", c.DispatchCase),
        does(LEAD, "03-02 15:00", c.AcceptAssignment),
    )

    short.given(asking(when="03-12 09:00"))
    short.given(longer).when(asking(when="03-12 09:00")).refused("too-late", "art-47")


def test_a_decision_names_the_calendar_it_rests_on() -> None:
    """Given a question of time, when it is decided, then the decision names the calendar; one without such a question does not."""
    calendar = parse_calendar(CALENDAR.encode())

    assert assigned().when(asking()).decision.calendar_digest == calendar.digest
    assert assigned().when(does(LEAD, "03-03 09:00", c.StartWork)).decision.calendar_digest is None


def test_time_is_not_counted_without_a_calendar() -> None:
    """Given a budget by a calendar that nobody adopted, when time has to be counted, then it has to be adopted first."""
    row = {"amount": 7, "unit": "working_day", "calendar": "lunar"}
    changes = (
        ("time.clocks.resolve.rows.direct.period", row),
        ("time.clocks.resolve.ladder", "bare"),
    )
    bare = {
        "label": {"zh": "无", "en": "bare"},
        "timers": [{"id": "missed", "clause": "art-55", "does": "miss", "to": "lead"}],
    }
    scene = assigned(under(("time.ladders.bare", bare), *changes))

    scene.when(suspending()).refused("calendar-not-adopted")


def test_a_closed_case_has_no_clock_to_stop() -> None:
    """Given a closed case, when its clock is suspended, then it is closed."""
    assert closed().when(suspending(when="03-09 09:00")).code == "case-closed"
