"""./dev bench growth: whether what people do takes longer as a store grows: commands, case files, lists, moments of the past, proofs.

One store grows by lives that the engine decides like any other, from the smaller size to the larger, and is served at both by a real
process, which one connection asks. What is asked is spread over all cases, so that nothing is at hand because it was just asked for.
Rounds go through all questions in turn; medians are printed, with their ratio, the server's memory, and what building cost.
"""

import argparse
import asyncio
import gc
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from operator import itemgetter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import quote
from urllib.request import Request as Asking
from urllib.request import urlopen

from benchmarks.community import CLERK, WORKER, envelope, found, inquiry
from benchmarks.http import NOTE, load, request, served
from casesys.application import Service
from casesys.application.answers import Request
from casesys.application.assigning import key_hash, new_secret
from casesys.application.service import answered
from casesys.bootstrap import create_service, open_service
from casesys.cli.program import COLLECTION
from casesys.domain.cases.commands import CollectCase
from casesys.domain.register.commands import IssueApiKey
from casesys.evidence.merkle import Peaks
from casesys.evidence.proofs import inclusion_proof
from casesys.notary.ledger import Ledger
from casesys.projections.database import open_views
from casesys.projections.registry import all_of
from casesys.projections.running import PAGE, Runner
from casesys.settings import StoreSettings, store_settings
from casesys.store.contract import utc_now

SEED = 20260301
TOGETHER = 250
"""How many lives go on at once: each of their steps is one commit."""

STEPS_AT_LEAST = 3
STEPS_AT_MOST = 10
SAMPLE = 500
TEXT = "The resident asks when the warm station opens, and whether there is a ramp. " * 2
MEMORY = "process_resident_memory_bytes"
PROCESSOR = "process_cpu_seconds_total"


class Took(NamedTuple):
    """What an answer took in a round, in ms: by the clock, its median, and of the server's processor, which others disturb less."""

    clock: float
    processor: float


class Measured(NamedTuple):
    """What was measured at one size: by question, and the memory of the server in MB."""

    took: Mapping[str, Sequence[Took]]
    memory: float


class Store(NamedTuple):
    """A store in a folder, where `benchmarks.http` serves it from, and the secrets of a dispatcher's key and an operator's."""

    folder: Path
    secret: str
    operators: str

    @property
    def path(self) -> Path:
        """Its file."""
        return self.folder / "store.sqlite"

    @property
    def settings(self) -> StoreSettings:
        """Where it is, for whoever opens it."""
        return store_settings(f"sqlite:///{self.path}")


def main() -> None:
    """Grow a store, measure at both sizes, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smaller", type=int, default=10_000, help="events")
    parser.add_argument("--larger", type=int, default=100_000, help="events; the target is 1000000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="for each question and round")
    asked = parser.parse_args()
    gc.set_threshold(*COLLECTION)  # as the program does
    with TemporaryDirectory() as temporary:
        store, ids = founded(Path(temporary)), list[str]()
        measured = []
        for size in (asked.smaller, asked.larger):
            ids += grown(store, size)
            measured.append(timed(store, ids, asked.rounds, asked.seconds))
    report((asked.smaller, asked.larger), measured)


# -- growing ------------------------------------------------------------------------------------------------------------------


def founded(folder: Path) -> Store:
    """Make a store with a community and two keys."""
    store = Store(folder, new_secret(), new_secret())
    with create_service(store.settings) as service:
        found(service)
        for person, secret in ((CLERK, store.secret), ("operator", store.operators)):
            key = IssueApiKey(
                key_hash=key_hash(secret), person_id=person, client_id="bench", label="bench"
            )
            service.give(key, envelope("operator", utc_now()))
    return store


def grown(store: Store, size: int) -> list[str]:
    """Let cases live until the log has so many events, and build what is built from it; give the cases' ids."""
    with open_service(store.settings) as service:
        log, before, begun = service.engine.log, service.engine.log.head().size, time.process_time()
        ids = list(lived(service, size))
        written, decided = log.head().size - before, time.process_time() - begun
        begun = time.process_time()
        with open_views(store.path.with_name("store.sqlite.views")) as views:
            runner = Runner(log, views, all_of(log, service.engine.vault))
            assert runner.begin()
            runner.catch_up()
        built = time.process_time() - begun
    print(
        f"{before + written:,} events: per second of the processor {written / decided:,.0f} decided and committed,"
        f" {written / built:,.0f} taken into all read models",
        flush=True,
    )
    return ids


def lived(service: Service, size: int) -> Iterator[str]:
    """Let waves of cases live, each until a step of its own, while the log has fewer events than that; give their ids."""
    random = Random(f"{SEED} {size}")
    while service.engine.log.head().size < size:
        # Now, so that no deadline passes meanwhile: what time brings about would be measured, too.
        lives = [
            islice(inquiry(TEXT, utc_now()), random.randint(STEPS_AT_LEAST, STEPS_AT_MOST))
            for _ in range(TOGETHER)
        ]
        while requests := [Request(*step) for life in lives if (step := next(life, None))]:
            for verdict in service.give_all(requests):
                answered(verdict)
            collected = (each.command for each in requests)
            yield from (c.case_id for c in collected if isinstance(c, CollectCase))


# -- measuring ----------------------------------------------------------------------------------------------------------------


def timed(store: Store, ids: Sequence[str], rounds: int, seconds: float) -> Measured:
    """Ask everything in turns; give by name what each round took, and what else was measured."""
    sample = Random(SEED).sample(ids, min(SAMPLE, len(ids)))
    took: dict[str, list[Took]] = {}
    with served(store.folder) as port:
        for _ in range(rounds):
            for name, requests in questions(store.secret, sample).items():
                before = metered(port, store.operators, PROCESSOR)
                times = asyncio.run(load(port, requests, 1, seconds))
                spent = metered(port, store.operators, PROCESSOR) - before
                one = Took(statistics.median(times) * 1e3, spent / len(times) * 1e3)
                took.setdefault(name, []).append(one)
        memory = metered(port, store.operators, MEMORY) / 2**20
    return Measured(took | {"proof of an event": proved(store)}, memory)


def questions(secret: str, ids: Sequence[str]) -> dict[str, list[bytes]]:
    """Give what is asked, as it goes over the wire."""

    def get(path: str) -> bytes:
        return request("GET", path, secret)

    now = quote(utc_now().isoformat())
    return {
        "append (a note)": [request("POST", f"/v1/cases/{i}/add-note", secret, NOTE) for i in ids],
        "case file": [get(f"/v1/cases/{i}") for i in ids],
        "board page": [get("/v1/board?limit=20")],
        "board, by status": [get("/v1/board?limit=20&status=working")],
        "board, searched": [get("/v1/board?limit=20&query=warm%20station")],
        "worklist page": [get("/v1/worklist?limit=20")],
        "audit, by actor and command": [
            get(f"/v1/audit/events?limit=20&actor_id={WORKER}&command=report-resolution")
        ],
        "audit, of one case": [get(f"/v1/audit/events?case_id={i}") for i in ids],
        "audit, until an instant": [get(f"/v1/audit/events?limit=20&recorded_until={now}")],
        "case as of an instant": [get(f"/v1/cases/{i}/history?as_of={now}") for i in ids],
    }


def metered(port: int, secret: str, name: str) -> float:
    """Ask the server for one of its meters."""
    asking = Asking(f"http://127.0.0.1:{port}/metrics")
    asking.add_header("Authorization", f"Bearer {secret}")
    with urlopen(asking) as answer:  # noqa: S310 - our own server
        lines = answer.read().decode().splitlines()
    told = next(line for line in lines if line.startswith(f"{name} "))
    return float(told.removeprefix(name))


def proved(store: Store) -> list[Took]:
    """Give what proofs of some events take, from a file of the tree over the whole log."""
    took, random, peaks = [], Random(SEED), Peaks()
    with open_service(store.settings) as service:
        log = service.engine.log
        file = store.folder / f"{log.head().size}.nodes"
        with closing(Ledger.open(file, log.log_id)) as tree:
            while events := log.read(peaks.size, PAGE):
                hashes = [event.leaf_hash for event in events]
                tree.grow(peaks, hashes)
                peaks = peaks.push(*hashes)
            for _ in range(SAMPLE):
                begun, spent = time.perf_counter(), time.process_time()
                inclusion_proof(random.randrange(peaks.size), peaks.size, tree.read)
                ends = time.perf_counter() - begun, time.process_time() - spent
                took.append(Took(*(end * 1e3 for end in ends)))
    return took


def report(sizes: Sequence[int], measured: Sequence[Measured]) -> None:
    """Print medians at both sizes, and their ratios."""
    heads = [f"{size:,} events" for size in sizes]
    clock, processor = ([f"{head}, {what}" for head in heads] for what in ("clock", "processor"))
    print(f"\n| ms | {' | '.join((*clock, 'ratio', *processor, 'ratio'))} |")
    print("|---" * (1 + 2 * (len(sizes) + 1)) + "|")
    for name in measured[0].took:
        cells = [name]
        for of in (itemgetter(0), itemgetter(1)):
            values = [statistics.median(map(of, each.took[name])) for each in measured]
            cells += [f"{value:.3f}" for value in values] + [f"{values[-1] / values[0]:.2f}"]
        print(f"| {' | '.join(cells)} |")
    print(f"\nmemory of the server: {', '.join(f'{each.memory:.0f} MB' for each in measured)}")


if __name__ == "__main__":
    main()
