"""./dev bench rebuild: making all read models anew, each of them alone, and following the log by small batches.

That is from the log of an import, and from one of lives under the stock charter. Rounds go through all in turn; medians are printed,
with the smallest and largest, by the clock, and the median by the processor's time, which a busy machine disturbs less.
"""

import argparse
import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.growth import founded, lived
from benchmarks.imported import import_once
from casesys.application import Service
from casesys.bootstrap import open_service
from casesys.cli.program import COLLECTION
from casesys.projections.batches import Walk
from casesys.projections.contract import Projection
from casesys.projections.database import open_views
from casesys.projections.registry import all_of
from casesys.projections.running import PAGE, Runner
from casesys.settings import store_settings
from casesys.store import EventLog

LOG_ALONE = "(the log alone)"
"""Reading, decoding and folding, without a read model."""

BATCHES = (1, 5, 20)
FOLLOWED = 100
"""How many batches of each size are followed."""


class Took(NamedTuple):
    """What so many events took: seconds by the clock, and of the processor."""

    events: int
    clock: float
    processor: float


def timed(events: int, work: Callable[[], object]) -> Took:
    """Do some work on so many events; give the time it took."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Took(events, time.perf_counter() - clock, time.process_time() - processor)


def built(folder: Path, log: EventLog, projections: Sequence[Projection], batch: int = 0) -> Took:
    """Build some read models in a new file and give the time it took; with a batch, that of the last ones, of so many events each."""
    file, size = folder / "measured.views", log.head().size
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    with open_views(file) as views:
        runner = Runner(log, views, projections)
        assert runner.begin()
        if not batch:
            return timed(size, runner.catch_up)
        begun = max(0, size - batch * FOLLOWED)
        runner.catch_up(until=begun)

        def follow() -> None:
            for end in range(begun + batch, size + 1, batch):
                runner.step(until=end)

        return timed(size - begun, follow)


def walked(log: EventLog) -> Took:
    """Only read, decode and fold the log; give the time it took."""
    walk = Walk(log, 0)

    def to_the_end() -> None:
        while walk.advance(PAGE).steps:
            pass

    return timed(log.head().size, to_the_end)


def main() -> None:
    """Run all workloads on both logs and print a table for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=5000, help="rows of the generated import")
    parser.add_argument("--events", type=int, default=15_000, help="events of the lives")
    options = parser.parse_args()
    gc.set_threshold(*COLLECTION)  # as the program does
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        print(import_once(folder, options.rows))
        with open_service(store_settings(f"sqlite:///{folder / 'imported.sqlite'}")) as service:
            report("an import", measured(folder, service, options.rounds))
        with open_service(founded(folder).settings) as service:
            for _ in lived(service, options.events):
                pass
            report("lives", measured(folder, service, options.rounds))


def measured(folder: Path, service: Service, rounds: int) -> Mapping[str, Sequence[Took]]:
    """Give what each workload took in each round."""
    log = service.engine.log
    projections = all_of(log, service.engine.vault)
    workloads = {"all": projections} | {each.name: (each,) for each in projections}
    took: dict[str, list[Took]] = {}
    for _ in range(rounds):
        took.setdefault(LOG_ALONE, []).append(walked(log))
        for name, some in workloads.items():
            took.setdefault(name, []).append(built(folder, log, some))
        for batch in BATCHES:
            name = f"all, by batches of {batch}"
            took.setdefault(name, []).append(built(folder, log, projections, batch))
    return took


def report(title: str, rounds: Mapping[str, Sequence[Took]]) -> None:
    """Print medians."""
    print(f"\n| {title} | events | events/s (min to max) | events per second of the processor |")
    print("|---|---|---|---|")
    for name, took in rounds.items():
        events = took[0].events
        seconds = [each.clock for each in took]
        rate = events / statistics.median(seconds)
        spread = f"{rate:,.0f} ({events / max(seconds):,.0f} to {events / min(seconds):,.0f})"
        of_processor = events / statistics.median(each.processor for each in took)
        print(f"| {name} | {events:,} | {spread} | {of_processor:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
