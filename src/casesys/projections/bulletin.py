"""The public bulletin: what residents may read of the cases whose level says so, redacted.

No names, no initiator, nobody who leads as a person; days, not instants. Cases of a shielded type are never in it. A case that is
made less public is out of it with the same event.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from casesys.domain.cases.events import DecisionPublished
from casesys.domain.cases.state import Case
from casesys.domain.register.events import BodyEstablished, OrganisationRegistered
from casesys.domain.vocabulary import Stage, TallyOutcome
from casesys.domain.working_time import Zone
from casesys.domain.working_time.zone import FOREVER, ticks
from casesys.projections.cases import CaseNow
from casesys.projections.contract import Batch, Rows, Step, Table, Value
from casesys.projections.paging import Page
from casesys.projections.walking import LOOKED_AT_MOST, Row, gathered

CASES = Table(
    "bulletin",
    "case_id TEXT PRIMARY KEY, title TEXT NOT NULL, case_type TEXT NOT NULL, category TEXT NOT NULL, grid TEXT NOT NULL,"
    " stage TEXT NOT NULL, status TEXT NOT NULL, result TEXT, lead TEXT, collected_at INTEGER NOT NULL, standing_since INTEGER",
    ("collected_at, case_id",),
)
"""The public cases. `standing_since` is when the decision was published that stands. Instants are microseconds (`ticks`)."""

PLACES = Table(
    "bulletin_place",
    "case_id TEXT NOT NULL, grid TEXT NOT NULL, collected_at INTEGER NOT NULL, PRIMARY KEY (case_id, grid)",
    ("grid, collected_at, case_id",),
)
"""The grids that a public case lies in."""

CLOSINGS = Table("bulletin_closing", "case_id TEXT PRIMARY KEY, closed_at INTEGER NOT NULL")
"""When a case that is closed was closed."""

DECISIONS = Table(
    "bulletin_decision",
    "position INTEGER PRIMARY KEY, case_id TEXT NOT NULL, at INTEGER NOT NULL, outcome TEXT, places TEXT NOT NULL",
    ("case_id, position",),
)
"""Each publication of a decision; `places` as a JSON array."""

INSTITUTIONS = Table("bulletin_institution", "party TEXT PRIMARY KEY")
"""The parties that are no persons."""

# What follows is put together from constants alone.
# ruff: noqa: S608
_SHOWN = (
    "b.case_id, b.title, b.case_type, b.category, b.grid, b.stage, b.status, b.result, i.party, b.collected_at, b.standing_since,"
    " c.closed_at"
)
_JOINED = (
    "LEFT JOIN bulletin_institution i ON i.party = b.lead"
    " LEFT JOIN bulletin_closing c ON c.case_id = b.case_id"
)
EVERYWHERE = f"""
SELECT {_SHOWN} FROM bulletin b {_JOINED} WHERE (b.collected_at, b.case_id) < (:at, :case_id)
ORDER BY b.collected_at DESC, b.case_id DESC LIMIT {LOOKED_AT_MOST}
"""
IN_GRID = f"""
SELECT {_SHOWN} FROM bulletin_place p CROSS JOIN bulletin b ON b.case_id = p.case_id {_JOINED}
WHERE p.grid = :grid AND (p.collected_at, p.case_id) < (:at, :case_id)
ORDER BY p.collected_at DESC, p.case_id DESC LIMIT {LOOKED_AT_MOST}
"""
DECIDED = """
SELECT case_id, at, outcome, places FROM bulletin_decision
WHERE case_id IN (SELECT value FROM json_each(?)) ORDER BY position
"""


_places = msgspec.json.Decoder(tuple[str, ...]).decode


class PublishedDecision(msgspec.Struct, frozen=True):
    """A decision that was published: on which day, where, and what it was. `stands` says whether it is the one that holds now."""

    published_on: date
    outcome: str | None
    places: tuple[str, ...]
    stands: bool


class BulletinCase(msgspec.Struct, frozen=True):
    """What everybody may read of a case. `lead` is the organisation or body that leads, None if that is a person, or nobody."""

    case_id: str
    title: str
    case_type: str
    category: str
    grid: str
    stage: str
    status: str
    result: str | None
    lead: str | None
    collected_on: date
    closed_on: date | None
    decisions: tuple[PublishedDecision, ...]


class BulletinFilter(msgspec.Struct, frozen=True):
    """Which cases are wanted; what is None does not restrict. `grid` means the grid and all below; `closed` says yes or no."""

    grid: str | None = None
    case_type: str | None = None
    category: str | None = None
    closed: bool | None = None


class Bulletin:
    """Follows what is public."""

    name = "bulletin"
    revision = 1
    tables = (CASES, PLACES, CLOSINGS, DECISIONS, INSTITUTIONS)
    by_calendar = None

    def changes(self, batch: Batch) -> Iterator[Rows]:
        """Show what is public now, and take out what is not any more."""
        for step in batch.steps:
            event = step.recorded.event
            if isinstance(step.after, Case):
                yield from _of_case(step, step.before, step.after)
            elif isinstance(event, OrganisationRegistered | BodyEstablished):
                party = step.recorded.stream.partition("/")[2]
                yield Rows(INSTITUTIONS.name, party, ((party,),))
        for case_id, now in batch.cases.items():
            public = is_public(now)
            case, collected_at = now.case, ticks(now.case.collected_at)
            places = [(case_id, grid, collected_at) for grid in case.path]
            yield Rows(CASES.name, case_id, (_row(case, collected_at),) if public else ())
            yield Rows(PLACES.name, case_id, places if public else ())


BULLETIN = Bulletin()


def is_public(now: CaseNow) -> bool:
    """Say whether a case is for the bulletin: what the charter does not know is not."""
    charter, case = now.charter.charter, now.case
    level, case_type = (
        charter.visibility.get(case.visibility),
        charter.case_types.get(case.case_type),
    )
    if level is None or case_type is None:
        return False
    return level.bulletin and not case_type.shielded


def _of_case(step: Step, before: object | None, case: Case) -> Iterator[Rows]:
    was_closed = isinstance(before, Case) and before.stage is Stage.CLOSED
    if was_closed is not (case.stage is Stage.CLOSED):
        rows = () if was_closed else ((case.case_id, ticks(step.recorded.effective_at)),)
        yield Rows(CLOSINGS.name, case.case_id, rows)
    event = step.recorded.event
    if isinstance(event, DecisionPublished):
        outcome = None if case.deliberation is None else case.deliberation.outcome
        places = msgspec.json.encode(event.where).decode()
        at = ticks(step.recorded.effective_at)
        row = (step.position, case.case_id, at, outcome and outcome.value, places)
        yield Rows(DECISIONS.name, step.position, (row,))


def _row(case: Case, collected_at: int) -> tuple[Value, ...]:
    decided = case.deliberation
    stands = decided is not None and decided.outcome is TallyOutcome.CARRIED
    published = decided.published_at if decided is not None and stands else None
    return (
        case.case_id,
        case.title,
        case.case_type,
        case.category,
        case.grid,
        case.stage.value,
        case.status.value,
        case.result,
        case.lead,
        collected_at,
        None if published is None else ticks(published),
    )


def page(
    db: sqlite3.Connection,
    wanted: BulletinFilter,
    zone: Zone,
    *,
    after: tuple[Value, ...] | None,
    limit: int,
) -> Page[BulletinCase]:
    """Give public cases, those collected last first; days are the zone's. The sort key is (microseconds, case)."""
    at, case_id = after or (FOREVER, "")
    place = {"grid": wanted.grid, "at": at, "case_id": case_id}
    rows = db.execute(EVERYWHERE if wanted.grid is None else IN_GRID, place)
    found = gathered(rows, lambda row: _fits(row, wanted), lambda row: row, _key, limit)
    decided = _decided(db, found.items)
    cases = (_item(row, decided[row[0]], zone) for row in found.items)
    return Page(tuple(cases), found.following)


def _fits(row: Row, wanted: BulletinFilter) -> bool:
    _, _, case_type, category, _, stage, *_ = row
    return (
        wanted.case_type in {None, case_type}
        and wanted.category in {None, category}
        and wanted.closed in {None, stage == Stage.CLOSED}
    )


def _key(row: Row) -> tuple[Value, ...]:
    return row[9], row[0]


def _decided(db: sqlite3.Connection, rows: Sequence[Row]) -> defaultdict[str, list[Row]]:
    """Give the publications of some cases, in their order."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    cases = msgspec.json.encode([row[0] for row in rows]).decode()
    for case_id, *decision in db.execute(DECIDED, (cases,)):
        found[case_id].append(tuple(decision))
    return found


def _item(row: Row, decisions: Sequence[Row], zone: Zone) -> BulletinCase:
    case_id, title, case_type, category, grid, stage, status, result, lead, *instants = row
    collected_at, standing_since, closed_at = instants
    published = (
        PublishedDecision(_day(at, zone), outcome, _places(places), at == standing_since)
        for at, outcome, places in decisions
    )
    return BulletinCase(
        case_id=case_id,
        title=title,
        case_type=case_type,
        category=category,
        grid=grid,
        stage=stage,
        status=status,
        result=result,
        lead=lead,
        collected_on=_day(collected_at, zone),
        closed_on=None if closed_at is None else _day(closed_at, zone),
        decisions=tuple(published),
    )


def _day(tick: int, zone: Zone) -> date:
    """Give the local day of an instant."""
    return date.fromordinal(zone.day_of(tick))
