"""Wires a site: all that a server of a store needs, and its worker, in a process of its own or in threads of this one."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from casesys.api.logins import Logins
from casesys.api.looking import CurrentByTurns
from casesys.api.meters import Meters
from casesys.api.paging import Cursors
from casesys.api.parts import Parts
from casesys.api.positions import Progress
from casesys.application import Service
from casesys.attachments import open_attachments, sweep
from casesys.bootstrap import Clock, open_service
from casesys.bootstrap.workers import notarising_over, runner_over
from casesys.notary.ledger import Ledger
from casesys.notary.notary import Notary
from casesys.projections.database import Views, open_views
from casesys.projections.reader import Reader
from casesys.projections.running import Runner
from casesys.settings import SiteSettings
from casesys.store import EventLog, StoreError
from casesys.store.contract import utc_now
from casesys.worker import Apart, Worker

STEPS_AT_START = 20
"""How many pages of the log a site waits for before it is served: a second or two of work at the most."""

_log = logging.getLogger(__name__)


@contextmanager
def open_site(
    settings: SiteSettings, *, clock: Clock = utc_now, apart: Apart | None = None
) -> Iterator[Parts]:
    """Open a store that exists with all that a server of it needs, its worker at work, for the length of a block.

    The worker is in threads of this process, unless it is one apart, as whoever serves people wants it; of a store in memory it
    cannot be. Raises StoreError, VaultError, ViewsError or OSError, and has then changed nothing but read models.
    """
    with ExitStack() as opened:
        service = opened.enter_context(open_service(settings.store, clock=clock))
        log, vault = service.engine.log, service.engine.vault
        views = opened.enter_context(open_views(settings.views))
        ledger = opened.enter_context(closing(Ledger(settings.store.notary, log.log_id)))
        attachments = open_attachments(settings.attachments, vault)
        if settings.attachments is not None:
            _sweep(settings.attachments, log)
        worker = apart or opened.enter_context(_in_threads(settings, service, views, ledger, clock))
        if apart is not None:
            _begin_with(opened, apart, runner_over(service, views, clock), views)
        reader = opened.enter_context(closing(Reader(views)))
        yield Parts(
            service=service,
            current=CurrentByTurns(log),
            reader=reader,
            progress=Progress(reader),
            cursors=Cursors(vault),
            attachments=attachments,
            notary=Notary(log, ledger),
            meters=Meters(),
            settings=settings,
            clock=clock,
            troubles=lambda: worker.troubles,
            logins=Logins() if settings.environment == "development" else None,
        )


@contextmanager
def _in_threads(
    settings: SiteSettings, service: Service, views: Views, ledger: Ledger, clock: Clock
) -> Iterator[Worker]:
    """Have a worker at work in threads of this process, once little is left for it to make up for."""
    runner = runner_over(service, views, clock)
    _make_ready(runner)
    if settings.store.notary is not None:  # who reads by the one never waits for the other
        ledger = Ledger(settings.store.notary, service.engine.log.log_id)
    notarising = notarising_over(settings, service, ledger, clock)
    with closing(ledger), Worker(service, views, runner, clock, notarising=notarising) as worker:
        yield worker


def _begin_with(opened: ExitStack, apart: Apart, runner: Runner, views: Views) -> None:
    """Start a worker apart, and make up for a little what it has to do while it loads its program. The runner ends with that."""
    runner.begin()
    opened.enter_context(apart)
    _make_ready(runner)
    views.close()  # a file that is thrown away meanwhile is not to be kept by who writes nothing


def _sweep(folder: Path, log: EventLog) -> None:
    """Take away the files that no case refers to. A folder that cannot be swept is served all the same."""
    try:
        sweep(folder, log, utc_now())  # files are as old as the machine says
    except (OSError, StoreError) as error:
        _log.warning("the attachments could not be swept: %s", error)


def _make_ready(runner: Runner) -> None:
    """Have the tables of the read models laid out, and what little they may be behind made up for, before anybody asks.

    Where much is missing, the worker makes up for it while the site is served already.
    """
    steps = STEPS_AT_START
    while steps and runner.begin() and runner.step():
        steps -= 1
