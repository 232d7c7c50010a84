"""The only place that wires objects together: a log, its vault, the engine over both and the service in front."""

import os
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from casesys.application import Engine, Service
from casesys.domain.messages import Envelope, Personal, Text
from casesys.domain.register.commands import FoundRegister
from casesys.domain.register.state import ApiKey
from casesys.domain.register.streams import REGISTER, api_key_stream
from casesys.settings import StoreSettings
from casesys.store import EventLog, StoreError
from casesys.store.contract import utc_now
from casesys.store.memory import MemoryLog
from casesys.store.sqlite import open_log
from casesys.vault import Vault

Clock = Callable[[], datetime]

KEY_BYTES = 32


def open_service(
    settings: StoreSettings, *, clock: Clock = utc_now, kept_states: int = 10_000
) -> Service:
    """Open a store that exists. Raises StoreError or VaultError, and has then changed nothing."""
    with ExitStack() as opened:
        log = opened.enter_context(_log(settings, clock, create=False))
        vault = _vault(settings, log)
        opened.callback(vault.close)
        service = Service(Engine(log, vault, kept_states=kept_states))
        opened.pop_all()
    return service


def create_service(
    settings: StoreSettings, *, clock: Clock = utc_now, kept_states: int = 10_000
) -> Service:
    """Make a store with its keys, empty, and open it. A creation that was cut short is completed.

    Raises StoreError `store-exists` when the store has events, and whatever else a store or vault may meet.
    """
    with ExitStack() as opened:
        log = opened.enter_context(_log(settings, clock, create=True))
        if log.head().size:
            raise StoreError("store-exists", "the store has events already", "name another path")
        vault = _made_vault(settings, log)
        opened.callback(vault.close)
        service = Service(Engine(log, vault, kept_states=kept_states))
        opened.pop_all()
    return service


def _log(settings: StoreSettings, clock: Clock, *, create: bool) -> EventLog:
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


def new_secret() -> str:
    """Make the secret of an API key: 256 bits, in a form that survives copying."""
    return f"ck_{secrets.token_urlsafe(KEY_BYTES)}"


def key_hash(secret: str) -> str:
    """Give what is stored of a secret, and names the stream of its key."""
    return sha256(secret.encode()).hexdigest()


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


def is_founded(service: Service) -> bool:
    """Say whether the store's register has been founded."""
    return service.engine.load((REGISTER,))[REGISTER].state is not None
