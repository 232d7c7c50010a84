"""How far the read models have come, for those who wait for it: a reader of its own write, an open stream of events."""

import asyncio
from contextlib import suppress

LOOK_SECONDS = 0.5
"""Another process may run the read models, and nobody tells of its progress: so often somebody who waits looks by themself."""


class Progress:
    """Wakes who waits whenever the read models have moved, or the server is to stop. Any thread may tell it; one loop waits."""

    def __init__(self) -> None:
        """Begin without anybody waiting."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sign = asyncio.Event()
        self.ended = False

    def moved(self, _: int) -> None:
        """Say that read models have come to another position."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended: nobody waits any more
                self._loop.call_soon_threadsafe(self._wake)

    def end(self) -> None:
        """Say that the server is to stop: who waits for ever gives up."""
        self.ended = True
        self.moved(0)

    def sign(self) -> asyncio.Event:
        """Give what will be set by the next move. Take it before looking, so that no move goes unnoticed in between."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        return self._sign

    def _wake(self) -> None:
        sign, self._sign = self._sign, asyncio.Event()
        sign.set()


async def woken(sign: asyncio.Event, seconds: float) -> None:
    """Wait for a sign, so many seconds at the most, and not longer than until it is time to look without one."""
    with suppress(TimeoutError):
        async with asyncio.timeout(min(seconds, LOOK_SECONDS)):
            await sign.wait()
