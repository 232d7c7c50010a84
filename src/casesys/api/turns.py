"""Taking turns: what takes long is done for one after the other, and who would wait too long is told to come back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from casesys.api.problems import Problem

WAITING_AT_MOST = 20

LONG_EVENTS = 100
"""A case of more events is not gone through on the event loop: that would keep everybody else waiting."""

T = TypeVar("T")


class Turns:
    """A queue for one thing at a time. Belongs to one event loop."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._lock = asyncio.Lock()
        self._taken = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn, and have it for the length of the block. Raises Problem `overloaded`."""
        if self._taken >= WAITING_AT_MOST:
            raise Problem("overloaded", headers={"Retry-After": "5"})
        self._taken += 1
        try:
            async with self._lock:
                yield
        finally:
            self._taken -= 1

    async def made(self, make: Callable[[], T], events: int) -> T:
        """Make something of so many events of a case: at once if they are few, else in a thread when it is one's turn.

        Raises what the function raises, and Problem `overloaded`.
        """
        if events <= LONG_EVENTS:
            return make()
        async with self.turn():
            return await asyncio.to_thread(make)
