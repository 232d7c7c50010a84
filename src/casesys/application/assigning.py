"""What is filled in for whoever gives a command and leaves it out: the id of a new case, the secret of a new key."""

import secrets
import time
from collections.abc import MutableMapping
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from casesys.domain.cases.commands import CollectCase
from casesys.domain.messages import Command
from casesys.domain.register.commands import IssueApiKey

KEY_BYTES = 32


class Assigned(NamedTuple):
    """The fields that were filled in, and the secret of a new key, to be shown this once."""

    fields: frozenset[str]
    secret: str | None = None


def assignable(command: type[Command]) -> str | None:
    """Name the field of a command that is filled in when it is left out."""
    if issubclass(command, CollectCase):
        return "case_id"
    return "key_hash" if issubclass(command, IssueApiKey) else None


def assign(command: type[Command], fields: MutableMapping[str, object]) -> Assigned:
    """Fill in what was left out of the fields of a command."""
    name = assignable(command)
    if name is None or name in fields:
        return Assigned(frozenset())
    if issubclass(command, CollectCase):
        fields[name] = str(new_case_id())
        return Assigned(frozenset({name}))
    secret = new_secret()
    fields[name] = key_hash(secret)
    return Assigned(frozenset({name}), secret)


def new_case_id() -> UUID:
    """Make a UUIDv7 (RFC 9562): 48 bits of milliseconds, the rest random, so that cases sort by age."""
    value = (time.time_ns() // 1_000_000 << 80) | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def new_secret() -> str:
    """Make the secret of an API key: 256 bits, in a form that survives copying."""
    return f"ck_{secrets.token_urlsafe(KEY_BYTES)}"


def key_hash(secret: str) -> str:
    """Give what is stored of a secret, and names the stream of its key."""
    return sha256(secret.encode()).hexdigest()
