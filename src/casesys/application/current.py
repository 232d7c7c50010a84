"""States of streams as they are now: never older than the end of the log when they are asked for, whoever wrote to it.

A server asks on every request whose key it was given and what that person may do. Reading their streams each time would cost more
than the answer, and merely keeping them would miss a key that another process has revoked. So what was asked for is kept, and at
each look the events recorded since the last one are passed over it: one short read of the log, mostly of nothing.
"""

from collections.abc import Mapping
from typing import NamedTuple

from casesys.domain.messages import StreamId
from casesys.domain.world import World
from casesys.projections.unfolding import Unfolding
from casesys.store.contract import EventLog

KEPT = 20_000
"""How many states are kept."""

PAGE = 1_000
"""How many events are caught up with at the most; who is further behind forgets what was kept, and reads it again."""


class Now(NamedTuple):
    """The world at the end of the log, which is at this position. Nothing is missing from it. It counts until the next look."""

    position: int
    world: World


class Current:
    """What there is at the end of a log. Belongs to one thread."""

    def __init__(self, log: EventLog, *, kept_states: int = KEPT) -> None:
        """Begin at the end of a log."""
        self._log = log
        self._walk = Unfolding(log, kept_states, position=log.head().size)

    @property
    def position(self) -> int:
        """The end of the log, as of the last look."""
        return self._walk.position

    def now(self) -> Now:
        """Take in what was recorded since the last look, and give the world as it is."""
        news = self._log.read(self._walk.position, PAGE)
        if len(news) < PAGE:
            self._walk.pass_over(news)
        else:
            self._walk.skip_to(self._log.head().size)
        return Now(self.position, self.world())

    def world(self) -> World:
        """Give the world as of the last look once more, for another question: a world knows what was asked of it."""
        return self._walk.world()

    def unchanged(self, reads: Mapping[StreamId, int]) -> bool:
        """Say whether streams are still at their versions, as of the last look."""
        states = self._walk.states
        return all(states[stream].version == version for stream, version in reads.items())
