"""Where a store and its keys are, as people write it, and how a site over it is served.

A store is `sqlite:///relative/path`, `sqlite:////absolute/path` or `memory:`. The keys of a SQLite store lie in a folder beside it,
`PATH.keys`, unless another is named: they must not be in the store itself, or a copy of the store would undo an erasure.
"""

from datetime import timedelta
from pathlib import Path
from typing import Literal, NamedTuple

SQLITE = "sqlite:///"
MEMORY = "memory:"

Synchronous = Literal["FULL", "NORMAL"]

Environment = Literal["development", "production"]
"""What a site is for. The development login, by which anybody may act as anybody, is there in `development` alone."""


class StoreAddressInvalid(ValueError):
    """The address of a store cannot be read."""

    code = "store-address-invalid"


class StoreSettings(NamedTuple):
    """Where a store is. `path` is None for a store in memory."""

    path: Path | None
    keys: Path | None
    wrapping_key: Path | None = None
    synchronous: Synchronous = "FULL"

    @property
    def first_key(self) -> Path | None:
        """The file that keeps the first operator's API key for the command line."""
        return None if self.keys is None else self.keys / "operator.key"

    @property
    def notary(self) -> Path | None:
        """The file of the notary, which can be thrown away: beside the store, `PATH.notary`. None in memory."""
        return None if self.path is None else self.path.with_name(f"{self.path.name}.notary")


def store_settings(
    address: str,
    *,
    keys: Path | None = None,
    wrapping_key: Path | None = None,
    synchronous: Synchronous = "FULL",
) -> StoreSettings:
    """Read the address of a store. Raises StoreAddressInvalid."""
    if address == MEMORY:
        return StoreSettings(None, None)
    path = address.removeprefix(SQLITE)
    if path == address or not path or "?" in path or "#" in path:
        msg = f"a store is written {SQLITE}PATH or {MEMORY}, not {address!r}"
        raise StoreAddressInvalid(msg)
    file = Path(path)
    beside = keys or file.with_name(f"{file.name}.keys")
    return StoreSettings(file, beside, wrapping_key, synchronous)


class Pace(NamedTuple):
    """How soon something is done about new events: when there are so many, and when the first of them is so old."""

    events: int
    within: timedelta


class Paces(NamedTuple):
    """How soon new events are covered by a checkpoint, and reached by a seal of the log."""

    checkpoints: Pace = Pace(1_000, timedelta(hours=1))
    seals: Pace = Pace(10_000, timedelta(days=1))


class SiteSettings(NamedTuple):
    """How a store is served."""

    store: StoreSettings
    environment: Environment = "production"
    paces: Paces = Paces()

    @property
    def views(self) -> Path | None:
        """The file of the read models, which can be thrown away: beside the store, `PATH.views`. None in memory."""
        return _beside(self.store.path, "views")

    @property
    def attachments(self) -> Path | None:
        """The folder of attached files: beside the store, `PATH.attachments`. None in memory."""
        return _beside(self.store.path, "attachments")


def _beside(path: Path | None, what: str) -> Path | None:
    return None if path is None else path.with_name(f"{path.name}.{what}")
