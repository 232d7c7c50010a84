"""A case as of any moment: what is told is what was served, and every part of it is explained by what held then."""

from datetime import timedelta

import pytest

from casesys.domain.cases import events as e
from casesys.domain.messages import Personal
from casesys.domain.register.commands import AdoptCalendar, RegisterPerson
from casesys.replay.changes import changes
from casesys.replay.history import History, history
from casesys.replay.timing import Turn
from tests.community import Community, founded, local, workdays
from tests.replay.conftest import Season
from tests.replay.lives import LIVES, lamp

NAMES = [live.__name__ for live in LIVES]


def told(season: Season, name: str) -> History:
    """The whole history of one of the season's cases."""
    return history(season.community.log, season.community.vault, season.cases[name])


@pytest.mark.parametrize("name", NAMES)
def test_a_case_as_of_any_position_is_what_was_served_from_there(season: Season, name: str) -> None:
    """Given any position between commands, when a case is replayed as of it, then its state is the one last served by then."""
    community, case = season.community, season.cases[name]
    served = {each.position: each.state for each in season.served[case]}
    events = {entry.position for entry in told(season, name).entries}
    last = min(events)
    for position in range(last, community.log.head().size + 1):
        last = position if position in events else last
        if (
            last in served
        ):  # else it is between two events of one command, which are served together
            replayed = history(community.log, community.vault, case, position=position)
            assert (replayed.state, replayed.position) == (served[last], position)


@pytest.mark.parametrize("name", NAMES)
def test_each_version_is_the_state_after_that_event(season: Season, name: str) -> None:
    """Given a version, when a case is replayed up to it, then it ends with that event and is as of its position."""
    whole = told(season, name)
    for entry in whole.entries:
        replayed = history(
            season.community.log, season.community.vault, whole.case_id, version=entry.version
        )
        assert replayed.version == entry.version
        assert replayed.position == entry.position
        assert replayed.state == entry.after


def test_as_of_an_instant_is_as_of_the_last_position_recorded_by_then(season: Season) -> None:
    """Given an instant of recording, when a case is replayed as of it, then it is as of the log's position then."""
    community, case = season.community, season.cases["courtyard"]
    for entry in told(season, "courtyard").entries:
        at = entry.recorded_at
        replayed = history(community.log, community.vault, case, as_of=at)
        assert replayed.position == community.log.position_at(at)
        assert replayed.instant == at


@pytest.mark.parametrize("name", NAMES)
def test_changes_add_up_to_the_state(season: Season, name: str) -> None:
    """Given the changes of all entries, when they are applied in order, then they give the state, and each begins where it was."""
    whole = told(season, name)
    fields: dict[str, object] = {}
    for entry in whole.entries:
        for change in entry.changes:
            assert fields.get(change.field) == change.before
            fields[change.field] = change.after

    kept = {field: value for field, value in fields.items() if value is not None}
    assert kept == {change.field: change.after for change in changes(None, whole.state)}


def test_who_acted_is_told_with_role_mandate_and_principal(season: Season) -> None:
    """Given a lead's officer, when a deed of theirs is told, then with their name, role, mandate and whom they act for."""
    entry = next(x for x in told(season, "lamp").entries if isinstance(x.event, e.WorkStarted))

    who = entry.who
    assert who.name is not None
    assert who.principal is not None
    assert (who.name.zh, who.role_label.zh) == ("安居物业负责人", "主办人员")
    assert (who.mandate_id, who.on_behalf_of) == (
        "mandate-lead-property_company",
        "property_company",
    )
    assert who.principal.en == "Anju Property"
    assert entry.clause is not None
    assert entry.clause.id == "art-43"
    assert entry.clause.text.zh.startswith("第四十三条")
    assert entry.command == "start-work"


def test_what_time_brings_about_is_told_of_the_clock(season: Season) -> None:
    """Given a lapse, when it is told, then the clock did it when the time was over, and it was recorded later."""
    entries = told(season, "lapsed_lift").entries
    entry = next(each for each in entries if isinstance(each.event, e.DecisionLapsed))

    assert (entry.who.actor_id, entry.who.role_label.en) == ("clock", "the clock")
    assert entry.recorded_at - entry.effective_at == timedelta(hours=1)
    assert {each.clock: each.over for each in entry.clocks} == {
        "step": True,
        "decide_urgent": False,
    }


def test_personal_texts_are_opened(season: Season) -> None:
    """Given a case with personal texts, when it is told, then they are open."""
    event = told(season, "lamp").entries[0].event

    assert isinstance(event, e.CaseCollected)
    assert event.initiator_name == Personal("刘阿姨", "initiator:case-01", 1)


def test_what_was_erased_is_marked_and_the_rest_told() -> None:
    """Given an initiator who was erased, when the case is told, then their texts are gone and all else is as it was."""
    community = founded()
    case = lamp(community)
    before = history(community.log, community.vault, case)
    community.vault.forget("initiator:case-01")

    after = history(community.log, community.vault, case)

    event = after.entries[0].event
    assert isinstance(event, e.CaseCollected)
    assert event.initiator_name == Personal(None, "initiator:case-01", 1)
    assert after.state == before.state
    assert [x.changes for x in after.entries] == [x.changes for x in before.entries]


def turns(history: History, clock: str) -> list[tuple[str, str, bool]]:
    """What happened to a clock: the turn, the day it was due then, and whether it was over."""
    return [
        (told.turn.value, f"{told.due_at:%m-%d %H:%M}", told.over)
        for entry in history.entries
        for told in entry.clocks
        if told.clock == clock
    ]


def test_each_turn_of_a_clock_is_explained(season: Season) -> None:
    """Given a clock that was suspended, extended and stopped too early, when it is told, then with its deadline each time."""
    lamp_told = told(season, "lamp")

    # 24:00 in Shanghai is 16:00 UTC; the days are those of March 2026.
    assert turns(lamp_told, "resolve") == [
        ("started", "03-11 16:00", False),
        ("suspended", "03-11 16:00", False),
        ("resumed", "03-13 16:00", False),
        ("extended", "03-17 16:00", False),
        ("stopped", "03-17 16:00", False),
        ("went_on", "03-17 16:00", False),
        ("stopped", "03-17 16:00", False),
    ]
    extended = next(x for x in lamp_told.entries if isinstance(x.event, e.ExtensionGranted))
    assert extended.clocks[0].why.en == (
        "due 2026-03-17 because 7 working days, extended by 2, after 2026-03-02; "
        "suspended 2 days (2–3 March)"
    )


def test_a_missed_deadline_is_over_and_stays_open(season: Season) -> None:
    """Given a deadline that was missed, when the case is told, then the clock is over and among the open deadlines."""
    silent = told(season, "silent")

    missed = next(x for x in silent.entries if isinstance(x.event, e.DeadlineMissed))
    assert [(c.clock, c.turn, c.over) for c in missed.clocks] == [("dispatch", Turn.TIMER, True)]
    assert [(c.clock, c.turn, c.over) for c in silent.deadlines] == [("dispatch", Turn.OPEN, True)]


def test_deadlines_are_seen_from_the_instant_asked_about(season: Season) -> None:
    """Given a case before its deadline, when it is replayed as of then, then the deadline is open and not over."""
    community, case = season.community, season.cases["lamp"]

    early = history(community.log, community.vault, case, as_of=local("2026-03-02 10:00"))

    assert [(c.clock, c.over) for c in early.deadlines] == [("decide", False), ("step", False)]


def test_a_tally_is_told_with_what_it_takes(season: Season) -> None:
    """Given two meetings, when their votes are told, then each threshold with the number that would do and whether it was reached."""
    tallies = [x.tally for x in told(season, "courtyard").entries if x.tally is not None]

    thresholds = [
        [(t.votes, t.whole, t.needed, t.reached) for t in (*tally.participation, *tally.majority)]
        for tally in tallies
    ]
    assert thresholds == [
        [(7, 14, 10, False), (0, 7, 4, False)],
        [(11, 14, 10, True), (9, 11, 6, True)],
    ]
    assert tallies[0].participation[0].says.zh == (
        "参与7人，应到人数14人，须不少于3分之2即10人以上，未达到"
    )


def test_the_calendar_that_counted_then_explains() -> None:
    """Given a calendar adopted again with another holiday, when a case is told, then each event by the edition of its time."""
    community = founded()
    at = community.at("2026-03-02 09:00")
    case = at.collect()
    old = history(community.log, community.vault, case)
    adopt_with_holiday(community, "2026-03-03")

    new = history(community.log, community.vault, case)

    assert [c.why.en for c in new.entries[0].clocks] == [
        "due 2026-03-03 because 1 working day after 2026-03-02; suspended 0 days"
    ]
    assert old.deadlines[0].due_at == local("2026-03-04 00:00")
    assert new.deadlines[0].due_at == local("2026-03-05 00:00")
    assert "3 March is a holiday" in new.deadlines[0].why.en


def adopt_with_holiday(community: Community, day: str) -> None:
    """Adopt the calendar again with one more holiday."""
    line = '2026-02-15 = { zh = "春节", en = "Spring Festival" }'
    more = f'{line}\n{day} = {{ zh = "社区节", en = "Community Day" }}'
    community.register(AdoptCalendar(document=workdays().replace(line, more)))


def test_names_are_those_known_then() -> None:
    """Given a case replayed as of a position, when somebody was registered later, then their name is not known there."""
    community = founded()
    case = community.collect()
    community.do(case, "add-party", "grid_worker", party="late-comer", role="co_reporter")
    position = community.log.head().size
    register_late_comer(community)

    then = history(community.log, community.vault, case, position=position)
    now = history(community.log, community.vault, case)

    assert then.known.party("late-comer") is None
    name = now.known.party("late-comer")
    assert name is not None
    assert name.zh == "罗小姐"


def register_late_comer(community: Community) -> None:
    """Register somebody after the fact."""
    community.register(RegisterPerson(person_id="late-comer", name=Personal("罗小姐")))
