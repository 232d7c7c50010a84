"""What is asked of the register: how it stood at an instant, kind by kind, as far as a position of the log knew."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from casesys.domain.register.authority import OPERATOR
from casesys.domain.register.knowledge import Sight
from casesys.domain.working_time import Zone
from casesys.domain.working_time.zone import UTC_ZONE, instant, ticks
from casesys.projections.contract import Value
from casesys.projections.paging import Page
from casesys.projections.register_facts import (
    OF_OPERATORS,
    OF_PEOPLE,
    Fact,
    Kind,
    RegisterFact,
)
from casesys.projections.walking import LOOKED_AT_MOST, Row, gathered

_LATER = (
    "l.kind = r.kind AND l.subject = r.subject AND (l.rank, l.position) > (r.rank, r.position)"
    " AND l.position <= :known"
)
STOOD = f"""
SELECT r.subject, r.path, r.since, r.until, r.fact, r.position, r.event_id, c.since, c.position, c.event_id
FROM register r LEFT JOIN register c ON c.kind = r.kind AND c.position = (
    SELECT l.position FROM register l WHERE {_LATER} ORDER BY l.rank, l.position LIMIT 1
)
WHERE r.position <= :known AND r.kind = :kind AND r.subject > :after AND r.subject >= :of AND r.subject < :beyond AND r.since <= :at
AND r.fact IS NOT NULL AND (r.until IS NULL OR r.until > :at)
AND NOT EXISTS (SELECT 1 FROM register l WHERE {_LATER} AND l.since <= :at)
ORDER BY r.subject LIMIT {LOOKED_AT_MOST}
"""  # noqa: S608 - of constants alone
"""The facts of a kind at an instant: begun, not over, and not changed by then, as far as was known at a position; and what changes
each next."""

ZONE = """
SELECT zone FROM register_zone
WHERE code = (SELECT code FROM register_zone ORDER BY position LIMIT 1) ORDER BY position DESC LIMIT 1
"""

_BEYOND = "\U0010ffff"
_NEWEST = 2**62
"""No name, and no position, gets so far."""

_fact = msgspec.json.Decoder(Fact)
_zone = msgspec.json.Decoder(Zone)


def at(  # noqa: PLR0913 - who asks, what for, as of when, and where the page begins
    db: sqlite3.Connection,
    held: Sequence[Sight],
    moment: datetime,
    kind: Kind,
    *,
    position: int | None = None,
    of: str | None = None,
    grid: str | None = None,
    after: tuple[Value, ...] | None,
    limit: int,
) -> Page[RegisterFact]:
    """Give the facts of a kind that held at an instant, by subject; with `position`, as they were known there, the same for ever.

    `of` asks for those of one subject (a grid's parties, a person's mandates), `grid` for those in a grid and below. Institutions
    are for everybody who has a mandate; what says something about persons, for those who have one over its grid; API keys, for its
    operators.
    """
    (subject,) = after or ("",)
    given = {
        "kind": kind.value,
        "after": subject,
        "of": of or "",
        "beyond": _BEYOND if of is None else f"{of}0",  # "0" follows the slash
        "at": ticks(moment),
        "known": _NEWEST if position is None else position,
    }
    readable = _readable(held, kind)

    def admits(row: Row) -> bool:
        path = row[1].split()
        return (
            readable(path)
            and (grid is None or grid in path)
            and (of is None or row[0] == of or row[0].startswith(f"{of}/"))
        )

    return gathered(db.execute(STOOD, given), admits, _item, lambda row: (row[0],), limit)


def home_zone(db: sqlite3.Connection) -> Zone:
    """Give the zone of the place: of the calendar that was adopted first, in its last edition; UTC before there is one."""
    row = db.execute(ZONE).fetchone()
    return UTC_ZONE if row is None else _zone.decode(row[0])


def _readable(held: Sequence[Sight], kind: Kind) -> Callable[[Sequence[str]], bool]:
    if kind not in OF_PEOPLE | OF_OPERATORS:
        return lambda _: bool(held)
    grids = {sight.grid for sight in held if kind not in OF_OPERATORS or sight.role == OPERATOR}
    return lambda path: not grids.isdisjoint(path)


def _item(row: Row) -> RegisterFact:
    subject, path, since, until, fact, *begun = row[:7]
    ends = [end for end in ((until, *begun), row[7:]) if end[0] is not None]
    end, ended_position, ended_event_id = min(ends, default=(None, None, None))
    return RegisterFact(
        subject=subject,
        grid=path.split()[-1],
        since=instant(since),
        until=None if end is None else instant(end),
        fact=_fact.decode(fact),
        position=begun[0],
        event_id=begun[1],
        ended_position=ended_position,
        ended_event_id=ended_event_id,
    )
