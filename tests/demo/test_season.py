"""A season as a whole: it ends when it shall, fits every span of days, and keeps names where they belong."""

import json
from datetime import timedelta

import pytest

from casesys.application import Engine, Service
from casesys.demo import heyuan
from casesys.demo.player import SeasonClock
from casesys.demo.programme import PROGRAMME
from casesys.demo.season import LENGTH, NotCovered, StoreInUse, play
from casesys.domain.cases.state import Case, case_stream
from casesys.domain.vocabulary import Stage as CaseStage
from casesys.store.memory import MemoryLog
from casesys.vault import Vault
from tests.community import local
from tests.demo.conftest import UNTIL, Played, Stage, played

ENDS = {
    "the first day possible": "2025-04-03 18:00",
    "after Labour Day": "2025-06-02 18:00",
    "in the National Day holidays": "2025-10-04 18:00",
    "just after them": "2025-10-09 10:17",
    "in Spring Festival": "2026-02-18 03:00",
    "a season with Spring Festival in the middle": "2026-04-02 18:00",
    "in the middle of a working day": "2026-06-30 14:06",
    "National Day in the last weeks": "2026-10-16 18:00",
    "the last day possible": "2026-12-31 18:00",
}


@pytest.mark.parametrize("until", ENDS.values(), ids=ENDS)
def test_every_story_comes_to_its_end_whenever_the_season_ends(until: str) -> None:
    """Given any end that the calendar covers, then every story ends as it does in any other season, and one goes on."""
    season, engine = _in_memory(until)

    assert {name: _results(engine, case_id) for name, case_id in season.cases.items()} == RESULTS
    assert _case(engine, season.cases["still_open"]).stage is not CaseStage.CLOSED
    assert _case(engine, season.cases["deadline_missed"]).escalated_to[-1] == "supervisor"


RESULTS = dict.fromkeys((item.name for item in PROGRAMME), ("resolved",)) | {
    "withdrawn": ("withdrawn",),
    "declined": ("declined",),
    "referred": ("referred",),
    "consent_objection": ("not_carried",),
    "reopened": ("resolved_unreached", "resolved"),
    "information_unanswered": ("resolved_unreached",),
    "still_open": (),
}
"""How each story ends: the results, one for each time."""


def test_nothing_is_recorded_before_it_begins_or_after_it_ends(stage: Stage) -> None:
    """Given a season, then it was recorded in simulated time, from its first morning to its end, never backwards."""
    season, engine = stage("memory")
    events = [stored.leaf for stored in engine.log.read(0, 10_000)]
    times = [leaf.recorded_at for leaf in events]

    assert times == sorted(times)
    assert season.begin == times[0]
    assert times[-1] <= season.until == UNTIL
    assert UNTIL - season.begin < LENGTH + timedelta(days=1)


def test_nothing_bypasses_the_rules(stage: Stage) -> None:
    """Given a season, then every event of a case came by a person's mandate, or from the clock alone."""
    season, engine = stage("memory")

    for case_id in season.cases.values():
        for stored in engine.log.read_stream(case_stream(case_id)):
            leaf = stored.leaf
            assert leaf.rule_digest is not None
            assert leaf.mandate_id is not None or leaf.actor_id == leaf.actor_role == "clock"


def test_cases_are_numbered_in_order_of_recording(stage: Stage) -> None:
    """Given a season, then its cases come in the order in which they were brought, and each story has its case."""
    season, engine = stage("memory")

    collected = [_case(engine, case_id).collected_at for case_id in season.cases.values()]
    assert collected == sorted(collected)
    assert set(season.cases) == {item.name for item in PROGRAMME}


def test_no_name_stands_in_the_open(stage: Stage) -> None:
    """Given a season, then no leaf holds the name of a person in characters or letters: names are sealed."""
    _, engine = stage("memory")
    open_text = "\n".join(
        json.dumps(json.loads(stored.leaf_bytes), ensure_ascii=False)
        for stored in engine.log.read(0, 10_000)
    )

    for person in (*heyuan.PEOPLE.values(), heyuan.Person(heyuan.OPERATOR_NAME)):
        in_characters, in_letters = person.name.split(" ", 1)
        assert in_characters not in open_text
        assert in_letters not in open_text


def test_a_season_is_played_once() -> None:
    """Given a store in which a season was played, when another is to be, then it is refused and nothing is doubled."""
    clock = SeasonClock(UNTIL)
    log = MemoryLog(clock=clock)
    service = Service(Engine(log, Vault.in_memory(log.log_id)))
    play(service, clock, UNTIL)
    events = log.head().size

    with pytest.raises(StoreInUse):
        play(service, clock, UNTIL)

    assert log.head().size == events


@pytest.mark.parametrize("until", ["2025-04-02 18:00", "2027-01-01 18:00"])
def test_what_the_calendar_does_not_cover_is_not_played(until: str) -> None:
    """Given an end that reaches beyond the calendar, then nothing is played, and it says which ends are possible."""
    with pytest.raises(NotCovered, match="from 2025-04-03 to 2026-12-31"):
        _in_memory(until)


def _in_memory(until: str) -> Played:
    clock = SeasonClock(local(until))
    log = MemoryLog(clock=clock)
    return played(Service(Engine(log, Vault.in_memory(log.log_id))), clock, local(until))


def _case(engine: Engine, case_id: str) -> Case:
    state = engine.load((case_stream(case_id),))[case_stream(case_id)].state
    assert isinstance(state, Case)
    return state


def _results(engine: Engine, case_id: str) -> tuple[str, ...]:
    return tuple(ending.result for ending in _case(engine, case_id).endings)
