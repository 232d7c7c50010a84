"""The file of a ledger under who has it open: deleted or replaced at any time, it is opened anew, and grows again from the log."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from shutil import copy

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casesys.domain.messages import StreamId
from casesys.evidence.streams_map import verify_stream
from casesys.notary.failures import LedgerForeign, LedgerUnavailable, Unproved
from casesys.notary.keys import CheckpointKey
from casesys.notary.ledger import Ledger
from casesys.notary.notary import Notary
from casesys.store.contract import EventLog
from casesys.store.memory import MemoryLog
from tests.store.units import draft, unit

SIGNER = CheckpointKey("casesys/test", Ed25519PrivateKey.from_private_bytes(bytes(32)))
Deed = Callable[[Path], None]

FIRST_FORMAT = """
DROP TABLE knots;
DROP TABLE maps;
CREATE TABLE knots (path TEXT PRIMARY KEY, knot BLOB NOT NULL) WITHOUT ROWID;
INSERT INTO knots VALUES ('', zeroblob(64));
ALTER TABLE ledger ADD COLUMN mapped INTEGER NOT NULL DEFAULT 300;
ALTER TABLE ledger ADD COLUMN map_root BLOB NOT NULL DEFAULT x'00';
PRAGMA user_version = 1;
"""
"""Makes a file of the second format one of the first, mapped as far as 300."""


@pytest.fixture
def log() -> EventLog:
    """A log of some events."""
    made = MemoryLog()
    grow(made, 300)
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the notary's file is."""
    return tmp_path / "log.notary"


@pytest.fixture
def two(log: EventLog, path: Path) -> Iterator[tuple[Notary, Notary]]:
    """One notary that signs and one that only reads, each with the file open for itself."""
    with (
        closing(Ledger(path, log.log_id)) as signing,
        closing(Ledger(path, log.log_id)) as reading,
    ):
        yield Notary(log, signing, lambda: [SIGNER]), Notary(log, reading)


def grow(log: EventLog, events: int) -> None:
    """Let a log grow by some events."""
    size = log.head().size
    log.append([unit(draft(f"case/{n % 7}", n // 7 + 1)) for n in range(size, size + events)])


def delete(path: Path) -> None:
    """Delete the file alone."""
    path.unlink()


def delete_all(path: Path) -> None:
    """Delete the file and what SQLite keeps beside it."""
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()


def move_away(path: Path) -> None:
    """Move the file and what SQLite keeps beside it into another folder."""
    (path.parent / "elsewhere").mkdir()
    for each in path.parent.glob(f"{path.name}*"):
        each.rename(path.parent / "elsewhere" / each.name)


def set_back(path: Path) -> None:
    """Put an older copy in the place of the file, and leave what SQLite keeps beside it."""
    (path.parent / "older").rename(path)


@pytest.mark.parametrize("deed", [delete, delete_all, move_away, set_back])
def test_a_file_that_is_not_the_one_that_was_opened_is_opened_anew(
    log: EventLog,
    path: Path,
    two: tuple[Notary, Notary],
    deed: Deed,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Given two that have the file open, when it is deleted or set back, then both say so once, and all follows again from the log."""
    signing, reading = two
    first = signing.checkpoint()
    older_copy(path)
    grow(log, 14)
    lost = signing.checkpoint()
    signing.map_streams(314)
    assert reading.latest() == lost

    deed(path)

    assert reading.latest() == (first if deed is set_back else None)
    with pytest.raises(Unproved):
        reading.over(314)
    grow(log, 7)
    latest = signing.checkpoint()
    mapped = signing.map_streams(321)
    assert reading.latest() == latest
    reading.prove(317)
    complete = reading.complete(StreamId("case/3"), 321)
    verify_stream(complete.stream, complete.proof, mapped.root)
    assert caplog.text.count("was deleted or replaced") == 2
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with closing(Ledger.in_memory(log.log_id)) as alone:
        assert Notary(log, alone).map_streams(321) == mapped


def test_what_stands_in_its_place_is_not_written_to_unless_it_is_ours(
    path: Path, two: tuple[Notary, Notary]
) -> None:
    """Given an open file, when another program's is put in its place, that is told and not touched; once it is gone, all is well."""
    signing, reading = two
    assert signing.checkpoint() == reading.latest()
    other = path.with_name("other")
    with closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE theirs (x)")
    theirs = other.read_bytes()

    other.rename(path)

    for notary in two:
        with pytest.raises(LedgerForeign):
            notary.latest()
    assert path.read_bytes() == theirs
    path.unlink()
    assert signing.checkpoint() == reading.latest()


def test_nothing_is_kept_over_leaves_that_a_new_file_does_not_have(
    log: EventLog, path: Path
) -> None:
    """Given a tree and a signed note, when the file is deleted before more is kept, then that fails, and no gap is in the new one."""
    with closing(Ledger(path, log.log_id)) as ledger:
        note = Notary(log, ledger, lambda: [SIGNER]).checkpoint()
        tree = ledger.peaks()
        delete_all(path)
        with pytest.raises(LedgerUnavailable, match="made anew"):
            ledger.grow(tree, [bytes(32)])
        with pytest.raises(LedgerUnavailable, match="made anew"):
            ledger.keep(tree.size, note)
        assert (ledger.size(), ledger.latest()) == (0, None)
        assert Notary(log, ledger, lambda: [SIGNER]).checkpoint() == note


def test_a_file_of_the_first_format_keeps_what_was_signed(log: EventLog, path: Path) -> None:
    """Given a file that kept only the last map, when it is opened, then tree and checkpoints are there, and the map is made again."""
    with closing(Ledger(path, log.log_id)) as ledger:
        note = Notary(log, ledger, lambda: [SIGNER]).checkpoint()
        tree = ledger.peaks()
    with closing(sqlite3.connect(path)) as db:
        db.executescript(FIRST_FORMAT)

    with closing(Ledger(path, log.log_id)) as ledger:
        assert (ledger.peaks(), ledger.latest(), ledger.mapped().size) == (tree, note, 0)
        mapped = Notary(log, ledger).map_streams(300)
        with closing(Ledger.in_memory(log.log_id)) as alone:
            assert Notary(log, alone).map_streams(300) == mapped
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 3")
    with pytest.raises(LedgerForeign, match="another format"):
        Ledger.open(path, log.log_id)


def older_copy(path: Path) -> None:
    """Keep a copy of the file as it is now."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint")
    copy(path, path.with_name("older"))
