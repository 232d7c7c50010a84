"""What every part of a charter is made of: strict immutable models, references, shares, periods."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from casesys.domain.messages import Code, Text
from casesys.domain.vocabulary import COMMANDS
from casesys.domain.working_time import Budget, Unit


def _not_blank(text: Text) -> Text:
    if not (text.zh.strip() and text.en.strip()):
        raise ValueError("a text says something in both languages")
    return text


Words = Annotated[Text, AfterValidator(_not_blank)]
"""A label or sentence of a charter, in both languages."""


class Part(BaseModel):
    """A piece of a charter: immutable, and with no place for what the engine does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, arbitrary_types_allowed=True
    )


@dataclass(frozen=True, slots=True)
class Refers:
    """Marks a code that must be defined: in one of these tables of the charter, or as a word.

    The check that all references hold reads these marks; a field that has one is checked.
    """

    tables: tuple[str, ...]
    words: frozenset[str] = frozenset()
    words_are: str = ""

    @property
    def among(self) -> str:
        """Say in a few words what the code may be."""
        return ", ".join((*self.tables, self.words_are or " ".join(self.words))).strip(", ")


ClauseId = Annotated[Code, Refers(("clauses",))]
RoleCode = Annotated[Code, Refers(("roles",))]
PartyCode = Annotated[Code, Refers(("parties",))]
ChannelCode = Annotated[Code, Refers(("channels",))]
FactCode = Annotated[Code, Refers(("facts",))]
CategoryCode = Annotated[Code, Refers(("categories",))]
CaseTypeCode = Annotated[Code, Refers(("case_types",))]
ProcedureCode = Annotated[Code, Refers(("procedures",))]
ElectorateCode = Annotated[Code, Refers(("electorates",))]
ResultCode = Annotated[Code, Refers(("results",))]
VisibilityCode = Annotated[Code, Refers(("visibility",))]
ClockCode = Annotated[Code, Refers(("time.clocks",))]
LadderCode = Annotated[Code, Refers(("time.ladders",))]
CommandName = Annotated[Code, Refers((), frozenset(COMMANDS), "commands")]


class Clause(Part):
    """One numbered sentence of the charter as residents read it.

    `{path.to.rule}` in it is filled from the charter itself (see `places`).
    """

    text: Words


class Labelled(Part):
    """Something the charter defines by code, with its label."""

    label: Words


class Ruled(Part):
    """Something that rests on a clause, named by its id."""

    clause: ClauseId


_SHARE = re.compile(r"[0-9]{1,9}(/[1-9][0-9]{0,8})?")


def _fraction(value: object) -> object:
    """Read `"2/3"`; a decimal fraction would not be exact."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, str) and _SHARE.fullmatch(value):
        return Fraction(value)
    raise ValueError('a share is a text with a fraction, such as "2/3"')


Share = Annotated[Fraction, BeforeValidator(_fraction), Field(ge=0, le=1)]
"""An exact share of a whole, from 0 to 1."""


class Period(Part):
    """A length of time: `{ amount = 7, unit = "working_day", calendar = "workdays" }`.

    Only clock hours need no calendar.
    """

    amount: Annotated[int, Field(ge=1, le=100_000)]
    unit: Unit
    calendar: Code | None = None

    @model_validator(mode="after")
    def _has_its_calendar(self) -> "Period":
        if self.calendar is None and self.unit is not Unit.CLOCK_HOUR:
            raise ValueError(f"{self.unit.value} needs a calendar")
        return self

    @property
    def budget(self) -> Budget:
        """The same as a budget of working time."""
        return Budget(self.amount, self.unit, self.calendar or "")
