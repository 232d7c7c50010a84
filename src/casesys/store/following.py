"""Following a log: pages of what is new, for ever, until stopped. SQLite calls nobody, so its followers ask."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from threading import Event

from casesys.store.contract import Stored, Wait

FULL_LOOK_SECONDS = 1.0
"""However quiet the signs, the log itself is looked at this often."""

POLL_SECONDS = 0.002
"""How often a follower looks for a sign."""


class Following:
    """A subscription, made of a way to read and a way to wait."""

    def __init__(
        self,
        after: int,
        page: int,
        read: Callable[[int, int], list[Stored]],
        waiting: Callable[[], AbstractContextManager[Wait]],
    ) -> None:
        """Start behind the position `after`. `waiting` is entered by the thread that iterates, and left by it."""
        self._after = after
        self._page = page
        self._read = read
        self._waiting = waiting
        self._stopped = Event()

    def __iter__(self) -> Iterator[list[Stored]]:
        """Give pages that are never empty, in order and without a gap; wait while there is nothing new."""
        with self._waiting() as wait:
            while not self._stopped.is_set():
                events = self._read(self._after, self._page)
                if events:
                    self._after = events[-1].position
                    yield events
                else:
                    wait(self._after, self._stopped)

    def stop(self) -> None:
        """End the iteration, from any thread."""
        self._stopped.set()
