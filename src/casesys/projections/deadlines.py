"""The clocks of all open cases: when each runs out, and which cases time will bring something about for next.

A deadline is never stored in the log; here it is worked out from the ledger of the clock and the adopted calendar whenever the case
goes on or another edition of the calendar is adopted.
"""

from collections.abc import Iterator

from casesys.domain.processes.deadlines import next_at
from casesys.domain.working_time.zone import ticks
from casesys.projections.cases import CaseNow
from casesys.projections.contract import Batch, Rows, Table, Value
from casesys.projections.dues import Due, calendars
from casesys.projections.moments import kept, kept_if_any
from casesys.projections.places import BEYOND

CLOCKS = Table(
    "deadline",
    "born INTEGER NOT NULL, clock TEXT NOT NULL, case_id TEXT NOT NULL, title TEXT NOT NULL, stage TEXT NOT NULL,"
    " status TEXT NOT NULL, track TEXT, priority INTEGER NOT NULL, lead TEXT, clause TEXT NOT NULL, is_window INTEGER NOT NULL,"
    " started_at TEXT NOT NULL, amount INTEGER NOT NULL, unit TEXT NOT NULL, calendar TEXT NOT NULL, extended INTEGER NOT NULL,"
    " due_at TEXT, provisional INTEGER NOT NULL, suspended INTEGER NOT NULL, matter TEXT NOT NULL, PRIMARY KEY (born, clock)",
)
"""`born` is the position of a case's first event. Instants are `moments`; `due_at` is null while it cannot be told."""

PLACES = Table(
    "deadline_place",
    "born INTEGER NOT NULL, place TEXT NOT NULL, due_at INTEGER NOT NULL, clock TEXT NOT NULL, PRIMARY KEY (born, place, clock)",
    ("place, due_at, born, clock",),
)

CASES = Table(
    "deadline_case",
    "born INTEGER PRIMARY KEY, case_id TEXT NOT NULL, calendars TEXT NOT NULL, next_at INTEGER",
    ("next_at",),
)
"""`next_at` is the instant, in `ticks`, at which time alone brings something about if nothing else happens; null if never."""


class Deadlines:
    """Follows the clocks of each case."""

    name = "deadlines"
    revision = 3
    tables = (CLOCKS, PLACES, CASES)
    by_calendar = CASES.name

    def changes(self, batch: Batch) -> Iterator[Rows]:
        """Work out the clocks of the cases of a batch."""
        for now in batch.cases.values():
            yield from _rows(now)


DEADLINES = Deadlines()


def _rows(now: CaseNow) -> Iterator[Rows]:
    running = now.running
    yield Rows(CLOCKS.name, now.born, [_clock(now, due) for due in running])
    yield Rows(
        PLACES.name,
        now.born,
        [(now.born, place, _sorted_at(due), due.clock) for due in running for place in now.places],
    )
    case = (now.born, now.case.case_id, calendars(running), _next_at(now))
    yield Rows(CASES.name, now.born, (case,) if running else ())


def _clock(now: CaseNow, due: Due) -> tuple[Value, ...]:
    case, start = now.case, due.running.start
    return (
        now.born,
        due.clock,
        case.case_id,
        case.title,
        case.stage,
        case.status,
        case.track,
        case.priority,
        case.lead,
        due.running.clause,
        due.window,
        kept(due.running.started_at),
        start.amount,
        start.unit,
        start.calendar,
        sum(due.running.extensions),
        kept_if_any(due.due_at),
        due.provisional,
        due.suspended,
        now.matter,
    )


def _sorted_at(due: Due) -> int:
    """Give where a clock stands in the lists: behind all others while it cannot be told when it runs out."""
    return BEYOND if due.due_at is None else ticks(due.due_at)


def _next_at(now: CaseNow) -> int | None:
    """Give when a tick has something to do for a case; never as long as a calendar that it counts in is not adopted."""
    if any(due.due_at is None and not due.suspended for due in now.running):
        return None
    first = next_at(now.case, now.charter, now.world, now.settled_at)
    return None if first is None else ticks(first)
