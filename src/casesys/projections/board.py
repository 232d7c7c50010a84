"""The case board: one row for each case as it stands, and the words to find it by.

Rows are found through lists by place (`places`), in the orders that people ask for. Nothing personal is in them: a title is public.
"""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from casesys.domain.cases import events as e
from casesys.domain.cases.state import Case
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.charter.parts import Labelled
from casesys.domain.vocabulary import Stage
from casesys.domain.working_time.zone import ticks
from casesys.projections.cases import CaseNow
from casesys.projections.contract import Batch, Rows, Step, Table, Value
from casesys.projections.dues import Due, calendars, soonest
from casesys.projections.moments import kept, kept_if_any
from casesys.projections.words import indexed, place_word

CASES = Table(
    "board",
    "born INTEGER PRIMARY KEY, case_id TEXT NOT NULL, source_ref TEXT, case_type TEXT NOT NULL, category TEXT NOT NULL,"
    " category_above TEXT, stage TEXT NOT NULL, status TEXT NOT NULL, track TEXT, procedure TEXT, direct INTEGER NOT NULL,"
    " priority INTEGER NOT NULL, lead TEXT, result TEXT, visibility TEXT NOT NULL, provisional INTEGER NOT NULL, due_at TEXT,"
    " collected_at TEXT NOT NULL, calendars TEXT NOT NULL, matter TEXT NOT NULL, told BLOB NOT NULL",
    ("case_id", "source_ref"),
)
"""`born` is the position of a case's first event. `told` is the `BoardCase` as JSON, without the brace that closes it: pages are
made of these, and the other columns are what cases are found by. The first deadline runs out at `due_at`. Instants are `moments`."""

PLACES = Table(
    "board_place",
    "born INTEGER NOT NULL, place TEXT NOT NULL, open INTEGER NOT NULL, collected_at INTEGER NOT NULL, position INTEGER NOT NULL,"
    " due_at INTEGER, PRIMARY KEY (born, place)",
    (
        "place, collected_at, born",
        "place, open, collected_at, born",
        "place, position, born",
        "place, due_at, born",
    ),
)
"""The sort keys of each case in each of its places. Instants are `ticks`."""

WORDS = Table("board_words", "words", words=True)


NAMING = frozenset({e.CaseCollected, e.CaseAmended, e.CaseReclassified})
"""The events after which a case may be called something else."""


class BoardCase(msgspec.Struct, frozen=True):
    """A case as it stands, whenever one asks. Codes are those of the vocabulary and of the charter.

    `due_at` is when the deadline `clock` runs out, the first of those that run; `provisional` says that it rests on days nobody has
    announced. `path` leads from the root to the case's grid. `position` is that of its last event, which took effect at `changed_at`.
    """

    case_id: str
    source_ref: str | None
    title: str
    case_type: str
    category: str
    stage: str
    status: str
    track: str | None
    procedure: str | None
    priority: int
    lead: str | None
    result: str | None
    visibility: str
    version: int
    position: int
    clock: str | None
    due_at: datetime | None
    provisional: bool
    direct: bool
    supporting: tuple[str, ...]
    path: tuple[str, ...]
    collected_at: datetime
    accepted_at: datetime | None
    closed_at: datetime | None
    changed_at: datetime


class Board:
    """Follows each case as it stands."""

    name = "board"
    revision = 3
    tables = (CASES, PLACES, WORDS)
    by_calendar = CASES.name

    def changes(self, batch: Batch) -> Iterator[Rows]:
        """Bring the cases of a batch up to date, and the words of those that are called something else now."""
        for now in batch.cases.values():
            yield from _rows(now)
        for step in batch.steps:
            if type(step.recorded.event) in NAMING:
                yield _words(step, batch)


BOARD = Board()


def _rows(now: CaseNow) -> Iterator[Rows]:
    case, due = now.case, soonest(now.running)
    due_at = None if due is None else due.due_at
    row: tuple[Value, ...] = (
        now.born,
        case.case_id,
        case.source_ref,
        case.case_type,
        case.category,
        _above(case.category, now.charter),
        case.stage,
        case.status,
        case.track,
        case.procedure,
        case.direct,
        case.priority,
        case.lead,
        case.result,
        case.visibility,
        due is not None and due.provisional,
        kept_if_any(due_at),
        kept(case.collected_at),
        calendars(now.running),
        now.matter,
        msgspec.json.encode(_told(now, due)).removesuffix(b"}"),
    )
    yield Rows(CASES.name, now.born, (row,))
    is_open = case.stage is not Stage.CLOSED
    keys = (ticks(case.collected_at), now.position, None if due_at is None else ticks(due_at))
    listed = [(now.born, place, is_open, *keys) for place in now.places]
    yield Rows(PLACES.name, now.born, listed)


def _told(now: CaseNow, due: Due | None) -> BoardCase:
    case = now.case
    return BoardCase(
        case_id=case.case_id,
        source_ref=case.source_ref,
        title=case.title,
        case_type=case.case_type,
        category=case.category,
        stage=case.stage,
        status=case.status,
        track=case.track,
        procedure=case.procedure,
        priority=case.priority,
        lead=case.lead,
        result=case.result,
        visibility=case.visibility,
        version=case.version,
        position=now.position,
        clock=None if due is None else due.clock,
        due_at=None if due is None else due.due_at,
        provisional=due is not None and due.provisional,
        direct=case.direct,
        supporting=case.supporting,
        path=case.path,
        collected_at=case.collected_at,
        accepted_at=case.accepted_at,
        closed_at=case.endings[-1].at if case.stage is Stage.CLOSED else None,
        changed_at=now.changed_at,
    )


def _above(category: str, charter: CharterVersion) -> str | None:
    """Give the category above one. Before acceptance a version may have come into force that does not know it."""
    known = charter.charter.categories.get(category)
    return None if known is None else known.parent


def _words(step: Step, batch: Batch) -> Rows:
    """Give the words of a case after an event, its labels as the charter says that the event applied."""
    case, rule = step.after, step.recorded.rule
    assert isinstance(case, Case)
    assert rule is not None  # every event of a case applies a charter
    charter = batch.world.document(rule.digest, CharterVersion)
    texts = (case.title, case.case_id, case.source_ref or "", case.grid, *_labels(case, charter))
    places = (place_word(grid) for grid in case.path)
    born = batch.cases[case.case_id].born
    return Rows(WORDS.name, born, ((born, " ".join((indexed(texts), *places))),))


def _labels(case: Case, charter: CharterVersion) -> Iterator[str]:
    """Give what the charter calls a case's type and categories, in both languages."""
    kinds, categories = charter.charter.case_types, charter.charter.categories
    above = _above(case.category, charter)
    named: tuple[Labelled | None, ...] = (
        kinds.get(case.case_type),
        categories.get(case.category),
        None if above is None else categories[above],
    )
    for each in named:
        if each is not None:
            yield each.label.zh
            yield each.label.en
