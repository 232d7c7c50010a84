"""What is asked of the case board: pages of cases in several orders, filtered and searched, of what the reader may know."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

import msgspec

from casesys.domain.register.knowledge import Sight
from casesys.domain.vocabulary import Stage, Status, Track
from casesys.domain.working_time.zone import ticks
from casesys.projections.board import BoardCase
from casesys.projections.contract import Value
from casesys.projections.matters import admission
from casesys.projections.moments import kept, kept_if_any
from casesys.projections.paging import Page
from casesys.projections.places import BEYOND, party_place
from casesys.projections.walking import LOOKED_AT_MOST, Row, along, gathered, to_walk
from casesys.projections.words import asked, place_word

FILTERS_KEPT = 500
"""How many filters are known by heart: most are asked for again and again."""


class Order(StrEnum):
    """In which order cases are listed. By `due`, only those with a deadline that is known."""

    NEWEST = "newest"
    OLDEST = "oldest"
    CHANGED = "changed"
    DUE = "due"


class BoardFilter(msgspec.Struct, frozen=True):
    """Which cases are wanted. What is None does not restrict.

    `query` is searched for among public words, and orders what it finds by itself: cases whose id or number in their source it is,
    then the newest entered. `category` and `grid` mean those below, too. `party` has anything to do with the case, `lead` leads it.
    `overdue` ones have missed a deadline that is not provisional. Collected from `collected_since` until before `collected_until`.
    """

    query: str | None = None
    open: bool | None = None
    overdue: bool | None = None
    stage: Stage | None = None
    status: Status | None = None
    track: Track | None = None
    procedure: str | None = None
    direct: bool | None = None
    priority: int | None = None
    case_type: str | None = None
    category: str | None = None
    result: str | None = None
    visibility: str | None = None
    grid: str | None = None
    lead: str | None = None
    party: str | None = None
    collected_since: datetime | None = None
    collected_until: datetime | None = None
    order: Order = Order.NEWEST


class BoardRow(BoardCase, frozen=True):
    """A case as it stands, and whether its deadline has been missed at the instant at which one asks; a provisional one is not."""

    overdue: bool


_EQUAL = (
    *("stage", "status", "track", "procedure", "direct", "priority"),
    *("case_type", "result", "visibility", "lead"),
)
"""What a filter asks to be equal."""

_OVERDUE = "coalesce(b.due_at < :now AND NOT b.provisional, 0)"
"""Whether a deadline has been missed at the instant `now`."""

_SHOWN = ("matter", "told")
_SIFTED = (*_EQUAL, "category", "category_above", "collected_at", "case_id", "source_ref")
"""What is looked at only where something beside place, time and knowledge is asked: half the price of a page is fetching columns."""

_AT = {column: index for index, column in enumerate(("overdue", *_SHOWN, *_SIFTED), 2)}
"""Where a column stands in a row, behind the two of the sort key."""

_SIFTS = (*_EQUAL, "category", "open", "collected_since", "collected_until")
"""The fields of a filter that need them."""


def _selected(columns: Sequence[str]) -> str:
    return ", ".join((_OVERDUE, *(f"b.{column}" for column in columns)))


_ALL = _selected((*_SHOWN, *_SIFTED))


class _Walk(NamedTuple):
    """A way through the lists: by which column, and whether downwards."""

    column: str
    down: bool


_WALKS: Mapping[Order, _Walk] = {
    Order.NEWEST: _Walk("collected_at", down=True),
    Order.OLDEST: _Walk("collected_at", down=False),
    Order.CHANGED: _Walk("position", down=True),
    Order.DUE: _Walk("due_at", down=False),
}


def _listing(walk: _Walk, *, one_kind: bool, sifted: bool) -> str:
    """Give the query of a walk, over all cases of a place or only the open ones, or the closed; with all columns if it is sifted."""
    key = f"p.{walk.column}"
    beyond, until, way = ("<", ">=", "DESC") if walk.down else (">", "<=", "ASC")
    kind = " AND p.open = :open" if one_kind else ""
    columns = _ALL if sifted else _selected(_SHOWN)
    return (
        f"SELECT {key}, p.born, {columns} FROM board_place p CROSS JOIN board b ON b.born = p.born"  # noqa: S608 - of constants alone
        f" WHERE p.place = :place{kind} AND ({key}, p.born) {beyond} (:key, :born) AND {key} {until} :until"
        f" ORDER BY {key} {way}, p.born {way} LIMIT {LOOKED_AT_MOST}"
    )


_LISTED: Mapping[tuple[Order, bool, bool], str] = {
    (order, one_kind, sifted): _listing(walk, one_kind=one_kind, sifted=sifted)
    for order, walk in _WALKS.items()
    for one_kind in (False, True)
    for sifted in (False, True)
    if not one_kind or walk.column == "collected_at"
}
"""The query of each order; those by collection also of open or closed cases alone. Other orders begin with open cases anyhow."""

_FOUND = (
    f"SELECT w.rowid, w.rowid, {_ALL} FROM board_words w CROSS JOIN board b ON b.born = w.rowid"  # noqa: S608 - of constants alone
    f" WHERE board_words MATCH :words AND w.rowid < :born ORDER BY w.rowid DESC LIMIT {LOOKED_AT_MOST}"
)
_NAMED = (
    f"SELECT {BEYOND} + b.born, b.born, {_ALL} FROM board b WHERE b.case_id = :query OR b.source_ref = :query"  # noqa: S608 - of constants alone
    f" ORDER BY b.born DESC LIMIT {LOOKED_AT_MOST}"
)
_CONCERNED = "SELECT 1 FROM board_place WHERE born = ? AND place = ?"


def page(  # noqa: PLR0913 - who asks, what for, as of when, and where the page begins
    db: sqlite3.Connection,
    held: Sequence[Sight],
    wanted: BoardFilter,
    *,
    now: datetime,
    after: tuple[Value, ...] | None,
    limit: int,
) -> Page[msgspec.Raw]:
    """Give the cases that somebody may know of those wanted, each a `BoardRow` in JSON; the sort key has two integers."""
    admits = _admits(held, wanted)
    if wanted.query is None:
        rows = _listed(db, held, wanted, after, now)
    else:
        query = wanted.query.strip()
        rows = _found(db, held, query, after, now)
        admits = _admits_found(db, query, wanted.party, admits)
    return gathered(rows, admits, _item, _KEY, limit)


def _listed(
    db: sqlite3.Connection,
    held: Sequence[Sight],
    wanted: BoardFilter,
    after: tuple[Value, ...] | None,
    now: datetime,
) -> Iterator[Row]:
    """Go along the lists of the places that lead."""
    walk, kinds = _WALKS[wanted.order], _kinds(wanted)
    low, high = _span(wanted, now)
    key, born = after or ((high, BEYOND) if walk.down else (low, -1))
    given = {"key": key, "born": born, "until": low if walk.down else high, "now": kept(now)}
    if len(kinds) == 1:
        given["open"] = kinds[0]
    places = to_walk(held, wanted.grid, wanted.party or wanted.lead) if kinds else ()
    one_kind = len(kinds) == 1 and walk.column == "collected_at"
    query = _LISTED[wanted.order, one_kind, _is_sifted(wanted)]
    return along(db, query, [{**given, "place": place} for place in places], 2, down=walk.down)


@lru_cache(maxsize=FILTERS_KEPT)
def _is_sifted(wanted: BoardFilter) -> bool:
    return any(getattr(wanted, field) is not None for field in _SIFTS)


def _span(wanted: BoardFilter, now: datetime) -> tuple[int, int]:
    """Give the sort keys between which all that is wanted lies, both inclusive."""
    low, high = 0, BEYOND
    if _WALKS[wanted.order].column == "collected_at":
        low = low if wanted.collected_since is None else ticks(wanted.collected_since)
        high = high if wanted.collected_until is None else ticks(wanted.collected_until) - 1
    elif wanted.order is Order.DUE and wanted.overdue:
        high = ticks(now) - 1
    return low, high


@lru_cache(maxsize=FILTERS_KEPT)
def _kinds(wanted: BoardFilter) -> tuple[bool, ...]:
    """Say whether open cases (true) can be among those wanted, and closed ones (false)."""
    return tuple(
        is_open
        for is_open in (True, False)
        if wanted.open in {None, is_open}
        and (wanted.stage is None or (wanted.stage != Stage.CLOSED) is is_open)
        and (wanted.status is None or (wanted.status != Status.CLOSED) is is_open)
        and (is_open or not wanted.overdue)
    )


def _found(
    db: sqlite3.Connection,
    held: Sequence[Sight],
    query: str,
    after: tuple[Value, ...] | None,
    now: datetime,
) -> Iterator[Row]:
    """Search: first what bears the query as its name, then what has its words and lies where the reader looks."""
    rank = 2 * BEYOND if after is None else after[0]
    assert isinstance(rank, int)
    moment = kept(now)
    by_name = {"query": query, "now": moment}
    named = db.execute(_NAMED, by_name).fetchall() if query.isprintable() else []
    words, places = asked(query), " OR ".join(sorted({place_word(sight.grid) for sight in held}))
    found: Iterator[Row] = iter(())
    if words is not None and places:
        given = {"words": f"({words}) AND ({places})", "born": min(rank, BEYOND), "now": moment}
        found = iter(db.execute(_FOUND, given))
    return chain((row for row in named if row[0] < rank), found)


def _admits_found(
    db: sqlite3.Connection, query: str, party: str | None, admits: Callable[[Row], bool]
) -> Callable[[Row], bool]:
    """Say of a row whether, beside that, it was not found by its name before, and has to do with a party, if one is wanted."""
    case_id, source_ref = _AT["case_id"], _AT["source_ref"]

    def concerned(row: Row) -> bool:
        if party is None:
            return True
        return db.execute(_CONCERNED, (row[1], party_place(party))).fetchone() is not None

    def admits_found(row: Row) -> bool:
        by_words = row[0] < BEYOND
        again = by_words and query in {row[case_id], row[source_ref]}
        return not again and admits(row) and concerned(row)

    return admits_found


def _admits(held: Sequence[Sight], wanted: BoardFilter) -> Callable[[Row], bool]:
    """Say of a row whether it is wanted and may be known of."""
    known, matter, overdue = admission(held, grid=wanted.grid), _AT["matter"], _AT["overdue"]
    sifts = _sieve(wanted) if _is_sifted(wanted) else None
    if sifts is None and wanted.overdue is None:
        return lambda row: known(row[matter])

    def admits(row: Row) -> bool:
        return (
            known(row[matter])
            and (sifts is None or sifts(row))
            and (wanted.overdue is None or wanted.overdue == row[overdue])
        )

    return admits


def _sieve(wanted: BoardFilter) -> Callable[[Row], bool]:
    """Say of a row with all columns whether it has what is asked of them."""
    asked_for = ((_AT[column], getattr(wanted, column)) for column in _EQUAL)
    equal = [(index, value) for index, value in asked_for if value is not None]
    since, until = kept_if_any(wanted.collected_since), kept_if_any(wanted.collected_until)
    stage, category, above = _AT["stage"], _AT["category"], _AT["category_above"]
    collected_at = _AT["collected_at"]

    def sifts(row: Row) -> bool:
        return (
            all(row[index] == value for index, value in equal)
            and wanted.category in {None, row[category], row[above]}
            and wanted.open in {None, row[stage] != Stage.CLOSED}
            and (since is None or row[collected_at] >= since)
            and (until is None or row[collected_at] < until)
        )

    return sifts


_KEY = itemgetter(0, 1)
_TOLD = itemgetter(_AT["told"], _AT["overdue"])
_ENDS = (b',"overdue":false}', b',"overdue":true}')


def _item(row: Row) -> msgspec.Raw:
    told, overdue = _TOLD(row)
    return msgspec.Raw(told + _ENDS[overdue])
