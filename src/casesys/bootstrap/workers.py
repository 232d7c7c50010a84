"""Wires a worker over a store: for a process that does nothing else, and for one that serves the store, too."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from casesys.application import Service
from casesys.bootstrap import Clock, open_service, signers_of
from casesys.notary.ledger import Ledger
from casesys.projections.database import Views, open_views
from casesys.projections.registry import all_of
from casesys.projections.running import Runner
from casesys.settings import SiteSettings
from casesys.store.contract import utc_now
from casesys.worker import Notarising, TellTroubles, Worker


@contextmanager
def open_worker(
    settings: SiteSettings, tell_troubles: TellTroubles = lambda _: None
) -> Iterator[Worker]:
    """Have a worker of its own at work over a store that exists, for the length of a block.

    Raises StoreError, VaultError or ViewsError, and has then changed nothing.
    """
    with ExitStack() as opened:
        service = opened.enter_context(open_service(settings.store))
        views = opened.enter_context(open_views(settings.views))
        ledger = Ledger(settings.store.notary, service.engine.log.log_id)
        opened.enter_context(closing(ledger))
        runner = runner_over(service, views, utc_now)
        worker = Worker(
            service,
            views,
            runner,
            utc_now,
            notarising=notarising_over(settings, service, ledger, utc_now),
            tell_troubles=tell_troubles,
        )
        yield opened.enter_context(worker)


def runner_over(service: Service, views: Views, clock: Clock) -> Runner:
    """Give what runs all read models of a store."""
    log, vault = service.engine.log, service.engine.vault
    return Runner(log, views, all_of(log, vault), clock=clock)


def notarising_over(
    settings: SiteSettings, service: Service, ledger: Ledger, clock: Clock
) -> Notarising:
    """Give what has a store's log sealed and signed."""
    return Notarising(service, ledger, signers_of(settings.store), clock, settings.paces)
