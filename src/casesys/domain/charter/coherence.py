"""The parts of a charter fit together: catalogue, rows, results and time.

What can be seen without playing cases is checked here and in `deliberation`; whether every case can
end, and that no command lacks a role, is for the exploration through `decide`.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, pairwise

from casesys.domain.charter.expressions import Guard, Truth, ValueType
from casesys.domain.charter.model import Charter, RoutingRow, TriageRow
from casesys.domain.charter.problems import Problem, problem
from casesys.domain.charter.time import Clock, Scope
from casesys.domain.vocabulary import ResultKind, Stage
from casesys.domain.working_time import Unit

ENDINGS = (ResultKind.WITHDRAWN, ResultKind.REFERRED, ResultKind.DECLINED)
"""Commands of their own end a case in these ways, each with the one result of that kind."""

_KINDS: Mapping[ValueType, type] = {
    ValueType.BOOL: bool,
    ValueType.INT: int,
    ValueType.TEXT: str,
}

YES_NO = frozenset({"yes", "no"})
"""The answers to a callback's questions that are not about satisfaction."""


def incoherences(charter: Charter, guards: Mapping[str, Guard]) -> Iterator[Problem]:
    """Find what does not fit together outside the procedures."""
    return chain(
        _facts(charter),
        _categories(charter),
        _case_types(charter),
        _results(charter),
        _rows(charter.triage, "triage"),
        _rows(charter.routing, "routing"),
        _ways(charter, guards),
        _metrics(charter),
        _clocks(charter),
        _extensions(charter),
    )


def _facts(charter: Charter) -> Iterator[Problem]:
    for code, fact in charter.facts.items():
        if not code.replace("_", "a").isalnum():
            yield problem("fact-name", f"facts.{code}")
        default = fact.when_unknown  # a truth is no whole number, as Python would have it
        if default is not None and type(default) is not _KINDS[fact.type]:
            yield problem("fact-default", f"facts.{code}.when_unknown", type=fact.type.value)


def _categories(charter: Charter) -> Iterator[Problem]:
    for code, category in charter.categories.items():
        parent = charter.categories.get(category.parent or "")
        if parent is not None and parent.parent is not None:
            yield problem("category-levels", f"categories.{code}.parent")


def _case_types(charter: Charter) -> Iterator[Problem]:
    order = list(Stage)
    for code, case_type in charter.case_types.items():
        where, stages = f"case_types.{code}.stages", case_type.stages
        in_order = all(order.index(a) < order.index(b) for a, b in pairwise(stages))
        if not in_order or stages[:1] != (Stage.COLLECTION,) or Stage.CLOSED in stages:
            yield problem("stages", where)
        if case_type.procedures and Stage.DELIBERATION not in stages:
            yield problem("no-stage-for-procedures", where)
        if case_type.direct and not {Stage.ASSIGNMENT, Stage.RESOLUTION} & set(stages):
            yield problem("no-stage-for-direct", where)


def _results(charter: Charter) -> Iterator[Problem]:
    kinds = [result.kind for result in charter.results.values()]
    for kind in ENDINGS:
        if kinds.count(kind) != 1:
            yield problem("one-result", "results", kind=kind.value)
    for code, procedure in charter.procedures.items():
        result = charter.results.get(procedure.not_carried)
        if result is not None and result.kind is not ResultKind.NOT_CARRIED:
            where = f"procedures.{code}.not_carried"
            yield problem("not-carried-kind", where, name=procedure.not_carried)


def _rows(rows: Sequence[TriageRow] | Sequence[RoutingRow], where: str) -> Iterator[Problem]:
    for row in rows[:-1]:
        if row.when is None:
            yield problem("row-never-asked", f"{where}.{row.id}")
    if rows and rows[-1].when is not None:
        yield problem("last-row-conditional", f"{where}.{rows[-1].id}.when")


def _ways(charter: Charter, guards: Mapping[str, Guard]) -> Iterator[Problem]:
    """Whatever a case is like, some row that its type allows has to send it somewhere."""
    for code, case_type in charter.case_types.items():
        rows = (row for row in charter.triage if case_type.allows(row.to))
        if not any(_always(row, code, guards) for row in rows):
            yield problem("case-type-without-way", f"case_types.{code}", case_type=code)


def _always(row: TriageRow, case_type: str, guards: Mapping[str, Guard]) -> bool:
    """Say whether a row holds for all cases of a type, as far as the type alone tells."""
    if row.when is None:
        return True
    guard = guards.get(f"triage.{row.id}.when")
    return guard is not None and guard.evaluate({"case_type": case_type}) is Truth.TRUE


def _metrics(charter: Charter) -> Iterator[Problem]:
    for code, metric in charter.metrics.items():
        grades = charter.satisfaction.grades
        answers = grades.keys() if metric.answer == "satisfaction" else YES_NO
        for name in metric.weights:
            if name not in answers:
                yield problem("metric-answer", f"metrics.{code}.weights.{name}", name=name)


def _clocks(charter: Charter) -> Iterator[Problem]:
    for code, clock in charter.time.clocks.items():
        where = f"time.clocks.{code}"
        for row in clock.rows[:-1]:
            if row.scope == Scope():
                yield problem("row-never-asked", f"{where}.rows.{row.id}")
        if not _counts_alike(clock):
            yield problem("timer-calendar", f"{where}.timers")


def _counts_alike(clock: Clock) -> bool:
    """A timer is counted by the calendar of the budget, whatever the unit of either."""
    periods = [period for timer in clock.timers for period in (timer.before, timer.after) if period]
    counted = [p.calendar for p in periods if p.unit is not Unit.CLOCK_HOUR or p.calendar]
    return all(row.period.calendar == calendar for row in clock.rows for calendar in counted)


def _extensions(charter: Charter) -> Iterator[Problem]:
    for index, rule in enumerate(charter.time.extensions):
        clock = charter.time.clocks.get(rule.clock)
        if clock is not None and any(row.period.unit is not rule.unit for row in clock.rows):
            yield problem("extension-unit", f"time.extensions.{index}.unit")
