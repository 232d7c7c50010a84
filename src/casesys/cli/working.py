"""`casesys worker`: keeps read models up to date, lets time pass and notarises, until it is asked to end.

`casesys serve` runs one as its child; whoever runs several servers over a store, or wants to see to it themself, runs this.
"""

import gc
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from casesys.api.logs import open_log, take_over
from casesys.bootstrap.workers import open_worker
from casesys.cli import options as o
from casesys.cli import pacing as p
from casesys.cli.failing import CommandFailed
from casesys.cli.language import spoken
from casesys.cli.printing import say
from casesys.domain.messages import Text
from casesys.settings import MEMORY, SQLITE, SiteSettings, store_settings
from casesys.worker import TellTroubles, tell_parent

ENDINGS = frozenset({signal.SIGINT, signal.SIGTERM})


def worker(
    store: o.StoreAddress,
    *,
    checkpoint_events: p.CheckpointEvents = p.CHECKPOINTS.events,
    checkpoint_minutes: p.CheckpointMinutes = p.CHECKPOINTS.within // p.MINUTE,
    seal_events: p.SealEvents = p.SEALS.events,
    seal_hours: p.SealHours = p.SEALS.within // p.HOUR,
    keys: o.KeyFolder = None,
    wrapping_key: o.WrappingKeyFile = None,
    synchronous: o.Durability = "FULL",
    attached: Annotated[bool, typer.Option("--attached", hidden=True)] = False,
    language: o.InLanguage = None,  # noqa: ARG001 - settled already
) -> None:
    """Work over a store beside its servers."""
    if store == MEMORY:
        raise _nothing_to_do()
    read = store_settings if attached else o.settings_of  # whoever started this one was warned
    settings = SiteSettings(
        read(store, keys=keys, wrapping_key=wrapping_key, synchronous=synchronous),
        paces=p.paces_of(checkpoint_events, checkpoint_minutes, seal_events, seal_hours),
    )
    if attached:
        _work_for_parent(settings)
    else:
        _work_until_asked(settings)


def command_of(settings: SiteSettings) -> list[str]:
    """Give the command that starts a worker for the process that runs it."""
    store, (checkpoints, seals) = settings.store, settings.paces
    given = {
        "--store": f"{SQLITE}{store.path}",
        "--keys": store.keys,
        "--wrapping-key": store.wrapping_key,
        "--synchronous": store.synchronous,
        "--checkpoint-events": checkpoints.events,
        "--checkpoint-minutes": checkpoints.within // p.MINUTE,
        "--seal-events": seals.events,
        "--seal-hours": seals.within // p.HOUR,
    }
    options = [f"{name}={value}" for name, value in given.items() if value is not None]
    # -P: never a module that happens to lie in the folder the server was started in
    return [sys.executable, "-P", "-m", "casesys", "worker", "--attached", *options]


def _work_for_parent(settings: SiteSettings) -> None:
    """Work as long as the process that started this one, which finishes first what it has taken, however it is asked to end."""
    for each in ENDINGS:
        signal.signal(each, signal.SIG_IGN)
    with _at_work(settings, tell_parent):
        sys.stdin.buffer.read()


def _work_until_asked(settings: SiteSettings) -> None:
    """Work until a signal asks the process to end, which is kept from all threads that will be there, so that it waits to be taken."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    with _at_work(settings):
        say(spoken(f"正在处理：{settings.store.path}", f"At work on {settings.store.path}"))
        say(spoken("按Ctrl+C结束。", "Ctrl+C ends it."))
        signal.sigwait(ENDINGS)


@contextmanager
def _at_work(
    settings: SiteSettings, tell_troubles: TellTroubles = lambda _: None
) -> Iterator[None]:
    take_over(open_log())
    with open_worker(settings, tell_troubles):
        gc.collect()
        gc.freeze()  # as the server does
        yield


def _nothing_to_do() -> CommandFailed:
    return CommandFailed(
        "store-missing",
        Text(
            "内存中的存储只属于一个进程",
            "a store in memory belongs to one process alone",
        ),
        Text("给出存储文件", "name the file of a store"),
    )
