"""The notary over a real log: its proofs hold, its checkpoints open, and it does not sign what contradicts what it saw."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from shutil import copy
from threading import Event, Timer

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casesys.domain.messages import StreamId
from casesys.evidence.checkpoints import open_checkpoint, read_proof
from casesys.evidence.merkle import Peaks
from casesys.evidence.proofs import verify_consistency, verify_inclusion
from casesys.evidence.streams_map import verify_stream
from casesys.notary.failures import (
    LedgerForeign,
    LedgerUnavailable,
    LogContradicts,
    Unproved,
)
from casesys.notary.keys import CheckpointKey
from casesys.notary.ledger import Ledger
from casesys.notary.notary import Notary
from casesys.store.contract import EventLog
from casesys.store.memory import MemoryLog
from casesys.store.sqlite import open_log
from tests.store.units import draft, unit

SIGNER = CheckpointKey("casesys.example/test", Ed25519PrivateKey.from_private_bytes(bytes(32)))


@pytest.fixture(params=["memory", "sqlite"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventLog]:
    """Give a log of 137 events in eleven streams."""
    memory = request.param == "memory"
    made = MemoryLog() if memory else open_log(tmp_path / "log.sqlite", create=True)
    with made:
        grow(made, 137)
        yield made


@pytest.fixture
def ledger(log: EventLog, tmp_path: Path) -> Iterator[Ledger]:
    """Give the empty ledger of the log."""
    made = Ledger.open(tmp_path / "log.notary", log.log_id)
    yield made
    made.close()


def grow(log: EventLog, size: int) -> None:
    """Let a log grow to a size, eleven streams in turn."""
    first = log.head().size
    log.append([unit(draft(f"case/{n % 11}", n // 11 + 1)) for n in range(first, size)])


def notary(log: EventLog, ledger: Ledger) -> Notary:
    """Give a notary that signs."""
    return Notary(log, ledger, lambda: [SIGNER])


def test_every_event_below_a_checkpoint_is_proved_by_it(log: EventLog, ledger: Ledger) -> None:
    """Given a checkpoint, when any event is proved, then the proof leads to the root that was signed, and the text says it all."""
    signed = notary(log, ledger).checkpoint()
    checkpoint = open_checkpoint(signed, [SIGNER.verifier])
    assert (checkpoint.size, checkpoint.root) == (137, log.head().peaks.root())
    for stored in log.read(0, 1_000):
        proof = read_proof(notary(log, ledger).prove(stored.position).text)
        assert proof.checkpoint == signed
        verify_inclusion(
            stored.leaf_hash, proof.index, checkpoint.size, proof.hashes, checkpoint.root
        )


def test_later_checkpoints_are_consistent_with_earlier_ones(log: EventLog, ledger: Ledger) -> None:
    """Given a log that grows between checkpoints, when consistency is proved, then each leads to the next."""
    made = []
    for size in (137, 138, 200, 256, 300):
        grow(log, size)
        made.append(open_checkpoint(notary(log, ledger).checkpoint(), [SIGNER.verifier]))
    for earlier in made:
        for later in made[made.index(earlier) :]:
            hashes = notary(log, ledger).consistency(earlier.size, later.size)
            verify_consistency(earlier.size, later.size, earlier.root, later.root, hashes)


def test_nothing_new_gives_the_checkpoint_there_was(log: EventLog, ledger: Ledger) -> None:
    """Given a checkpoint, when nothing was added since, then the next is the same; an earlier one stays for its events."""
    first = notary(log, ledger).checkpoint()
    assert notary(log, ledger).checkpoint() == first
    grow(log, 150)
    second = notary(log, ledger).checkpoint()
    assert second != first
    assert notary(log, ledger).latest() == second
    assert notary(log, ledger).prove(137).checkpoint == first
    assert notary(log, ledger).prove(138).checkpoint == second


def test_what_no_checkpoint_covers_is_not_proved(log: EventLog, ledger: Ledger) -> None:
    """Given an event behind the last checkpoint, or none at all, when it is to be proved, then that is refused."""
    with pytest.raises(Unproved):
        notary(log, ledger).prove(1)
    notary(log, ledger).checkpoint()
    for position in (138, 0, -1):
        with pytest.raises(Unproved):
            notary(log, ledger).prove(position)
    with pytest.raises(ValueError, match="no 138 events"):
        notary(log, ledger).consistency(1, 138)


@pytest.mark.parametrize("size", [100, 60, 137])
def test_every_stream_is_shown_to_be_complete(log: EventLog, ledger: Ledger, size: int) -> None:
    """Given a map over a part, kept or made anew, when a stream is asked for, then its last event is proved, or that it has none."""
    notary(log, ledger).map_streams(100)
    other = Ledger.in_memory(log.log_id)
    mapped = notary(log, other).map_streams(size)
    other.close()
    for n in range(12):
        complete = notary(log, ledger).complete(StreamId(f"case/{n}"), size)
        assert (complete.size, complete.root) == mapped
        assert complete.last == verify_stream(complete.stream, complete.proof, mapped.root)
        upto = [e for e in log.read_stream(complete.stream) if e.position <= size]
        seen = complete.last and (complete.last.seq, complete.last.leaf_hash)
        assert seen == ((len(upto), upto[-1].leaf_hash) if upto else None)


def test_a_map_that_grew_in_steps_is_the_map_made_at_once(
    log: EventLog, ledger: Ledger, tmp_path: Path
) -> None:
    """Given one map that grew in steps and one made at once, when both cover the same leaves, then their roots are one."""
    for upto in (1, 50, 50):
        notary(log, ledger).map_streams(upto)
    stepwise = notary(log, ledger).map_streams(137)
    other = Ledger.open(tmp_path / "other.notary", log.log_id)
    assert notary(log, other).map_streams(137) == stepwise
    other.close()
    assert notary(log, ledger).map_streams(136) == stepwise
    with pytest.raises(LogContradicts, match="no 138 events"):
        notary(log, ledger).map_streams(138)


def test_what_the_map_was_before_is_kept(
    log: EventLog, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a map that grew in steps, when a stream is shown as of any of them, then no event is read, and it is as if made anew."""
    steps = {size: notary(log, ledger).map_streams(size) for size in (1, 50, 51, 100, 137)}
    streams = [StreamId(f"case/{n}") for n in range(12)]
    with closing(Ledger.in_memory(log.log_id)) as none_kept:
        anew = {
            (size, stream): notary(log, none_kept).complete(stream, size)
            for size in steps
            for stream in streams
        }

    monkeypatch.delattr(MemoryLog, "read")
    for (size, stream), expected in anew.items():
        found = notary(log, ledger).complete(stream, size)
        assert found == expected
        assert (found.size, found.root) == steps[size]


@pytest.mark.parametrize("size", [137, 100, 150])
def test_another_history_is_not_signed(log: EventLog, ledger: Ledger, size: int) -> None:
    """Given a log put in the place of the one that was signed, of any length, when it is to be signed, then it is refused."""
    notary(log, ledger).checkpoint()
    other = MemoryLog(log_id=log.log_id)
    grow(other, size)
    with pytest.raises(LogContradicts):
        notary(other, ledger).checkpoint()


def test_a_ledger_serves_one_log(tmp_path: Path, log: EventLog, ledger: Ledger) -> None:
    """Given the ledger of a log, when another log opens it, or it is no ledger, then it is refused."""
    del ledger
    with pytest.raises(LedgerForeign, match="belongs to log"):
        Ledger.open(tmp_path / "log.notary", "another")
    (tmp_path / "text").write_text("no ledger, but a text that is long enough to look at" * 100)
    with pytest.raises(LedgerForeign, match="cannot be read"):
        Ledger.open(tmp_path / "text", log.log_id)
    open_log(tmp_path / "a.sqlite", create=True).close()
    with pytest.raises(LedgerForeign, match="not a notary's"):
        Ledger.open(tmp_path / "a.sqlite", log.log_id)


def test_what_is_no_ledger_is_not_written_to(tmp_path: Path) -> None:
    """Given the database of another program, when it is opened for a ledger, then it is refused and every byte is as it was."""
    path = tmp_path / "another.sqlite"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()

    with pytest.raises(LedgerForeign, match="not a notary's"):
        Ledger.open(path, "a log")

    assert path.read_bytes() == before


def test_a_ledger_that_cannot_be_used_now_may_be_later(tmp_path: Path, log: EventLog) -> None:
    """Given something in the way of the file, when it is asked for, that is told; once that is gone, it is there."""
    path = tmp_path / "later.notary"
    path.mkdir()
    ledger = Ledger(path, log.log_id)
    with pytest.raises(LedgerUnavailable):
        notary(log, ledger).checkpoint()
    path.rmdir()
    assert open_checkpoint(notary(log, ledger).checkpoint(), [SIGNER.verifier]).size == 137
    ledger.close()
    with pytest.raises(LedgerUnavailable, match="closed"):
        ledger.latest()


def test_a_tree_may_grow_in_pieces(log: EventLog, ledger: Ledger) -> None:
    """Given a log, when the tree takes in so many events at a time, then it says when all are there, and is the tree of the log."""
    taken = [notary(log, ledger).advance(50) for _ in range(3)]

    assert taken == [False, False, True]
    assert ledger.peaks() == log.head().peaks


def test_who_opens_a_new_file_waits_for_who_writes_to_it(tmp_path: Path) -> None:
    """Given a new file that somebody is writing to, when a ledger is opened in it, then it waits: SQLite by itself would not."""
    path = tmp_path / "new.notary"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        release = Timer(0.2, other.rollback)
        release.start()
        with closing(Ledger.open(path, "a log")) as opened:
            assert opened.latest() is None
        release.join()


def test_several_may_work_over_one_file_at_once(tmp_path: Path) -> None:
    """Given a log that grows, when several sign, map and prove over one file meanwhile, then all proofs hold, and it is as by one."""
    log, path = MemoryLog(), tmp_path / "shared.notary"
    grown = Event()

    def work() -> int:
        proofs = 0
        with closing(Ledger(path, log.log_id)) as own:
            while not grown.is_set() or not proofs:
                checkpoint = open_checkpoint(notary(log, own).checkpoint(), [SIGNER.verifier])
                mapped = notary(log, own).map_streams(checkpoint.size)
                complete = notary(log, own).complete(StreamId("case/1"), mapped.size)
                verify_stream(complete.stream, complete.proof, complete.root)
                proofs += 1
        return proofs

    with ThreadPoolExecutor(3) as pool:
        workers = [pool.submit(work) for _ in range(3)]
        for size in range(1, 201):
            grow(log, size)
        grown.set()
        assert all(worker.result() for worker in workers)
    with (
        closing(Ledger(path, log.log_id)) as shared,
        closing(Ledger.in_memory(log.log_id)) as alone,
    ):
        assert notary(log, shared).advance()
        assert shared.peaks() == log.head().peaks
        assert notary(log, shared).map_streams(200) == notary(log, alone).map_streams(200)


def test_a_log_that_lost_events_is_not_called_covered(log: EventLog, ledger: Ledger) -> None:
    """Given a checkpoint over more events than the log has, when coverage is asked for, then it says that the log contradicts it."""
    notary(log, ledger).checkpoint()
    older = MemoryLog()
    grow(older, 100)

    with pytest.raises(LogContradicts, match="has 100 events, and had 137"):
        notary(older, ledger).coverage()


def test_what_is_covered_is_told_with_what_is_not(log: EventLog, ledger: Ledger) -> None:
    """Given a checkpoint or none, when coverage is asked for, then it tells how many events wait, and since when."""
    first = log.read(0, 1)[0].leaf.recorded_at
    assert notary(log, ledger).coverage() == (0, 137, first)
    note = notary(log, ledger).checkpoint()
    assert notary(log, ledger).coverage() == (137, 0, None)
    grow(log, 140)
    assert notary(log, ledger).coverage() == (137, 3, log.read(137, 1)[0].leaf.recorded_at)
    assert notary(log, ledger).over(137) == note
    with pytest.raises(Unproved):
        notary(log, ledger).over(136)


def test_an_empty_log_has_a_checkpoint_of_nothing(tmp_path: Path) -> None:
    """Given a log without events, when it is signed, then the checkpoint says so; two notaries over one file agree on it."""
    log = MemoryLog()
    ledger = Ledger.open(tmp_path / "empty.notary", log.log_id)
    checkpoint = open_checkpoint(notary(log, ledger).checkpoint(), [SIGNER.verifier])
    assert (checkpoint.size, checkpoint.root) == (0, Peaks().root())
    ledger.close()


@pytest.mark.parametrize("kept", [110, 100, 99, 1])
@pytest.mark.parametrize("grown", [0, 60])
def test_what_the_log_has_lost_is_given_up_unless_it_was_signed(
    tmp_path: Path, kept: int, grown: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Given a log that lost its end, and went on or not, then what was not signed is made anew; where a checkpoint covers it, not."""
    path, older = tmp_path / "log", tmp_path / "older"
    with closing(Ledger.in_memory("later named")) as ledger:
        for size in sorted({kept, 100, 137}):
            with open_log(path, create=True) as log:
                ledger.log_id = log.log_id
                grow(log, size)
                assert notary(log, ledger).advance()
                if size == 100:
                    notary(log, ledger).checkpoint()
            if size == kept:
                copy(path, older)
        with open_log(path) as log:
            notary(log, ledger).map_streams(137)
        older.replace(path)
        signed = ledger.latest()

        with open_log(path) as log:
            grow(log, kept + grown)
            if kept < 100:
                with pytest.raises(LogContradicts):
                    notary(log, ledger).checkpoint()
                assert ledger.size() >= 137
                return
            assert notary(log, ledger).advance()
            assert ledger.peaks() == log.head().peaks
            assert caplog.text.count("no checkpoint covers that") == 1
            assert notary(log, ledger).over(100) == signed
            size = kept + grown
            with closing(Ledger.in_memory(log.log_id)) as alone:
                assert notary(log, ledger).map_streams(size) == notary(log, alone).map_streams(size)
