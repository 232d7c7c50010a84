"""Ends that nobody chose: whenever the program is gone, the read models are whole, and go on where they were."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest

from casesys.bootstrap import open_service
from casesys.projections.database import Views, open_views
from casesys.projections.registry import all_of
from casesys.projections.running import Runner
from casesys.projections.standing import Slot, standings
from casesys.projections.verifying import verify
from casesys.settings import store_settings
from tests.community import Community, founded
from tests.importing.city import City, plausible, write_file
from tests.projections.built import held
from tests.projections.ledgers import Ledger, Stumbling
from tests.replay.lives import lamp

PATIENCE = 60.0
"""Seconds that a process may take; a broken one should not hold up everybody."""


class Gone(BaseException):
    """The program has ended."""


class Mortal(Views):
    """Read models whose program ends before its so-many-eth transaction."""

    left: int

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write, if the program still lives."""
        if self.left == 0:
            raise Gone
        self.left -= 1
        with super().transaction() as db:
            yield db


def lived(community: Community, path: Path, transactions: int) -> bool:
    """Catch up, rebuild, and be gone after so many transactions; say whether all was done before."""
    with open_views(path):
        pass
    with Mortal(path) as views:
        views.left = transactions
        runner = Runner(community.log, views, (Ledger(), Stumbling()), page=40)
        try:
            assert runner.begin()
            runner.catch_up()
            views.wish("ledger", "rebuild")
            runner.catch_up()
        except Gone:
            return False
    return True


def test_between_any_two_transactions_nothing_is_lost(tmp_path: Path) -> None:
    """Given a program that ends before any of its transactions, when another goes on, then the rows are as if it had not."""
    community = founded()
    lamp(community)
    with open_views(None) as views:
        runner = Runner(community.log, views, (Ledger(), Stumbling()))
        assert runner.begin()
        runner.catch_up()
        expected = [held(views.db, each) for each in (Ledger(), Stumbling())]
    transactions = 0
    while not lived(community, tmp_path / str(transactions), transactions):
        with open_views(tmp_path / str(transactions)) as views:
            runner = Runner(community.log, views, (Ledger(), Stumbling()), page=40)
            assert runner.begin()
            runner.catch_up()
            assert [held(views.db, each) for each in (Ledger(), Stumbling())] == expected
            assert len(standings(views.db)) == 2
        transactions += 1

    assert transactions > 12


KILLED_AT = ((Slot.SERVING, 1), (Slot.SERVING, 1000), (Slot.BUILDING, 1), (Slot.BUILDING, 1500))
"""Which copy is how far when its process is killed."""


def started(store: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A process that looks after read models."""
    command = (sys.executable, "-m", "casesys", "projections", *arguments)
    return subprocess.Popen((*command, "--store", f"sqlite:///{store}"), stdout=subprocess.DEVNULL)


def reached(path: Path, slot: Slot) -> int:
    """How far another process has taken the audit trail, -1 as long as there is none."""
    if not path.exists():
        return -1
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5)) as db:
        try:
            found = [
                each for each in standings(db) if (each.name, each.slot) == ("audit_trail", slot)
            ]
        except sqlite3.OperationalError:  # it is just being laid out
            return -1
    return found[0].position if found else -1


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with some thousand events."""
    folder = tmp_path_factory.mktemp("city")
    city, store = City(folder), folder / "store.db"
    file = write_file(folder / "all.csv", list(plausible(7, 600)))
    command = (sys.executable, "-m", "casesys", "import", file, "--mapping", city.mapping)
    subprocess.run((*command, "--store", f"sqlite:///{store}"), check=True, capture_output=True)
    return store


def test_killed_and_run_again_they_are_what_the_log_says(store: Path) -> None:
    """Given a process that is killed while it builds and rebuilds, when it is run to its end, then every read model is verified."""
    views = store.with_name("store.db.views")
    ended = []
    for slot, enough in KILLED_AT:
        process, until = started(store, "rebuild", "audit_trail"), monotonic() + PATIENCE
        while process.poll() is None and reached(views, slot) < enough and monotonic() < until:
            sleep(0.001)
        process.send_signal(signal.SIGKILL)
        ended.append(process.wait())
    assert ended.count(-signal.SIGKILL) >= 2, (
        "on a slow machine, one or the other may come too late"
    )
    assert started(store, "rebuild", "audit_trail").wait(PATIENCE) == 0

    with open_service(store_settings(f"sqlite:///{store}")) as service, open_views(views) as opened:
        log = service.engine.log
        for each in all_of(log, service.engine.vault):
            found = verify(log, opened, each)
            assert found.same, found
            assert found.position == log.head().size


def test_two_processes_share_the_work(store: Path) -> None:
    """Given several processes that want read models rebuilt at once, then one does it for all, and every one of them ends well."""
    processes = [started(store, "rebuild", name) for name in ("audit_trail", "statistics") * 2]

    assert [process.wait(PATIENCE) for process in processes] == [0] * 4

    with open_views(store.with_name("store.db.views")) as views:
        assert all(each.slot is Slot.SERVING for each in standings(views.db))
