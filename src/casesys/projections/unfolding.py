"""The states of all streams while a log is walked: what a decision met at the place where the walk stands."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import overload

import msgspec

from casesys.domain.catalogue import evolve, parse_document
from casesys.domain.messages import Recorded, StreamId
from casesys.domain.register.state import Document
from casesys.domain.register.streams import document_stream
from casesys.domain.world import Loaded, World
from casesys.store.contract import EventLog, Stored
from casesys.store.reading import recorded, state_of


class _StreamView(msgspec.Struct, frozen=True, gc=False):
    """The one field of a leaf that says whether anybody here cares for it."""

    stream: StreamId


_view = msgspec.json.Decoder(_StreamView)


class States(Mapping[StreamId, Loaded]):
    """The state of every stream as of a position. Those that changed longest ago are let go, and read again when asked for."""

    def __init__(self, log: EventLog, kept_at_most: int, position: int) -> None:
        """Begin behind a position of the log."""
        self._log = log
        self._kept_at_most = kept_at_most
        self._kept: OrderedDict[StreamId, Loaded] = OrderedDict()
        self.position = position

    def __getitem__(self, stream: StreamId) -> Loaded:
        """Give a state; a stream without events has one, too."""
        return self._kept.get(stream) or self._fetched(stream)

    @overload
    def get(self, key: StreamId, /) -> Loaded: ...
    @overload
    def get(self, key: StreamId, default: object, /) -> Loaded: ...
    def get(self, key: StreamId, default: object = None, /) -> Loaded:
        """Give a state: there always is one."""
        del default
        return self._kept.get(key) or self._fetched(key)

    def __iter__(self) -> Iterator[StreamId]:
        """Name the streams that are kept."""
        return iter(self._kept)

    def __len__(self) -> int:
        """Count the streams that are kept."""
        return len(self._kept)

    def take(self, stored: Stored, recorded: Recorded) -> tuple[object | None, object]:
        """Let an event change the state of its stream; give the states before and after."""
        before = None if recorded.version == 1 else self[recorded.stream].state
        after = evolve(before, recorded)
        self._keep(recorded.stream, Loaded(recorded.version, after))
        self.position = stored.position
        return before, after

    def pass_over(self, news: Iterable[Stored]) -> None:
        """Go on over events of which only those matter whose stream is kept: a state nobody asked for is read when it is."""
        for stored in news:
            stream = _view.decode(stored.leaf_bytes).stream
            kept = self._kept.get(stream)
            if kept is not None:
                event = recorded(stored)
                self._kept[stream] = Loaded(event.version, evolve(kept.state, event))
            self.position = stored.position

    def skip_to(self, position: int) -> None:
        """Go on to a position without looking at what is between: nothing that was kept counts any more."""
        self._kept.clear()
        self.position = position

    def _fetched(self, stream: StreamId) -> Loaded:
        loaded = state_of(self._log.read_stream(stream, upto_position=self.position))
        self._keep(stream, loaded)
        return loaded

    def _keep(self, stream: StreamId, loaded: Loaded) -> None:
        self._kept[stream] = loaded
        self._kept.move_to_end(stream)
        if len(self._kept) > self._kept_at_most:
            self._kept.popitem(last=False)


class Documents(Mapping[str, object]):
    """The documents deposited so far, each parsed once, when it is first asked for."""

    def __init__(self, states: States) -> None:
        """Find documents among the states."""
        self._states = states
        self._parsed: dict[str, object] = {}

    def __getitem__(self, digest: str) -> object:
        """Parse a document, or give it as parsed before. Raises KeyError for one not deposited yet."""
        parsed = self._parsed.get(digest)
        if parsed is None:
            document = self._states[document_stream(digest)].state
            if not isinstance(document, Document):
                raise KeyError(digest)
            parsed = self._parsed[digest] = parse_document(document.kind, document.text)
        return parsed

    def __iter__(self) -> Iterator[str]:
        """Name those that were asked for."""
        return iter(self._parsed)

    def __len__(self) -> int:
        """Count those that were asked for."""
        return len(self._parsed)


class Unfolding:
    """A walk through a log: what has been recorded up to where it stands, for decisions and read models to look at."""

    def __init__(self, log: EventLog, kept_states: int, *, position: int = 0) -> None:
        """Begin behind a position, to keep at most so many states in memory."""
        self.states = States(log, kept_states, position)
        self._documents = Documents(self.states)

    @property
    def position(self) -> int:
        """Where the walk stands: the position of the last event taken."""
        return self.states.position

    def world(self) -> World:
        """Give what a decision made here may look at; nothing is missing from it."""
        return World(self.states, self._documents)

    def take(self, stored: Stored, recorded: Recorded) -> tuple[object | None, object]:
        """Go on over one event; give the states of its stream before and after."""
        return self.states.take(stored, recorded)

    def pass_over(self, news: Iterable[Stored]) -> None:
        """Go on over events nobody wants to see the effect of: only states that are kept change with them."""
        self.states.pass_over(news)

    def skip_to(self, position: int) -> None:
        """Go on to a position, leaving all states behind; documents, which never change, stay."""
        self.states.skip_to(position)
