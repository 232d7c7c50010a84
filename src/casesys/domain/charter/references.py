"""Everything that a charter names is defined: clauses, roles, parties, procedures, and all others.

The fields of the model say themselves what they refer to (`parts.Refers`), so that none is forgotten.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Annotated, get_args, get_origin, get_type_hints

from casesys.domain.charter.expressions import Guard
from casesys.domain.charter.model import Charter
from casesys.domain.charter.parts import Part, Refers
from casesys.domain.charter.problems import Problem, problem
from casesys.domain.charter.steps import Step
from casesys.domain.charter.variables import CASE, CLOSING


def unknown_names(charter: Charter, guards: Mapping[str, Guard]) -> Iterator[Problem]:
    """Find what is named and not defined, in fields and in guards."""
    for refers, code, where in _references(charter, ""):
        if code not in refers.words and not _defined(charter, refers.tables, code):
            yield problem("unknown-name", where, name=code, tables=refers.among)
    for where, guard in guards.items():
        yield from _unknown_constants(charter, guard, where)


def _defined(charter: Charter, tables: tuple[str, ...], code: str) -> bool:
    return any(code in attrgetter(table)(charter) for table in tables)


def _unknown_constants(charter: Charter, guard: Guard, where: str) -> Iterator[Problem]:
    """A guard that compares a code with one that does not exist would never hold."""
    offered = {**CASE, **CLOSING}
    for atom in guard.atoms:
        variable = offered.get(atom.variable)
        if variable is None or not variable.tables or (variable.may_be_empty and not atom.constant):
            continue
        if not _defined(charter, variable.tables, str(atom.constant)):
            tables = ", ".join(variable.tables)
            yield problem("unknown-name", where, name=atom.constant, tables=tables)


Reference = tuple[Refers, str, str]
"""What a code has to be, the code, and where it stands."""


def _references(part: Part, where: str) -> Iterator[Reference]:
    for name, refers in _fields(type(part)).items():
        yield from _below(getattr(part, name), refers, f"{where}.{name}".lstrip("."))


def _below(value: object, refers: Refers | None, where: str) -> Iterator[Reference]:
    if isinstance(value, Part):
        yield from _references(value, where)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _below(item, refers, f"{where}.{getattr(item, 'id', index)}")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _below(item, refers, f"{where}.{key}")
    elif isinstance(value, str) and refers is not None:
        yield refers, value, where


@cache
def _fields(part: type[Part]) -> dict[str, Refers | None]:
    """Give the fields of a kind of part, with the mark of those that refer."""
    hints = get_type_hints(part, include_extras=True)
    return {name: _mark(hints[name]) for name in part.model_fields}


def _mark(hint: object) -> Refers | None:
    """Find the mark in a type hint: on the code itself, or on the items of a tuple or a union."""
    if get_origin(hint) is Annotated:
        inner, *marks = get_args(hint)
        own = next((mark for mark in marks if isinstance(mark, Refers)), None)
        return own or _mark(inner)
    return next(filter(None, map(_mark, get_args(hint))), None)


def repeated_names(charter: Charter) -> Iterator[Problem]:
    """Find rows, steps and timers of one list that have the same id."""
    lists: dict[str, tuple[str, ...]] = {
        "triage": tuple(row.id for row in charter.triage),
        "routing": tuple(row.id for row in charter.routing),
    }
    for code, procedure in charter.procedures.items():
        lists[f"procedures.{code}.steps"] = tuple(step.id for step in procedure.steps)
        lists |= dict(chain.from_iterable(_inside(code, step) for step in procedure.steps))
    ladders = charter.time.ladders
    for code, ladder in ladders.items():
        lists[f"time.ladders.{code}.timers"] = tuple(timer.id for timer in ladder.timers)
    for code, clock in charter.time.clocks.items():
        lists[f"time.clocks.{code}.rows"] = tuple(row.id for row in clock.rows)
        if clock.timers:
            climbed = ladders[clock.ladder].timers if clock.ladder in ladders else ()
            timers = (*climbed, *clock.timers)
            lists[f"time.clocks.{code}.timers"] = tuple(timer.id for timer in timers)
    for where, names in lists.items():
        for name, times in Counter(names).items():
            if times > 1:
                yield problem("name-twice", where, name=name)


def _inside(code: str, step: Step) -> Iterator[tuple[str, tuple[str, ...]]]:
    place = f"procedures.{code}.steps.{step.id}"
    if step.kind == "ballot":
        yield f"{place}.special", tuple(special.id for special in step.special)
    if step.kind in {"consult", "ratify"}:
        yield f"{place}.sides", tuple(side.code for side in step.sides)
