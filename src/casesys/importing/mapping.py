"""The mapping: how the rows of one kind of file become cases, as strict data.

docs/import-mapping.md explains every table. `reading` reads it from TOML and holds it against the charter and the commands.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, field_validator, model_validator

from casesys.domain.messages import Code, Identifier, ShortText, Text
from casesys.importing.values import FromColumn, Part, Row, Value

Character = Annotated[str, Field(min_length=1, max_length=1)]


def _several(given: object) -> object:
    """Read a single text as a list of one."""
    if isinstance(given, str):
        return (given,)
    return tuple(given) if isinstance(given, list) else given


OneOrMore = Annotated[tuple[str, ...], BeforeValidator(_several), Field(min_length=1)]

COLLECT = "collect-case"
"""The command that begins every life."""


class FileForm(Part):
    """What the file looks like."""

    number: str
    time_format: str
    zone: str
    encoding: str = "utf-8-sig"
    delimiter: Character = ","
    quote: Character = '"'
    empty: tuple[str, ...] = ()

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, OSError, ValueError) as error:  # unknown, a folder, or no name at all
            raise ValueError(f"there is no time zone {name!r}") from error
        return name

    @model_validator(mode="after")
    def _tellable(self) -> Self:
        if self.delimiter == self.quote or {self.delimiter, self.quote} & set("\r\n"):
            raise ValueError("delimiter and quote are two characters, neither of them a line end")
        return self

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str) -> str:
        try:
            "".encode(name)
        except (LookupError, UnicodeError) as error:
            raise ValueError(f"there is no encoding {name!r}") from error
        return name


class Person(Part):
    """Somebody the import makes known; the name is personal data."""

    id: Identifier
    name: ShortText


class Actor(Person):
    """Somebody by whom steps are taken: in which role of the charter, and for which organisation, if for one."""

    role: Code
    principal: Identifier | None = None


class Root(Part):
    """The grid that everything lies in: the root of a new store, else a grid right below the root of the store."""

    id: Identifier
    kind: Code
    name: Text
    operator: Person


class Organisation(Part):
    """An organisation that serves the root grid as a kind of party of the charter."""

    id: Identifier
    kind: Code
    name: Text


class Registration(Part):
    """Any other command on the register that the cases need; given once."""

    command: str
    fields: dict[str, Any] = Field(default_factory=dict)


class Bilingual(Part):
    """A name in two languages, made of the row."""

    zh: Value
    en: Value


class GridLevel(Part):
    """A level of grids, established as rows name them; a row without it lies in the grid above."""

    id: Value
    kind: Code = "grid"
    name: Bilingual


class Condition(Part):
    """Whether a step is in a row's life: a cell is there, or is one of these."""

    column: str
    one_of: OneOrMore | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, given: object) -> object:
        return {"column": given} if isinstance(given, str) else given

    def holds(self, row: Row) -> bool:
        """Say whether it holds for a row."""
        cell = row.cells[self.column]
        return bool(cell) if self.one_of is None else cell in self.one_of


class Step(Part):
    """One command in the life of a row. Without `at` it happens when the step before it did.

    `by` is one of the mapping's people; where there is only one it need not be said.
    """

    command: str
    by: str | None = None
    at: OneOrMore | None = None
    when: Condition | None = None
    channel: Value | None = None
    on_behalf_of: Value | None = None
    fields: dict[str, Value] = Field(default_factory=dict)

    def columns(self) -> Iterator[str]:
        """Name the columns that the step looks at."""
        yield from self.at or ()
        if self.when is not None:
            yield self.when.column
        for value in (self.channel, self.on_behalf_of, *self.fields.values()):
            if value is not None:
                yield from value.columns()


class Lives(Part):
    """Which steps make the life of a row, by the value of a column; `otherwise` for values that are not listed."""

    column: str | None = None
    of: dict[str, OneOrMore] = Field(default_factory=dict)
    otherwise: OneOrMore | None = None

    @model_validator(mode="after")
    def _some(self) -> Self:
        if (self.column is None) != (not self.of):
            raise ValueError("`column` and `of` go together")
        if self.column is None and self.otherwise is None:
            raise ValueError("say `column` and `of`, or `otherwise`, or both")
        return self

    def all(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Give every life with the place where it stands."""
        for value, steps in self.of.items():
            yield f"lives.of.{value}", steps
        if self.otherwise is not None:
            yield "lives.otherwise", self.otherwise


class Mapping(Part):
    """How one kind of file becomes cases."""

    name: Code
    charter: str
    calendars: tuple[str, ...] = ()
    start: datetime
    as_of: datetime | None = None
    file: FileForm
    root: Root
    people: Annotated[dict[Code, Actor], Field(min_length=1)]
    organisations: tuple[Organisation, ...] = ()
    register_: Annotated[tuple[Registration, ...], Field(alias="register")] = ()
    case_id: Value | None = None
    grids: tuple[GridLevel, ...] = ()
    steps: Annotated[dict[Code, Step], Field(min_length=1)]
    lives: Lives

    def actor_of(self, step: Step) -> Actor | None:
        """Give who takes a step, None if the mapping does not tell."""
        if step.by is not None:
            return self.people.get(step.by)
        return next(iter(self.people.values())) if len(self.people) == 1 else None

    def case_id_value(self) -> Value:
        """Give where a case's id comes from: the file's own number unless the mapping says otherwise."""
        return self.case_id or FromColumn(column=self.file.number)

    def columns(self) -> Iterator[str]:
        """Name all columns that the mapping looks at."""
        yield self.file.number
        yield from self.case_id_value().columns()
        if self.lives.column is not None:
            yield self.lives.column
        for level in self.grids:
            for value in (level.id, level.name.zh, level.name.en):
                yield from value.columns()
        for step in self.steps.values():
            yield from step.columns()
