"""./dev bench evidence: what proving costs: appending with a notary beside it, proofs from a large tree, and verifying a store.

Appends with and without the notary take turns in one run, so that a slow spell of the machine falls on both; medians are printed.
"""

import argparse
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.community import CLERK, envelope, found, inquiry
from casesys.application import Service
from casesys.bootstrap import create_service, open_service
from casesys.domain.cases.commands import AddNote
from casesys.domain.messages import Personal
from casesys.evidence import leaf, leaf_form
from casesys.evidence.bundle import verify_bundle
from casesys.evidence.leaf_form import ReadLeaf
from casesys.evidence.merkle import Peaks
from casesys.evidence.proofs import inclusion_proof
from casesys.notary.bundling import bundle
from casesys.notary.keys import CheckpointKey
from casesys.notary.ledger import Ledger
from casesys.notary.notary import Notary
from casesys.notary.verifying import verify_log
from casesys.settings import store_settings

NOTE = "The resident reports a blocked drain at the corner; a photograph is attached. " * 3
CHECKPOINT_EVERY = 1_000
PAGE = 10_000


def opened(path: Path) -> Service:
    """Give a founded community in a file."""
    service = create_service(store_settings(f"sqlite:///{path}"))
    found(service)
    return service


def steps_per_second(service: Service, lives: int, notary: Notary | None) -> float:
    """Give how many durable steps a second some lives make, the notary following them, in this thread, every so many events."""
    head = service.engine.log.head
    begun, before = time.perf_counter(), head().size
    steps, due = 0, before + CHECKPOINT_EVERY
    for _ in range(lives):
        for step in inquiry(NOTE, datetime.now(UTC)):
            service.give(*step)
            steps += 1
        if notary is not None and head().size >= due:
            notary.checkpoint()
            due += CHECKPOINT_EVERY
    return steps / (time.perf_counter() - begun)


def appending(folder: Path, rounds: int, lives: int) -> str:
    """Compare appending with and without a notary."""
    alone, with_notary = opened(folder / "alone.sqlite"), opened(folder / "noted.sqlite")
    log = with_notary.engine.log
    ledger = Ledger.open(folder / "noted.sqlite.notary", log.log_id)
    signer = CheckpointKey(f"casesys/{log.log_id}", Ed25519PrivateKey.generate())
    notary = Notary(log, ledger, lambda: [signer])
    figures: list[tuple[float, float]] = [
        (steps_per_second(alone, lives, None), steps_per_second(with_notary, lives, notary))
        for _ in range(rounds)
    ]
    ledger.close()
    alone.close()
    with_notary.close()
    plain, noted = (statistics.median(each) for each in zip(*figures, strict=True))
    return f"append: {plain:,.0f} steps/s alone, {noted:,.0f} with nodes and checkpoints: {plain / noted:.3f} of the time"


def proving(folder: Path, leaves: int) -> str:
    """Measure proofs from a ledger of many leaves, read from its file."""
    ledger = Ledger.open(folder / "large.notary", "a log")
    peaks = Peaks()
    for first in range(0, leaves, PAGE):
        hashes = [sha256(n.to_bytes(8)).digest() for n in range(first, first + PAGE)]
        ledger.grow(peaks, hashes)
        peaks = peaks.push(*hashes)
    took = []
    for _ in range(1_000):
        index = random.randrange(peaks.size)
        begun = time.perf_counter()
        inclusion_proof(index, peaks.size, ledger.read)
        took.append(time.perf_counter() - begun)
    ledger.close()
    took.sort()
    return f"a proof of {leaves:,} events: median {took[500] * 1e3:.3f} ms, 99 of 100 below {took[990] * 1e3:.3f} ms"


def verifying(path: Path, rounds: int) -> str:
    """Measure verifying a store, in processor time, with either reader of leaves in turns."""
    ours, pythons = zip(
        *(
            [events_per_second(path, read) for read in (leaf.read_leaf, leaf_form.read_leaf)]
            for _ in range(rounds)
        ),
        strict=True,
    )
    return f"verify: {spread(ours)} events/s; by the standard library alone {spread(pythons)}"


def events_per_second(path: Path, read: ReadLeaf) -> float:
    """Give how many events of a store are verified in a second of processor time."""
    begun = time.process_time()
    size = verify_log(path, read=read).size
    return size / (time.process_time() - begun)


def spread(rates: Sequence[float]) -> str:
    """Give the median of some rates, and how far they lie apart."""
    return f"{statistics.median(rates):,.0f} ({min(rates):,.0f} to {max(rates):,.0f})"


def bundling(path: Path, rounds: int, notes: int) -> Iterator[str]:
    """Measure verifying the bundle of a case as it is and with many notes, in processor time, as the standard library does it."""
    with open_service(store_settings(f"sqlite:///{path}")) as service:
        log = service.engine.log
        signer = CheckpointKey(f"casesys/{log.log_id}", Ed25519PrivateKey.generate())
        ledger = Ledger.in_memory(log.log_id)
        notary = Notary(log, ledger, lambda: [signer])
        (stream,) = log.stream_ids("case/", "", 1)
        case = stream.removeprefix("case/")
        for more in (0, notes):
            for _ in range(more):
                service.give(
                    AddNote(case_id=case, note=Personal(NOTE)), envelope(CLERK, datetime.now(UTC))
                )
            yield bundled(b"".join(bundle(log, notary, case, notary.checkpoint())), rounds)
        ledger.close()


def bundled(data: bytes, rounds: int) -> str:
    """Measure verifying a bundle."""
    events, took = verify_bundle(data).events, []
    for _ in range(rounds):
        begun = time.process_time()
        verify_bundle(data)
        took.append(time.process_time() - begun)
    each = statistics.median(took)
    rates = spread([events / seconds for seconds in took])
    return f"a bundle of {events:,} events and {len(data):,} bytes: {each * 1e3:.1f} ms, {rates} events/s"


def main() -> None:
    """Run everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--lives", type=int, default=200, help="cases a round")
    parser.add_argument("--notes", type=int, default=2_000, help="added to a case for its bundle")
    parser.add_argument("--leaves", type=int, default=1_000_000, help="of the tree for proofs")
    options = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        print(appending(folder, options.rounds, options.lives))
        print(verifying(folder / "alone.sqlite", options.rounds))
        for each in bundling(folder / "alone.sqlite", options.rounds, options.notes):
            print(each)
        print(proving(folder, options.leaves))


if __name__ == "__main__":
    main()
