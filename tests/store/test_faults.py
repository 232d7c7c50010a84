"""What goes wrong on a real machine: the answer is one of our codes, the log is unchanged and goes on working."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from casesys.domain.messages import StreamId
from casesys.evidence.merkle import Peaks, leaf_hash
from casesys.store import EventLog, StoreError
from casesys.store.sqlite import SqliteLog, open_log
from tests.store.units import draft, unit

ONE = StreamId("case/1")


def refusal(log: EventLog, seq: int, text: str = "") -> StoreError:
    """What an append is refused with."""
    with pytest.raises(StoreError) as told:
        log.append([unit(draft(ONE, seq, text, sealed=(b"x",)))])
    return told.value


def whole(log: EventLog) -> int:
    """The size of a log, after holding its head against all its events."""
    events = log.read(0, 1_000_000)
    assert [event.position for event in events] == list(range(1, len(events) + 1))
    assert all(event.leaf_hash == leaf_hash(event.leaf_bytes) for event in events)
    assert log.head().peaks == Peaks().push(*(event.leaf_hash for event in events))
    return len(events)


def test_a_full_disk(tmp_path: Path) -> None:
    """Given a file that may not grow, when an event has no room, then it is refused; a smaller one, and later all, go in."""
    path = tmp_path / "log"
    with open_log(path, create=True, max_pages=30) as log:
        appending = (log.append([unit(draft(ONE, n, "x" * 3_000))]) for n in range(1, 1_000))
        with pytest.raises(StoreError) as told:
            list(appending)
        assert told.value.code == "store-full"
        size = whole(log)
        assert 0 < size < 30
        assert refusal(log, size + 1, "x" * 30_000).code == "store-full"
        assert log.find_command(unit(draft(ONE, 1)).command_id) == []
        assert whole(log) == size
    with open_log(path) as log:
        log.append([unit(draft(ONE, size + 1, "x" * 30_000))])
        assert whole(log) == size + 1


def test_another_writer_that_does_not_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given the write lock held elsewhere, when something is appended, then the store is busy until it is let go."""
    monkeypatch.setattr("casesys.store.opening.BUSY_SECONDS", 0.05)
    with (
        open_log(tmp_path / "log", create=True) as log,
        closing(sqlite3.connect(tmp_path / "log", isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        assert refusal(log, 1).code == "store-busy"
        assert log.read_streams([ONE]) == {ONE: []}
        other.execute("ROLLBACK")

        assert log.append([unit(draft(ONE, 1))])[0].first == 1


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """Given a connection that may only read, when something is appended, then the store is read-only, and can be read."""
    with open_log(tmp_path / "log", create=True) as log:
        log.append([unit(draft(ONE, 1))])
        log.connection.execute("PRAGMA query_only = ON")

        assert refusal(log, 2).code == "store-readonly"
        assert whole(log) == 1


@pytest.mark.parametrize(
    "tampering",
    [
        "DELETE FROM stored_events WHERE rowid = 3",
        "DELETE FROM stored_events",
        "UPDATE casesys_log SET size = 2",
        "INSERT INTO stored_events VALUES (4, 'case/1', 4, 'case-noted.v1', x'00', x'00', x'00', 0)",
        "UPDATE casesys_log SET peaks = x'00'",
        "DELETE FROM casesys_log",
    ],
    ids=["tail cut off", "emptied", "head set back", "event slipped in", "peaks", "head gone"],
)
@pytest.mark.parametrize("known", [True, False], ids=["open", "reopened"])
def test_a_changed_tail_is_noticed(tmp_path: Path, tampering: str, *, known: bool) -> None:
    """Given a log whose tail or head was changed, when it is written or its head read, then it is corrupt, open or reopened."""

    def tamper() -> None:
        with closing(sqlite3.connect(tmp_path / "log", isolation_level=None)) as file:
            file.execute(tampering)

    def all_is_refused(log: SqliteLog) -> None:
        assert refusal(log, 4).code == "store-corrupt"
        with pytest.raises(StoreError) as told:
            log.head()
        assert told.value.code == "store-corrupt"

    with open_log(tmp_path / "log", create=True) as log:
        log.append([unit(draft(ONE, seq)) for seq in (1, 2, 3)])
        if known:
            tamper()
            all_is_refused(log)
            return
    tamper()
    if "DELETE FROM casesys_log" in tampering:  # without it there is nothing to open
        with pytest.raises(StoreError) as told:
            open_log(tmp_path / "log")
        assert told.value.code == "store-corrupt"
        return
    with open_log(tmp_path / "log") as log:
        all_is_refused(log)


def test_a_damaged_page_is_told(tmp_path: Path) -> None:
    """Given a page of noise in the middle of the file, when it is read, then the store is corrupt, and a check finds it."""
    path = tmp_path / "log"
    with open_log(path, create=True) as log:
        for seq in range(1, 200):
            log.append([unit(draft(ONE, seq, "x" * 500))])
        assert log.quick_check() == []
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xa5" * 4096
    path.write_bytes(content)

    with open_log(path) as log:
        with pytest.raises(StoreError) as told:
            log.read(0, 1_000)
        assert told.value.code == "store-corrupt"
        assert log.quick_check()


APPEND = """
import sys
from pathlib import Path
from casesys.store.sqlite import open_log
from tests.store.units import draft, unit

with open_log(Path(sys.argv[1])) as log:
    stream = f"case/{sys.argv[2]}"
    for seq in range(1, 100_000, 2):
        events = (draft(stream, seq, "x" * 300, sealed=(b"c",)), draft(stream, seq + 1))
        (at,) = log.append([unit(*events)])
        print(at.last, flush=True)
"""


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """Given a writer killed again and again, then what it was told is stored is there, whole commands only, and more goes in."""
    path = tmp_path / "log"
    open_log(path, create=True).close()
    acknowledged = 0
    for kill in range(10):
        with subprocess.Popen(
            [sys.executable, "-c", APPEND, str(path), str(kill)],
            stdout=subprocess.PIPE,
            text=True,
        ) as writer:
            assert writer.stdout is not None
            for _ in range(5 + 7 * kill):
                acknowledged = int(writer.stdout.readline())
            os.kill(writer.pid, signal.SIGKILL)
            acknowledged = max([acknowledged, *map(int, _whole_lines(writer.stdout.read()))])
        with open_log(path) as log:
            size = whole(log)
            assert size >= acknowledged
            assert size % 2 == 0
            assert len(log.ciphertexts(range(1, size + 1))) == size // 2


def _whole_lines(text: str) -> list[str]:
    """The lines of a text that was cut off somewhere."""
    return text[: text.rfind("\n") + 1].split()
