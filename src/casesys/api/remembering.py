"""Answers that are made once and given as long as they are true.

A case file takes milliseconds to make and is asked for again and again. What it was made from is known: the streams that were looked
at, at their versions, and the personal texts that were opened. While none of the streams has gone on and nobody was erased, making it
again would give the same; only time itself passes, so what depends on the instant is kept for a moment at the most.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from casesys.application.current import Current
from casesys.domain.messages import StreamId

T = TypeVar("T")


class _Kept(NamedTuple, Generic[T]):
    value: T
    reads: Mapping[StreamId, int]
    forgotten: int
    until: datetime | None


class Remembered(Generic[T]):
    """Values by their keys, as long as they are true. The longest unused are let go. Belongs to the event loop."""

    def __init__(self, current: Current, forgotten: Callable[[], int], *, at_most: int) -> None:
        """Keep at most so many values. `forgotten` tells how often somebody was forgotten so far."""
        self._current = current
        self._forgotten = forgotten
        self._at_most = at_most
        self._kept: OrderedDict[Hashable, _Kept[T]] = OrderedDict()

    def get(self, key: Hashable, at: datetime) -> T | None:
        """Give a value that is true at the last look at the log, None if there is none."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        if (
            (kept.until is not None and not at < kept.until)
            or not self._current.unchanged(kept.reads)
            or kept.forgotten != self._forgotten()
        ):
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return kept.value

    def put(
        self,
        key: Hashable,
        value: T,
        reads: Mapping[StreamId, int],
        forgotten: int,
        *,
        until: datetime | None = None,
    ) -> None:
        """Keep a value with the streams that it rests on and how often somebody had been forgotten before it was made."""
        self._kept[key] = _Kept(value, dict(reads), forgotten, until)
        if len(self._kept) > self._at_most:
            self._kept.popitem(last=False)
