"""The states of streams that the command path keeps between batches. Any of them may be old: whoever uses one checks its version.

Cases come, are worked on for an hour and lie still for a week; the register is asked in every decision. So each has room of its
own: however many cases go by, those who give the next command are still known.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping

from casesys.domain.messages import StreamId
from casesys.domain.world import Loaded

CASES_KEPT = 10_000
REGISTER_KEPT = 10_000
"""How many states are kept of streams that are no cases (about 10 MB)."""

_CASE = "case/"


class KeptStates:
    """States by their streams, as far as there is room. Those that were loaded or changed longest ago are let go."""

    def __init__(self, cases: int = CASES_KEPT, register: int = REGISTER_KEPT) -> None:
        """Give room to so many cases, and to so many streams of the register (0: none is kept)."""
        self._cases = _Room(cases)
        self._register = _Room(register)

    def get(self, stream: StreamId) -> Loaded | None:
        """Give the state kept of a stream, None if there is none."""
        return self._room_of(stream).get(stream)

    def keep(self, states: Mapping[StreamId, Loaded]) -> None:
        """Keep some states in place of what was kept of their streams."""
        for stream, loaded in states.items():
            self._room_of(stream).keep(stream, loaded)

    def forget(self, streams: Iterable[StreamId]) -> None:
        """Keep nothing of some streams."""
        for stream in streams:
            self._room_of(stream).pop(stream, None)

    def _room_of(self, stream: StreamId) -> "_Room":
        return self._cases if stream.startswith(_CASE) else self._register


class _Room(OrderedDict[StreamId, Loaded]):
    """So many states and no more."""

    def __init__(self, at_most: int) -> None:
        super().__init__()
        self._at_most = at_most

    def keep(self, stream: StreamId, loaded: Loaded) -> None:
        self[stream] = loaded
        self.move_to_end(stream)
        if len(self) > self._at_most:
            self.popitem(last=False)
