"""What is counted and measured while a site is served, as Prometheus reads it. No label ever holds an id or a text of people."""

from collections import Counter as Counts
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from math import nan

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import generate_latest

from casesys.notary.notary import Coverage
from casesys.projections.standing import Slot, Standing

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Where durations are cut into buckets."""


WORK = ("projections", "clock", "notary", "process")
"""What a worker does, and its process itself."""


class Meters:
    """The meters of one site."""

    def __init__(self) -> None:
        """Begin at zero."""
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Histogram(
            "casesys_request_seconds",
            "How long requests took, by route and status.",
            ("method", "route", "status"),
            buckets=SECONDS,
            registry=registry,
        )
        self._duration = cache(lambda *of: self._requests.labels(*map(str, of)))
        self._commands = Counter(
            "casesys_commands",
            "Commands given, by what became of them: accepted, repeated, or the code of a refusal or failure.",
            ("command", "verdict"),
            registry=registry,
        )
        self._became = cache(self._commands.labels)
        self._commits = Histogram(
            "casesys_commit_seconds",
            "How long it took from handing a command over until it was committed.",
            buckets=SECONDS,
            registry=registry,
        )
        self._streams = Gauge(
            "casesys_open_streams", "Streams of live events that are open.", registry=registry
        )
        self.open_streams = 0
        self._readers = Counts[str]()
        self._log = Gauge("casesys_log_position", "The end of the log.", registry=registry)
        self._covered = Gauge(
            "casesys_checkpoint_position",
            "The log position that the newest checkpoint covers; NaN when that cannot be read.",
            registry=registry,
        )
        self._waiting = Gauge(
            "casesys_checkpoint_waiting_seconds",
            "How long the oldest event that no checkpoint covers has waited for one; 0 when all are covered.",
            registry=registry,
        )
        self._positions = _of_projections(
            "position", "The log position that a read model has come to.", registry
        )
        self._lags = _of_projections(
            "lag_events", "How many events a read model is behind the log.", registry
        )
        self._parked = _of_projections(
            "parked", "1 while a read model waits at an event it could not take.", registry
        )

        self._troubles = Gauge(
            "casesys_worker_trouble",
            "1 while something stands in the way of some of the worker's work; absent when others run it.",
            ("work",),
            registry=registry,
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request: `method` is one of the known ones, `route` a template, never the path that was asked for."""
        self._duration(method, route, status).observe(seconds)

    def command(self, name: str, verdict: str, seconds: float) -> None:
        """Count a command by its stored type and what became of it; a verdict is `accepted`, `repeated` or a stable code."""
        self._became(name, verdict).inc()
        if verdict == "accepted":
            self._commits.observe(seconds)

    @contextmanager
    def streaming(self, reader: str) -> Iterator[None]:
        """Count a stream of events while a person has it open."""
        self.open_streams += 1
        self._readers[reader] += 1
        try:
            yield
        finally:
            self.open_streams -= 1
            self._readers[reader] -= 1
            if not self._readers[reader]:
                del self._readers[reader]

    def streams_of(self, reader: str) -> int:
        """Give how many streams of events a person has open."""
        return self._readers[reader]

    def checkpoint(self, coverage: Coverage | None, now: datetime) -> None:
        """Take down how far checkpoints cover the log at an instant; None when that cannot be read."""
        self._covered.set(nan if coverage is None else coverage.covered)
        self._waiting.set(nan if coverage is None else _seconds_since(coverage.since, now))

    def worker(self, troubles: Mapping[str, str] | None) -> None:
        """Take down what stands in the way of which of the worker's work; None when others run it."""
        self._troubles.clear()
        if troubles is not None:
            for work in WORK:
                self._troubles.labels(work).set(work in troubles)

    def exposition(self, log_position: int, standings: Iterable[Standing]) -> bytes:
        """Give all meters as text, with where the log and its read models stand now."""
        self._log.set(log_position)
        self._streams.set(self.open_streams)
        for gauge in (self._positions, self._lags, self._parked):
            gauge.clear()
        for standing in standings:
            if standing.slot is Slot.SERVING:
                self._positions.labels(standing.name).set(standing.position)
                self._lags.labels(standing.name).set(max(0, log_position - standing.position))
                self._parked.labels(standing.name).set(standing.parked is not None)
        return generate_latest(self._registry)


def _seconds_since(instant: datetime | None, now: datetime) -> float:
    return 0.0 if instant is None else max(0.0, (now - instant).total_seconds())


def _of_projections(what: str, told: str, registry: CollectorRegistry) -> Gauge:
    return Gauge(f"casesys_projection_{what}", told, ("projection",), registry=registry)
