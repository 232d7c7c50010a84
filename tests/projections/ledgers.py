"""Small read models for tests of what runs them: one that keeps a bit of everything, and one that fails when told to."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from casesys.domain.register.state import AdoptedCalendar
from casesys.domain.register.streams import calendar_stream
from casesys.projections.contract import Batch, Rows, Table

ENTRIES = Table(
    "ledger_entry",
    "position INTEGER PRIMARY KEY, stream TEXT NOT NULL, type TEXT NOT NULL",
    ("stream, position",),
)
CLOCKS = Table(
    "ledger_clock", "case_id TEXT NOT NULL, clock TEXT NOT NULL, calendars TEXT NOT NULL"
)
CASES = Table(
    "ledger_case",
    "case_id TEXT PRIMARY KEY, born INTEGER, position INTEGER, version INTEGER, changed_at TEXT, charter TEXT, adopted TEXT",
)
WORDS = Table("ledger_words", "text", words=True)


@dataclass
class Ledger:
    """One row an event, one a case, one a clock of a case, and the title's words. Rows name the calendar that counts."""

    name: str = "ledger"
    revision: int = 1
    tables: tuple[Table, ...] = (ENTRIES, CLOCKS, CASES, WORDS)
    by_calendar: str | None = CLOCKS.name

    def changes(self, batch: Batch) -> Iterator[Rows]:
        """Follow the events and the cases."""
        for step in batch.steps:
            row = (step.position, step.leaf.stream, step.leaf.type)
            yield Rows(ENTRIES.name, step.position, (row,))
        for case_id, now in batch.cases.items():
            case = now.case
            waiting = {
                name: running.start.calendar
                for name, running in case.clocks.items()
                if running.stopped_at is None and running.start.calendar is not None
            }
            clocks = [(case_id, clock, f" {code} ") for clock, code in sorted(waiting.items())]
            yield Rows(CLOCKS.name, case_id, clocks)
            adopted = {code: adopted_edition(batch, code) for code in set(waiting.values())}
            facts = (now.born, now.position, case.version, now.changed_at.isoformat())
            edition = " ".join(f"{code}={digest}" for code, digest in sorted(adopted.items()))
            row_of_case = (case_id, *facts, now.charter.rule.version, edition)
            yield Rows(CASES.name, case_id, (row_of_case,))
            yield Rows(WORDS.name, now.born, ((now.born, " ".join(case.title)),))


def adopted_edition(batch: Batch, code: str) -> str:
    """The edition of a calendar that counts at the end of a batch."""
    adopted = batch.world.state(calendar_stream(code), AdoptedCalendar)
    return "none" if adopted is None else adopted.digest


NOTES = Table("stumbling_note", "position INTEGER PRIMARY KEY, case_id TEXT")


@dataclass
class Stumbling:
    """One row an event, but for some events that it cannot take."""

    over: set[int] = field(default_factory=set)
    name: str = "stumbling"
    revision: int = 1
    tables: tuple[Table, ...] = (NOTES,)
    by_calendar: str | None = None

    def changes(self, batch: Batch) -> Iterator[Rows]:
        """Note each event."""
        for step in batch.steps:
            yield Rows(self.tables[0].name, step.position, ((step.position, step.leaf.stream),))
            if step.position in self.over:
                raise LookupError(f"a secret of {step.leaf.stream}")
