"""Taking turns: what takes long is done for one after the other, and who would wait too long is told to come back.

Nobody can take the turns of all others.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from casesys.api.problems import Problem

WAITING_AT_MOST = 20
EACH_AT_MOST = 5
"""How many turns are taken or waited for, by all and by one person."""

LONG_EVENTS = 100
"""A case of more events is not gone through on the event loop: that would keep everybody else waiting."""

T = TypeVar("T")


class Turns:
    """A queue for one thing at a time. Belongs to one event loop."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._lock = asyncio.Lock()
        self._taken = Counter[str]()

    @asynccontextmanager
    async def turn(self, person_id: str) -> AsyncIterator[None]:
        """Wait for somebody's turn, and have it for the length of the block. Raises Problem `overloaded`."""
        if self._taken.total() >= WAITING_AT_MOST or self._taken[person_id] >= EACH_AT_MOST:
            raise Problem("overloaded", headers={"Retry-After": "5"})
        self._taken[person_id] += 1
        try:
            async with self._lock:
                yield
        finally:
            self._taken -= Counter({person_id: 1})  # forgets who has none any more

    async def made(self, person_id: str, make: Callable[[], T], events: int) -> T:
        """Make something of so many events of a case: at once if they are few, else in a thread when it is somebody's turn.

        Raises what the function raises, and Problem `overloaded`.
        """
        if events <= LONG_EVENTS:
            return make()
        async with self.turn(person_id):
            return await asyncio.to_thread(make)
