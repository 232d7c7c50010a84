"""Deadlines are those of the ledgers, the soonest first; the worker is told of each case that time is due for, and of no other."""

from datetime import timedelta
from functools import cache

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.messages import Personal
from casesys.domain.register import commands as r
from casesys.domain.vocabulary import FactSource, Stage, Track
from casesys.projections import deadlines_queries
from casesys.projections.deadlines import DEADLINES
from casesys.projections.deadlines_queries import due_cases, next_due
from tests.community import Community, founded, local, workdays
from tests.projections.built import held, plan
from tests.projections.heyuan import heyuan
from tests.projections.seasons import season
from tests.projections.served import served
from tests.projections.truths import (
    Truth,
    clocks,
    deadlines_are_those_of_the_ledgers,
    ticks_are_found,
    truth_of,
)
from tests.replay.lives import SMALL


@cache
def lived() -> Truth:
    """Many lives, several grids, levels and charters."""
    return truth_of(season().log)


def dispatched(community: Community, **fields: object) -> str:
    """A courtyard lamp that the property company is to repair."""
    case = community.collect(**fields)  # type: ignore[arg-type] # by name
    community.do(case, "accept-case", "duty_officer")
    community.do(case, "triage-case", "duty_officer", to="direct", reason="…")
    community.do(case, "dispatch-case", "dispatcher", lead="property_company", reason="…")
    return case


def at_work(community: Community) -> str:
    """One that it has accepted, and told the initiator: only the time to resolve runs."""
    case = dispatched(community)
    community.do(case, "accept-assignment", "lead-property_company")
    community.do(case, "contact-initiator", "lead-property_company", reached=True)
    return case


def test_deadlines_equal_what_the_ledgers_say() -> None:
    """Given a season, then everybody sees the clocks of the cases that they may know of, and they run out when they should."""
    deadlines_are_those_of_the_ledgers(lived(), season().now)
    ticks_are_found(lived(), season().now)


@pytest.mark.parametrize("upto", range(150, 450, 25))
def test_deadlines_follow_the_log(upto: int) -> None:
    """Given a season that is not over, then the deadlines are right about it, and so is what time is due for."""
    truth = truth_of(heyuan().log, upto)

    deadlines_are_those_of_the_ledgers(truth, heyuan().now)
    ticks_are_found(truth, heyuan().now)


def test_a_clock_says_how_it_runs() -> None:
    """Given a case that was just collected, then its clock says since when and how long it runs, and under which clause."""
    community = founded()
    community.collect()

    (row,) = clocks(truth_of(community.log), "secretary", community.now)

    assert (row.clock, row.clause, row.window) == ("accept", "art-10", False)
    assert (row.amount, row.unit, row.calendar, row.extended) == (1, "working_day", "workdays", 0)
    assert (row.started_at, row.due_at) == (community.now, local("2026-03-04 00:00"))
    assert (row.overdue, row.provisional, row.suspended) == (False, False, False)


def test_a_suspended_clock_says_no_instant_until_it_goes_on() -> None:
    """Given a suspended clock, then nobody knows when it runs out, it comes last and is not overdue; resumed, it is known again."""
    community = founded()
    case = at_work(community)
    community.do(case, "suspend-clock", "dispatcher", ground="weather")
    truth = truth_of(community.log)

    *_, row = clocks(truth, "secretary", community.now)
    assert (row.clock, row.due_at, row.suspended, row.overdue) == ("resolve", None, True, False)
    assert next_due(truth.db) is None

    community.wait(days=3).do(case, "resume-clock", "dispatcher")
    truth = truth_of(community.log)
    (row,) = clocks(truth, "secretary", community.now, suspended=False, clock="resolve")
    assert row.due_at is not None
    assert next_due(truth.db) is not None


def test_a_note_of_something_earlier_stops_no_clock() -> None:
    """Given a clock that went on, when something is recorded that happened while it stood still, then a tick is still due for it."""
    community = founded()
    case = at_work(community)
    community.do(case, "suspend-clock", "dispatcher", ground="weather")
    meanwhile = community.wait(days=1).now
    community.wait(days=1).do(case, "resume-clock", "dispatcher")
    before = next_due(truth_of(community.log).db)

    note = c.AddNote(case_id=case, note=Personal("巡查"))
    community.give(note, "dispatcher", effective_at=meanwhile)

    assert before is not None
    assert next_due(truth_of(community.log).db) == before


def test_a_window_is_never_overdue() -> None:
    """Given a question to the initiator, when nobody answers in time, then the window has closed, and nobody is late for it."""
    community = founded()
    case = community.collect()
    community.do(case, "request-information", "duty_officer", question="哪一盏？")
    truth = truth_of(community.log)
    later = community.now + timedelta(days=30)

    (window,) = clocks(truth, "secretary", later, windows=True)
    assert (window.clock, window.window, window.overdue) == ("information", True, False)
    assert [row.clock for row in clocks(truth, "secretary", later, overdue=True)] == ["accept"]


def test_another_edition_of_the_calendar_moves_what_rests_on_it() -> None:
    """Given a running clock, when an edition of its calendar is adopted in which a day is off, then it runs out a day later."""
    community = founded()
    community.collect()
    (before,) = clocks(truth_of(community.log), "secretary", community.now)
    heading = "[holidays]\n"
    off = f'{heading}2026-03-03 = {{ zh = "停电", en = "no power" }}\n'

    community.register(r.AdoptCalendar(document=workdays().replace(heading, off)))

    truth = truth_of(community.log)
    (after,) = clocks(truth, "secretary", community.now)
    assert before.due_at is not None
    assert after.due_at == before.due_at + timedelta(days=1)
    ticks_are_found(truth, community.now)
    page_by_page = served(community.log, DEADLINES, cuts=range(1, community.log.head().size))
    assert held(page_by_page, DEADLINES) == held(truth.db, DEADLINES)


def test_over_days_that_nobody_announced_a_deadline_is_provisional() -> None:
    """Given a clock that runs beyond the calendar, then it is provisional, and never overdue."""
    community = founded(since="2026-12-31 10:00")
    community.collect()

    (row,) = clocks(truth_of(community.log), "secretary", community.now + timedelta(days=30))

    assert (row.provisional, row.overdue) == (True, False)
    assert row.due_at is not None


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["accept", "accept", "respond", "resolve"]),
        ({"clock": "resolve"}, ["resolve"]),
        ({"grid": "grid-1"}, ["accept"]),
        ({"lead": "property_company"}, ["respond", "resolve"]),
        ({"stage": Stage.COLLECTION}, ["accept", "accept"]),
        ({"track": Track.BIG}, []),
        ({"priority": 3, "windows": False}, ["accept", "accept", "respond", "resolve"]),
        ({"windows": True}, []),
        ({"overdue": True}, ["accept"]),
        ({"overdue": False}, ["accept", "respond", "resolve"]),
        ({"due_until": local("2026-03-06 00:00")}, ["accept"]),
        ({"due_since": local("2026-03-06 00:00")}, ["accept", "respond", "resolve"]),
    ],
)
def test_a_filter_leaves_the_clocks_that_meet_it(
    wanted: dict[str, object], expected: list[str]
) -> None:
    """Given conditions, then the clocks that meet all of them are left, the soonest first."""
    community = founded()
    community.collect(grid="grid-1")
    community.at("2026-03-04 10:00").collect()
    dispatched(community)
    truth = truth_of(community.log)

    rows = clocks(truth, "secretary", community.now, **wanted)

    assert [row.clock for row in rows] == expected
    due = [row.due_at for row in rows if row.due_at is not None]
    assert due == sorted(due)


def test_what_is_due_is_named_until_it_has_happened() -> None:
    """Given a clock with a reminder, then its case is due from that instant on, and after the tick only at the next."""
    community = founded()
    case = community.collect()
    truth = truth_of(community.log)
    first = next_due(truth.db)
    assert first is not None

    assert due_cases(truth.db, first - timedelta(microseconds=1), 9) == []
    assert due_cases(truth.db, first, 9) == [case]
    assert due_cases(truth.db, first, 0) == []
    community.now = first
    community.tick(case)
    then = next_due(truth_of(community.log).db)
    assert then is not None
    assert then > first


def test_those_that_wait_longest_are_named_first() -> None:
    """Given more cases than asked for, then the worker is told first of those that have waited longest."""
    community = founded()
    cases = [community.wait(days=1).collect() for _ in range(3)]
    db = truth_of(community.log).db

    assert due_cases(db, community.now + timedelta(days=99), 2) == cases[:2]


def test_a_closed_case_has_no_clocks() -> None:
    """Given a case that ends, then none of its clocks is shown, and time has nothing to do for it."""
    community = founded()
    case = community.collect()
    community.do(case, "withdraw-case", "grid_worker", reason="已自行解决")
    truth = truth_of(community.log)

    assert clocks(truth, "secretary", community.now) == []
    assert next_due(truth.db) is None


def test_a_step_that_waits_for_silence_is_due_when_it_ends() -> None:
    """Given sides that are asked for consent, then when their time is over a tick presumes it."""
    community = founded()
    case = community.collect()
    community.do(case, "establish-facts", "grid_worker", facts=SMALL, source=FactSource.INSPECTED)
    community.do(case, "accept-case", "duty_officer")
    community.do(case, "triage-case", "duty_officer")
    community.do(case, "convene-deliberation", "moderator", moderator="moderator")
    truth = truth_of(community.log)

    (step,) = clocks(truth, "secretary", community.now, windows=True)

    assert step.clock == "step"
    assert step.due_at is not None
    assert due_cases(truth.db, step.due_at, 9) == [case]


def test_a_page_is_read_off_an_index_in_order() -> None:
    """Given a page of deadlines, or the worker's questions, then SQLite finds the answer in an index, and sorts and scans nothing."""
    db = served(founded().log, DEADLINES)
    given = {"place": "grid-1", "due": 0, "born": 0, "clock": "", "until": 1}

    steps = plan(db, deadlines_queries._LISTED, given)  # noqa: SLF001 - whatever is asked

    assert "SCAN" not in steps
    assert "TEMP B-TREE" not in steps
    assert "(due_at,born,clock)" in steps
    due = db.execute(f"EXPLAIN QUERY PLAN {deadlines_queries._DUE}", (0, 1)).fetchall()  # noqa: SLF001 - the statement itself
    assert "SEARCH" in str(due)
    assert "TEMP B-TREE" not in str(due)
