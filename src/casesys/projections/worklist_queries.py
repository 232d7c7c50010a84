"""What is asked of the worklist: what waits for somebody, the most urgent first, and why it waits for them.

First what is overdue or due soonest, then by priority, then what was collected first. Nobody is shown what they may not know of, nor
what the separation of duties keeps them from. Whoever has still to vote knows of that much: they were at the meeting.
"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from operator import itemgetter

import msgspec

from casesys.domain.register.authority import Standing, acts_for
from casesys.domain.register.knowledge import sights
from casesys.domain.register.state import Person
from casesys.domain.vocabulary import Stage
from casesys.domain.working_time.zone import ticks
from casesys.projections.contract import Value
from casesys.projections.matters import admission, read
from casesys.projections.moments import shown, shown_if_any
from casesys.projections.paging import Page
from casesys.projections.places import BEYOND
from casesys.projections.tasks import Seat, Task, seat_of, tasks
from casesys.projections.waits import Wait
from casesys.projections.walking import LOOKED_AT_MOST, Row, along, gathered
from casesys.projections.worklist import desk_for_party, desk_in_grid, desk_of_party, desk_of_voter


class WorklistFilter(msgspec.Struct, frozen=True):
    """Which of what waits is wanted. What is None does not restrict; `grid` means the grid and all below."""

    command: str | None = None
    grid: str | None = None
    case_type: str | None = None
    overdue: bool | None = None


class WorklistRow(msgspec.Struct, frozen=True):
    """A case and what in it waits for somebody. Codes are those of the vocabulary and of the charter.

    `due_at` is when the deadline `clock` runs out, the first of those that run; `overdue` says that it has, `provisional` that it
    rests on days nobody has announced.
    """

    case_id: str
    title: str
    stage: str
    status: str
    track: str | None
    lead: str | None
    version: int
    priority: int
    clock: str | None
    case_type: str
    category: str
    path: tuple[str, ...]
    supporting: tuple[str, ...]
    due_at: datetime | None
    overdue: bool
    provisional: bool
    collected_at: datetime
    changed_at: datetime
    tasks: tuple[Task, ...]


_KEY = ("due_at", "priority", "collected_at", "born")
_FIRST = (-1, 0, 0, 0)
_COLUMNS = (
    *("case_id", "title", "stage", "status", "track", "lead", "version", "priority", "clock"),
    *("supporting", "due_at", "provisional", "collected_at", "changed_at", "waits", "matter"),
)
"""Those before `supporting` are shown as they are kept."""

_AT = {column: index for index, column in enumerate(_COLUMNS, len(_KEY))}
"""Where a column stands in a row."""

_ORDER = ", ".join(f"d.{column}" for column in _KEY)
_LISTED = (
    f"SELECT {_ORDER}, {', '.join(f'w.{column}' for column in _COLUMNS)}"  # noqa: S608 - of constants alone
    " FROM worklist_desk d CROSS JOIN worklist w ON w.born = d.born"
    f" WHERE d.desk = :desk AND ({_ORDER}) > (:due_at, :priority, :collected_at, :born) AND d.due_at < :until"
    f" ORDER BY {_ORDER} LIMIT {LOOKED_AT_MOST}"
)

_STAGES = {stage.value: stage for stage in Stage}

_waits = msgspec.json.Decoder(tuple[Wait, ...])


def page(  # noqa: PLR0913 - who asks, what for, as of when, and where the page begins
    db: sqlite3.Connection,
    person: Person,
    wanted: WorklistFilter,
    *,
    now: datetime,
    after: tuple[Value, ...] | None,
    limit: int,
) -> Page[WorklistRow]:
    """Give what waits for somebody by the mandates that they hold; the sort key has four integers."""
    mine = _Mine(person, wanted, now)
    given = dict(zip(_KEY, after or _FIRST, strict=True))
    given["until"] = ticks(now) if wanted.overdue else BEYOND + 1
    lists = [{**given, "desk": desk} for desk in _desks(mine.seat)]
    rows = along(db, _LISTED, lists, len(_KEY), down=False)
    return gathered(rows, mine.admits, mine.item, itemgetter(0, 1, 2, 3), limit)


def _desks(seat: Seat) -> Sequence[str]:
    """Name the desks that somebody works at."""
    desks = {desk_of_voter(seat.person.person_id)}
    for mandate in seat.mandates:
        desks.add(desk_in_grid(mandate.role, mandate.grid))
        for party in acts_for(seat.person, mandate):
            desks |= {desk_for_party(mandate.role, party), desk_of_party(party)}
    return sorted(desks)


class _Mine:
    """What of the worklist is somebody's, as of an instant. What waits in a case is worked out once."""

    def __init__(self, person: Person, wanted: WorklistFilter, now: datetime) -> None:
        self.seat = seat_of(person, now)
        self._themselves = Seat(person, ())
        self._wanted = wanted
        self._now = now
        case_types = () if wanted.case_type is None else (wanted.case_type,)
        wanted_of = partial(admission, grid=wanted.grid, case_types=case_types)
        self._wanted_at_all = wanted_of(None)
        self._known = wanted_of(sights(person, now))
        self._tasks: dict[int, tuple[Task, ...]] = {}

    def admits(self, row: Row) -> bool:
        """Say whether something in a case waits for them, and they may know of it."""
        if self._wanted.overdue not in {None, self._is_overdue(row)}:
            return False
        return self._wanted_at_all(row[_AT["matter"]]) and bool(self._tasks_of(row))

    def _is_overdue(self, row: Row) -> bool:
        due_at: int = row[0]
        return due_at < ticks(self._now) and not row[_AT["provisional"]]

    def _tasks_of(self, row: Row) -> tuple[Task, ...]:
        found = self._tasks.get(row[3])
        if found is None:
            waiting = _waits.decode(row[_AT["waits"]])
            seat = self.seat if self._known(row[_AT["matter"]]) else self._themselves
            found = self._tasks[row[3]] = tuple(
                task
                for task in tasks(seat, waiting, _standing(row), self._now)
                if self._wanted.command in {None, task.command}
            )
        return found

    def item(self, row: Row) -> WorklistRow:
        """Give a case with what in it waits for them."""
        of = row[_AT["supporting"] :]
        supporting, due_at, provisional, collected_at, changed_at, _, matter = of
        of_case = read(matter)
        values: Row = (
            *row[_AT["case_id"] : _AT["supporting"]],
            of_case.case_type,
            of_case.category,
            of_case.path,
            tuple(supporting.split()),
            shown_if_any(due_at),
            self._is_overdue(row),
            bool(provisional),
            shown(collected_at),
            shown(changed_at),
            self._tasks_of(row),
        )
        return WorklistRow(*values)


def _standing(row: Row) -> Standing:
    matter = read(row[_AT["matter"]])
    return Standing(
        path=matter.path,
        stage=_STAGES[row[_AT["stage"]]],
        case_type=matter.case_type,
        category=matter.category,
        lead=row[_AT["lead"]],
        supporting=tuple(row[_AT["supporting"]].split()),
    )
