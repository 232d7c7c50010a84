"""A disk that refuses: at any write, sync, truncation or deletion, once or for good; what was acknowledged stays, the rest is told.

The gate refuses some of them, and soaks each.
"""

import os
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from casesys.store import StoreError
from casesys.store.sqlite import SqliteLog, open_log
from tests.store.disk import Trouble, disk_under, nothing, refusing
from tests.store.test_faults import whole
from tests.store.units import draft, unit

ONE_IN = 1 if "CASESYS_SOAK" in os.environ else 5
SIZES = (20, 3_000, 20, 9_000, 20, 5_000, 20)
LOG = "log"


class Life(NamedTuple):
    """The streams that somebody wanted to begin: those they were told are stored, and all; and with which codes they were refused."""

    acknowledged: set[str]
    wanted: set[str]
    codes: set[str]


def lived(folder: Path) -> Life:
    """Make a log and let it grow as far as the disk allows, by two openings."""
    life = Life(set(), set(), set())
    for half in (0, 4):
        try:
            with open_log(folder / LOG, create=True) as log:
                log.connection.execute("PRAGMA wal_autocheckpoint = 12")
                for number, size in enumerate(SIZES[half : half + 4], half):
                    append(log, f"case/{number}", size, life)
        except StoreError as error:
            life.codes.add(error.code)
    return life


def append(log: SqliteLog, stream: str, size: int, life: Life) -> None:
    """Begin a stream if the disk allows it; otherwise the log is as before."""
    before = whole(log)
    life.wanted.add(stream)
    try:
        log.append([unit(draft(stream, 1, "x" * size, sealed=(b"y",)))])
    except StoreError as error:
        life.codes.add(error.code)
        assert whole(log) == before
    else:
        life.acknowledged.add(stream)
        assert whole(log) == before + 1


def stored(folder: Path) -> set[str]:
    """Give the streams of a log that can be written to again."""
    with open_log(folder / LOG, create=True) as log:
        size = whole(log)
        events = log.read(0, 1_000)
        assert len(log.ciphertexts(range(1, size + 1))) == size
        log.append([unit(draft("case/and on", 1))])
        assert log.quick_check() == []
    return {event.leaf.stream for event in events}


@pytest.mark.parametrize("times", [1, 3, 10**9])
@pytest.mark.parametrize("trouble", ["EIO", "ENOSPC"])
def test_what_was_acknowledged_stays_when_the_disk_refuses(
    tmp_path: Path, trouble: Trouble, times: int
) -> None:
    """Given a disk that refuses from any moment on, then each append is stored or told, and the log goes on once it can."""
    refused = 0
    for after in count(0, ONE_IN):
        folder = tmp_path / str(after)
        folder.mkdir()
        with disk_under(folder) as disk:
            disk.refuse = refusing(trouble, after, times)
            life = lived(folder)
            disk.refuse = nothing
            assert life.acknowledged <= stored(folder) <= life.wanted
        assert life.codes <= {"store-full", "store-unreadable"}
        refused += bool(life.codes)
        if after >= len(disk.deeds):
            break
    assert refused > 5
