"""What a field of a command is taken from: a constant, a column, a template, or the first of several that is there.

Nothing here computes: a mapping says where a value comes from, never how to make one up. A value that is not there is None.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from string import Formatter
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from casesys.importing.problems import refuse_row

Scalar = bool | int | str
SHOWN_AT_MOST = 60
"""How many characters of a cell a refusal repeats."""


class Row(NamedTuple):
    """One row of the file: the line it begins on, and its cells by column; an empty cell is the empty text."""

    line: int
    cells: Mapping[str, str]


class Part(BaseModel):
    """A piece of a mapping: immutable, strict, with no place for what the importer does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Constant(Part):
    """The same for every row. A bare scalar or list in the mapping means this."""

    constant: Scalar | tuple[Scalar, ...]

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, given: object) -> object:
        constant = given["constant"] if isinstance(given, dict) and len(given) == 1 else given
        return {"constant": tuple(constant) if isinstance(constant, list) else constant}

    def of(self, _: Row) -> object:
        """Give the value for a row."""
        return self.constant

    def columns(self) -> Iterator[str]:
        """Name the columns that are looked at."""
        yield from ()

    def constants(self) -> Iterator[object]:
        """Give all values that do not depend on what the file says."""
        yield self.constant


class FromColumn(Part):
    """A cell as it stands, or what the table `map` makes of it; `default` where the cell is empty or not in the table."""

    column: str
    map: dict[str, Scalar] | None = None
    default: Scalar | None = None
    read_as: Annotated[Literal["text", "integer"], Field(alias="as")] = "text"

    @model_validator(mode="after")
    def _one_way(self) -> "FromColumn":
        if self.map is not None and self.read_as != "text":
            raise ValueError("a table says itself what it gives: `map` and `as` exclude each other")
        return self

    def of(self, row: Row) -> object:
        """Give the value for a row. Raises RowRefused `value-unknown` or `value-not-integer`."""
        cell = row.cells[self.column]
        if not cell:
            return self.default
        if self.map is not None:
            return self._looked_up(cell)
        return cell if self.read_as == "text" else self._integer(cell)

    def columns(self) -> Iterator[str]:
        """Name the columns that are looked at."""
        yield self.column

    def constants(self) -> Iterator[object]:
        """Give all values that do not depend on what the file says."""
        if self.map is not None:
            yield from self.map.values()
        if self.default is not None:
            yield self.default

    def _looked_up(self, cell: str) -> Scalar:
        assert self.map is not None
        found = self.map.get(cell, self.default)
        if found is None:
            refuse_row("value-unknown", column=self.column, value=cell[:SHOWN_AT_MOST])
        return found

    def _integer(self, cell: str) -> int:
        try:
            return int(cell)
        except ValueError:
            refuse_row("value-not-integer", column=self.column)


class FromTemplate(Part):
    """Text with `{Column}` in it. It is there when all its cells are."""

    template: str

    @model_validator(mode="after")
    def _readable(self) -> "FromTemplate":
        for _, _, form, conversion in Formatter().parse(self.template):
            if form or conversion:
                raise ValueError("a template has plain {Column} places, nothing with ! or :")
        return self

    @cached_property
    def _pieces(self) -> tuple[tuple[str, str | None], ...]:
        parsed = Formatter().parse(self.template)
        return tuple((text, column) for text, column, _, _ in parsed)

    def of(self, row: Row) -> object:
        """Give the value for a row."""
        written = []
        for text, column in self._pieces:
            written.append(text)
            if column is not None:
                cell = row.cells[column]
                if not cell:
                    return None
                written.append(cell)
        return "".join(written)

    def columns(self) -> Iterator[str]:
        """Name the columns that are looked at."""
        yield from (column for _, column in self._pieces if column is not None)

    def constants(self) -> Iterator[object]:
        """Give all values that do not depend on what the file says."""
        if not any(self.columns()):
            yield "".join(text for text, _ in self._pieces)


class FirstOf(Part):
    """The first of several that is there."""

    first: Annotated[tuple["Value", ...], Field(min_length=1)]

    def of(self, row: Row) -> object:
        """Give the value for a row."""
        return next((found for each in self.first if (found := each.of(row)) is not None), None)

    def columns(self) -> Iterator[str]:
        """Name the columns that are looked at."""
        for each in self.first:
            yield from each.columns()

    def constants(self) -> Iterator[object]:
        """Give all values that do not depend on what the file says."""
        for each in self.first:
            yield from each.constants()


class Entries(Part):
    """Several values by name, such as the facts of a case; those that are not there are left out."""

    entries: dict[str, "Value"]

    def of(self, row: Row) -> object:
        """Give the value for a row."""
        found = ((name, each.of(row)) for name, each in self.entries.items())
        return {name: value for name, value in found if value is not None}

    def columns(self) -> Iterator[str]:
        """Name the columns that are looked at."""
        for each in self.entries.values():
            yield from each.columns()

    def constants(self) -> Iterator[object]:
        """Give all values that do not depend on what the file says: none, as the whole does."""
        yield from ()


def _kind(given: object) -> str:
    """Tell by its one telling key which kind of value is written, so that a mistake is told once and not five times."""
    if isinstance(given, BaseModel):
        return type(given).__name__
    if not isinstance(given, dict):
        return "Constant"
    named = {"column": "FromColumn", "template": "FromTemplate", "first": "FirstOf"}
    named |= {"entries": "Entries", "constant": "Constant"}
    return next((kind for key, kind in named.items() if key in given), "?")


Value = Annotated[
    Annotated[Constant, Tag("Constant")]
    | Annotated[FromColumn, Tag("FromColumn")]
    | Annotated[FromTemplate, Tag("FromTemplate")]
    | Annotated[FirstOf, Tag("FirstOf")]
    | Annotated[Entries, Tag("Entries")],
    Discriminator(
        _kind,
        custom_error_type="value",
        custom_error_message="a constant, or a table with column, template, first or entries",
    ),
]
"""Where a value comes from."""

FirstOf.model_rebuild()
Entries.model_rebuild()
