"""The variables of guards: the one place that says what a guard may ask about, and of which type.

Every guard may ask about `facts.<code>` for each fact of the charter, in the type it declares
there, and about `CASE`; closing requirements also about `CLOSING`.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from casesys.domain.charter.expressions import Guard, GuardInvalid, ValueType, compile_guard
from casesys.domain.charter.model import Charter
from casesys.domain.charter.problems import Problem, problem
from casesys.domain.charter.steps import Ballot
from casesys.domain.messages import Text


class Variable(NamedTuple):
    """A variable: its type, what it says, and the tables whose codes it may hold, if it is one.

    `may_be_empty` says that "" is possible, too, and means none.
    """

    type: ValueType
    says: Text
    tables: tuple[str, ...] = ()
    may_be_empty: bool = False


CASE: Mapping[str, Variable] = {
    "case_type": Variable(ValueType.TEXT, Text("事项类型", "the case type"), ("case_types",)),
    "category": Variable(ValueType.TEXT, Text("类别", "the category"), ("categories",)),
    "parent_category": Variable(
        ValueType.TEXT,
        Text("上级类别，没有则为空", 'the category above it, or ""'),
        ("categories",),
        may_be_empty=True,
    ),
    "keeper": Variable(
        ValueType.TEXT,
        Text(
            "类别（或其上级类别）的责任单位种类，没有则为空",
            'the kind of party that keeps the category or the one above it, or ""',
        ),
        ("parties",),
        may_be_empty=True,
    ),
    "channel": Variable(ValueType.TEXT, Text("渠道", "the channel it came by"), ("channels",)),
    "grid": Variable(ValueType.TEXT, Text("网格编号", "the id of the grid")),
}

CLOSING: Mapping[str, Variable] = {
    "result": Variable(
        ValueType.TEXT, Text("办理结果", "the result it is closed with"), ("results",)
    ),
    "direct": Variable(ValueType.BOOL, Text("直办", "it went without a deliberation")),
    "case.evidence": Variable(
        ValueType.INT, Text("佐证材料的件数", "how many pieces of evidence are attached")
    ),
    "case.verified": Variable(ValueType.BOOL, Text("已核查", "the resolution was verified")),
    "case.decided": Variable(
        ValueType.BOOL, Text("议事作出了决定", "a deliberation came to a decision")
    ),
    "case.implementation_reported": Variable(
        ValueType.BOOL,
        Text("已向决定机构报告落实", "its implementation was reported to who decided"),
    ),
    "case.callback_reached": Variable(
        ValueType.BOOL, Text("回访到诉求人", "a callback reached the initiator")
    ),
    "case.callback_contacted": Variable(
        ValueType.BOOL, Text("诉求人说联系过", "who says that they had been contacted")
    ),
    "case.solved": Variable(ValueType.BOOL, Text("诉求人说已解决", "who says that it is solved")),
    "case.satisfaction": Variable(
        ValueType.TEXT,
        Text("满意度等级，没有则为空", 'the grade of satisfaction, or ""'),
        ("satisfaction.grades",),
        may_be_empty=True,
    ),
}


def variables(charter: Charter, *, closing: bool) -> Mapping[str, ValueType]:
    """Give all variables that guards of a charter may name, with their types."""
    offered = {**CASE, **CLOSING} if closing else CASE
    types = {name: variable.type for name, variable in offered.items()}
    return types | {f"facts.{code}": fact.type for code, fact in charter.facts.items()}


class Source(NamedTuple):
    """The text of a guard and where it stands; `closing` says that it is a closing requirement's."""

    where: str
    text: str
    closing: bool = False


def sources(charter: Charter) -> Iterator[Source]:
    """Go through all guards of a charter."""
    for row in charter.triage:
        if row.when is not None:
            yield Source(f"triage.{row.id}.when", row.when)
    for route in charter.routing:
        if route.when is not None:
            yield Source(f"routing.{route.id}.when", route.when)
    for index, requirement in enumerate(charter.closing):
        yield Source(f"closing.{index}.guard", requirement.guard, closing=True)
    for code, procedure in charter.procedures.items():
        for step in procedure.steps:
            if isinstance(step, Ballot):
                place = f"procedures.{code}.steps.{step.id}.special"
                yield from (Source(f"{place}.{s.id}.when", s.when) for s in step.special)


def compile_guards(charter: Charter) -> tuple[dict[str, Guard], list[Problem]]:
    """Compile every guard of a charter; give them by where they stand, and what is wrong."""
    types = {closing: variables(charter, closing=closing) for closing in (False, True)}
    guards: dict[str, Guard] = {}
    problems: list[Problem] = []
    for source in sources(charter):
        try:
            guards[source.where] = compile_guard(source.text, types[source.closing])
        except GuardInvalid as error:
            problems.append(problem(error.code, source.where, detail=error.message))
    return guards, problems
