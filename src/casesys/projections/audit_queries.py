"""What is asked of the audit trail: pages of events, newest or oldest first, of what the reader may know.

One condition leads along an index in the order of the log; the others are looked at row by row. Instants of recording are found in
the order of the log, too, because recording never runs backwards.
"""

import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from heapq import merge
from operator import itemgetter

import msgspec

from casesys.domain.cases.state import case_stream
from casesys.domain.register.authority import OPERATOR
from casesys.domain.register.knowledge import KnownMatter, Sight, may_know
from casesys.domain.working_time.zone import instant, ticks
from casesys.projections.audit_trail import kind_place
from casesys.projections.contract import Value
from casesys.projections.matters import admission, read
from casesys.projections.paging import Page
from casesys.projections.walking import LOOKED_AT_MOST, Row, gathered

_COLUMNS = (
    *("position", "event_id", "stream", "version", "type", "schema_v", "actor_id", "actor_role"),
    *("mandate_id", "on_behalf_of", "channel", "client_id", "command", "clause", "charter_version"),
    *("causation_id", "correlation_id", "reason_code", "recorded_at", "decided_at", "effective_at"),
    "path",
)
_AT = {column: index for index, column in enumerate((*_COLUMNS, "matter"))}
_LEADING = ("stream", "actor_id", "clause", "command", "type", "actor_role")
"""The columns that can lead a query, those that leave the fewest events first."""
_FOLLOWING = ("schema_v", "mandate_id", "on_behalf_of", "client_id")
"""The columns that are looked at row by row."""

_BEHIND = {
    "whole": ("audit_event e", "1", "e.position"),
    "place": (
        "audit_place p CROSS JOIN audit_event e ON e.position = p.position",
        "p.place = :value",
        "p.position",
    ),
    **{column: ("audit_event e", f"e.{column} = :value", "e.position") for column in _LEADING},
}
QUERIES: Mapping[tuple[str, bool], str] = {
    (leading, newest): (
        f"SELECT {', '.join('e.' + column for column in _COLUMNS)}, m.matter"  # noqa: S608 - of constants alone
        f" FROM {source} LEFT JOIN audit_case m ON m.stream = e.stream"
        f" WHERE {condition} AND {position} > :low AND {position} < :high"
        f" ORDER BY {position} {'DESC' if newest else 'ASC'} LIMIT {LOOKED_AT_MOST}"
    )
    for leading, (source, condition, position) in _BEHIND.items()
    for newest in (True, False)
}
"""The query that each column, place or nothing leads, newest or oldest first."""

_FIRST = "SELECT path FROM audit_event ORDER BY position LIMIT 1"
_LAST = "SELECT max(position) FROM audit_event"
_RECORDED = "SELECT recorded_at FROM audit_event WHERE position >= ? ORDER BY position LIMIT 1"
_MATTER = "SELECT matter FROM audit_case WHERE stream = ?"
_READERS = "SELECT grid, roles FROM audit_reader WHERE since <= ? ORDER BY since, rowid"

_BEYOND = 2**62
"""No log gets so far."""


class AuditFilter(msgspec.Struct, frozen=True):
    """Which events are wanted, and in which order. What is None does not restrict.

    `kind` is that of the stream (`case`, `person`, `grid`, …), `type` an event's, with its version or without (`case-accepted.v1`,
    `case-accepted` for all of them), `command` a command's type, and its first event is meant. `grid` means the grid and all below.
    Recorded from `recorded_since` until before `recorded_until`; at the positions from `first` to `last`.
    """

    actor_id: str | None = None
    case_id: str | None = None
    kind: str | None = None
    type: str | None = None
    command: str | None = None
    clause: str | None = None
    role: str | None = None
    mandate_id: str | None = None
    on_behalf_of: str | None = None
    client_id: str | None = None
    grid: str | None = None
    recorded_since: datetime | None = None
    recorded_until: datetime | None = None
    first: int | None = None
    last: int | None = None
    newest_first: bool = True


class AuditRow(msgspec.Struct, frozen=True):
    """One event. `type` is the name it is stored under; `command` stands on a command's first event only.

    `stream` is named as in the log, but for an API key's, which shows the beginning of its hash. `grid` is where the event belongs.
    """

    position: int
    event_id: str
    command_id: str
    stream: str
    version: int
    type: str
    grid: str
    actor_id: str
    actor_role: str
    mandate_id: str | None
    on_behalf_of: str | None
    channel: str
    client_id: str
    command: str | None
    clause: str | None
    charter_version: str | None
    causation_id: str | None
    correlation_id: str | None
    reason_code: str | None
    recorded_at: datetime
    decided_at: datetime
    effective_at: datetime


def page(  # noqa: PLR0913 - who asks, what for, as of when, and where the page begins
    db: sqlite3.Connection,
    held: Sequence[Sight],
    wanted: AuditFilter,
    *,
    at: datetime,
    after: tuple[Value, ...] | None,
    limit: int,
) -> Page[AuditRow]:
    """Give the events that somebody may read of those wanted; the sort key is the position.

    `at` is the instant whose charters say who reads the register. Of one case that they may not know of, there is nothing at once: a
    page without items that is not the last would tell how much there is.
    """
    if wanted.case_id is not None and not _knows(db, held, wanted.case_id):
        return Page((), None)
    low, high = _span(db, wanted, after)
    rows = _rows(db, held, wanted, {"low": low, "high": high})
    return gathered(rows, _admits(db, held, wanted, at), _item, itemgetter(slice(1)), limit)


def _knows(db: sqlite3.Connection, held: Sequence[Sight], case_id: str) -> bool:
    matter = db.execute(_MATTER, (case_stream(case_id),)).fetchone()
    return matter is not None and admission(held)(matter[0])


def _equal(wanted: AuditFilter) -> dict[str, str | int]:
    """Give the columns that must have a value, those first that can lead best."""
    case = None if wanted.case_id is None else case_stream(wanted.case_id)
    kind, _, version = (wanted.type or "").partition(".v")
    values = (
        *(case, wanted.actor_id, wanted.clause),
        *(wanted.command, kind or None, wanted.role),
        *(int(version) if version else None, wanted.mandate_id),
        *(wanted.on_behalf_of, wanted.client_id),
    )
    columns = (*_LEADING, *_FOLLOWING)
    return {c: v for c, v in zip(columns, values, strict=True) if v is not None}


def _span(
    db: sqlite3.Connection, wanted: AuditFilter, after: tuple[Value, ...] | None
) -> tuple[int, int]:
    """Give the positions between which the page lies, both exclusive."""
    low, high = (wanted.first or 1) - 1, _BEYOND if wanted.last is None else wanted.last + 1
    if wanted.recorded_since is not None:
        low = max(low, _recorded_before(db, wanted.recorded_since))
    if wanted.recorded_until is not None:
        high = min(high, _recorded_before(db, wanted.recorded_until) + 1)
    if after is not None:
        (position,) = after
        assert isinstance(position, int)
        low, high = (low, min(high, position)) if wanted.newest_first else (position, high)
    return low, high


def _recorded_before(db: sqlite3.Connection, moment: datetime) -> int:
    """Give the position of the last event recorded before an instant, by bisection of the log."""

    def recorded_at(position: int) -> int:
        return int(db.execute(_RECORDED, (position,)).fetchone()[0])

    last: int = db.execute(_LAST).fetchone()[0] or 0
    return bisect_left(range(1, last + 1), ticks(moment), key=recorded_at)


def _rows(
    db: sqlite3.Connection, held: Sequence[Sight], wanted: AuditFilter, span: dict[str, int]
) -> Iterator[Row]:
    """Go along what leaves the fewest events: a column, a kind, the wanted grid, or the grids that the reader looks into."""

    def along(leading: str, value: str | int | None = None) -> Iterator[Row]:
        query = QUERIES[leading, wanted.newest_first]
        return iter(db.execute(query, span | {"value": value}))

    first = db.execute(_FIRST).fetchone()
    root = None if first is None else first[0]
    grids = {sight.grid for sight in held} if wanted.grid is None else {wanted.grid}
    column, value = next(iter(_equal(wanted).items()), (None, None))
    if column in _LEADING:
        return along(column, value)
    if wanted.kind not in {None, "case"}:
        return along("place", kind_place(str(wanted.kind)))
    if root in grids:
        return along("whole")
    places = (along("place", grid) for grid in sorted(grids))
    return merge(*places, key=itemgetter(0), reverse=wanted.newest_first)


def _admits(
    db: sqlite3.Connection, held: Sequence[Sight], wanted: AuditFilter, at: datetime
) -> Callable[[Row], bool]:
    """Say of a row whether it is wanted and may be read."""
    equal = [(_AT[column], value) for column, value in _equal(wanted).items()]
    kind = None if wanted.kind is None else kind_place(wanted.kind)
    of_case = admission(held, grid=wanted.grid)
    of_register = _reads_register(db, held, wanted.grid, at)
    stream, path, matter = _AT["stream"], _AT["path"], _AT["matter"]

    def admits(row: Row) -> bool:
        return (
            all(row[index] == value for index, value in equal)
            and (kind is None or kind_place(row[stream]) == kind)
            and (of_case(row[matter]) if row[path] is None else of_register(row[path]))
        )

    return admits


def _reads_register(
    db: sqlite3.Connection, held: Sequence[Sight], grid: str | None, at: datetime
) -> Callable[[str], bool]:
    """Say of a place whether what happened in its register may be read, by the charter in force there at an instant."""
    readers = dict(db.execute(_READERS, (ticks(at),)))
    # No party takes part in the register; whoever keeps it does, for whom they may.
    held = [s._replace(principal=None) if s.role == OPERATOR else s for s in held]

    @cache
    def admits(text: str) -> bool:
        path = tuple(text.split())
        roles = next((readers[each] for each in reversed(path) if each in readers), "")
        matter = KnownMatter(path, "", "", frozenset((OPERATOR, *roles.split())))
        return may_know(held, matter) and (grid is None or grid in path)

    return admits


def _item(row: Row) -> AuditRow:
    of = dict(zip(_AT, row, strict=True))
    path, matter = of.pop("path"), of.pop("matter")
    of["grid"] = read(matter).path[-1] if path is None else path.split()[-1]
    of["command_id"] = of["event_id"].rpartition(".")[0]
    of["type"] = f"{of['type']}.v{of.pop('schema_v')}"
    for column in ("recorded_at", "decided_at", "effective_at"):
        of[column] = instant(of[column])
    return AuditRow(**of)
