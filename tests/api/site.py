"""A site as its users meet it: the demo's community served by a real process, and a key for everybody in it."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import httpx

from casesys.application import Request
from casesys.application.assigning import key_hash, new_secret
from casesys.application.service import answered
from casesys.bootstrap import create_service
from casesys.demo import heyuan
from casesys.demo.days import Days
from casesys.demo.player import SeasonClock
from casesys.demo.season import play, stock_calendar
from casesys.domain.messages import Envelope
from casesys.domain.register.commands import IssueApiKey
from casesys.notary.keyring import KeyRing
from casesys.notary.verifying import NAME, origin_of
from casesys.settings import store_settings
from casesys.store.contract import utc_now
from tests.api.plain import PLAIN

SECONDS = 60.0
"""How long a server may take to begin or to end, on a machine that has much else to do."""


class Site(NamedTuple):
    """A site that is being served."""

    address: str
    store: Path
    secrets: Mapping[str, str]
    process: subprocess.Popen[str]

    def client(self, person: str, **headers: str) -> httpx.Client:
        """Give a client that acts by the key of one of the people."""
        return self.as_holder_of(self.secrets[person], **headers)

    def as_holder_of(self, secret: str, **headers: str) -> httpx.Client:
        """Give a client that acts by a secret."""
        return self.as_nobody(authorization=f"Bearer {secret}", **headers)

    def as_nobody(self, **headers: str) -> httpx.Client:
        """Give a client without a key."""
        return httpx.Client(base_url=self.address, headers=headers, timeout=SECONDS, verify=PLAIN)


def children_of(process: subprocess.Popen[str]) -> list[int]:
    """Give the processes that a process has started and that have not ended."""
    numbers = [int(each.name) for each in Path("/proc").glob("[0-9]*")]
    return [each for each in numbers if _parent_of(each) == process.pid]


def has_ended(number: int) -> bool:
    """Say whether a process has ended, whether or not anybody has taken note of it."""
    return _parent_of(number) is None


def _parent_of(number: int) -> int | None:
    """Give the parent of a process, None if that has ended."""
    try:
        state, parent, *_ = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if state == "Z" else int(parent)


class Played(NamedTuple):
    """The store of a community that was played, and the secret of everybody's key."""

    store: Path
    secrets: Mapping[str, str]


def played(folder: Path) -> Played:
    """Play the demo's season, until now or as long as its calendar lasts, and give everybody a key, and the log one to sign with."""
    store = folder / "heyuan.sqlite"
    calendar = stock_calendar()
    end = min(utc_now(), Days(calendar).at(calendar.last_day, "18:00"))
    clock = SeasonClock(end)
    secrets = {person: new_secret() for person in (heyuan.OPERATOR, *heyuan.PEOPLE)}
    settings = store_settings(f"sqlite:///{store}")
    with create_service(settings, clock=clock) as service:
        play(service, clock, end, operator_key=key_hash(secrets[heyuan.OPERATOR]))
        keys = [
            Request(_key(person, secrets[person]), _by_operator(clock)) for person in heyuan.PEOPLE
        ]
        for verdict in service.give_all(keys):
            answered(verdict)
        assert settings.keys is not None
        KeyRing(settings.keys).generate(origin_of(NAME, service.engine.log.log_id))
    return Played(store, secrets)


def _key(person: str, secret: str) -> IssueApiKey:
    return IssueApiKey(
        key_hash=key_hash(secret), person_id=person, client_id=f"tests-{person}", label="tests"
    )


def _by_operator(clock: SeasonClock) -> Envelope:
    return Envelope(command_id=uuid4(), actor_id=heyuan.OPERATOR, decided_at=clock.now)


@contextmanager
def served(store: Path, secrets: Mapping[str, str], *options: str) -> Iterator[Site]:
    """Serve a store by a process of its own, on a free port, for the length of a block."""
    command = [sys.executable, "-m", "casesys", "serve", "--store", f"sqlite:///{store}"]
    errors = store.with_name("errors.log").open("a")
    with (
        errors,
        subprocess.Popen(
            [*command, "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
        ) as process,
    ):
        try:
            yield Site(_address(process), store, secrets, process)
        finally:
            process.terminate()
            process.wait(SECONDS)


def _address(process: subprocess.Popen[str]) -> str:
    """Read where a server says that it is to be found."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Serving http"), line
    return line.removeprefix("Serving ").strip().removesuffix("/v1")


def collected(client: httpx.Client, **fields: object) -> httpx.Response:
    """Collect a case in the Riverside grid; give the answer, which has its ETag."""
    given = {
        "case_type": "issue",
        "category": "courtyard_lamp",
        "title": "3号楼前路灯不亮",
        "grid": heyuan.RIVERSIDE,
        "circumstances": {"channel": "patrol"},
    }
    answer = client.post("/v1/cases", json=given | fields)
    assert answer.status_code == 201, answer.text
    return answer
