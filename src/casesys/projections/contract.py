"""What a read model is: a pure function from what happened to changes of rows.

The runner reads the log in pages, folds the states of the streams on the way, and hands each page as a `Batch` to every projection. A
projection answers with `Rows`: for a key of one of its tables, all the rows that the key has from now on. A batch may be any stretch
of the log: the rows after it depend on the events up to its end alone, never on where pages were cut.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from casesys.domain.messages import Recorded
from casesys.domain.world import World
from casesys.evidence.leaf import Leaf
from casesys.projections.cases import CaseNow

Value = str | int | bytes | float | None
"""What a column may hold."""


class Table(NamedTuple):
    """A table of a read model.

    `columns` are column definitions of SQL, the first of which is the key that rows are replaced by; `indexes` are lists of columns.
    A `words` table is one of full-text search: its only column is the text, and its key the `rowid`, an integer.
    """

    name: str
    columns: str
    indexes: tuple[str, ...] = ()
    words: bool = False


class Rows(msgspec.Struct, frozen=True, gc=False):
    """All rows that a key of a table has from now on, each with every column in order, the key first. None: the key has no rows."""

    table: str
    key: int | str
    rows: Sequence[tuple[Value, ...]] = ()


class Step(msgspec.Struct, frozen=True, gc=False):
    """One event: where it stands, its leaf, the event itself, and the states of its stream around it."""

    position: int
    leaf: Leaf
    recorded: Recorded
    before: object | None
    after: object


class Batch(NamedTuple):
    """A stretch of the log: its events, and every case as it is at the end, if an event of the stretch bears on it.

    That is each case with an event of its own, and each that waits for a date of a calendar of which an edition was adopted
    (`Projection.by_calendar`). `world` is what decisions at the end of the stretch would see.
    """

    steps: Sequence[Step]
    cases: Mapping[str, CaseNow]
    world: World


class Projection(Protocol):
    """One read model. It keeps nothing between batches: what it knows is in its rows and in the batch."""

    @property
    def name(self) -> str:
        """Its name, for people and for the register of projections."""
        ...

    @property
    def revision(self) -> int:
        """Raised whenever the same events would give other rows; the rows are then built anew."""
        ...

    @property
    def tables(self) -> tuple[Table, ...]:
        """Its tables."""
        ...

    @property
    def by_calendar(self) -> str | None:
        """The table whose columns `case_id` and `calendars` (codes, each between spaces) say which cases wait for a date; if any."""
        ...

    def changes(self, batch: Batch) -> Iterable[Rows]:
        """Give the rows that differ after a batch. Of several for one key, the last counts."""
        ...
