"""One look for all requests that one turn of the event loop takes up.

They had all arrived when the turn began, so a look made in it is not older than any of them. Each look asks a database, and
whatever asks a database lets another thread at the interpreter: twenty requests would wait for it twenty times.
"""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from casesys.application.current import Current, Now
from casesys.store.contract import EventLog

T = TypeVar("T")


class ByTurns(Generic[T]):
    """What somebody finds who looks once a turn. Belongs to one event loop."""

    def __init__(self, look: Callable[[], T]) -> None:
        """Look by a function; when it fails, the next one who asks looks again."""
        self._look = look
        self._seen: tuple[T] | None = None

    def this_turn(self) -> T:
        """Give what there was at this turn's first look."""
        if self._seen is None:
            self._seen = (self._look(),)
            asyncio.get_running_loop().call_soon(self._turn_over)
        return self._seen[0]

    def _turn_over(self) -> None:
        self._seen = None


class CurrentByTurns(Current):
    """What there is at the end of a log. Belongs to one event loop."""

    def __init__(self, log: EventLog) -> None:
        """Begin at the end of a log."""
        super().__init__(log)
        self._looks = ByTurns(self.now)

    def this_turn(self) -> Now:
        """Give the world as of this turn's first look. Whoever compares it with what was read before it asks for `now` instead."""
        self._looks.this_turn()
        return Now(self.position, self.world())
