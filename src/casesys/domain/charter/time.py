"""Time in a charter: clocks with budgets, timers along them, suspensions and extensions."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from casesys.domain.charter.parts import (
    CaseTypeCode,
    CategoryCode,
    ClockCode,
    Labelled,
    LadderCode,
    Part,
    Period,
    ProcedureCode,
    RoleCode,
    Ruled,
    Share,
)
from casesys.domain.messages import Code
from casesys.domain.vocabulary import Moment, Track
from casesys.domain.working_time import Unit


class Scope(Part):
    """Which cases something is for; what is left empty does not restrict.

    A category stands for those below it, too.
    """

    case_types: tuple[CaseTypeCode, ...] = ()
    categories: tuple[CategoryCode, ...] = ()
    tracks: tuple[Track, ...] = ()
    procedures: tuple[ProcedureCode, ...] = ()
    direct: bool | None = None
    priorities: tuple[int, ...] = ()


class BudgetRow(Ruled):
    """How long a clock runs for the cases in its scope. The first row that fits counts."""

    id: Code
    scope: Scope = Scope()
    period: Period


class Timer(Ruled):
    """What happens by itself along a clock.

    At a share of its budget, so long before its end, or so long after; a deadline is missed at the
    end, and needs none of them.
    """

    id: Code
    share: Share | None = None
    before: Period | None = None
    after: Period | None = None
    does: Literal["remind", "miss", "escalate"]
    to: RoleCode

    @model_validator(mode="after")
    def _one_instant(self) -> "Timer":
        given = [x for x in (self.share, self.before, self.after) if x is not None]
        if len(given) != (0 if self.does == "miss" else 1):
            raise ValueError("a timer has one of share, before and after; one that misses has none")
        return self


class Ladder(Labelled):
    """Timers that several clocks have in common: a reminder, and who hears of it step by step."""

    timers: Annotated[tuple[Timer, ...], Field(min_length=1)]


class Counter(Ruled):
    """What happens by itself when something has happened to a case for the n-th time."""

    counts: Literal["returns", "urgings", "reopenings"]
    nth: Annotated[int, Field(ge=1)]
    does: Literal["escalate"]
    to: RoleCode


class Clock(Labelled):
    """A deadline of the charter: what starts and stops it, how long it runs, what happens along it.

    It starts at a moment if a row fits the case then. It counts from that moment, or from an
    earlier one: what is urgent is known at triage, but its time has run since the report. Once
    parsed, `timers` begins with those of the ladder.
    """

    starts: Moment
    counts_from: Literal[Moment.COLLECTED, Moment.ACCEPTED] | None = None
    stops: Annotated[tuple[Moment, ...], Field(min_length=1)]
    rows: Annotated[tuple[BudgetRow, ...], Field(min_length=1)]
    ladder: LadderCode | None = None
    timers: tuple[Timer, ...] = ()


class SuspensionGround(Labelled, Ruled):
    """Why clocks may stand still, and which."""

    clocks: Annotated[tuple[ClockCode, ...], Field(min_length=1)]


class ExtensionRule(Ruled):
    """How much longer a clock may run, how often; asked before it has run out."""

    clock: ClockCode
    at_most: Annotated[int, Field(ge=1, le=100_000)]
    unit: Unit
    times: Annotated[int, Field(ge=1)] = 1


class InformationRule(Ruled):
    """How long the initiator has to supply what was asked; unanswered, the case goes on."""

    within: Period


class Time(Part):
    """All that a charter says about time."""

    clocks: dict[Code, Clock] = {}
    ladders: dict[Code, Ladder] = {}
    suspensions: dict[Code, SuspensionGround] = {}
    extensions: tuple[ExtensionRule, ...] = ()
    information: InformationRule | None = None
    counters: tuple[Counter, ...] = ()
