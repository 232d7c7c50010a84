"""`casesys worker`, by itself and as the child of `casesys serve`: real processes over one store, ended and killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest

from benchmarks import community as past
from casesys.bootstrap import create_service
from casesys.bootstrap.sites import open_site
from casesys.cli.working import command_of
from casesys.domain.cases.commands import AddNote, CollectCase
from casesys.domain.cases.state import case_stream
from casesys.domain.messages import Personal
from casesys.domain.register.authority import CLOCK
from casesys.projections.database import open_views
from casesys.settings import Pace, Paces, SiteSettings, StoreSettings, store_settings
from casesys.store.contract import utc_now
from casesys.worker import WorkerProcess
from tests.api.plain import PLAIN
from tests.api.site import children_of, has_ended
from tests.cli.shell import Store, casesys
from tests.cli.test_serving import SECONDS, address_in, running, said_until


def eventually(so: Callable[[], bool]) -> None:
    """Wait until something is so; it fails if that takes too long."""
    until = monotonic() + SECONDS
    while not so():
        assert monotonic() < until, "it took too long"
        sleep(0.01)


def is_free(store: Store) -> bool:
    """Say whether nobody runs the read models."""
    with open_views(store.path.with_name(f"{store.path.name}.views")) as views:
        return views.hold()


@contextmanager
def asking(address: str, store: Store) -> Iterator[httpx.Client]:
    """Ask a server as a grid worker."""
    key = (store.keys / "worker.key").read_text().strip()
    headers = {"authorization": f"Bearer {key}", "if-match": "*"}
    with httpx.Client(base_url=address, headers=headers, verify=PLAIN, timeout=SECONDS) as client:
        yield client


def note(client: httpx.Client) -> int:
    """Add a note to the open case; give its position in the log."""
    answer = client.post("/v1/cases/open/add-note", json={"note": "还没有修好"})
    assert answer.status_code == 200, answer.text
    last: int = answer.json()["last"]
    return last


def come_to(client: httpx.Client, position: int) -> None:
    """Wait until the board tells of a position of the log."""
    asked = {"min_position": position}
    eventually(lambda: client.get("/v1/board", params=asked).status_code == 200)


def troubles(client: httpx.Client) -> dict[str, str]:
    """Ask what stands in the worker's way."""
    told = client.get("/readyz").json()
    assert told["status"] == "ready"
    return {each["work"]: each["code"] for each in told["worker"]}


def meters(client: httpx.Client, store: Store) -> list[str]:
    """Give what is measured of the worker's troubles."""
    operators = (store.keys / "operator.key").read_text().strip()
    answer = client.get("/metrics", headers={"authorization": f"Bearer {operators}"})
    return [each for each in answer.text.splitlines() if each.startswith("casesys_worker_trouble")]


def test_a_worker_that_is_killed_is_missed_by_nobody(store: Store) -> None:
    """Given a server whose worker is killed, it takes commands, says what is missing, and has another; nothing is lost.

    When the server is killed itself, then its worker ends soon, and others may run the read models.
    """
    with running("serve", "--store", store.address, "--port", "0") as process:
        address = address_in(said_until(process, "Serving http"))
        with asking(address, store) as client:
            come_to(client, note(client))
            (first,) = children_of(process)
            os.kill(first, signal.SIGKILL)
            eventually(lambda: note(client) > 0 and troubles(client) == {"process": "signal-9"})
            eventually(lambda: note(client) > 0 and "process" not in troubles(client))
            come_to(client, note(client))
            (second,) = children_of(process)
            assert second != first
            eventually(lambda: troubles(client) == {"notary": "checkpoint-key-missing"})
            assert meters(client, store) == [
                f'casesys_worker_trouble{{work="{work}"}} {has:.1f}'
                for work, has in (("projections", 0), ("clock", 0), ("notary", 1), ("process", 0))
            ]
        process.kill()
        eventually(lambda: is_free(store))
    eventually(lambda: has_ended(second))


def test_both_end_when_the_server_is_asked_to(store: Store) -> None:
    """Given a server and its worker, when all processes of their terminal are asked to end, both do, cleanly, all work done."""
    with running("serve", "--store", store.address, "--port", "0", own_group=True) as process:
        address = address_in(said_until(process, "Serving http"))
        with asking(address, store) as client:
            come_to(client, note(client))
            (worker,) = children_of(process)
            for _ in range(20):
                note(client)
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(SECONDS) == 0

    assert has_ended(worker)
    assert is_free(store)
    assert store.run("projections", "verify", "board").status == 0


def test_whoever_runs_workers_by_hand_has_one_at_work_at_a_time(store: Store) -> None:
    """Given a server without a worker and two that are run beside it, then one leads; when it ends, the other does; lists follow."""
    with ExitStack() as started:
        server = started.enter_context(
            running("serve", "--store", store.address, "--port", "0", "--no-worker")
        )
        client = started.enter_context(
            asking(address_in(said_until(server, "Serving http")), store)
        )
        assert client.get("/readyz").json()["worker"] is None
        assert meters(client, store) == []
        workers = [
            started.enter_context(running("worker", "--store", store.address)) for _ in range(2)
        ]
        for each in workers:
            said_until(each, "Ctrl+C")
            come_to(client, note(client))
            each.terminate()
            assert each.wait(SECONDS) == 0
    assert is_free(store)


def test_what_the_clock_brings_about_in_a_worker_is_known_to_the_server(tmp_path: Path) -> None:
    """Given a case long due, when a worker apart lets time pass, then the server's next look and next decision rest on it."""
    settings = SiteSettings(store_settings(f"sqlite:///{tmp_path / 'store.db'}"))
    with create_service(settings.store) as service:
        past.found(service)
        collect = CollectCase(
            case_id="due", case_type="inquiry", category="policy", title="?", grid="community"
        )
        service.give(collect, past.envelope(past.CLERK, past.START))
    stream = case_stream("due")
    with open_site(settings, apart=WorkerProcess(command_of(settings))) as parts:
        noting = AddNote(case_id="due", note=Personal("so that the case is kept"))
        before = parts.service.give(noting, past.envelope(past.CLERK, utc_now())).version
        parts.current.now()
        assert parts.current.unchanged({stream: before})

        def events() -> list[Any]:
            return list(parts.log.read_stream(stream))

        eventually(lambda: any(each.leaf.actor_id == CLOCK for each in events()))
        parts.current.now()
        assert not parts.current.unchanged({stream: before})
        after = parts.service.give(noting, past.envelope(past.CLERK, utc_now()))
        assert after.version == len(events()) > before + 1
        eventually(lambda: parts.troubles() == {"notary": "checkpoint-key-missing"})


def test_a_store_in_memory_has_no_workers_apart() -> None:
    """Given a store in memory, then there is nothing that another process could do."""
    assert casesys("worker", "--store", "memory:").code == "store-missing"


def test_the_command_of_a_worker_says_all_that_was_said_to_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given settings that differ from the defaults in everything, then a worker started by its command has the same."""
    store = StoreSettings(
        tmp_path / "a store", tmp_path / "keys", tmp_path / "wrapping.key", "NORMAL"
    )
    paces = Paces(Pace(7, timedelta(minutes=8)), Pace(9, timedelta(hours=10)))
    heard: list[SiteSettings] = []
    monkeypatch.setattr("casesys.cli.working._work_for_parent", heard.append)

    python, *module = command_of(SiteSettings(store, "development", paces))

    assert [python, *module[:3]] == [sys.executable, "-P", "-m", "casesys"]
    assert casesys(*module[3:]).status == 0
    assert heard == [SiteSettings(store, paces=paces)]


def test_a_worker_runs_nothing_that_lies_about(tmp_path: Path) -> None:
    """Given a folder with a module named as one of those we use, when a worker is started there, then it is not run."""
    (tmp_path / "msgspec.py").write_text("raise SystemExit('run')")
    command = command_of(SiteSettings(store_settings(f"sqlite:///{tmp_path / 'none.sqlite'}")))

    ended = subprocess.run(
        [*command, "--help"], cwd=tmp_path, capture_output=True, check=False, text=True
    )

    assert ended.returncode == 0, ended.stderr
    assert "--checkpoint-events" in ended.stdout
