"""Which cases a statistic is about: those the reader may know, of the wanted place, matter and time, as one table to count from."""

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

import msgspec

from casesys.domain.register.knowledge import Sight
from casesys.domain.working_time import Zone
from casesys.domain.working_time.zone import BEGINNING, FOREVER, instant, ticks
from casesys.projections.matters import admission, admitted

ENDED_AT = """
CASE c.stage WHEN 'closed' THEN (
    SELECT m.at FROM statistics_move m WHERE m.case_id = c.case_id ORDER BY m.position DESC LIMIT 1
) END
"""
"""When a case ended: a closed one when it last came into that stage."""

CHOSEN = f"""
WITH facts AS (
    SELECT c.*, {ENDED_AT} AS ended_at FROM statistics_case c
    WHERE c.matter IN (SELECT value FROM json_each(:matters)) OR c.case_id IN (
        SELECT p.case_id FROM json_each(:theirs) t
        CROSS JOIN statistics_party p ON p.party = t.value ->> 0 AND p.matter = t.value ->> 1
    )
), chosen AS (
    SELECT * FROM facts
    WHERE collected_at >= :collected_since AND collected_at < :collected_until
    AND (:any_end OR (ended_at >= :closed_since AND ended_at < :closed_until))
)
"""  # noqa: S608 - of constants alone
"""The chosen cases as the table `chosen`: of `matters`, or of `theirs`, which are pairs of a party that takes part and a matter."""

FOLLOWING_MATTER = "SELECT min(matter) FROM statistics_case WHERE matter > ?"
FOLLOWING_OF_PARTY = "SELECT min(matter) FROM statistics_party WHERE party = ? AND matter > ?"

Parameters = dict[str, int | str | None]


class Period(NamedTuple):
    """From an instant until before another; None is without bound."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def bounds(self) -> tuple[int, int]:
        """The same in microseconds."""
        since = BEGINNING if self.since is None else ticks(self.since)
        return since, FOREVER if self.until is None else ticks(self.until)


ALWAYS = Period()


class StatisticsFilter(msgspec.Struct, frozen=True):
    """Which cases are wanted; what is left empty does not restrict. `grid` means the grid and all below.

    `called_back` is for metrics alone: they count the callbacks of that time.
    """

    grid: str | None = None
    case_types: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    collected: Period = ALWAYS
    closed: Period = ALWAYS
    called_back: Period = ALWAYS


EVERYTHING = StatisticsFilter()


def days(first: date, end: date, zone: Zone) -> Period:
    """Give the time from the beginning of one local day until that of another."""
    since, until = (instant(zone.start_of(day.toordinal())) for day in (first, end))
    return Period(since, until)


def parameters(
    db: sqlite3.Connection, held: Sequence[Sight] | None, wanted: StatisticsFilter
) -> Parameters:
    """Give what `CHOSEN` asks for. `held` are the reader's sights; None stands for whoever has the store itself before them."""
    wanted_of = partial(
        admission, grid=wanted.grid, case_types=wanted.case_types, categories=wanted.categories
    )
    for_all = None if held is None else [sight for sight in held if sight.principal is None]
    for_party: defaultdict[str, list[Sight]] = defaultdict(list)
    for sight in held or ():
        if sight.principal is not None:
            for_party[sight.principal].append(sight._replace(principal=None))
    matters = list(admitted(db, FOLLOWING_MATTER, wanted_of(for_all)))
    theirs = [
        (party, matter)
        for party, sights in for_party.items()
        for matter in admitted(db, FOLLOWING_OF_PARTY, wanted_of(sights), party)
    ]
    collected_since, collected_until = wanted.collected.bounds
    closed_since, closed_until = wanted.closed.bounds
    return {
        "matters": msgspec.json.encode(matters).decode(),
        "theirs": msgspec.json.encode(theirs).decode(),
        "collected_since": collected_since,
        "collected_until": collected_until,
        "any_end": wanted.closed == ALWAYS,
        "closed_since": closed_since,
        "closed_until": closed_until,
    }
