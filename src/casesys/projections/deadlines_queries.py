"""What is asked of the deadlines: pages of clocks, the soonest first, of what the reader may know, and what time is due for."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from operator import itemgetter

import msgspec

from casesys.domain.register.knowledge import Sight
from casesys.domain.vocabulary import Stage, Track
from casesys.domain.working_time.zone import instant, ticks
from casesys.projections.contract import Value
from casesys.projections.matters import admission, read
from casesys.projections.moments import shown, shown_if_any
from casesys.projections.paging import Page
from casesys.projections.places import BEYOND
from casesys.projections.walking import LOOKED_AT_MOST, Row, along, gathered, to_walk


class DeadlineFilter(msgspec.Struct, frozen=True):
    """Which clocks are wanted. What is None does not restrict.

    `windows` wants only deadlines (false) or only windows (true). `overdue` ones are deadlines that were missed and are not
    provisional. `grid` means the grid and all below.
    """

    clock: str | None = None
    windows: bool | None = None
    overdue: bool | None = None
    suspended: bool | None = None
    due_since: datetime | None = None
    due_until: datetime | None = None
    stage: Stage | None = None
    track: Track | None = None
    priority: int | None = None
    grid: str | None = None
    lead: str | None = None


class DeadlineRow(msgspec.Struct, frozen=True):
    """A clock of an open case, running under a clause of its charter.

    It has run since `started_at`, for `amount` and `extended` units of a calendar ("" for none), and runs out at `due_at`: None while
    it is suspended or no calendar says when. A `window` only closes; by a deadline something has to be done. A `provisional` one rests
    on days that nobody has announced yet.
    """

    case_id: str
    title: str
    stage: str
    status: str
    track: str | None
    priority: int
    lead: str | None
    clock: str
    clause: str
    amount: int
    unit: str
    calendar: str
    extended: int
    case_type: str
    category: str
    path: tuple[str, ...]
    window: bool
    started_at: datetime
    due_at: datetime | None
    overdue: bool
    provisional: bool
    suspended: bool


_COLUMNS = (
    *("case_id", "title", "stage", "status", "track", "priority", "lead", "clock", "clause"),
    *("amount", "unit", "calendar", "extended"),
    *("is_window", "started_at", "due_at", "provisional", "suspended", "matter"),
)
"""Those before `is_window` are shown as they are kept."""

_AT = {column: index for index, column in enumerate(_COLUMNS, 3)}
"""Where a column stands in a row, behind the three of the sort key: when it is due, the case, the clock."""

_EQUAL = {
    "windows": _AT["is_window"],
    **{each: _AT[each] for each in ("clock", "suspended", "stage", "track", "priority", "lead")},
}
"""What a filter asks to be equal, and where it stands in a row."""

_LISTED = (
    f"SELECT p.due_at, p.born, p.clock, {', '.join(f'd.{column}' for column in _COLUMNS)}"  # noqa: S608 - of constants alone
    " FROM deadline_place p CROSS JOIN deadline d ON d.born = p.born AND d.clock = p.clock"
    " WHERE p.place = :place AND (p.due_at, p.born, p.clock) > (:due, :born, :clock) AND p.due_at < :until"
    f" ORDER BY p.due_at, p.born, p.clock LIMIT {LOOKED_AT_MOST}"
)
_DUE = "SELECT case_id FROM deadline_case WHERE next_at <= ? ORDER BY next_at, born LIMIT ?"
_NEXT = "SELECT min(next_at) FROM deadline_case"


def page(  # noqa: PLR0913 - who asks, what for, as of when, and where the page begins
    db: sqlite3.Connection,
    held: Sequence[Sight],
    wanted: DeadlineFilter,
    *,
    now: datetime,
    after: tuple[Value, ...] | None,
    limit: int,
) -> Page[DeadlineRow]:
    """Give the clocks that somebody may know of those wanted; the sort key is two integers and the clock's code."""
    moment = ticks(now)
    until = BEYOND + 1 if wanted.due_until is None else ticks(wanted.due_until)
    since = -1 if wanted.due_since is None else ticks(wanted.due_since)
    due, born, clock = after or (since, -1, "")
    given = {"due": due, "born": born, "clock": clock}
    given["until"] = min(until, moment) if wanted.overdue else until
    places = to_walk(held, wanted.grid, wanted.lead)
    rows = along(db, _LISTED, [{**given, "place": place} for place in places], 3, down=False)
    admits = _admits(held, wanted, moment)
    return gathered(rows, admits, lambda row: _item(row, moment), itemgetter(0, 1, 2), limit)


def due_cases(db: sqlite3.Connection, now: datetime, limit: int) -> list[str]:
    """Give at most so many cases for which time should have brought something about by now, those that wait longest first."""
    return [case_id for (case_id,) in db.execute(_DUE, (ticks(now), limit))]


def next_due(db: sqlite3.Connection) -> datetime | None:
    """Give the instant at which time will bring something about for the next case; it may have passed. None if for no case."""
    (next_at,) = db.execute(_NEXT).fetchone()
    return None if next_at is None else instant(next_at)


def _admits(held: Sequence[Sight], wanted: DeadlineFilter, now: int) -> Callable[[Row], bool]:
    """Say of a row whether it is wanted and may be known of."""
    asked_for = ((index, getattr(wanted, name)) for name, index in _EQUAL.items())
    equal = [(index, value) for index, value in asked_for if value is not None]
    known, matter = admission(held, grid=wanted.grid), _AT["matter"]

    def admits(row: Row) -> bool:
        return (
            all(row[index] == value for index, value in equal)
            and wanted.overdue in {None, _is_overdue(row, now)}
            and known(row[matter])
        )

    return admits


def _is_overdue(row: Row, now: int) -> bool:
    return row[0] < now and not row[_AT["is_window"]] and not row[_AT["provisional"]]


def _item(row: Row, now: int) -> DeadlineRow:
    window, started_at, due_at, provisional, suspended, matter = row[_AT["is_window"] :]
    of_case = read(matter)
    values: Row = (
        *row[_AT["case_id"] : _AT["is_window"]],
        of_case.case_type,
        of_case.category,
        of_case.path,
        bool(window),
        shown(started_at),
        shown_if_any(due_at),
        _is_overdue(row, now),
        bool(provisional),
        bool(suspended),
    )
    return DeadlineRow(*values)
