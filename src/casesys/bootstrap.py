"""The only place that wires objects together: a log, its vault, the engine over both and the service in front."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from casesys.api.logins import Logins
from casesys.api.looking import CurrentByTurns
from casesys.api.meters import Meters
from casesys.api.paging import Cursors
from casesys.api.parts import Parts
from casesys.api.positions import Progress
from casesys.application import Engine, Service
from casesys.application.assigning import key_hash
from casesys.application.keeping import KeptStates
from casesys.attachments import open_attachments, sweep
from casesys.domain.messages import Envelope, Personal, Text
from casesys.domain.register.commands import FoundRegister
from casesys.domain.register.state import ApiKey
from casesys.domain.register.streams import api_key_stream
from casesys.notary.keyring import KeyRing
from casesys.notary.ledger import Ledger
from casesys.notary.notary import Notary, Signers, nobody
from casesys.projections.database import open_views
from casesys.projections.registry import all_of
from casesys.projections.running import Runner
from casesys.settings import SiteSettings, StoreSettings
from casesys.store import EventLog, StoreError
from casesys.store.contract import utc_now
from casesys.store.memory import MemoryLog
from casesys.store.sqlite import open_log
from casesys.vault import Vault
from casesys.worker import Notarising, Worker

Clock = Callable[[], datetime]

_log = logging.getLogger(__name__)

STEPS_AT_START = 20
"""How many pages of the log a site waits for before it is served: a second or two of work at the most."""


def open_service(
    settings: StoreSettings, *, clock: Clock = utc_now, kept: KeptStates | None = None
) -> Service:
    """Open a store that exists. Raises StoreError or VaultError, and has then changed nothing."""
    with ExitStack() as opened:
        log = opened.enter_context(_opened(settings, clock, create=False))
        vault = _vault(settings, log)
        opened.callback(vault.close)
        service = Service(Engine(log, vault, kept=kept))
        opened.pop_all()
    return service


def create_service(
    settings: StoreSettings, *, clock: Clock = utc_now, kept: KeptStates | None = None
) -> Service:
    """Make a store with its keys, empty, and open it. A creation that was cut short is completed.

    Raises StoreError `store-exists` when the store has events, and whatever else a store or vault may meet.
    """
    with ExitStack() as opened:
        log = opened.enter_context(_opened(settings, clock, create=True))
        if log.head().size:
            raise StoreError("store-exists", "the store has events already", "name another path")
        vault = _made_vault(settings, log)
        opened.callback(vault.close)
        service = Service(Engine(log, vault, kept=kept))
        opened.pop_all()
    return service


@contextmanager
def open_site(settings: SiteSettings, *, clock: Clock = utc_now) -> Iterator[Parts]:
    """Open a store that exists with all that a server of it needs, its worker at work, for the length of a block.

    Raises StoreError, VaultError, ViewsError or OSError, and has then changed nothing but read models.
    """
    with ExitStack() as opened:
        service = opened.enter_context(open_service(settings.store, clock=clock))
        log, vault = service.engine.log, service.engine.vault
        views = opened.enter_context(open_views(settings.views))
        progress = Progress()
        projections = all_of(log, vault)
        runner = Runner(log, views, projections, clock=clock, on_progress=progress.moved)
        mine = opened.enter_context(closing(Ledger(settings.store.notary, log.log_id)))
        workers = mine
        if (
            settings.store.notary is not None
        ):  # who reads by the one never waits for what is written by the other
            workers = opened.enter_context(closing(Ledger(settings.store.notary, log.log_id)))
        signers = _signers(settings.store)
        notarising = Notarising(service, workers, signers, clock, settings.paces)
        worker = Worker(service, views, runner, clock, notarising=notarising)
        attachments = open_attachments(settings.attachments, vault)
        if settings.attachments is not None:
            _sweep(settings.attachments, log)
        parts = Parts(
            service=service,
            current=CurrentByTurns(log),
            views=views,
            reader=opened.enter_context(closing(views.reader())),
            progress=progress,
            cursors=Cursors(vault),
            attachments=attachments,
            notary=Notary(log, mine),
            meters=Meters(),
            settings=settings,
            clock=clock,
            logins=Logins() if settings.environment == "development" else None,
        )
        _make_ready(runner)
        opened.enter_context(worker)
        yield parts


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


@contextmanager
def open_notary(settings: StoreSettings, log: EventLog) -> Iterator[Notary]:
    """Open the notary of an open log for the length of a block. Raises LedgerForeign or LedgerUnavailable."""
    with closing(Ledger.open(settings.notary, log.log_id)) as ledger:
        yield Notary(log, ledger, _signers(settings))


def _signers(settings: StoreSettings) -> Signers:
    return nobody if settings.keys is None else KeyRing(settings.keys).signers


def _opened(settings: StoreSettings, clock: Clock, *, create: bool) -> EventLog:
    if settings.path is None:
        return MemoryLog(clock=clock)
    return open_log(settings.path, create=create, synchronous=settings.synchronous, clock=clock)


def _vault(settings: StoreSettings, log: EventLog) -> Vault:
    if settings.keys is None:
        return Vault.in_memory(log.log_id)
    return Vault.open(settings.keys, log.log_id, wrapping_key_file=settings.wrapping_key)


def _made_vault(settings: StoreSettings, log: EventLog) -> Vault:
    if settings.keys is None:
        return Vault.in_memory(log.log_id)
    if (settings.keys / "subjects.sqlite").exists():
        return _vault(settings, log)
    return Vault.create(settings.keys, log.log_id, wrapping_key_file=settings.wrapping_key)


def write_secret(file: Path, secret: str) -> None:
    """Keep a secret in a file that only its owner may read, durable when this returns."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        handle.write(secret + "\n")
        handle.flush()
        os.fsync(handle.fileno())


def founding(  # noqa: PLR0913 - what is founded, by name
    secret: str, *, grid_id: str, grid_name: Text, person_id: str, person_name: str, at: datetime
) -> tuple[FoundRegister, Envelope]:
    """Give the command that records the root grid, the first operator and the hash of their key."""
    command = FoundRegister(
        grid_id=grid_id,
        grid_name=grid_name,
        person_id=person_id,
        person_name=Personal(person_name),
        key_hash=key_hash(secret),
    )
    return command, Envelope(command_id=uuid4(), actor_id=person_id, decided_at=at)


def holder_of(service: Service, secret: str, at: datetime) -> ApiKey | None:
    """Give the key that a secret opens, None for one that was never issued, is revoked or has expired."""
    stream = api_key_stream(key_hash(secret))
    key = service.engine.load((stream,))[stream].state
    if not isinstance(key, ApiKey) or key.revoked:
        return None
    return None if key.expires_at is not None and key.expires_at <= at else key
