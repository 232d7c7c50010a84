"""How far the read models have come, for those who wait for it: a reader of its own write, an open stream of events.

Whoever moves them, a process of its own as a rule, SQLite counts the changes, which costs a reader a few microseconds to ask. So it
is asked every few milliseconds, once for all who wait, and not at all while nobody does.
"""

import asyncio
import sqlite3
from contextlib import suppress

from casesys.projections.failures import ViewsError
from casesys.projections.reader import Reader

POLL_SECONDS = 0.004
"""How often the read models are asked whether they changed, while somebody waits for it."""

LOOK_SECONDS = 0.5
"""How often somebody who waits looks without a sign: what they may know can end although the read models stand still."""


class Progress:
    """Wakes who waits whenever the read models have changed, or the server is to stop. Belongs to one event loop, all but `end`."""

    def __init__(self, reader: Reader) -> None:
        """Watch the file that is read, in no transaction whenever it is asked here."""
        self._reader = reader
        self._seen = self._changes()
        self._sign = asyncio.Event()
        self._waiting = 0
        self._polling = False
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether the server is to stop."""
        return self._ended

    def end(self) -> None:
        """Say that the server is to stop: who waits for ever gives up. Callable from any thread."""
        self._ended = True

    def sign(self) -> asyncio.Event:
        """Give what will be set by the next change. Take it before looking, so that no change goes unnoticed in between."""
        self._look()
        return self._sign

    async def woken(self, sign: asyncio.Event, seconds: float) -> None:
        """Wait for a sign, so many seconds at the most, and not longer than until it is time to look without one."""
        self._waiting += 1
        if not self._polling:
            self._poll()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(min(seconds, LOOK_SECONDS)):
                    await sign.wait()
        finally:
            self._waiting -= 1

    def _poll(self) -> None:
        """Look, and again soon, as long as anybody waits."""
        self._polling = self._waiting > 0
        if self._polling:
            self._look()
            asyncio.get_running_loop().call_later(POLL_SECONDS, self._poll)

    def _look(self) -> None:
        """Set the sign that was given out, if there is reason to."""
        seen, self._seen = self._seen, self._changes()
        if seen != self._seen or self._ended:
            sign, self._sign = self._sign, asyncio.Event()
            sign.set()

    def _changes(self) -> object:
        """Give what differs after every commit of others. Where it cannot be read, who waits looks, and is told why.

        What a connection counts says nothing to what another does.
        """
        try:
            db = self._reader.now()
            return db, db.execute("PRAGMA data_version").fetchone()
        except (sqlite3.Error, ViewsError):
            return None
