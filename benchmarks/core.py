"""./dev bench core: deciding, a durable step, and an import, beside raw SQLite and stock `eventsourcing` in one run.

Rounds go through all workloads in turn, so that a slow spell of the machine falls on each of them; medians of the rounds are printed,
with the smallest and largest, and the ratios. Absolute numbers are this machine's; the ratios are what counts.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.community import found, inquiry
from benchmarks.imported import import_once
from benchmarks.rivals import STEPS, Lifecycle, raw, stock
from casesys.application import Service
from casesys.application.keeping import KeptStates
from casesys.bootstrap import create_service
from casesys.domain.catalogue import decide, evolve, fold, recordings
from casesys.domain.messages import StreamId
from casesys.domain.world import Loaded, Missing, World
from casesys.settings import MEMORY, store_settings

NOTE = (
    "The resident reports a blocked drain at the corner; a photograph is attached, a second visit is agreed on. "
    * 2
)


def casesys(path: Path, kept: KeptStates) -> Lifecycle:
    """Give one life of a case through the synchronous façade."""
    service = create_service(store_settings(f"sqlite:///{path}"), kept=kept)
    found(service)

    def lifecycle() -> None:
        for command, envelope in inquiry(NOTE, datetime.now(UTC)):
            service.give(command, envelope)

    return lifecycle


def deciding() -> float:
    """Give the median of decide and evolve over the ten steps of a case, in µs; states and documents are at hand."""
    with create_service(store_settings(MEMORY)) as service:
        found(service)
        took = [took for _ in range(40) for took in _decided(service)]
    return statistics.median(took) * 1e6


def _decided(service: Service) -> list[float]:
    took = []
    states: dict[StreamId, Loaded] = {}
    for command, envelope in inquiry(NOTE, datetime.now(UTC)):
        while True:
            try:
                decision = decide(command, envelope, World(states, service.engine.documents))
                break
            except Missing as missing:
                if missing.stream is not None:
                    states |= service.engine.load((missing.stream,))
                elif missing.document is not None:
                    service.engine.load_document(missing.document)
        begun = time.perf_counter()
        decision = decide(command, envelope, World(states, service.engine.documents))
        after = [
            evolve(states[one.stream].state, one) for one in recordings(command, envelope, decision)
        ]
        took.append(time.perf_counter() - begun)
        assert after
        states = fold(states, recordings(command, envelope, decision))
    return took


def steps_per_second(lifecycle: Callable[[], None], lives: int) -> float:
    """Give how many durable steps a second some lives make."""
    begun = time.perf_counter()
    for _ in range(lives):
        lifecycle()
    return lives * STEPS / (time.perf_counter() - begun)


def main() -> None:
    """Run all workloads and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--lives", type=int, default=40, help="cases a round and workload")
    parser.add_argument("--rows", type=int, default=3000, help="rows of the generated import")
    options = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        workloads = {
            "raw load + check + append": raw(folder / "raw.sqlite", NOTE),
            "stock eventsourcing": stock(folder / "stock.sqlite", NOTE),
            "casesys, nothing kept": casesys(folder / "cold.sqlite", KeptStates(0, 0)),
            "casesys, register kept": casesys(folder / "register.sqlite", KeptStates(0)),
            "casesys, cases kept, too": casesys(folder / "kept.sqlite", KeptStates()),
        }
        for lifecycle in workloads.values():
            steps_per_second(lifecycle, 5)
        figures: dict[str, list[float]] = {name: [] for name in workloads}
        micros = []
        for _ in range(options.rounds):
            for name, lifecycle in workloads.items():
                figures[name].append(steps_per_second(lifecycle, options.lives))
            micros.append(deciding())
        imported = import_once(folder, options.rows)
    report(figures, micros, imported)


def report(figures: dict[str, list[float]], micros: list[float], imported: str) -> None:
    """Print medians and ratios."""
    medians = {name: statistics.median(rates) for name, rates in figures.items()}
    floor, rival = medians["raw load + check + append"], medians["stock eventsourcing"]
    print("| durable steps | steps/s (min to max) | of raw | of stock |")
    print("|---|---|---|---|")
    for name, rates in figures.items():
        rate = medians[name]
        spread = f"{rate:,.0f} ({min(rates):,.0f} to {max(rates):,.0f})"
        print(f"| {name} | {spread} | {rate / floor:.2f} | {rate / rival:.2f} |")
    print(
        f"\ndecide + evolve: median {statistics.median(micros):.1f} µs ({min(micros):.1f} to {max(micros):.1f})"
    )
    print(imported)


if __name__ == "__main__":
    main()
