"""An import whose process is killed by the system, for real, at moments nobody chose."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

from casesys.bootstrap import open_service
from casesys.projections.counting import of_log
from casesys.replay.redecide import redecide
from casesys.settings import store_settings
from tests.importing.city import City, plausible, write_file
from tests.importing.test_running import everything

PATIENCE = 60.0
"""Seconds that a process may take; a broken one should not hold up everybody."""


def started(file: Path, mapping: Path, store: Path) -> subprocess.Popen[bytes]:
    """An import that is running."""
    command = (sys.executable, "-m", "casesys", "import", file, "--mapping", mapping)
    return subprocess.Popen((*command, "--store", f"sqlite:///{store}"), stderr=subprocess.DEVNULL)


def size_of(store: Path) -> int:
    """How many events another process sees in a log that is being written."""
    if not store.exists():
        return 0
    with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
        try:
            row = connection.execute("SELECT size FROM casesys_log").fetchone()
        except sqlite3.OperationalError:  # it is just being laid out
            return 0
    return int(row[0]) if row else 0


def test_killed_and_run_again_it_ends_the_same(tmp_path: Path) -> None:
    """Given an import that is killed three times on its way, when it is run to its end, then all is as if it never was."""
    city, rows = City(tmp_path), list(plausible(7, 300))
    city.imports(*rows)
    file, store = write_file(tmp_path / "all.csv", rows), tmp_path / "store.db"

    for enough in (1, 300, 1_000):
        process, until = started(file, city.mapping, store), monotonic() + PATIENCE
        while process.poll() is None and size_of(store) < enough and monotonic() < until:
            sleep(0.002)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        assert size_of(store) >= enough
    assert started(file, city.mapping, store).wait(PATIENCE) == 0

    with open_service(store_settings(f"sqlite:///{store}")) as service:
        assert everything(service) == everything(city.service)
        figures, expected = (of_log(each.engine.log) for each in (service, city.service))
        assert figures == expected
        assert redecide(service.engine.log, service.engine.vault).differences == ()
