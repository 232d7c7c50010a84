"""Bad disks under a whole site: log, keys, read models and the notary's file agree after a power cut, and after what was refused.

The gate tries a few moments, and soaks many.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import product
from pathlib import Path
from shutil import copytree
from typing import NamedTuple
from uuid import uuid4

import pytest

from casesys.application import Service
from casesys.bootstrap import create_service, founding, open_service, signers_of
from casesys.domain.messages import Command, Envelope, Personal, Text
from casesys.domain.register import commands as r
from casesys.evidence.checkpoints import told_by
from casesys.notary.failures import LedgerUnavailable, LogContradicts
from casesys.notary.keyring import KeyRing
from casesys.notary.ledger import Ledger
from casesys.notary.verifying import NAME, origin_of
from casesys.projections.database import Views, open_views
from casesys.projections.failures import ViewsError
from casesys.projections.registry import all_of
from casesys.projections.running import Runner
from casesys.settings import Pace, Paces, Synchronous, store_settings
from casesys.store.contract import StoreError, utc_now
from casesys.vault import VaultError
from casesys.worker import Notarising
from tests.projections.built import held
from tests.store.disk import (
    Deed,
    Fate,
    Trouble,
    after_power_cut,
    disk_under,
    nothing,
    refusing,
)
from tests.worker.test_notarising import SELDOM, settled

MOMENTS = 200 if "CASESYS_SOAK" in os.environ else 5
FATES: tuple[Fate, ...] = ("kept", "lost", "torn")
PEOPLE = 12
TOLD = (StoreError, VaultError, ViewsError, LedgerUnavailable)
PACES = Paces(Pace(3, SELDOM.within), Pace(8, SELDOM.within))


class Site(NamedTuple):
    """What writes to the files of a store."""

    service: Service
    views: Views
    runner: Runner
    ledger: Ledger
    notarising: Notarising

    def register(self, number: int) -> None:
        """Have a person registered, whose name is sealed under a key of their own."""
        give(self.service, r.RegisterPerson(person_id=f"p-{number}", name=Personal(f"{number}号")))

    def catch_up(self) -> None:
        """Let the notary follow the log, and read models whatever it adds to that."""
        settled(self.notarising.attend)
        assert self.runner.begin()
        self.runner.catch_up()


class Promise(NamedTuple):
    """What was acknowledged after so many deeds of the disk: the size of the log, and the newest checkpoint."""

    deeds: int
    size: int
    checkpoint: str | None


def give(service: Service, command: Command) -> None:
    """Give a command of the register as the operator."""
    now = datetime.now(UTC)
    service.give(command, Envelope(command_id=uuid4(), actor_id="operator", decided_at=now))


def found(folder: Path) -> None:
    """Make a store with a key for checkpoints and nothing in its read models."""
    folder.mkdir()
    settings = store_settings(f"sqlite:///{folder}/log")
    with create_service(settings) as service:
        name = Text("和苑", "Heyuan")
        service.give(
            *founding(
                "secret",
                grid_id="community",
                grid_name=name,
                person_id="operator",
                person_name="何卓",
                at=datetime.now(UTC),
            )
        )
        assert settings.keys is not None
        KeyRing(settings.keys).generate(origin_of(NAME, service.engine.log.log_id))
    open_views(folder / "log.views").close()


@contextmanager
def opened(folder: Path, synchronous: Synchronous) -> Iterator[Site]:
    """Open all that writes to the files of a store."""
    settings = store_settings(f"sqlite:///{folder}/log", synchronous=synchronous)
    with open_service(settings) as service, open_views(folder / "log.views") as views:
        log, vault = service.engine.log, service.engine.vault
        with closing(Ledger(settings.notary, log.log_id)) as ledger:
            runner = Runner(log, views, all_of(log, vault), page=5)
            signers = signers_of(settings)
            notarising = Notarising(service, ledger, signers, utc_now, PACES)
            yield Site(service, views, runner, ledger, notarising)


def lived(folder: Path, synchronous: Synchronous) -> tuple[list[Deed], list[Promise]]:
    """Let a store grow, its read models and its notary with it, through an end in between."""
    promises = []
    with disk_under(folder) as disk:
        for numbers in (range(PEOPLE // 2), range(PEOPLE // 2, PEOPLE)):
            with opened(folder, synchronous) as site:
                for number in numbers:
                    site.register(number)
                    size = site.service.engine.log.head().size
                    promises.append(Promise(len(disk.deeds), size, site.ledger.latest()))
                    site.catch_up()
                    promises.append(Promise(len(disk.deeds), size, site.ledger.latest()))
    return disk.deeds, promises


@pytest.mark.parametrize("synchronous", ["FULL", "NORMAL"])
def test_all_files_agree_after_a_power_cut(tmp_path: Path, synchronous: Synchronous) -> None:
    """Given power that fails at any moment, then what FULL acknowledged is there, and what is derived is what the log says."""
    found(tmp_path / "founded")
    copytree(tmp_path / "founded", tmp_path / "life")
    deeds, promises = lived(tmp_path / "life", synchronous)
    for moment, fate in product(range(0, len(deeds), len(deeds) // MOMENTS), FATES):
        folder = copytree(tmp_path / "founded", tmp_path / f"{moment} {fate}")
        after_power_cut(deeds[:moment], fate, folder, seed=moment)
        kept = [promise for promise in promises if promise.deeds <= moment][-1:]
        with disk_under(folder), opened(folder, synchronous) as site:
            size = site.service.engine.log.head().size
            latest = site.ledger.latest()
            if synchronous == "FULL":
                assert all(promise.size <= size for promise in kept)
                assert all(
                    site.ledger.over(told_by(note).size) == note for *_, note in kept if note
                )
            elif latest is not None and told_by(latest).size > size:
                with pytest.raises(LogContradicts):
                    site.catch_up()
                continue
            site.catch_up()
            site.register(PEOPLE)
            site.catch_up()
            agrees(site)


@pytest.mark.parametrize("times", [1, 5])
@pytest.mark.parametrize("trouble", ["EIO", "ENOSPC"])
def test_all_files_agree_once_the_disk_refuses_no_more(
    tmp_path: Path, trouble: Trouble, times: int
) -> None:
    """Given a disk that refuses for a while, at any moment, then that is told, and all goes on where it was, without a new start."""
    found(tmp_path / "founded")
    told: set[type[Exception]] = set()
    for after in range(1, 400, 400 // MOMENTS):
        folder = copytree(tmp_path / "founded", tmp_path / str(after))
        with disk_under(folder) as disk, opened(folder, "FULL") as site:
            disk.refuse = refusing(trouble, after, times)
            for number in range(PEOPLE // 2):
                told |= {*tried(partial(site.register, number)), *tried(site.catch_up)}
            disk.refuse = nothing
            site.register(PEOPLE)
            site.catch_up()
            agrees(site)
    assert len(told) > 1


def tried(deed: Callable[[], None]) -> list[type[Exception]]:
    """Do something until the disk allows it; give how it failed."""
    failures: list[type[Exception]] = []
    for _ in range(10):
        try:
            deed()
        except TOLD as error:
            failures.append(type(error))
        else:
            return failures
    pytest.fail("it never works")


def agrees(site: Site) -> None:
    """Check that read models and notary are what the log says, and that every name can be read."""
    log, vault = site.service.engine.log, site.service.engine.vault
    assert site.ledger.peaks() == log.head().peaks
    with open_views(None) as anew:
        runner = Runner(log, anew, all_of(log, vault))
        assert runner.begin()
        runner.catch_up()
        for projection in all_of(log, vault):
            assert held(site.views.db, projection) == held(anew.db, projection)
        people = len(log.stream_ids("person/", "", 1_000))
        assert anew.db.execute("SELECT count(*) FROM people_name").fetchone() == (people,)
