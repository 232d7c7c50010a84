"""The log in memory: the same contract for tests, simulations and embedders without a file."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from threading import Condition, Event
from time import monotonic
from typing import Self
from uuid import UUID, uuid4

from casesys.domain.messages import StreamId
from casesys.evidence.merkle import Peaks
from casesys.store.contract import (
    CLOCK_BOUND_SECONDS,
    Appended,
    Clock,
    Conflict,
    DuplicateCommand,
    Head,
    Stored,
    Unit,
    Wait,
    utc_now,
)
from casesys.store.failures import closed
from casesys.store.following import FULL_LOOK_SECONDS, POLL_SECONDS, Following
from casesys.store.stamping import (
    NO_EVENTS,
    Batch,
    Tip,
    stamp,
    streams_of,
    time_of_recording,
)


class MemoryLog:
    """An event log that lives as long as its object."""

    def __init__(
        self,
        *,
        clock: Clock = utc_now,
        clock_bound: timedelta = timedelta(seconds=CLOCK_BOUND_SECONDS),
        log_id: str | None = None,
    ) -> None:
        """Start empty, under a new identity unless one is given."""
        self.log_id = log_id or str(uuid4())
        self._clock = clock
        self._clock_bound = clock_bound
        self._news = Condition()
        self._closed = False
        self._head = Head(Peaks(), None)
        self._events: list[Stored] = []
        self._times: list[datetime] = []
        self._streams: dict[StreamId, list[Stored]] = {}
        self._commands: dict[UUID, list[Stored]] = {}
        self._sealed: dict[tuple[int, int], bytes] = {}

    def append(self, units: Sequence[Unit]) -> list[Appended]:
        """Store all units, or none of them."""
        with self._news:
            self._still_open()
            if not units:
                return []
            recorded_at = time_of_recording(self._clock(), self._head, self._clock_bound)
            tips = {stream: self._tip(stream) for stream in streams_of(units)}
            try:
                batch = stamp(units, self._head, tips, self.log_id, recorded_at)
            except Conflict as conflict:
                self._refuse_duplicates(units[: conflict.unit + 1])
                raise
            self._refuse_duplicates(units)
            self._keep(batch)
            self._news.notify_all()
            return batch.appended

    def read_streams(self, streams: Sequence[StreamId]) -> dict[StreamId, list[Stored]]:
        """Give all events of some streams, as of one moment."""
        with self._news:
            self._still_open()
            return {stream: list(self._streams.get(stream, ())) for stream in streams}

    def read_stream(
        self,
        stream: StreamId,
        *,
        after_version: int = 0,
        upto_version: int | None = None,
        upto_position: int | None = None,
    ) -> list[Stored]:
        """Give the events of one stream behind a version, as far as another and a position."""
        events = self.read_streams([stream])[stream][after_version:upto_version]
        return [e for e in events if upto_position is None or e.position <= upto_position]

    def read(self, after: int, limit: int) -> list[Stored]:
        """Give at most `limit` events that follow a position."""
        with self._news:
            self._still_open()
            return self._events[after : after + limit]

    def find_command(self, command_id: UUID) -> list[Stored]:
        """Give the events of a command, none if the log does not have it."""
        with self._news:
            self._still_open()
            return list(self._commands.get(command_id, ()))

    def head(self) -> Head:
        """Give the end of the log."""
        with self._news:
            self._still_open()
            return self._head

    def position_at(self, instant: datetime) -> int:
        """Give the position of the last event recorded at or before an instant."""
        with self._news:
            self._still_open()
            return bisect_right(self._times, instant)

    def stream_ids(self, prefix: str, after: str, limit: int) -> list[StreamId]:
        """Give at most `limit` streams whose names start with `prefix` and follow `after`."""
        with self._news:
            self._still_open()
            names = sorted(s for s in self._streams if s.startswith(prefix) and s > after)
        return names[:limit]

    def ciphertexts(self, positions: Iterable[int]) -> dict[tuple[int, int], bytes]:
        """Give the sealed fields of some events by position and slot."""
        wanted = set(positions)
        with self._news:
            self._still_open()
            return {place: text for place, text in self._sealed.items() if place[0] in wanted}

    def subscribe(self, after: int, *, page: int = 500) -> Following:
        """Follow the log from a position."""
        return Following(after, page, self.read, self.waiting)

    def waiting(self) -> AbstractContextManager[Wait]:
        """Wait for what is appended."""
        return nullcontext(self._wait)

    def close(self) -> None:
        """Forget everything."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    def __enter__(self) -> Self:
        """Use the log for the length of a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the log."""
        self.close()

    def _wait(self, after: int, stopped: Event) -> None:
        """Wait for events behind a position."""
        until = monotonic() + FULL_LOOK_SECONDS
        while self.head().size <= after and not stopped.is_set() and monotonic() < until:
            with self._news:
                self._news.wait(POLL_SECONDS)

    def _still_open(self) -> None:
        if self._closed:
            raise closed()

    def _tip(self, stream: StreamId) -> Tip:
        events = self._streams.get(stream)
        return Tip(len(events), events[-1].leaf_hash) if events else NO_EVENTS

    def _refuse_duplicates(self, units: Sequence[Unit]) -> None:
        seen: set[UUID] = set()
        for index, unit in enumerate(units):
            if unit.command_id in self._commands or unit.command_id in seen:
                raise DuplicateCommand(unit.command_id, index)
            seen.add(unit.command_id)

    def _keep(self, batch: Batch) -> None:
        self._head = batch.head
        for row in batch.rows:
            event = Stored(row.position, row.leaf, row.leaf_hash)
            self._events.append(event)
            self._times.append(batch.appended[0].recorded_at)
            self._streams.setdefault(row.stream, []).append(event)
            self._commands.setdefault(UUID(bytes=row.command_id), []).append(event)
        self._sealed.update(((position, slot), text) for position, slot, text in batch.sealed)
