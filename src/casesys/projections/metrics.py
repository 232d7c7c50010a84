"""The charter's metrics (三率): rates over valid callbacks, each with its clause and the callbacks behind it.

A callback is valid when it reached the initiator and the case's result, as it stands, is not one that the metric excludes. Each is
weighed by the charter version that it was made under; weights are exact fractions until the very end.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

import msgspec

from casesys.domain.register.knowledge import Sight
from casesys.domain.working_time.zone import BEGINNING, instant
from casesys.projections.chosen import CHOSEN, Parameters, StatisticsFilter, parameters
from casesys.projections.contract import Value
from casesys.projections.paging import PAGE_AT_MOST, Page

UNIT = "callback"
"""What is counted."""

DEFINITIONS = "SELECT * FROM statistics_metric"
# What follows is put together from constants alone.
# ruff: noqa: S608
_CALLED = """
statistics_callback k CROSS JOIN statistics_case c ON c.case_id = k.case_id
WHERE k.reached AND k.at >= :called_since AND k.at < :called_until
AND k.case_id IN (SELECT case_id FROM chosen)
"""
GROUPS = f"""{CHOSEN}
SELECT k.digest, c.result, k.contacted, k.solved, k.satisfaction, count(*)
FROM {_CALLED} GROUP BY 1, 2, 3, 4, 5
"""
BEHIND = f"""{CHOSEN}
SELECT k.digest, c.result, k.contacted, k.solved, k.satisfaction, k.at, c.case_id, k.round
FROM {_CALLED} AND (k.at, k.callback) > (:at, :callback)
AND EXISTS (
    SELECT 1 FROM statistics_metric m WHERE m.digest = k.digest AND m.code = :code
    AND (c.result IS NULL OR c.result NOT IN (SELECT value FROM json_each(m.excludes)))
)
ORDER BY k.at, k.callback LIMIT :most
"""


class Definition(NamedTuple):
    """A metric as one charter version defines it. `weights` are fractions as texts, by answer."""

    digest: str
    charter: str
    version: str
    code: str
    clause: str
    answer: str
    weights: Mapping[str, str]
    excludes: Sequence[str]
    month_starts_on: int


class Called(NamedTuple):
    """What a callback brought: under which version, for which result, with which answers."""

    digest: str
    result: str | None
    contacted: int | None
    solved: int | None
    satisfaction: str | None

    def answer(self, to: str) -> str | None:
        """Give the answer to a question, as metrics weigh it; None where there was none."""
        if to == "satisfaction":
            return self.satisfaction
        said = self.contacted if to == "contacted" else self.solved
        return None if said is None else ("yes" if said else "no")


class MetricClause(msgspec.Struct, frozen=True):
    """The rule that a metric is counted by: a clause of a charter version, and the day on which its months begin."""

    charter: str
    version: str
    clause: str
    month_starts_on: int


class MetricFigure(msgspec.Struct, frozen=True):
    """A rate: `numerator` is the sum of the weights, an exact fraction such as `27/10`, `denominator` the number of valid callbacks.

    `rate` is their quotient to six places, None when there were no callbacks. `clauses` are those of the versions that the callbacks
    were made under; of all versions that define the metric, when there were none.
    """

    code: str
    numerator: str
    denominator: int
    unit: str
    rate: float | None
    clauses: tuple[MetricClause, ...]


class CallbackBehind(msgspec.Struct, frozen=True):
    """A valid callback: of which case and round (0 until the first closing), when, with which answer and what it weighs."""

    case_id: str
    round: int
    called_back_at: datetime
    answer: str | None
    weight: str


def metrics(
    db: sqlite3.Connection, held: Sequence[Sight] | None, wanted: StatisticsFilter
) -> tuple[MetricFigure, ...]:
    """Give every metric of the charters, by code, over the callbacks of the wanted time on cases that somebody may know."""
    given = _given(db, held, wanted)
    groups = [(Called(*called), count) for *called, count in db.execute(GROUPS, given)]
    definitions = _definitions(db)
    codes = sorted({definition.code for definition in definitions.values()})
    return tuple(_figure(code, definitions, groups) for code in codes)


def callbacks_behind(  # noqa: PLR0913 - who asks, what for, which metric, and where the page begins
    db: sqlite3.Connection,
    held: Sequence[Sight] | None,
    wanted: StatisticsFilter,
    code: str,
    *,
    after: tuple[Value, ...] | None,
    limit: int,
) -> Page[CallbackBehind]:
    """Give the callbacks that a metric counts, in order of time; the sort key is (microseconds, callback)."""
    most = min(max(limit, 1), PAGE_AT_MOST)
    at, callback = after or (BEGINNING, "")
    place = {"code": code, "most": most + 1, "at": at, "callback": callback}
    rows = db.execute(BEHIND, _given(db, held, wanted) | place).fetchall()
    definitions = _definitions(db)
    items = []
    for *called, at, case_id, round_ in rows[:most]:
        answers = Called(*called)
        definition = definitions[answers.digest, code]
        weight = str(_weight(definition, answers))
        answer = answers.answer(definition.answer)
        items.append(CallbackBehind(case_id, round_, instant(at), answer, weight))
    more = len(rows) > most
    last = rows[most - 1] if more else None
    return Page(tuple(items), None if last is None else (last[5], f"{last[6]}/{last[7]}"))


Definitions = Mapping[tuple[str, str], Definition]
"""By digest and code."""


def _definitions(db: sqlite3.Connection) -> Definitions:
    found = {}
    for digest, charter, version, code, clause, answer, weights, excludes, day in db.execute(
        DEFINITIONS
    ):
        decoded = (msgspec.json.decode(weights), msgspec.json.decode(excludes))
        found[digest, code] = Definition(
            digest, charter, version, code, clause, answer, *decoded, day
        )
    return found


def _figure(
    code: str, definitions: Definitions, groups: Sequence[tuple[Called, int]]
) -> MetricFigure:
    numerator, denominator = Fraction(), 0
    used: dict[str, Definition] = {}
    for called, count in groups:
        definition = definitions.get((called.digest, code))
        if definition is not None and called.result not in definition.excludes:
            numerator += _weight(definition, called) * count
            denominator += count
            used[called.digest] = definition
    defined = used.values() or [d for d in definitions.values() if d.code == code]
    return MetricFigure(
        code=code,
        numerator=str(numerator),
        denominator=denominator,
        unit=UNIT,
        rate=round(float(numerator / denominator), 6) if denominator else None,
        clauses=tuple(
            MetricClause(d.charter, d.version, d.clause, d.month_starts_on)
            for d in sorted(defined, key=lambda d: (d.charter, d.version, d.digest))
        ),
    )


def _weight(definition: Definition, called: Called) -> Fraction:
    """Weigh a callback; an answer without a weight weighs nothing, and so does none."""
    answer = called.answer(definition.answer)
    return Fraction(definition.weights.get(answer or "", 0))


def _given(
    db: sqlite3.Connection, held: Sequence[Sight] | None, wanted: StatisticsFilter
) -> Parameters:
    since, until = wanted.called_back.bounds
    return parameters(db, held, wanted) | {"called_since": since, "called_until": until}
