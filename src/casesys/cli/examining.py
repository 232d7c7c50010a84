"""`casesys doctor`: looks at everything a store needs, changes nothing, and says what to do."""

import platform
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta

import typer
from rich.console import Console
from rich.progress import Progress

from casesys.application import Engine, Service
from casesys.cli import options as o
from casesys.cli.examining_keys import examine_operators, examine_vault
from casesys.cli.examining_log import examine_log
from casesys.cli.examining_rules import examine_rules
from casesys.cli.failing import CommandFailed, Status
from casesys.cli.findings import Finding, Level, fine, trouble
from casesys.cli.language import spoken
from casesys.cli.printing import say, say_json
from casesys.domain.messages import Text
from casesys.settings import StoreSettings
from casesys.store import EventLog, StoreError
from casesys.store.contract import CLOCK_BOUND_SECONDS, utc_now
from casesys.store.sqlite import SqliteLog, open_log
from casesys.vault import Vault

OLDEST_SQLITE = (3, 38, 0)
"""The first with JSON functions always built in."""

MENDED_SQLITE = (3, 51, 3)
"""The first without the race that can damage a file in WAL mode when two connections reset the log at once."""

MENDED_BRANCHES = {(3, 44): 6, (3, 50): 7}
"""Older branches that were given the same mending, and from which release on."""


def doctor(
    store: o.StoreAddress,
    keys: o.KeyFolder = None,
    wrapping_key: o.WrappingKeyFile = None,
    *,
    json: o.AsJson = False,
    language: o.InLanguage = None,  # noqa: ARG001 - settled already
) -> None:
    """Check a store and all it needs."""
    settings = o.settings_of(store, keys, wrapping_key)
    if settings.path is None:
        raise CommandFailed(
            "store-not-kept",
            Text(
                "内存中的存储无可检查",
                "a store in memory is new each time: there is nothing to check",
            ),
            Text("写成sqlite:///路径", "write it sqlite:///PATH"),
        )
    findings = []
    for finding in examine(settings):
        findings.append(finding)
        if not json:
            say(finding.line())
    errors = any(finding.level is Level.ERROR for finding in findings)
    if json:
        say_json({"ok": not errors, "findings": findings})
    raise typer.Exit(Status.DAMAGED if errors else Status.DONE)


def examine(settings: StoreSettings) -> Iterator[Finding]:
    """Look at one thing after the other, as far as each can be looked at."""
    yield from examine_machine(sqlite3.sqlite_version_info)
    with ExitStack() as opened:
        assert settings.path is not None
        try:
            log = opened.enter_context(open_log(settings.path, synchronous=settings.synchronous))
            yield from _file(log)
            of_log = _log(log)
            yield from of_log
            yield from examine_vault(settings, log.log_id)
            if any(finding.level is Level.ERROR for finding in of_log):
                return  # nothing that the log says can be relied upon
            # The register is not sealed: what it says is known without the vault of the store.
            service = opened.enter_context(Service(Engine(log, Vault.in_memory(log.log_id))))
            now = utc_now()
            yield _clock(log, now)
            yield from examine_operators(service, settings, now)
            yield from examine_rules(service, now)
        except StoreError as error:
            yield trouble(error)


def examine_machine(sqlite: tuple[int, ...]) -> Iterator[Finding]:
    """Look whether Python and SQLite are new enough."""
    version = ".".join(map(str, sqlite))
    named = f"Python {platform.python_version()}, SQLite {version}"
    if sqlite < OLDEST_SQLITE:
        yield Finding(
            Level.ERROR,
            "sqlite-too-old",
            Text(f"{named}：SQLite太旧", f"{named}: this SQLite is too old"),
            Text("使用SQLite 3.38或更新版本的Python", "use a Python with SQLite 3.38 or newer"),
        )
    elif sqlite < MENDED_SQLITE and sqlite[2] < MENDED_BRANCHES.get((sqlite[0], sqlite[1]), 999):
        yield Finding(
            Level.WARNING,
            "sqlite-wal-reset",
            Text(
                f"{named}：多个进程同时写入时，极罕见情况下可能损坏文件",
                f"{named}: in very rare cases several processes that write at once can damage the file",
            ),
            Text(
                "使用SQLite 3.51.3或更新版本，或只让一个进程写入",
                "use SQLite 3.51.3 or newer, or let one process only write",
            ),
        )
    else:
        yield fine("machine", named, named)


def _file(log: SqliteLog) -> Iterator[Finding]:
    """Look whether the file is sound, and kept as durably as is promised."""
    damage = log.quick_check()
    if damage:
        yield Finding(
            Level.ERROR,
            "store-corrupt",
            Text(f"SQLite发现损坏：{damage[0]}", f"SQLite finds damage: {damage[0]}"),
            Text(
                "恢复备份，并保留此文件供检查",
                "restore a backup, and keep this file for examination",
            ),
        )
    else:
        yield fine("file", "文件完好", "the file is sound")
    actual = log.durability()
    stated = f"journal_mode={actual['journal_mode']}, synchronous={actual['synchronous']}"
    yield fine("durability", f"实际生效：{stated}", f"in force: {stated}")


def _log(log: EventLog) -> list[Finding]:
    """Look at every event, with a progress bar on a terminal."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(spoken("核对事件", "events"), total=log.head().size)
        return examine_log(log, lambda seen: bar.advance(task, seen))


def _clock(log: EventLog, now: datetime) -> Finding:
    latest = log.head().recorded_at
    if latest is not None and latest - now > timedelta(seconds=CLOCK_BOUND_SECONDS):
        return trouble(
            StoreError("clock-behind", f"{now.isoformat()} < {latest.isoformat()}", "set the clock")
        )
    return fine("clock", "时钟与日志相合", "the clock agrees with the log")
