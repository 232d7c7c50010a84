"""Verifying a log: seals wherever they stand, in memory that does not grow with the events, and files told apart."""

import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest

from casesys.domain.messages import StreamId
from casesys.domain.sealing import LOG
from casesys.evidence.canonical import canonical
from casesys.evidence.chain import Damage
from casesys.evidence.streams_map import Knot, Last, updated
from casesys.notary.verifying import verify_log
from casesys.store import Draft, StoreError
from casesys.store.sqlite import SqliteLog, open_log
from tests.notary.tampering import build
from tests.store.units import draft, unit

PAGE_BYTES = 4096


def grown(log: SqliteLog, events: int, streams: int = 3) -> None:
    """Add events to streams in turn."""
    head = log.head().size
    for number in range(head, head + events):
        stream = f"case/{number % streams}"
        log.append([unit(draft(stream, len(log.read_stream(StreamId(stream))) + 1))])


def sealed(log: SqliteLog, told: Mapping[str, object]) -> None:
    """Add a seal that says so."""
    seq = len(log.read_stream(LOG)) + 1
    said = canonical(dict(told))
    event = Draft(stream=LOG, stream_seq=seq, type="log-sealed", schema_v=1, public_data=said)
    log.append([unit(event)])


def root_over(log: SqliteLog, size: int) -> str:
    """Make the map over the first events; give its root."""
    lasts: dict[str, Last] = {}
    for each in log.read(0, size):
        lasts[each.leaf.stream] = Last(each.leaf.stream_seq, each.leaf_hash)
    nothing: dict[str, Knot] = {}
    return updated(nothing.get, lasts)[0].hex()


def test_seals_may_stand_behind_others_and_events_that_they_do_not_reach(tmp_path: Path) -> None:
    """Given seals that others came before, two of them over the same events, then all of them are verified."""
    path = tmp_path / "log.sqlite"
    with open_log(path, create=True) as log:
        grown(log, 9)
        for size in (4, 4, 8, 10):
            sealed(log, {"map_root": root_over(log, size), "size": size})
            grown(log, 2)

        found = verify_log(path)

    assert (found.sealed_upto, found.size) == (10, 21)


FALSE: Sequence[Mapping[str, object]] = [
    {"map_root": "00" * 32, "size": 5},
    {"size": 5},
    {"map_root": None, "size": 5},
    {"map_root": "00" * 32, "size": 7},
    {"map_root": "00" * 32, "size": 2**53 - 1},
    {"map_root": "00" * 32, "size": 0},
    {"map_root": "00" * 32, "size": -1},
    {"map_root": "00" * 32, "size": True},
    {"map_root": "00" * 32, "size": "5"},
    {"map_root": "00" * 32},
    {},
]


@pytest.mark.parametrize("told", FALSE, ids=str)
def test_a_false_seal_is_damage(tmp_path: Path, told: Mapping[str, object]) -> None:
    """Given a seal that says what the log has not, or nothing, when the log is verified, then it is the first bad event."""
    path = tmp_path / "log.sqlite"
    with open_log(path, create=True) as log:
        grown(log, 5)
        sealed(log, {"map_root": root_over(log, 3), "size": 3})
        sealed(log, told)

    with pytest.raises(Damage) as caught:
        verify_log(path)
    assert (caught.value.position, caught.value.kind) == (7, "seal-false")


HOLDING = """
import sys
from pathlib import Path
from casesys.store.sqlite import open_log
from tests.store.units import draft, unit
with open_log(Path(sys.argv[1]), create=True) as log:
    log.append([unit(draft("case/1", 1))])
    print("open", flush=True)
    sys.stdin.read()
"""


def overwrite(file: Path, at: int, data: bytes) -> None:
    """Put bytes into a file that another process uses."""
    with file.open("r+b") as handle:
        handle.seek(at)
        handle.write(data)


def test_who_reads_what_is_being_changed_reads_it_again(tmp_path: Path) -> None:
    """Given a live store, when SQLite's index of its WAL is read in the moment in which it is changed, then it is read again."""
    path, index = tmp_path / "log.sqlite", tmp_path / "log.sqlite-shm"
    command = [sys.executable, "-c", HOLDING, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        counter = index.read_bytes()[8:12]  # it stands there twice, to be the same
        overwrite(index, 8, bytes(each ^ 0xFF for each in counter))
        finish = Timer(0.3, overwrite, (index, 8, counter))
        finish.start()
        found = verify_log(path)
        finish.join()
        process.communicate()

    assert found.size == 1


@pytest.mark.parametrize("name", ["", "another"])
def test_a_log_of_another_name_is_damage_also_by_itself(tmp_path: Path, name: str) -> None:
    """Given a store whose log was given another name, or none, when it is verified without a checkpoint, then that is found."""
    path = tmp_path / "log.sqlite"
    build(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE casesys_log SET log_id = ?", (name,))
        db.commit()

    with pytest.raises(Damage) as caught:
        verify_log(path)
    assert (caught.value.position, caught.value.kind) == (1, "leaf-foreign")


@pytest.mark.parametrize("size", [0, 1, 2])
def test_a_seal_over_nothing_or_over_itself_is_damage(tmp_path: Path, size: int) -> None:
    """Given a log that begins with a seal, when it reaches over no event, or as far as itself or further, then it is false."""
    path = tmp_path / "log.sqlite"
    with open_log(path, create=True) as log:
        sealed(log, {"map_root": "00" * 32, "size": size})
        grown(log, 2)

    with pytest.raises(Damage) as caught:
        verify_log(path)
    assert (caught.value.position, caught.value.kind) == (1, "seal-false")


def test_a_seal_that_the_index_does_not_lead_to_is_damage(tmp_path: Path) -> None:
    """Given an index of streams in which the seals are others', when the log is verified, then the file is damaged."""
    path = tmp_path / "log.sqlite"
    build(path)
    data = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as db:
        asked = "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_stored_events_1'"
        ((page,),) = db.execute(asked).fetchall()
    place = data.index(b"log", (page - 1) * PAGE_BYTES, page * PAGE_BYTES)
    data[place : place + 3] = b"lag"
    path.write_bytes(data)

    with pytest.raises(Damage, match="does not lead") as caught:
        verify_log(path)
    assert caught.value.kind == "file-damaged"


def test_verifying_takes_memory_by_streams_not_by_events(tmp_path: Path) -> None:
    """Given two logs of three streams, one four times as long, when they are verified, then in about the same memory."""
    short, long = (peak_of_verifying(tmp_path / f"{n}.sqlite", n) for n in (1_500, 6_000))

    assert long < 1.1 * short


def peak_of_verifying(path: Path, events: int) -> int:
    """Make a log of so many events, sealed at its end; give the bytes that verifying it takes at most."""
    with open_log(path, create=True) as log:
        drafts = [draft(f"case/{n % 3}", n // 3 + 1, "x" * 500) for n in range(events)]
        log.append([unit(each) for each in drafts])
        sealed(log, {"map_root": root_over(log, events), "size": events})
    tracemalloc.start()
    try:
        assert verify_log(path).sealed_upto == events
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_what_is_no_store_is_told_apart_from_a_damaged_one(tmp_path: Path) -> None:
    """Given other files and a store whose beginning was lost, when they are verified, then only the latter is damaged."""
    path = tmp_path / "log.sqlite"
    build(path)
    data = path.read_bytes()
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE stored_events (n)")
        db.commit()

    path.write_bytes(bytes(16) + data[16:])
    with pytest.raises(Damage, match="file-damaged"):
        verify_log(path)
    path.write_bytes(bytes(len(data)))
    for foreign in (path, other):
        with pytest.raises(StoreError):
            verify_log(foreign)
