"""HTTP: durable commands, case files and board pages, each held against a bare FastAPI route that serves the same bodies.

Both servers are real processes (uvicorn with httptools and uvloop) and are asked in turns over the same number of connections, by the
same client. The bare route reads what it is sent and answers with bytes that it has ready: nothing is looked up, checked or stored.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter, sleep
from typing import NamedTuple
from urllib.request import Request, urlopen
from uuid import uuid4

import uvicorn
from fastapi import FastAPI
from fastapi import Request as Asked
from fastapi.responses import Response

from benchmarks.community import CLERK, envelope, found
from casesys.application.assigning import key_hash, new_secret
from casesys.bootstrap import create_service
from casesys.domain.cases import commands as c
from casesys.domain.register.commands import IssueApiKey
from casesys.settings import store_settings
from casesys.store.contract import utc_now

CASES = 500
NOTE = b'{"note": "The resident was called back and told when the lamp will be mended."}'


class Workload(NamedTuple):
    """One kind of request: its name, the requests as they go over the wire, and the least ratio that is aimed at."""

    name: str
    requests: list[bytes]
    target: float


def main() -> None:
    """Measure in turns and print medians and ratios."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=float, default=2.0)
    options.add_argument("--connections", type=int, default=16)
    options.add_argument("--bare", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.bare:
        serve_bare(Path(asked.bare))
        return
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        secret, ids = fill(Path(folder))
        ours = running.enter_context(served(Path(folder)))
        keep_bodies(Path(folder), ours, secret, ids)
        bare = running.enter_context(started("-m", "benchmarks.http", "--bare", folder))
        for workload in workloads(secret, ids):
            report(workload, ours, bare, asked)


def fill(folder: Path) -> tuple[str, list[str]]:
    """Make a store with cases; give the secret of a dispatcher's key and the cases' ids."""
    secret, ids = new_secret(), [str(uuid4()) for _ in range(CASES)]
    with create_service(store_settings(f"sqlite:///{folder / 'store.sqlite'}")) as service:
        found(service)
        key = IssueApiKey(
            key_hash=key_hash(secret), person_id=CLERK, client_id="bench", label="bench"
        )
        service.give(key, envelope("operator", utc_now()))
        for case_id in ids:
            collect = c.CollectCase(
                case_id=case_id,
                case_type="issue",
                category="courtyard_lamp",
                title="The lamp in front of Building 3 is dark",
                grid="community",
            )
            service.give(collect, envelope(CLERK, utc_now()))
    return secret, ids


def workloads(secret: str, ids: list[str]) -> Iterator[Workload]:
    """Give the workloads of W3 in docs/performance: what is written, and what is read."""
    yield Workload(
        "durable command",
        [request("POST", f"/v1/cases/{each}/add-note", secret, NOTE) for each in ids],
        0.40,
    )
    yield Workload(
        "case file, one of 20",
        [request("GET", f"/v1/cases/{each}", secret) for each in ids[:20]],
        0.50,
    )
    yield Workload(
        "case file, one of 500",
        [request("GET", f"/v1/cases/{each}", secret) for each in ids],
        0.50,
    )
    yield Workload("board page", [request("GET", "/v1/board?limit=20", secret)], 0.40)


def request(method: str, path: str, secret: str, body: bytes = b"") -> bytes:
    """Give a request as it goes over the wire."""
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {secret}\r\n"
    if body:
        head += f"If-Match: *\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


# -- the servers --------------------------------------------------------------------------------------------------------------


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """Serve the store; give the port."""
    address = f"sqlite:///{folder / 'store.sqlite'}"
    with started("-m", "casesys", "serve", "--store", address, "--port", "0") as port:
        yield port


@contextmanager
def started(*arguments: str) -> Iterator[int]:
    """Start a server that says where it serves; give the port."""
    with subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    ) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline().removesuffix("/v1\n").rpartition(":")[2])
        finally:
            process.terminate()


def keep_bodies(folder: Path, port: int, secret: str, ids: list[str]) -> None:
    """Keep the answers of our server for the bare one to give."""
    sleep(3)  # until the read models have caught up
    bodies = {
        "command": Request(f"http://127.0.0.1:{port}/v1/cases/{ids[0]}/add-note", NOTE),
        "file": Request(f"http://127.0.0.1:{port}/v1/cases/{ids[0]}"),
        "board": Request(f"http://127.0.0.1:{port}/v1/board?limit=20"),
    }
    for name, asking in bodies.items():
        asking.add_header("Authorization", f"Bearer {secret}")
        if asking.data is not None:
            asking.add_header("Content-Type", "application/json")
            asking.add_header("If-Match", "*")
        with urlopen(asking) as answer:  # noqa: S310 - our own server
            (folder / name).write_bytes(answer.read())


def serve_bare(folder: Path) -> None:
    """Serve the bodies that were kept."""
    app = FastAPI()
    command, file, board = ((folder / name).read_bytes() for name in ("command", "file", "board"))

    @app.post("/v1/cases/{case_id}/{name}")
    async def give(asked: Asked, case_id: str, name: str) -> Response:
        await asked.body()
        del case_id, name
        return Response(command, media_type="application/json")

    @app.get("/v1/cases/{case_id}")
    async def case(case_id: str) -> Response:
        del case_id
        return Response(file, media_type="application/json")

    @app.get("/v1/board")
    async def page() -> Response:
        return Response(board, media_type="application/json")

    config = uvicorn.Config(
        app, port=0, loop="uvloop", http="httptools", log_config=None, access_log=False
    )
    listener = config.bind_socket()
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", flush=True)
    uvicorn.Server(config).run(sockets=[listener])


# -- the client ---------------------------------------------------------------------------------------------------------------


class Connection(asyncio.Protocol):
    """One connection that sends the next request as soon as an answer is complete."""

    def __init__(self, requests: Iterator[bytes], until: float) -> None:
        """Take requests from those that all connections share."""
        self._requests = requests
        self._until = until
        self._received = b""
        self.times: list[float] = []
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        """Count a complete answer, and go on."""
        self._received += data
        head, found_end, body = self._received.partition(b"\r\n\r\n")
        if not found_end:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        assert head.startswith(b"HTTP/1.1 20"), self._received
        self._received = b""
        self.times.append(perf_counter() - self._sent)
        self._send()

    def _send(self) -> None:
        self._sent = perf_counter()
        if self._sent > self._until:
            self._transport.close()
            self.over.set_result(None)
        else:
            self._transport.write(next(self._requests))


async def load(port: int, requests: list[bytes], connections: int, seconds: float) -> list[float]:
    """Ask for some seconds over some connections; give how long each answer took."""
    loop, until = asyncio.get_running_loop(), perf_counter() + seconds
    endless = (requests[n % len(requests)] for n in range(10**9))
    opened = [
        (await loop.create_connection(lambda: Connection(endless, until), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(each.over for each in opened))
    return [time for each in opened for time in each.times]


def report(workload: Workload, ours: int, bare: int, asked: argparse.Namespace) -> None:
    """Measure both in turns and print what came out."""
    rates: dict[int, list[float]] = {ours: [], bare: []}
    slowest: list[float] = []
    for _ in range(asked.rounds):
        for port, found_rates in rates.items():
            times = asyncio.run(load(port, workload.requests, asked.connections, asked.seconds))
            found_rates.append(len(times) / asked.seconds)
            if port == ours:
                slowest.append(statistics.quantiles(times, n=100)[98] * 1000)
    rate, floor = (statistics.median(each) for each in rates.values())
    print(
        f"{workload.name:<24} {rate:7,.0f}/s  bare {floor:7,.0f}/s  {rate / floor:4.0%}"
        f"  (aim: {workload.target:.0%})  p99 {statistics.median(slowest):5.1f} ms"
    )


if __name__ == "__main__":
    main()
