"""`casesys serve` and the demo that serves itself: real processes, asked over HTTP, ended by a signal."""

import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.api.plain import PLAIN
from tests.cli.shell import Store, casesys

SECONDS = 60


@contextmanager
def running(*arguments: str, own_group: bool = False) -> Iterator[subprocess.Popen[str]]:
    """Run the command line in a process of its own for the length of a block; what it prints can be read.

    With `own_group`, it and what it starts get the signals that this process sends to its group.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "casesys", *arguments, "--language", "en"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        process_group=0 if own_group else None,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said_until(process: subprocess.Popen[str], beginning: str) -> list[str]:
    """Give the lines that a process prints up to the first that begins so."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if line.startswith(beginning):
            return lines
    raise AssertionError("\n".join(lines))


def address_in(lines: list[str]) -> str:
    """Give the address that the last line tells."""
    return lines[-1].removeprefix("Serving ").removesuffix("/v1")


def asked(line: str) -> httpx.Response:
    """Do what a line of curl says, as a shell and curl would."""
    words = shlex.split(re.sub(r"\$\(cat (\S+)\)", lambda f: Path(f[1]).read_text().strip(), line))
    assert words[:2] == ["curl", "-s"]
    *options, address = words[2:]
    pairs = list(zip(options[::2], options[1::2], strict=True))
    headers = dict(value.split(": ", 1) for option, value in pairs if option == "-H")
    body = next((value for option, value in pairs if option == "-d"), None)
    method = "GET" if body is None else "POST"
    return httpx.request(
        method, address, headers=headers, content=body, timeout=SECONDS, verify=PLAIN
    )


def test_what_the_demo_says_to_try_works(tmp_path: Path) -> None:
    """Given a demo, then it serves what it played, and the lines that it prints to try work as they are printed."""
    store = f"sqlite:///{tmp_path / 'demo.sqlite'}"
    with running("demo", "--until", "2026-11-20", "--store", store, "--port", "0") as process:
        lines = said_until(process, "Serving http")
        answers = [asked(line.strip()) for line in lines if line.startswith("  curl ")]

        assert [answer.status_code for answer in answers] == [200, 200, 200, 200]
        assert answers[0].json()["items"]
        assert answers[1].json()["case_id"] == "heyuan-001"
        assert answers[2].json()["events"] == ["note-added.v1"]
        assert answers[3].text.startswith("casesys/")


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_it_is_asked_to(store: Store, sign: signal.Signals) -> None:
    """Given a server with an open connection, when it is asked to end, then it does, cleanly."""
    with running("serve", "--store", store.address, "--port", "0") as process:
        address = address_in(said_until(process, "Serving http"))
        with httpx.Client(base_url=address, verify=PLAIN) as client:
            assert client.get("/healthz").status_code == 200
            process.send_signal(sign)
            assert process.wait(SECONDS) == 0


def test_it_ends_when_it_is_asked_to_as_soon_as_it_says_that_it_serves(store: Store) -> None:
    """Given a server that has only just said where it is, when it is asked to end, then it ends as cleanly."""
    with running("serve", "--store", store.address, "--port", "0", "--no-worker") as process:
        said_until(process, "Serving http")
        process.terminate()
        assert process.wait(SECONDS) == 0


def test_the_development_login_is_not_there_in_production(store: Store) -> None:
    """Given a server that was not said to be for development, then nobody can log in as somebody."""
    with running("serve", "--store", store.address, "--port", "0", "--no-worker") as process:
        address = address_in(said_until(process, "Serving http"))
        answer = httpx.post(
            f"{address}/v1/development-login", json={"person": "operator"}, verify=PLAIN
        )

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--environment", "development", "--host", "0.0.0.0"), "development-not-local"),  # noqa: S104 - refused
        (("--host", "203.0.113.7"), "address-not-available"),
    ],
)
def test_what_cannot_be_served_is_refused(
    store: Store, options: tuple[str, ...], code: str
) -> None:
    """Given an address that is not to be had, or a development login open to others, then it refuses and says what to do."""
    ended = store.run("serve", *options)

    assert ended.code == code


def test_a_taken_port_is_told(store: Store) -> None:
    """Given a port on which something listens, then it says so."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        ended = store.run("serve", "--port", str(other.getsockname()[1]))

    assert (ended.status, ended.code) == (4, "address-not-available")
    assert "take another port with --port" in ended.err


def test_a_store_that_is_not_there_is_told(empty: Store) -> None:
    """Given no store, or one in memory, then there is nothing to serve."""
    assert empty.run("serve", "--port", "0").code == "store-missing"
    assert casesys("serve", "--store", "memory:").code == "store-missing"
