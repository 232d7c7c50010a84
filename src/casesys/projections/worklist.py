"""The worklist: one row for each case that waits for somebody, and the desks that it lies on.

A desk is a role in a grid, a role that acts for a party, or whoever is awaited by name: a voter, a party. Whoever works at one finds
there what waits, the most urgent first; whether they in particular may do it, their mandates say when they ask.
"""

from collections.abc import Iterable, Iterator

import msgspec

from casesys.domain.cases.state import Case
from casesys.domain.working_time.zone import ticks
from casesys.projections.cases import CaseNow
from casesys.projections.contract import Batch, Rows, Table, Value
from casesys.projections.dues import calendars, soonest
from casesys.projections.moments import kept, kept_if_any
from casesys.projections.places import BEYOND
from casesys.projections.waits import Granted, Wait, waits

CASES = Table(
    "worklist",
    "born INTEGER PRIMARY KEY, case_id TEXT NOT NULL, title TEXT NOT NULL, stage TEXT NOT NULL, status TEXT NOT NULL, track TEXT,"
    " lead TEXT, supporting TEXT NOT NULL, version INTEGER NOT NULL, priority INTEGER NOT NULL, clock TEXT, due_at TEXT,"
    " provisional INTEGER NOT NULL, collected_at TEXT NOT NULL, changed_at TEXT NOT NULL, waits BLOB NOT NULL,"
    " calendars TEXT NOT NULL, matter TEXT NOT NULL",
)
"""`born` is the position of a case's first event. `waits` are JSON, instants `moments`."""

DESKS = Table(
    "worklist_desk",
    "born INTEGER NOT NULL, desk TEXT NOT NULL, due_at INTEGER NOT NULL, priority INTEGER NOT NULL, collected_at INTEGER NOT NULL,"
    " PRIMARY KEY (born, desk)",
    ("desk, due_at, priority, collected_at, born",),
)
"""`due_at` is when the first deadline of the case runs out. Instants are `ticks`."""


class Worklist:
    """Follows what cases wait for."""

    name = "worklist"
    revision = 5
    tables = (CASES, DESKS)
    by_calendar = CASES.name

    def changes(self, batch: Batch) -> Iterator[Rows]:
        """Lay the cases of a batch on the desks of those they wait for, and take them off the others."""
        for now in batch.cases.values():
            yield from _rows(now)


WORKLIST = Worklist()


def desk_in_grid(role: str, grid: str) -> str:
    """Name the desk of those who act in a role, in a grid or above it."""
    return f"{role}@{grid}"


def desk_for_party(role: str, party: str) -> str:
    """Name the desk of those who act in a role for a party."""
    return f"{role}={party}"


def desk_of_voter(person: str) -> str:
    """Name the desk of somebody whose vote is awaited."""
    return f"@{person}"


def desk_of_party(party: str) -> str:
    """Name the desk of those who act for a party whose answer is awaited, whatever their role."""
    return f"={party}"


def _rows(now: CaseNow) -> Iterator[Rows]:
    running, waiting = now.running, waits(now)
    if not waiting and not running:
        yield Rows(CASES.name, now.born)
        yield Rows(DESKS.name, now.born)
        return
    due, case = soonest(running), now.case
    row: tuple[Value, ...] = (
        now.born,
        case.case_id,
        case.title,
        case.stage,
        case.status,
        case.track,
        case.lead,
        " ".join(case.supporting),
        case.version,
        case.priority,
        None if due is None else due.clock,
        None if due is None else kept_if_any(due.due_at),
        due is not None and due.provisional,
        kept(case.collected_at),
        kept(now.changed_at),
        msgspec.json.encode(waiting),
        calendars(running),
        now.matter,
    )
    due_at = BEYOND if due is None or due.due_at is None else ticks(due.due_at)
    urgency = (due_at, case.priority, ticks(case.collected_at))
    desks = sorted({desk for wait in waiting for desk in _desks(wait, case)})
    yield Rows(CASES.name, now.born, (row,))
    yield Rows(DESKS.name, now.born, [(now.born, desk, *urgency) for desk in desks])


def _desks(wait: Wait, case: Case) -> Iterator[str]:
    """Name the desks where something that a case waits for lies."""
    for granted in wait.granted:
        for role in granted.roles:
            yield from _of_role(role, granted, case)
    yield from map(desk_of_voter, wait.voters)
    yield from map(desk_of_party, wait.parties)


def _of_role(role: str, granted: Granted, case: Case) -> Iterable[str]:
    if granted.relation == "lead":
        return () if case.lead is None else (desk_for_party(role, case.lead),)
    if granted.relation == "supporting":
        return (desk_for_party(role, party) for party in case.supporting)
    return (desk_in_grid(role, grid) for grid in case.path)
