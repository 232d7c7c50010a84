"""One version of a charter as typed, immutable data.

`parse_charter` makes it from bytes and checks that it hangs together.
"""

from typing import Annotated, Literal

from pydantic import Field

from casesys.domain.charter.expressions import ValueType
from casesys.domain.charter.parts import (
    CategoryCode,
    Clause,
    ClauseId,
    CommandName,
    FactCode,
    Labelled,
    Part,
    PartyCode,
    ProcedureCode,
    Refers,
    ResultCode,
    RoleCode,
    Ruled,
    Share,
    VisibilityCode,
    Words,
)
from casesys.domain.charter.steps import Electorate, Step
from casesys.domain.charter.time import Scope, Time
from casesys.domain.messages import Code, Value
from casesys.domain.vocabulary import ResultKind, Stage, Status, Track

DIRECT = "direct"
"""The way without a deliberation, beside the codes of procedures."""

KEEPER = "keeper"
"""The lead of a routing row that means: whoever keeps the category."""


class Fact(Labelled):
    """A typed fact of a case. A whole number with a `unit` says how many of it there are, and is never negative.

    `when_unknown` says how it counts until it is established; without it, triage asks for it.
    """

    type: ValueType
    unit: Words | None = None
    when_unknown: Value | None = None


class Question(Part):
    """An extra question that a category puts to the initiator; the answer establishes a fact."""

    fact: FactCode
    ask: Words


class Category(Labelled):
    """One of two levels of matters. `keeper` is the kind of party whose duty it plainly is.

    A category without a keeper has its parent's.
    """

    parent: CategoryCode | None = None
    keeper: PartyCode | None = None
    questions: tuple[Question, ...] = ()


class CaseType(Labelled, Ruled):
    """Which stages a kind of case passes, and which ways triage may choose for it.

    Every case is closed in the end; that stage is not listed. A new case has its type's level of
    `visibility`, or the charter's default.
    """

    stages: tuple[Stage, ...] = (
        Stage.COLLECTION,
        Stage.DELIBERATION,
        Stage.ASSIGNMENT,
        Stage.RESOLUTION,
    )
    procedures: tuple[ProcedureCode, ...] = ()
    direct: bool = True
    shielded: bool = False
    visibility: VisibilityCode | None = None

    def allows(self, way: str) -> bool:
        """Say whether triage may send a case of this type that way."""
        return self.direct if way == DIRECT else way in self.procedures


class Retention(Part):
    """How long files are kept after closing, and what is done then. No years means permanently."""

    years: Annotated[int, Field(ge=1, le=1000)] | None = None
    then: Literal["destroy", "transfer"] = "transfer"


class Result(Labelled):
    """A way for a case to end."""

    kind: ResultKind
    retention: Retention = Retention()


class Ground(Labelled, Ruled):
    """A reason the charter accepts: for declining, referring or returning."""


class ClosingRequirement(Ruled):
    """What must hold before a case in scope is closed with one of these results (none: with any).

    The guard looks at the case and its facts.
    """

    results: tuple[ResultCode, ...] = ()
    scope: Scope = Scope()
    guard: str
    because: Words


class TriageRow(Ruled):
    """When the guard holds, this is the way: a procedure, or `direct`.

    The first that holds and that the case type allows counts; the last row has no guard.
    """

    id: Code
    when: str | None = None
    to: Annotated[Code, Refers(("procedures",), frozenset({DIRECT}))]
    priority: Annotated[int, Field(ge=1, le=5)] = 3
    because: Words


class RoutingRow(Ruled):
    """When the guard holds, who leads and who supports: kinds of party of the grid.

    The lead may be `keeper`, the category's; a category without one passes the row over.
    """

    id: Code
    when: str | None = None
    lead: Annotated[Code, Refers(("parties",), frozenset({KEEPER}))]
    supporting: tuple[PartyCode, ...] = ()


class Procedure(Labelled, Ruled):
    """An ordered list of steps on one of the three tracks. Without a track it is a mediation."""

    track: Track | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    not_carried: ResultCode

    def index(self, step_id: str) -> int:
        """Give the place of a step in the procedure, counted from 0."""
        return next(i for i, step in enumerate(self.steps) if step.id == step_id)


class Role(Labelled):
    """A role that mandates are given for, and how many holders a grid has at least."""

    holders: Annotated[int, Field(ge=0)] = 1


class PartyKind(Labelled):
    """A kind of party that serves a grid: a company, a committee, an office.

    A body that meets has at least so many seats.
    """

    seats: Annotated[int, Field(ge=1)] | None = None


Relation = Literal["grid", "lead", "supporting", "not_lead"]
"""How whoever gives a command stands to the case."""


class Grant(Ruled):
    """Which roles may give which commands, in which stages, and how they must stand to the case.

    `not_lead` is for those who must not belong to the party that leads.
    """

    roles: Annotated[tuple[RoleCode, ...], Field(min_length=1)]
    commands: Annotated[tuple[CommandName, ...], Field(min_length=1)]
    stages: tuple[Stage, ...] = ()
    relation: Relation = "grid"


class Separation(Ruled):
    """Who gave one of these commands on a case may not give that one on the same case."""

    command: CommandName
    not_after: Annotated[tuple[CommandName, ...], Field(min_length=1)]


class AssignmentRules(Part):
    """Grounds for returning an assignment, and whether the lead keeps it while it is disputed."""

    return_grounds: dict[Code, Ground] = {}
    lead_stays_while_disputed: bool = True


class SatisfactionGrade(Labelled):
    """One grade of satisfaction; whether it asks for reopening."""

    asks_reopening: bool = False


class Satisfaction(Part):
    """The callback's answers and what follows from them."""

    grades: dict[Code, SatisfactionGrade] = {}
    reopenings_at_most: Annotated[int, Field(ge=0)] = 3
    clause: ClauseId | None = None


class Metric(Labelled, Ruled):
    """A rate: the weights of the answers to one question, summed, over the valid callbacks.

    A callback is valid when it reached the initiator and the result is none of `excludes`. The
    answers are the grades of satisfaction, or `yes` and `no`; what has no weight weighs nothing.
    """

    answer: Literal["contacted", "solved", "satisfaction"]
    weights: Annotated[dict[Code, Share], Field(min_length=1)]
    excludes: tuple[ResultCode, ...] = ()
    month_starts_on: Annotated[int, Field(ge=1, le=28)] = 1


class Visibility(Labelled):
    """A level of the knowledge scope: the roles that may know, and whether the bulletin shows it."""

    roles: tuple[RoleCode, ...] = ()
    bulletin: bool = False


class Message(Part):
    """What the initiator is told when a case reaches a status: the first that fits its category.

    `{path.to.rule}` in the text is filled as in a clause.
    """

    status: Status
    categories: tuple[CategoryCode, ...] = ()
    text: Words


class Charter(Part):
    """The written charter of a community, as data."""

    code: Code
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.-]{1,32}$")]
    title: Words
    clauses: Annotated[dict[Code, Clause], Field(min_length=1)]
    roles: Annotated[dict[Code, Role], Field(min_length=1)]
    parties: dict[Code, PartyKind] = {}
    channels: Annotated[dict[Code, Labelled], Field(min_length=1)]
    facts: dict[Code, Fact] = {}
    categories: Annotated[dict[Code, Category], Field(min_length=1)]
    case_types: Annotated[dict[Code, CaseType], Field(min_length=1)]
    results: Annotated[dict[Code, Result], Field(min_length=1)]
    decline_grounds: dict[Code, Ground] = {}
    closing: Annotated[tuple[ClosingRequirement, ...], Field(max_length=200)] = ()
    triage: Annotated[tuple[TriageRow, ...], Field(min_length=1, max_length=200)]
    routing: Annotated[tuple[RoutingRow, ...], Field(max_length=1000)] = ()
    procedures: dict[Code, Procedure] = {}
    electorates: dict[Code, Electorate] = {}
    time: Time = Time()
    authority: Annotated[tuple[Grant, ...], Field(min_length=1)]
    separation: tuple[Separation, ...] = ()
    assignment: AssignmentRules = AssignmentRules()
    satisfaction: Satisfaction = Satisfaction()
    metrics: dict[Code, Metric] = {}
    visibility: Annotated[dict[Code, Visibility], Field(min_length=1)]
    default_visibility: VisibilityCode
    messages: tuple[Message, ...] = ()
