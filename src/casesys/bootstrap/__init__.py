"""The only place that wires objects together: here a log, its vault, the engine over both and the service in front.

The sites over a store, with their workers, are in `casesys.bootstrap.sites`, which only who serves one has to load.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from casesys.application import Engine, Service
from casesys.application.assigning import key_hash
from casesys.application.keeping import KeptStates
from casesys.domain.messages import Envelope, Personal, Text
from casesys.domain.register.commands import FoundRegister
from casesys.domain.register.state import ApiKey
from casesys.domain.register.streams import api_key_stream
from casesys.notary.keyring import KeyRing
from casesys.notary.ledger import Ledger
from casesys.notary.notary import Notary, Signers, nobody
from casesys.settings import StoreSettings
from casesys.store import EventLog, StoreError
from casesys.store.contract import utc_now
from casesys.store.memory import MemoryLog
from casesys.store.sqlite import open_log
from casesys.vault import Vault

Clock = Callable[[], datetime]


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
def open_notary(settings: StoreSettings, log: EventLog) -> Iterator[Notary]:
    """Open the notary of an open log for the length of a block. Raises LedgerForeign or LedgerUnavailable."""
    with closing(Ledger.open(settings.notary, log.log_id)) as ledger:
        yield Notary(log, ledger, signers_of(settings))


def signers_of(settings: StoreSettings) -> Signers:
    """Give what tells the keys that sign checkpoints of a store now: none in memory."""
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
