"""One look at the log for all requests of one turn of the event loop.

A turn takes up requests that had arrived when it began, so a look made in it is not older than any of them. Each look asks the
database, and whatever asks the database lets another thread at the interpreter: twenty requests would wait for it twenty times.
"""

import asyncio

from casesys.application.current import Current, Now


class CurrentByTurns(Current):
    """What there is at the end of a log, looked at once a turn. Belongs to one event loop."""

    _looked = False

    def now(self) -> Now:
        """Take in what was recorded since the last turn that looked, and give the world as it is."""
        if self._looked:
            return Now(self.position, self.world())
        now = super().now()
        self._looked = True
        asyncio.get_running_loop().call_soon(self._turn_over)
        return now

    def _turn_over(self) -> None:
        self._looked = False
