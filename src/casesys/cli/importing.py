"""`casesys import FILE`: the rows of a CSV file become cases, as a mapping says.

A store that does not exist yet is made with development defaults: its keys beside it, its register founded as the mapping says.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Annotated, NamedTuple, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TimeRemainingColumn

from casesys.application import Service
from casesys.application.assigning import new_secret
from casesys.application.keeping import KeptStates
from casesys.bootstrap import founding, open_service
from casesys.cli import options as o
from casesys.cli.failing import CommandFailed
from casesys.cli.founding import Founding, Rules, found
from casesys.cli.keys import holder, secret_of
from casesys.cli.language import in_words, spoken
from casesys.cli.printing import complain, say, say_json
from casesys.importing.outcome import Outcome, RefusedRow
from casesys.importing.problems import ImportFailed
from casesys.importing.reading import Project, read_project
from casesys.importing.rehearsal import rehearsal_on
from casesys.importing.running import STATES_KEPT, import_rows
from casesys.importing.table import Table, look_through
from casesys.settings import StoreSettings
from casesys.store import EventLog, StoreError
from casesys.store.contract import utc_now
from casesys.store.memory import MemoryLog
from casesys.store.sqlite import open_log

SECONDS_WITHOUT_A_BAR = 1.0

NOTHING = Rules((), None)
"""The import itself installs the charter and adopts the calendars, as of the mapping's start."""


class _Started(NamedTuple):
    """What an import works on: a service, who acts, and how many events making the store took."""

    service: Service
    actor: str
    events: int


def import_file(  # noqa: PLR0917 - the parser gives them by name
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help=spoken("CSV文件", "the CSV file to import"))
    ],
    mapping: Annotated[
        Path,
        typer.Option(
            "--mapping",
            metavar="MAPPING.toml",
            help=spoken("映射文件：行怎样成为事项", "the mapping that says how rows become cases"),
        ),
    ],
    store: o.StoreAddress,
    keys: o.KeyFolder = None,
    wrapping_key: o.WrappingKeyFile = None,
    key: o.OperatorKey = None,
    *,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help=spoken("照做一遍，但什么也不写", "decide everything and write nothing"),
        ),
    ] = False,
    synchronous: o.Durability = "FULL",
    json: o.AsJson = False,
    language: o.InLanguage = None,  # noqa: ARG001 - settled already
) -> None:
    """Turn the rows of a CSV file into cases."""
    settings = o.settings_of(store, keys, wrapping_key, synchronous)
    with _told():
        project = read_project(mapping)
        begun = perf_counter()
        table = look_through(file, project.mapping.file, frozenset(project.mapping.columns()))
        opened = _rehearsing if dry_run else _opened
        with opened(settings, project, key) as started:
            outcome = _imported(started, project, table)
            outcome.seconds = perf_counter() - begun
    if json:
        say_json(_record(outcome, dry_run=dry_run))
    else:
        _report(outcome, dry_run=dry_run)


@contextmanager
def _told() -> Iterator[None]:
    """Tell what is wrong with a mapping or a file as the command line tells things."""
    try:
        yield
    except ImportFailed as error:
        raise CommandFailed(
            error.code, error.says, error.remedy, accepted=error.accepted
        ) from error


def _imported(started: _Started, project: Project, table: Table) -> Outcome:
    with Bar(table.size, Console(stderr=True)) as bar:
        outcome = import_rows(
            started.service,
            project,
            table.rows(),
            actor=started.actor,
            now=utc_now(),
            tell_refused=_tell_refused,
            tell_progress=bar.tell,
        )
    outcome.events += started.events
    return outcome


# -- the store ----------------------------------------------------------------------------------------------------------------


@contextmanager
def _opened(settings: StoreSettings, project: Project, key: str | None) -> Iterator[_Started]:
    """Open the store to import into; make it first if it is not there."""
    events = _made(settings, project)
    secret = secret_of(None if events else key, settings)
    with open_service(settings, kept=KeptStates(STATES_KEPT)) as service:
        yield _Started(service, holder(service, secret, utc_now()).person, events)


def _made(settings: StoreSettings, project: Project) -> int:
    """Make a store with development defaults, unless it is there; give the number of events that took."""
    try:
        founded = found(settings, _founding(project), NOTHING)
    except StoreError as error:
        if error.code != "store-exists":
            raise
        return 0
    o.warn(
        spoken(
            f"已用开发默认设置新建存储{settings.path}；密钥在{settings.keys}，其中operator.key是首位操作员的密钥：请妥善保管。",
            f"MADE the store {settings.path} with development defaults. Its keys lie in {settings.keys}; operator.key in it"
            " is the first operator's: keep the folder safe, and apart from the store.",
        )
    )
    return founded.events


def _founding(project: Project) -> Founding:
    root = project.mapping.root
    return Founding(root.id, root.name, root.operator.id, root.operator.name)


@contextmanager
def _rehearsing(settings: StoreSettings, project: Project, key: str | None) -> Iterator[_Started]:
    """Give a service over what is there, or over nothing, that writes nothing."""
    with ExitStack() as opened:
        log = opened.enter_context(_beneath(settings))
        service = rehearsal_on(log)
        now = utc_now()
        if log.head().size:
            secret, events = secret_of(key, settings), 0
        else:
            secret = new_secret()
            answer = service.give(*founding(secret, **_founding(project)._asdict(), at=now))
            events = len(answer.events)
        yield _Started(service, holder(service, secret, now).person, events)


def _beneath(settings: StoreSettings) -> EventLog:
    """Open the log to rehearse on; one that is not there yet is an empty one."""
    if settings.path is None:
        return MemoryLog()
    try:
        return open_log(settings.path, synchronous=settings.synchronous)
    except StoreError as error:
        if error.code != "store-missing":
            raise
        return MemoryLog()


# -- what is said -------------------------------------------------------------------------------------------------------------


def _tell_refused(refused: RefusedRow) -> None:
    step = f" ({refused.step})" if refused.step else ""
    line = spoken(f"第{refused.line}行", f"line {refused.line}")
    complain(f"{line}: {refused.number}{step}: {refused.code}: {in_words(refused.reason)}")


class Bar:
    """A progress bar, on a terminal only, and only for what takes longer than a moment."""

    def __init__(self, rows: int, console: Console) -> None:
        """Wait for something to show."""
        self._rows = rows
        self._begun = perf_counter()
        self._console = console
        self._shown: Progress | None = None
        self._task = TaskID(0)

    def tell(self, outcome: Outcome) -> None:
        """Show how far the import is."""
        if not self._console.is_terminal or perf_counter() - self._begun < SECONDS_WITHOUT_A_BAR:
            return
        if self._shown is None:
            columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._shown = Progress(*columns, console=self._console)
            self._shown.start()
            self._task = self._shown.add_task("", total=self._rows)
        done = outcome.imported + outcome.refused + outcome.unchanged
        self._shown.update(self._task, completed=done)

    def __enter__(self) -> Self:
        """Show progress for the length of a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the bar as it was last."""
        if self._shown is not None:
            self._shown.stop()


def _record(outcome: Outcome, *, dry_run: bool) -> dict[str, object]:
    """Give the outcome as one object for programs."""
    return {
        "rows": outcome.rows,
        "imported": outcome.imported,
        "refused": outcome.refused,
        "unchanged": outcome.unchanged,
        "events": outcome.events,
        "seconds": round(outcome.seconds, 3),
        "rows_per_second": _rate(outcome.rows, outcome.seconds),
        "events_per_second": _rate(outcome.events, outcome.seconds),
        "dry_run": dry_run,
        "refusals": outcome.refusals,
        "refusals_left_out": outcome.refused - len(outcome.refusals),
    }


def _rate(count: int, seconds: float) -> int:
    return round(count / seconds) if seconds else 0


def _report(outcome: Outcome, *, dry_run: bool) -> None:
    rows, events = _rate(outcome.rows, outcome.seconds), _rate(outcome.events, outcome.seconds)
    say(
        spoken(
            f"{outcome.rows}行：导入{outcome.imported}，未变{outcome.unchanged}，拒绝{outcome.refused}",
            f"{outcome.rows} rows: {outcome.imported} imported, {outcome.unchanged} unchanged, {outcome.refused} refused",
        )
    )
    say(
        spoken(
            f"{outcome.events}个事件，{outcome.seconds:.1f}秒（每秒{rows}行、{events}个事件）",
            f"{outcome.events} events in {outcome.seconds:.1f} s ({rows} rows/s, {events} events/s)",
        )
    )
    if dry_run:
        say(spoken("这是试运行：什么也没有写入。", "This was a dry run: nothing was written."))
    elif not outcome.events:
        say(spoken("没有任何变化。", "Nothing has changed."))
