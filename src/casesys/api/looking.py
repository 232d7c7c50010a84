"""One look at the log for all requests that one turn of the event loop takes up.

They had all arrived when the turn began, so a look made in it is not older than any of them. Each look asks the database, and
whatever asks the database lets another thread at the interpreter: twenty requests would wait for it twenty times.
"""

import asyncio

from casesys.application.current import Current, Now


class CurrentByTurns(Current):
    """What there is at the end of a log. Belongs to one event loop."""

    _looked = False

    def this_turn(self) -> Now:
        """Give the world as of this turn's first look. Whoever compares it with what was read before it asks for `now` instead."""
        if self._looked:
            return Now(self.position, self.world())
        now = self.now()
        self._looked = True
        asyncio.get_running_loop().call_soon(self._turn_over)
        return now

    def _turn_over(self) -> None:
        self._looked = False
