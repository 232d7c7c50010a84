"""Figures over cases: how many there are of each kind, and how long they took; each with the list of the cases behind it.

Every quantile is one of the durations it is made from (nearest rank), and the list behind it is in the order of the durations, so
that anybody can count along to it.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from operator import itemgetter

import msgspec

from casesys.domain.register.knowledge import Sight
from casesys.domain.vocabulary import ResultKind, Stage
from casesys.domain.working_time.zone import BEGINNING, DAY, instant
from casesys.projections.chosen import CHOSEN, ENDED_AT, EVERYTHING, StatisticsFilter, parameters
from casesys.projections.contract import Value
from casesys.projections.paging import PAGE_AT_MOST, Page
from casesys.projections.walking import Row

MEDIAN = Fraction(1, 2)
NINETIETH = Fraction(9, 10)


class Figure(StrEnum):
    """A figure by the name of its field in `Figures`. All but the first and the last are one for each code."""

    CASES = "cases"
    STAGES = "stages"
    RESULTS = "results"
    RESULT_KINDS = "result_kinds"
    CASE_TYPES = "case_types"
    CATEGORIES = "categories"
    TRACKS = "tracks"
    GRIDS = "grids"
    DAYS_IN_STAGES = "days_in_stages"
    DAYS_TO_RESOLUTION = "days_to_resolution"


_COUNTED = {
    Figure.STAGES: "stage",
    Figure.RESULTS: "result",
    Figure.RESULT_KINDS: "kind",
    Figure.CASE_TYPES: "case_type",
    Figure.CATEGORIES: "category",
    Figure.TRACKS: "track",
    Figure.GRIDS: "grid",
}
"""The column whose codes each of these counts."""

# What follows is put together from constants alone.
# ruff: noqa: S608

_STAYS = """
SELECT stage, until - at AS took, case_id, position FROM (
    SELECT m.case_id, m.position, m.stage, m.at, lead(m.at) OVER (PARTITION BY m.case_id ORDER BY m.position) AS until
    FROM statistics_move m WHERE m.case_id IN (SELECT case_id FROM chosen)
)
"""
"""How long cases stayed in each stage, null where they are still there."""

_RESOLUTIONS = f"""
SELECT ended_at - collected_at AS took, case_id, 0 AS position
FROM chosen WHERE kind = '{ResultKind.RESOLVED.value}'
"""
_CODES = ", ".join(_COUNTED.values())
COUNTS = f"{CHOSEN} SELECT {_CODES}, count(*) FROM chosen GROUP BY {_CODES}"
STAYS = f"{CHOSEN} SELECT stage, took FROM ({_STAYS})"
RESOLUTIONS = f"{CHOSEN} SELECT took FROM ({_RESOLUTIONS}) ORDER BY took"

_BEHIND = (
    f"c.case_id, c.case_type, c.category, c.grid, c.stage, c.result, c.collected_at, {ENDED_AT}"
)
BEHIND_COUNT: Mapping[Figure, str] = {
    figure: f"{CHOSEN} SELECT NULL, NULL, {_BEHIND} FROM chosen c"
    f" WHERE {condition} AND c.case_id > :case_id ORDER BY c.case_id LIMIT :most"
    for figure, condition in {
        Figure.CASES: "1",
        **{figure: f"c.{column} = :code" for figure, column in _COUNTED.items()},
    }.items()
}
BEHIND_DURATION: Mapping[Figure, str] = {
    figure: f"""{CHOSEN}
    SELECT d.took, d.position, {_BEHIND} FROM (
        SELECT * FROM ({durations}) WHERE (took, case_id, position) > (:took, :case_id, :position)
        ORDER BY took, case_id, position LIMIT :most
    ) d CROSS JOIN statistics_case c ON c.case_id = d.case_id ORDER BY d.took, d.case_id, d.position
    """
    for figure, durations in {
        Figure.DAYS_IN_STAGES: f"SELECT * FROM ({_STAYS}) WHERE stage = :code AND took IS NOT NULL",
        Figure.DAYS_TO_RESOLUTION: _RESOLUTIONS,
    }.items()
}


class Quantile(msgspec.Struct, frozen=True):
    """The `rank`-th of `of` durations in ascending order (nearest rank, ⌈p n⌉), in days of 24 hours."""

    days: float
    rank: int
    of: int


class Share(msgspec.Struct, frozen=True):
    """So many of so many."""

    numerator: int
    denominator: int


class Durations(msgspec.Struct, frozen=True):
    """From collection to closing, by effective time, of the cases whose result is of the kind `resolved`.

    `resolved` says how many of all cases those are; the quantiles are None when there are none.
    """

    resolved: Share
    median: Quantile | None
    p90: Quantile | None


class Stays(msgspec.Struct, frozen=True):
    """How long cases stayed in a stage, by effective time; a case that came back has stayed twice.

    `ended` says how many of all stays are over; the others are not among the durations.
    """

    ended: Share
    median: Quantile | None
    p90: Quantile | None


class Figures(msgspec.Struct, frozen=True):
    """Figures over some cases: each table counts cases by code, most frequent first."""

    cases: int
    stages: dict[str, int]
    results: dict[str, int]
    result_kinds: dict[str, int]
    case_types: dict[str, int]
    categories: dict[str, int]
    tracks: dict[str, int]
    grids: dict[str, int]
    days_in_stages: dict[str, Stays]
    days_to_resolution: Durations


class CaseBehind(msgspec.Struct, frozen=True):
    """A case that a figure counts; `days` is the duration, where the figure is one of durations."""

    case_id: str
    case_type: str
    category: str
    grid: str
    stage: str
    result: str | None
    collected_at: datetime
    ended_at: datetime | None
    days: float | None


def figures(
    db: sqlite3.Connection,
    held: Sequence[Sight] | None,
    wanted: StatisticsFilter = EVERYTHING,
) -> Figures:
    """Count the cases that somebody may know of those wanted. `held` as None: of all cases."""
    given = parameters(db, held, wanted)
    counts = list(db.execute(COUNTS, given))
    cases = sum(row[-1] for row in counts)
    of = {
        figure: _counted((row[at], row[-1]) for row in counts) for at, figure in enumerate(_COUNTED)
    }
    resolutions = [took for (took,) in db.execute(RESOLUTIONS, given)]
    return Figures(
        cases=cases,
        stages=of[Figure.STAGES],
        results=of[Figure.RESULTS],
        result_kinds=of[Figure.RESULT_KINDS],
        case_types=of[Figure.CASE_TYPES],
        categories=of[Figure.CATEGORIES],
        tracks=of[Figure.TRACKS],
        grids=of[Figure.GRIDS],
        days_in_stages=_stays(db.execute(STAYS, given)),
        days_to_resolution=Durations(
            Share(len(resolutions), cases),
            quantile(resolutions, MEDIAN),
            quantile(resolutions, NINETIETH),
        ),
    )


def cases_behind(  # noqa: PLR0913 - who asks, what for, which figure, and where the page begins
    db: sqlite3.Connection,
    held: Sequence[Sight] | None,
    wanted: StatisticsFilter,
    figure: Figure,
    code: str | None,
    *,
    after: tuple[Value, ...] | None,
    limit: int,
) -> Page[CaseBehind]:
    """Give the cases that a figure counts: those of one code, where it has one for each code.

    Durations come in ascending order, a case once for each, and sort by (microseconds, case, position); counted cases by their ids.
    """
    most = min(max(limit, 1), PAGE_AT_MOST)
    given = parameters(db, held, wanted) | {"code": code, "most": most + 1}
    if figure in BEHIND_COUNT:
        (case_id,) = after or ("",)
        rows = db.execute(BEHIND_COUNT[figure], given | {"case_id": case_id}).fetchall()
        key: Callable[[Row], Row] = itemgetter(slice(2, 3))
    else:
        took, case_id, position = after or (BEGINNING, "", 0)
        place = {"took": took, "case_id": case_id, "position": position}
        rows = db.execute(BEHIND_DURATION[figure], given | place).fetchall()
        key = itemgetter(0, 2, 1)
    following = key(rows[most - 1]) if len(rows) > most else None
    return Page(tuple(map(_behind, rows[:most])), following)


def _behind(row: Row) -> CaseBehind:
    took, _, case_id, case_type, category, grid, stage, result, collected_at, ended_at = row
    return CaseBehind(
        case_id=case_id,
        case_type=case_type,
        category=category,
        grid=grid,
        stage=stage,
        result=result,
        collected_at=instant(collected_at),
        ended_at=None if ended_at is None else instant(ended_at),
        days=None if took is None else _days(took),
    )


def _counted(counts: Iterable[tuple[str | None, int]]) -> dict[str, int]:
    """Add up the counts of codes, the most frequent first and equals in order of their names."""
    total: Counter[str] = Counter()
    for code, count in counts:
        if code is not None:
            total[code] += count
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def _stays(rows: Iterable[tuple[str, int | None]]) -> dict[str, Stays]:
    """Sum up stays by stage, in the order that cases pass them. What is closed is not on its way."""
    ended: defaultdict[str, list[int]] = defaultdict(list)
    all_stays: Counter[str] = Counter()
    for stage, took in rows:
        all_stays[stage] += 1
        if took is not None:
            ended[stage].append(took)
    return {
        stage.value: Stays(
            Share(len(ended[stage]), all_stays[stage]),
            quantile(sorted(ended[stage]), MEDIAN),
            quantile(sorted(ended[stage]), NINETIETH),
        )
        for stage in Stage
        if stage in all_stays and stage is not Stage.CLOSED
    }


def quantile(ascending: Sequence[int], share: Fraction) -> Quantile | None:
    """Give the nearest-rank quantile of durations in ascending order, in microseconds; None of none."""
    count = len(ascending)
    if not count:
        return None
    rank = max(1, -(-share.numerator * count // share.denominator))
    return Quantile(_days(ascending[rank - 1]), rank, count)


def _days(microseconds: int) -> float:
    """Give a duration in days, to a thousandth."""
    return round(microseconds / DAY, 3)
