"""Instants as rows keep them to be shown: text of one width in UTC, which compares as the instants do.

Reading it is twenty times as fast as counting up from an epoch, which matters on a page with hundreds of them. Sort keys are
integers (`ticks`): they are compared, not shown, and take a quarter of the room in an index.
"""

from datetime import UTC, datetime
from functools import lru_cache

shown = datetime.fromisoformat
"""Read an instant that was kept."""


@lru_cache(maxsize=10_000)
def kept(instant: datetime) -> str:
    """Write an instant as rows keep it. Several read models keep the same ones, time and again."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def kept_if_any(instant: datetime | None) -> str | None:
    """Write an instant that there may not be."""
    return None if instant is None else kept(instant)


def shown_if_any(text: str | None) -> datetime | None:
    """Read an instant that there may not be."""
    return None if text is None else shown(text)
