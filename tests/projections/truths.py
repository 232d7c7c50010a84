"""What must be true of the board, the deadlines and the worklist of any log, said a second time from the states of its cases."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from casesys.domain.cases.preview import advancing
from casesys.domain.charter.steps import OfficerDecision
from casesys.domain.messages import Envelope
from casesys.domain.processes.deadlines import upcoming
from casesys.domain.refusals import Refusal
from casesys.domain.register.authority import Standing, authorise_on_case, keep_duties_apart
from casesys.domain.register.knowledge import Sight, sights
from casesys.domain.register.state import AdoptedCalendar, Person
from casesys.domain.register.streams import calendar_stream
from casesys.domain.vocabulary import Stage
from casesys.domain.working_time import Calendar, deadline
from casesys.domain.working_time.zone import MICROSECOND
from casesys.domain.world import World
from casesys.projections import board_queries, deadlines_queries, worklist_queries
from casesys.projections.batches import Walk
from casesys.projections.board import BOARD
from casesys.projections.board_queries import BoardFilter, BoardRow, Order
from casesys.projections.cases import CaseNow
from casesys.projections.contract import Value
from casesys.projections.deadlines import DEADLINES
from casesys.projections.deadlines_queries import DeadlineFilter, DeadlineRow
from casesys.projections.paging import Page
from casesys.projections.worklist import WORKLIST
from casesys.projections.worklist_queries import WorklistFilter, WorklistRow
from casesys.store.contract import EventLog
from tests.projections.built import everything
from tests.projections.knowing import known, people_of
from tests.projections.served import served

AS_IN_THE_STATE = (
    *("title", "case_type", "category", "stage", "status", "track", "procedure", "direct"),
    *("priority", "lead", "result", "visibility", "version", "path", "source_ref"),
    *("collected_at", "accepted_at"),
)


class Truth(NamedTuple):
    """A log up to a position: its cases, all that decisions would see, its people by their ids, and its read models."""

    cases: Mapping[str, CaseNow]
    world: World
    people: Mapping[str, Person]
    db: sqlite3.Connection


def truth_of(log: EventLog, until: int | None = None) -> Truth:
    """Read a log, or only its beginning, and build its read models."""
    batch = Walk(log, 0).advance(log.head().size if until is None else until)
    people = {person.person_id: person for person in people_of(batch)}
    db = served(log, BOARD, DEADLINES, WORKLIST, until=until)
    return Truth(batch.cases, batch.world, people, db)


def board_page(  # noqa: PLR0913 - as the page that it reads
    db: sqlite3.Connection,
    held: Sequence[Sight],
    wanted: BoardFilter,
    *,
    now: datetime,
    after: tuple[Value, ...] | None,
    limit: int,
) -> Page[BoardRow]:
    """A page of the board, read."""
    page = board_queries.page(db, held, wanted, now=now, after=after, limit=limit)
    items = [msgspec.json.decode(item, type=BoardRow) for item in page.items]
    return Page(tuple(items), page.following)


def board(truth: Truth, person: str, now: datetime, **wanted: Any) -> list[BoardRow]:  # noqa: ANN401 - fields of the filter
    """What somebody sees of the board, in small pages."""
    held, filtered = sights(truth.people[person], now), BoardFilter(**wanted)
    pages = partial(board_page, truth.db, held, filtered, now=now, limit=3)
    return list(everything(lambda key: pages(after=key)))


def clocks(truth: Truth, person: str, now: datetime, **wanted: Any) -> list[DeadlineRow]:  # noqa: ANN401 - fields of the filter
    """What somebody sees of the deadlines, in small pages."""
    held, filtered = sights(truth.people[person], now), DeadlineFilter(**wanted)
    pages = partial(deadlines_queries.page, truth.db, held, filtered, now=now, limit=3)
    return list(everything(lambda key: pages(after=key)))


def worklist(truth: Truth, person: str, now: datetime, **wanted: Any) -> list[WorklistRow]:  # noqa: ANN401 - fields of the filter
    """What waits for somebody, in small pages."""
    asks, filtered = truth.people[person], WorklistFilter(**wanted)
    pages = partial(worklist_queries.page, truth.db, asks, filtered, now=now, limit=3)
    return list(everything(lambda key: pages(after=key)))


# -- what must be true ----------------------------------------------------------------------------------------------------------


def what_is_shown_is_true(truth: Truth, now: datetime) -> None:
    """All that follows."""
    board_shows_what_may_be_known(truth, now)
    deadlines_are_those_of_the_ledgers(truth, now)
    ticks_are_found(truth, now)
    worklist_holds_what_may_be_done(truth, now)


def board_shows_what_may_be_known(truth: Truth, now: datetime) -> None:
    """Everybody sees the cases that they may know of, no others, as they stand; whatever comes first, they are all there once."""
    for name, person in truth.people.items():
        held = sights(person, now)
        expected = [case_id for case_id, case in truth.cases.items() if known(held, case)]
        for order in (Order.NEWEST, Order.OLDEST, Order.CHANGED):
            seen = board(truth, name, now, order=order)
            assert sorted(row.case_id for row in seen) == sorted(expected)
            for row in seen:
                _is_as_it_stands(row, truth.cases[row.case_id])


def _is_as_it_stands(row: BoardRow, now: CaseNow) -> None:
    case = now.case
    for name in AS_IN_THE_STATE:
        assert getattr(row, name) == getattr(case, name), name
    assert (row.position, row.changed_at) == (now.position, now.changed_at)
    assert (row.closed_at is None) == (case.stage is not Stage.CLOSED)
    assert row.supporting == (case.assignment.supporting if case.assignment else ())


def deadlines_are_those_of_the_ledgers(truth: Truth, now: datetime) -> None:
    """Each clock that runs is there once for who may know of it, and runs out when its ledger says."""
    for name, person in truth.people.items():
        held = sights(person, now)
        expected = [
            (case_id, clock)
            for case_id, case in truth.cases.items()
            if case.case.stage is not Stage.CLOSED and known(held, case)
            for clock, running in case.case.clocks.items()
            if running.stopped_at is None
        ]
        seen = clocks(truth, name, now)
        assert sorted((row.case_id, row.clock) for row in seen) == sorted(expected)
        for row in seen:
            _runs_out_as_it_says(row, truth)


def _runs_out_as_it_says(row: DeadlineRow, truth: Truth) -> None:
    running = truth.cases[row.case_id].case.clocks[row.clock]
    code = running.start.calendar
    adopted = truth.world.state(calendar_stream(code), AdoptedCalendar)
    if any(each.until is None for each in running.suspensions):
        assert (row.due_at, row.suspended, row.provisional) == (None, True, False)
    elif code and adopted is None:
        assert (row.due_at, row.suspended, row.provisional) == (None, False, True)
    else:
        calendar = None if adopted is None else truth.world.document(adopted.digest, Calendar)
        due = deadline(running.term, calendar, row.started_at)
        assert (row.due_at, row.provisional) == (due.due_at, due.provisional)
        assert not row.suspended


def ticks_are_found(truth: Truth, now: datetime) -> None:
    """At any instant the cases are named that a tick has something to do for, and no others."""
    next_at: dict[str, datetime] = {}
    for name, case in truth.cases.items():
        # A clock may count in a calendar that nobody has adopted, or time may have nothing to do.
        with suppress(Refusal, IndexError):
            next_at[name] = upcoming(case.case, case.charter, truth.world, now)[0].at
    for at in (*next_at.values(), now):
        found = deadlines_queries.due_cases(truth.db, at, len(truth.cases) + 1)
        assert sorted(found) == sorted(name for name, due in next_at.items() if due <= at)
    assert deadlines_queries.next_due(truth.db) == min(next_at.values(), default=None)


def worklist_holds_what_may_be_done(truth: Truth, now: datetime) -> None:
    """On everybody's worklist is what a case waits for and they have the authority to do, and may know of; by role, nothing else.

    So it is now, and at every instant at which a clock runs out or a meeting begins, if nothing else happens until then.
    """
    for at in _instants(truth, now):
        waiting = {
            name: advancing(truth.world, each.case, each.charter, at)
            for name, each in truth.cases.items()
        }
        for name, person in truth.people.items():
            held, rows = sights(person, at), worklist(truth, name, at)
            assert rows == sorted(rows, key=_urgency)
            given = {row.case_id: [t.command for t in row.tasks if t.role] for row in rows}
            for case_id, case in truth.cases.items():
                asked = waiting[case_id] if known(held, case) else ()
                may = [command for command in asked if _may(truth, person, case, command, at)]
                assert sorted(given.get(case_id, [])) == sorted(may), (name, case_id, at)


def _urgency(row: WorklistRow) -> tuple[object, ...]:
    return (row.due_at is None, row.due_at, row.priority, row.collected_at)


def _instants(truth: Truth, now: datetime) -> Sequence[datetime]:
    """Now, some instants after it at which something may change by itself, the ones just before, and long after."""
    changes = set()
    for each in truth.cases.values():
        changes |= {due.due_at for due in each.running if due.due_at is not None}
        deliberation = each.case.deliberation
        if deliberation is not None and deliberation.notice is not None:
            changes.add(deliberation.notice.meets_at)
    later = {at for change in changes for at in (change, change - MICROSECOND) if at > now}
    return [now, *sorted(later)[:6], now + timedelta(days=400)]


def _may(truth: Truth, person: Person, now: CaseNow, command: str, at: datetime) -> bool:
    """Ask the rules themselves whether one of somebody's mandates gives them the authority."""
    case, version = now.case, now.charter
    supporting = case.assignment.supporting if case.assignment else ()
    standing = Standing(case.path, case.stage, case.case_type, case.category, case.lead, supporting)
    for mandate in person.mandates:
        envelope = Envelope(
            command_id=UUID(int=1),
            actor_id=person.person_id,
            decided_at=at,
            mandate_id=mandate.mandate_id,
        )
        try:
            permit = authorise_on_case(truth.world, envelope, command, version, standing)
            keep_duties_apart(version, command, person.person_id, case.deeds)
        except Refusal:
            continue
        if command != "decide-urgently" or permit.authority.role in _officers(now):
            return True
    return False


def _officers(now: CaseNow) -> tuple[str, ...]:
    """The roles that the open step lets decide alone."""
    case = now.case
    assert case.procedure is not None
    assert case.deliberation is not None
    steps = now.charter.charter.procedures[case.procedure].steps
    step = next(each for each in steps if each.id == case.deliberation.step)
    assert isinstance(step, OfficerDecision)
    return step.roles


def nothing_is_left_lying(truth: Truth, at: datetime) -> None:
    """Each case that waits for something, with somebody in every role, is on somebody's worklist."""
    waiting = {
        name
        for name, each in truth.cases.items()
        if advancing(truth.world, each.case, each.charter, at)
    }
    found = {row.case_id for name in truth.people for row in worklist(truth, name, at)}
    assert waiting <= found
