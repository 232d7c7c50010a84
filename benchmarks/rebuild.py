"""./dev bench rebuild: making all read models anew from the log of an import, and each of them alone.

Rounds go through all of them in turn; medians are printed, with the smallest and largest, by the clock, and the median by the
processor's time, which a busy machine disturbs less.
"""

import argparse
import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.imported import import_once
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


class Took(NamedTuple):
    """Seconds by the clock, and of the processor."""

    clock: float
    processor: float


def timed(work: Callable[[], object]) -> Took:
    """Do some work; give the time it took."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - clock, time.process_time() - processor)


def built(folder: Path, log: EventLog, projections: Sequence[Projection]) -> Took:
    """Build some read models in a new file; give the time it took."""
    file = folder / "measured.views"
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    with open_views(file) as views:
        runner = Runner(log, views, projections)
        assert runner.begin()
        return timed(runner.catch_up)


def walked(log: EventLog) -> Took:
    """Only read, decode and fold the log; give the time it took."""
    walk = Walk(log, 0)

    def to_the_end() -> None:
        while walk.advance(PAGE).steps:
            pass

    return timed(to_the_end)


def main() -> None:
    """Run all workloads and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=5000, help="rows of the generated import")
    options = parser.parse_args()
    gc.set_threshold(*COLLECTION)  # as the program does
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        print(import_once(folder, options.rows))
        with open_service(store_settings(f"sqlite:///{folder / 'imported.sqlite'}")) as service:
            log = service.engine.log
            projections = all_of(log, service.engine.vault)
            workloads = {"all": projections} | {each.name: (each,) for each in projections}
            rounds: dict[str, list[Took]] = {name: [] for name in (LOG_ALONE, *workloads)}
            for _ in range(options.rounds):
                rounds[LOG_ALONE].append(walked(log))
                for name, some in workloads.items():
                    rounds[name].append(built(folder, log, some))
            report(log.head().size, rounds)


def report(events: int, rounds: Mapping[str, Sequence[Took]]) -> None:
    """Print medians."""
    print(f"\n| {events:,} events | events/s (min to max) | events per second of the processor |")
    print("|---|---|---|")
    for name, measured in rounds.items():
        seconds = [each.clock for each in measured]
        rate = events / statistics.median(seconds)
        spread = f"{rate:,.0f} ({events / max(seconds):,.0f} to {events / min(seconds):,.0f})"
        of_processor = events / statistics.median(each.processor for each in measured)
        print(f"| {name} | {spread} | {of_processor:,.0f} |")


if __name__ == "__main__":
    main()
