"""The states of all streams while a log is walked from its beginning: what a decision met at the place where the walk stands."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import overload

from casesys.application.reading import state_of
from casesys.domain.catalogue import evolve, parse_document
from casesys.domain.messages import Recorded, StreamId
from casesys.domain.register.state import Document
from casesys.domain.register.streams import document_stream
from casesys.domain.world import Loaded, World
from casesys.store.contract import EventLog, Stored

NO_EVENTS = Loaded(0, None)


class States(Mapping[StreamId, Loaded]):
    """The state of every stream so far. Those that changed longest ago are put away, and read again when they are asked for."""

    def __init__(self, log: EventLog, kept_at_most: int) -> None:
        """Begin before the first event."""
        self._log = log
        self._kept_at_most = kept_at_most
        self._kept: OrderedDict[StreamId, Loaded] = OrderedDict()
        self._put_away: set[StreamId] = set()
        self._position = 0

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
        """Name the streams that have events."""
        yield from self._kept
        yield from self._put_away

    def __len__(self) -> int:
        """Count the streams that have events."""
        return len(self._kept) + len(self._put_away)

    def take(self, stored: Stored, recorded: Recorded) -> None:
        """Let an event change the state of its stream."""
        before = self[recorded.stream]
        self._keep(recorded.stream, Loaded(recorded.version, evolve(before.state, recorded)))
        self._position = stored.position

    def _fetched(self, stream: StreamId) -> Loaded:
        if stream not in self._put_away:
            return NO_EVENTS
        self._put_away.discard(stream)
        loaded = state_of(self._log.read_stream(stream, upto_position=self._position))
        self._keep(stream, loaded)
        return loaded

    def _keep(self, stream: StreamId, loaded: Loaded) -> None:
        self._kept[stream] = loaded
        self._kept.move_to_end(stream)
        if len(self._kept) > self._kept_at_most:
            self._put_away.add(self._kept.popitem(last=False)[0])


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
    """A walk through a log: what has been recorded up to where it stands, for decisions to look at."""

    def __init__(self, log: EventLog, kept_states: int) -> None:
        """Begin before the first event, to keep at most so many states in memory."""
        self._states = States(log, kept_states)
        self._documents = Documents(self._states)

    def world(self) -> World:
        """Give what a decision made here may look at; nothing is missing from it."""
        return World(self._states, self._documents)

    def take(self, stored: Sequence[Stored], recorded: Sequence[Recorded]) -> None:
        """Go on over the events of one command."""
        for each, event in zip(stored, recorded, strict=True):
            self._states.take(each, event)
