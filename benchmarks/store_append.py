"""What one step costs in the store alone, against raw sqlite3 in the same run: load two streams, append one event, one commit.

    ./dev bench store_append [--steps 2000] [--sync FULL|OFF]

`raw` is what no event store can be without: read the rows of one stream, insert one row of the same size, commit. Both sides
take turns, case by case of ten steps; the figures are medians in microseconds. OFF leaves out the disk, and so shows the CPU.
"""

import argparse
import sqlite3
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from casesys.domain.messages import Rule, StreamId
from casesys.evidence.canonical import canonical
from casesys.evidence.leaf import CommandRecord, decode
from casesys.store import Draft, Unit
from casesys.store.sqlite import SqliteLog, open_log
from casesys.vault import SealedField, Unsealed, Vault

STEPS_A_CASE = 10
PERSON = StreamId("person/p-17")
FACTS = {"households_affected": 12, "danger_to_life": False, "estimated_cost": 1_800}
EVENT = canonical({"title": "路灯 at gate 3", "facts": FACTS, "place": "b-3", "text": {"pd": 0}})
COMMAND = CommandRecord(
    canonical({"case": "c-1", "title": "路灯", "facts": FACTS}), 1, "accept-case"
)
RULE = Rule("stock", "1.0.0", "ab" * 32)
TEXT = "the lamp at gate 3 has been dark since Monday, says 张三"

Stopwatch = Callable[[str], None]
"""Called with the name of the part that has just ended."""


@contextmanager
def stopwatch(times: dict[str, list[float]]) -> Iterator[Stopwatch]:
    """Collect the time between one call and the next under a name."""
    last = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal last
        times[name].append(time.perf_counter() - last)
        last = time.perf_counter()

    yield lap


def unit_of(
    stream: StreamId, seq: int, sealed: tuple[SealedField, ...], reads: dict[StreamId, int]
) -> Unit:
    """Give one command's single event with a full envelope."""
    now = datetime.now(UTC)
    draft = Draft(
        stream=stream,
        stream_seq=seq,
        type="case-accepted",
        schema_v=1,
        public_data=EVENT,
        rule_id="triage.2",
        sealed=sealed,
    )
    return Unit(
        drafts=(draft,),
        reads=reads,
        command_id=uuid4(),
        command=COMMAND,
        actor_id="p-17",
        actor_role="grid_worker",
        mandate_id="m-17",
        decided_at=now,
        effective_at=now,
        channel="console",
        client_id="local",
        rule=RULE,
        calendar_digest="cd" * 32,
    )


def one_case(log: SqliteLog, vault: Vault, lap: Stopwatch) -> None:
    """Take one case through its steps as a handler without any memory would."""
    stream = StreamId(f"case/{uuid4()}")
    for seq in range(1, STEPS_A_CASE + 1):
        lap("between")
        for events in log.read_streams([stream, PERSON]).values():
            for event in events:
                decode(event.leaf_bytes)
        lap("load")
        sealed = tuple(vault.seal([Unsealed(stream, seq, "text", "p-17", TEXT)]))
        lap("seal")
        unit = unit_of(stream, seq, sealed, {stream: seq - 1, PERSON: 3})
        lap("between")
        log.append([unit])
        lap("append")


def one_raw_case(connection: sqlite3.Connection, data: str, lap: Stopwatch) -> None:
    """Do the least that an event store can do, with as many bytes."""
    stream = str(uuid4())
    for seq in range(1, STEPS_A_CASE + 1):
        lap("between")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("SELECT data FROM e WHERE stream = ? ORDER BY seq", (stream,)).fetchall()
        lap("raw load")
        connection.execute(
            "INSERT INTO e (stream, seq, data) VALUES (?, ?, ?)", (stream, seq, data)
        )
        connection.execute("COMMIT")
        lap("raw append")


def main() -> None:
    """Run both sides in turn and print the medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=2_000)
    parser.add_argument("--sync", choices=("FULL", "OFF"), default="FULL")
    arguments = parser.parse_args()
    times: dict[str, list[float]] = defaultdict(list)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_log(Path(folder, "log"), create=True) as log,
        closing(Vault.create(Path(folder, "keys"), log.log_id)) as vault,
        closing(sqlite3.connect(Path(folder, "raw"), isolation_level=None)) as raw,
    ):
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute(
            "CREATE TABLE e (id INTEGER PRIMARY KEY, stream, seq, data, UNIQUE (stream, seq))"
        )
        for seq in (1, 2, 3):
            log.append([unit_of(PERSON, seq, (), {})])
        size = len(log.read(0, 1)[0].leaf_bytes)
        for connection in (log.connection, raw):
            connection.execute(f"PRAGMA synchronous = {arguments.sync}")
        with stopwatch(times) as lap:
            for _ in range(arguments.steps // STEPS_A_CASE):
                one_case(log, vault, lap)
                one_raw_case(raw, "x" * size, lap)
    print(f"{arguments.steps} steps, synchronous={arguments.sync}, leaf {size} bytes; µs, median")
    for name in ("load", "seal", "append", "raw load", "raw append"):
        print(f"{name:>12} {statistics.median(times[name]) * 1e6:8.1f}")


if __name__ == "__main__":
    main()
