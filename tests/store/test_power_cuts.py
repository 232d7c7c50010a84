"""Power cuts: whatever the disk had not yet synced may be gone, there, or torn; the log is what was acknowledged, and can go on.

The gate cuts the power at some moments, and in soaks at each.
"""

import os
from pathlib import Path
from typing import NamedTuple

import pytest

from casesys.store.sqlite import SqliteLog, open_log
from casesys.store.upstream import Synchronous
from tests.store.disk import Deed, Fate, after_power_cut, disk_under
from tests.store.test_faults import whole
from tests.store.units import draft, unit

ONE_IN = 1 if "CASESYS_SOAK" in os.environ else 4
SIZES = (20, 3_000, 20, 9_000, 20, 20, 5_000, 20, 20, 300)
LOG = "log"


class Life(NamedTuple):
    """What SQLite did for a log, the hashes of its leaves, and how many of them were acknowledged after how many deeds."""

    deeds: list[Deed]
    leaves: list[bytes]
    acknowledged: dict[int, int]

    def promised(self, deeds: int) -> int | None:
        """Give how many events were acknowledged before the next deed; None if that there is a log was not."""
        return max((size for at, size in self.acknowledged.items() if at <= deeds), default=None)


def lived(folder: Path, synchronous: Synchronous) -> Life:
    """Make a log and let it grow, through checkpoints of SQLite's and an end in between."""
    folder.mkdir()
    leaves: list[bytes] = []
    acknowledged: dict[int, int] = {}
    with disk_under(folder) as disk:
        for sizes in (SIZES[:6], SIZES[6:]):
            with open_log(folder / LOG, create=True, synchronous=synchronous) as log:
                log.connection.execute("PRAGMA wal_autocheckpoint = 12")
                acknowledged.setdefault(len(disk.deeds), log.head().size)
                for size in sizes:
                    appended = append(log, "x" * size)
                    acknowledged[len(disk.deeds)] = appended
                leaves = [event.leaf_hash for event in log.read(0, 1_000)]
    return Life(disk.deeds, leaves, acknowledged)


def append(log: SqliteLog, text: str) -> int:
    """Append two events in one unit, one with a sealed text; give the size of the log."""
    number = log.head().size // 2 + 1
    one, other = draft("case/1", number, text, sealed=(b"y" * 100,)), draft("case/2", number)
    return log.append([unit(one, other)])[0].last


@pytest.mark.parametrize("fate", ["kept", "lost", "torn"])
@pytest.mark.parametrize("synchronous", ["FULL", "NORMAL"])
def test_a_log_is_what_was_acknowledged_before_the_power_failed(
    tmp_path: Path, synchronous: Synchronous, fate: Fate
) -> None:
    """Given power that fails at any moment, then the log is whole and a beginning of what it was, with all that FULL acknowledged."""
    life = lived(tmp_path / "life", synchronous)
    assert {deed.kind for deed in life.deeds} == {"write", "sync", "truncate", "delete"}
    for moment in range(0, len(life.deeds) + 1, ONE_IN):
        folder = tmp_path / str(moment)
        folder.mkdir()
        after_power_cut(life.deeds[:moment], fate, folder, seed=moment)
        promised = life.promised(moment)
        with disk_under(folder), open_log(folder / LOG, create=promised is None) as log:
            size = whole(log)
            assert [event.leaf_hash for event in log.read(0, 1_000)] == life.leaves[:size]
            assert size % 2 == 0
            assert len(log.ciphertexts(range(1, size + 1))) == size // 2
            if synchronous == "FULL":
                assert size >= (promised or 0)
            assert append(log, "and on") == size + 2
            assert log.quick_check() == []
