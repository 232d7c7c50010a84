"""Batches: what a stretch of the log tells of its events and of the cases as they are at its end."""

import pytest

from casesys.domain.cases.state import Case, case_stream
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.register import commands as r
from casesys.projections.batches import Walk, calendars_adopted
from casesys.projections.cases import CaseNow
from casesys.projections.contract import Batch
from casesys.projections.dues import dues
from casesys.store.reading import recorded, state_of
from tests.community import COMMUNITY, STOCK, Community, founded, stock_charter, workdays
from tests.replay.lives import LIVES


@pytest.fixture(scope="module")
def community() -> Community:
    """A community in which every kind of event has happened."""
    made = founded()
    for live in LIVES:
        made.wait(hours=1)
        live(made)
    return made


def told(community: Community, case_id: str, position: int, batch: Batch) -> CaseNow:
    """A case as the log alone tells of it."""
    events = community.log.read_stream(case_stream(case_id), upto_position=position)
    case = state_of(events).state
    assert isinstance(case, Case)
    rule = case.governing or events[-1].leaf.rule
    assert rule is not None
    charter = batch.world.document(rule.digest, CharterVersion)
    last = events[-1]
    return CaseNow(
        case, events[0].position, last.position, last.leaf.effective_at, charter, batch.world
    )


@pytest.mark.parametrize(("limit", "kept"), [(1, 1), (17, 3), (100, 10_000), (10_000, 10_000)])
def test_a_batch_tells_what_the_log_tells(community: Community, limit: int, kept: int) -> None:
    """Given batches of any size and any little memory, then every event and every case at the end is as the log has it."""
    walk, seen = Walk(community.log, 0, kept_states=kept), 0
    while (batch := walk.advance(limit)).steps:
        stored = community.log.read(seen, limit)
        assert [step.position for step in batch.steps] == [each.position for each in stored]
        assert [step.leaf for step in batch.steps] == [each.leaf for each in stored]
        assert [step.recorded for step in batch.steps] == [recorded(each) for each in stored]
        seen = stored[-1].position
        assert (walk.position, walk.leaf_hash) == (seen, stored[-1].leaf_hash)
        touched = [s.after.case_id for s in batch.steps if isinstance(s.after, Case)]
        assert list(batch.cases) == list(dict.fromkeys(touched))
        for case_id, now in batch.cases.items():
            assert now == told(community, case_id, seen, batch)

    assert seen == community.log.head().size


def test_a_walk_begins_anywhere(community: Community) -> None:
    """Given a walk that begins in the middle of a case's life, then it knows its whole life all the same."""
    middle = community.log.read_stream(case_stream("case-01"))[10].position

    batch = Walk(community.log, middle - 1).advance(1)

    assert batch.cases["case-01"] == told(community, "case-01", middle, batch)
    assert batch.steps[0].before is not None


def test_a_batch_is_widened_by_cases_without_an_event(community: Community) -> None:
    """Given a batch in which nothing happened to a case, when it is asked for as well, then it is there as it is at the end."""
    position = community.log.read_stream(case_stream("case-02"))[-1].position
    walk = Walk(community.log, position)
    batch = walk.advance(1)
    assert "case-01" not in batch.cases

    widened = walk.widened(batch, ("case-01", *batch.cases))

    assert widened.cases["case-01"] == told(community, "case-01", walk.position, batch)
    assert widened.cases.keys() == {"case-01", *batch.cases}
    assert walk.widened(batch, batch.cases) is batch


def test_an_adopted_calendar_is_named() -> None:
    """Given a stretch in which an edition of a calendar is adopted, then its code is named, and none in any other stretch."""
    community = founded()
    size = community.log.head().size
    community.register(r.AdoptCalendar(document=workdays().replace("13:30-17:30", "13:30-18:00")))

    assert calendars_adopted(Walk(community.log, size).advance(100)) == {"workdays"}
    community.collect()
    after = community.log.head().size - 1
    assert calendars_adopted(Walk(community.log, after).advance(100)) == set()


def test_the_charter_is_that_of_the_last_event_until_one_is_pinned() -> None:
    """Given a newer charter, then a case not yet accepted follows it with its next event, and one that was accepted does not."""
    community = founded()
    waiting, accepted = community.collect(), community.collect()
    community.do(accepted, "accept-case", "duty_officer")
    newer = stock_charter({'version = "2026.1"': 'version = "2026.2"'})
    community.wait(days=1)
    community.register(r.InstallCharter(grid_id=COMMUNITY, document=newer))
    walk = Walk(community.log, 0)
    before = walk.advance(10_000)
    for case in (waiting, accepted):
        community.do(case, "add-note", "grid_worker", note="一条备注")

    after = walk.advance(10_000)

    versions = {name: now.charter.rule.version for name, now in before.cases.items()}
    assert versions == {waiting: STOCK.rule.version, accepted: STOCK.rule.version}
    versions = {name: now.charter.rule.version for name, now in after.cases.items()}
    assert versions == {waiting: "2026.2", accepted: STOCK.rule.version}


def test_what_is_said_of_a_case_is_worked_out_once(community: Community) -> None:
    """Given several read models that ask for a case's clocks and places, then all of them are given the same values."""
    batch = Walk(community.log, 0).advance(10_000)

    for now in batch.cases.values():
        assert now.running is now.running
        assert now.places is now.places
        assert now.running == tuple(dues(now.case, now.charter, batch.world))
