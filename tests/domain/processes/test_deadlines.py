"""What the clocks of a case will bring about: which commands, when, in which order, and each only once."""

from collections.abc import Callable

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases.decide import governing
from casesys.domain.messages import Envelope
from casesys.domain.processes.deadlines import Due, next_at, upcoming
from casesys.domain.register import commands as r
from casesys.domain.register.lookups import charter_in_force
from tests.domain.cases.ways import (
    CASE,
    LEAD,
    assigned,
    case,
    closed,
    collected,
    consenting,
    consulted,
    deliberation,
    does,
    noticed,
    ordered,
    published,
    ratifying,
    small,
    studying,
    urgent,
)
from tests.domain.charter.stock import GONE, document
from tests.domain.neighbourhood import (
    PATH,
    calendar_until,
    installing,
    operates,
    under,
    variant,
)
from tests.domain.specification import Act, Scene, at


def due(scene: Scene, now: str = "03-02 09:00") -> list[Due]:
    """What the case's clocks will bring about, soonest first; the first of it is the next."""
    world = scene.world()
    version = governing(world, case(scene), at(now))
    found = upcoming(case(scene), version, world, at(now))
    first = found[0].at if found else None
    assert next_at(case(scene), version, world, at(now)) == first
    return found


def told(dues: list[Due]) -> list[tuple[str, str, str]]:
    """When, on which clock, which timer; for what has no timer, the command."""
    return [
        (
            each.at.isoformat(),
            getattr(each.command, "clock", ""),
            getattr(each.command, "timer", type(each.command).__name__),
        )
        for each in dues
    ]


def instants(*texts: str) -> list[str]:
    """Local times as they are told."""
    return [at(text).isoformat() for text in texts]


def ticking(scene: Scene, until: str) -> tuple[Scene, list[Due]]:
    """Let time do all that comes due, one after the other, each when it is due."""
    done = []
    while (dues := due(scene, until)) and dues[0].at <= at(until):
        done.append(dues[0])
        scene = scene.given(Act(dues[0].command, dues[0].envelope(dues[0].at)))
    return scene, done


def test_the_ladder_of_a_clock_comes_in_order() -> None:
    """Given seven working days to resolve, then its five rungs are upcoming, soonest first."""
    dues = told(due(assigned()))

    assert [each[2] for each in dues] == [
        "remind",
        "missed",
        "grid_lead",
        "secretary",
        "supervisor",
    ]
    assert [each[0] for each in dues] == instants(
        "03-11 00:00", "03-12 00:00", "03-13 00:00", "03-17 00:00", "03-19 00:00"
    )


def test_the_ladders_of_several_clocks_are_one_order() -> None:
    """Given two clocks of an urgent case, then what they bring about is in the order of the instants."""
    dues = told(due(urgent()))

    assert [each[0] for each in dues] == sorted(each[0] for each in dues)
    assert [(each[1], each[2]) for each in dues][:4] == [
        ("decide_urgent", "remind"),
        ("decide_urgent", "missed"),
        ("decide_urgent", "grid_lead"),
        ("decide_urgent", "secretary"),
    ]


def test_what_is_past_is_still_upcoming_until_it_has_happened() -> None:
    """Given nobody looked for a month, then everything since is due, and once it has happened nothing is."""
    scene, done = ticking(assigned(), "04-10 09:00")

    assert len(due(assigned(), "04-10 09:00")) == 5
    assert [type(each.command) for each in done] == [
        c.RemindOfDeadline,
        c.RecordMissedDeadline,
        c.EscalateCase,
        c.EscalateCase,
        c.EscalateCase,
    ]
    assert due(scene, "04-10 09:00") == []


def test_a_tick_has_the_same_id_however_often_somebody_looks() -> None:
    """Given a case, when its deadlines are looked at twice, at other instants and after other events, then the ids are the same."""
    noted = assigned().given(does(LEAD, "03-03 09:00", c.StartWork))

    first = [each.command_id for each in due(assigned())]

    assert first == [each.command_id for each in due(noted, "03-30 09:00")]
    assert len(set(first)) == 5


def test_another_clock_has_other_ticks() -> None:
    """Given a small matter that becomes big, then the ticks of its time to decide are others; triaged as before, the same."""
    before = {each.command_id for each in due(small())}
    again = does("dispatcher", "03-03 09:00", c.RetriageCase)
    found = does("grid_worker", "03-03 08:00", c.EstablishFacts, facts={"households_affected": 60})

    assert before.isdisjoint(each.command_id for each in due(small().given(found, again)))
    assert before == {each.command_id for each in due(small().given(again))}


def test_a_tick_is_given_by_the_clock_as_of_when_it_was_due() -> None:
    """Given a deadline that passed at night, when somebody looks in the morning, then it is decided now and happened then."""
    (first, *_) = due(assigned())

    assert first.envelope(at("03-11 08:00")) == Envelope(
        command_id=first.command_id,
        actor_id="clock",
        decided_at=at("03-11 08:00"),
        effective_at=at("03-11 00:00"),
        channel="clock",
        client_id="clock",
    )


# -- what has no timer in the charter -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scene", "instant", "command"),
    [
        (consulted, "03-06 00:00", c.PresumeConsent(case_id=CASE)),
        (ordered, "03-04 11:30", c.LapseDecision(case_id=CASE)),
        (
            lambda: collected().given(
                does("dispatcher", "03-02 09:30", c.RequestInformation, question="某事")
            ),
            "03-10 00:00",
            c.LapseInformationRequest(case_id=CASE),
        ),
    ],
    ids=["silence", "ratification", "a question"],
)
def test_what_waits_for_people_ends_by_itself(
    scene: Callable[[], Scene], instant: str, command: c.ClockCommand
) -> None:
    """Given sides or an initiator who say nothing, then what their silence brings about is upcoming, and happens when it is due."""
    (lapse,) = [each for each in due(scene()) if each.command == command]

    assert lapse.at == at(instant)
    after, _ = ticking(scene(), instant)
    assert lapse.command not in [each.command for each in due(after)]


@pytest.mark.parametrize(
    "scene",
    [noticed, published, studying],
    ids=["notice", "publication and objections", "no clock of the step"],
)
def test_the_end_of_a_period_only_allows_what_comes_next(scene: Callable[[], Scene]) -> None:
    """Given a notice or a publication that runs, then nothing happens by itself when it ends, but for the time to decide."""
    assert {each.command.clock for each in due(scene())} <= {"decide"}  # type: ignore[attr-defined] # commands of clocks


def test_the_window_for_objections_ends_by_itself_where_a_step_comes_after_it() -> None:
    """Given a charter with a step after objections, then the end of their window is upcoming, unless an objection is open."""
    *_, publish, _ = document()["procedures"]["big-residents"]["steps"]
    steps = "procedures.big-residents.steps.+"
    scene = published(under((steps, publish | {"id": "publish-again"})))
    objecting = does(
        "grid_worker", "03-18 09:00", c.RaiseObjection, objector="resident-9", grounds="某事"
    )

    (closing,) = [each for each in due(scene) if each.command == c.CloseObjections(case_id=CASE)]

    assert closing.at == at("04-10 00:00")
    after, _ = ticking(scene, "04-10 00:00")
    assert deliberation(after).step == "publish-again"
    commands = [type(each.command) for each in due(scene.given(objecting))]
    assert c.CloseObjections not in commands


def test_what_was_answered_does_not_end_by_itself() -> None:
    """Given all sides agreed or ratified, then nothing is presumed and nothing lapses."""
    sides = ("residents", "owners", "property")
    agreed = consulted().given(*(consenting(side, "03-03 09:00") for side in sides))
    ratified = ordered().given(*(ratifying(side, "03-03 09:00") for side in sides))

    assert due(agreed) == due(ratified) == []


# -- when nothing comes -------------------------------------------------------------------------------------------------------


def test_a_closed_case_has_nothing_upcoming() -> None:
    """Given a closed case, then nothing comes by itself."""
    assert due(closed()) == []


def test_nothing_comes_while_a_clock_stands_still() -> None:
    """Given work that stands still, then nothing is upcoming, and everything is again once it goes on."""
    still = assigned().given(does("dispatcher", "03-04 09:00", c.SuspendClock, ground="weather"))

    assert due(still, "03-20 09:00") == []
    assert len(due(still.given(does(LEAD, "03-20 10:00", c.ResumeClock)), "03-20 11:00")) == 5


def test_invariant_10_over_days_nobody_has_adopted_only_reminders_come() -> None:
    """Given a calendar that ends too early, then of the ladder only the reminder is upcoming, and silence is no consent."""
    adopting = operates(r.AdoptCalendar(document=calendar_until("03-04")), "03-02 08:00")

    assert [each[2] for each in told(due(assigned().given(adopting)))] == ["remind"]
    commands = [type(each.command) for each in due(consulted().given(adopting))]
    assert c.PresumeConsent not in commands


def test_a_clock_that_the_charter_has_no_more_brings_nothing_about() -> None:
    """Given a new version that lacks the time to accept, when it comes into force before acceptance, then that clock is idle."""
    lacking = variant(("version", "2026.2"), ("time.clocks.accept", GONE))
    scene = collected().given(installing(lacking, "03-02 09:30"))

    version = charter_in_force(scene.world(), PATH, at("03-02 10:00"))

    assert upcoming(case(scene), version, scene.world(), at("03-20 09:00")) == []
