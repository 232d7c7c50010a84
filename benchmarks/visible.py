"""./dev bench visible: how long after a command's answer the worklist tells of it, when commands come at a steady pace.

The server and its worker are real processes. Commands go out at their times, whether those before are answered or not, as long as a
connection is free. Of those answered, as many as some watchers can follow are looked for: a watcher asks for the worklist as of the
command's position at least, as whoever wants to see their own write does. What is told is the time between the two answers.
"""

import argparse
import asyncio
import statistics
import tempfile
from asyncio import StreamReader, StreamWriter
from pathlib import Path
from time import perf_counter, sleep
from typing import NamedTuple

from benchmarks.http import NOTE, fill, request, served

CONNECTIONS = 32
WATCHERS = 4
POSITION = b"casesys-position: "


class Answered(NamedTuple):
    """A command that was carried out: when the answer came, and its position in the log."""

    at: float
    position: int


class Client(NamedTuple):
    """A connection to the server."""

    reader: StreamReader
    writer: StreamWriter

    async def ask(self, request: bytes) -> Answered:
        """Send a request; give when it was answered, and from which position of the log."""
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200"), head
        await self.reader.readexactly(_number(head, b"content-length: "))
        return Answered(perf_counter(), _number(head, POSITION))


def main() -> None:
    """Measure at each pace and print what came out."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rates", type=int, nargs="+", default=[200, 500])
    options.add_argument("--seconds", type=float, default=5.0)
    options.add_argument("--rounds", type=int, default=3)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        secret, ids = fill(Path(folder))
        with served(Path(folder)) as port:
            sleep(3)  # until the read models have caught up
            notes = [request("POST", f"/v1/cases/{each}/add-note", secret, NOTE) for each in ids]
            for rate in asked.rates * asked.rounds:
                asyncio.run(measure(port, secret, notes, rate, asked.seconds))


async def measure(port: int, secret: str, notes: list[bytes], rate: int, seconds: float) -> None:
    """Offer commands at a pace for some seconds; print how many were answered, and how soon they were seen."""
    answered: asyncio.Queue[Answered] = asyncio.Queue()
    free: asyncio.Queue[Client] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await connected(port))
    delays: list[float] = []
    watching = [asyncio.create_task(watch(port, secret, answered, delays)) for _ in range(WATCHERS)]
    began, giving = perf_counter(), set[asyncio.Task[None]]()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(began + number / rate - perf_counter())
        client = await free.get()
        giving.add(asyncio.create_task(give(client, notes[number % len(notes)], free, answered)))
    await asyncio.gather(*giving)
    took = perf_counter() - began
    for each in watching:
        each.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    percentiles = statistics.quantiles((each * 1000 for each in delays), n=100)
    print(
        f"offered {rate:4}/s  answered {len(giving) / took:5.0f}/s  looked for {len(delays):5}"
        f"  visible after p50 {percentiles[49]:5.1f} ms  p99 {percentiles[98]:5.1f} ms"
    )


async def give(
    client: Client, note: bytes, free: asyncio.Queue[Client], answered: asyncio.Queue[Answered]
) -> None:
    """Give one command, and let go of the connection; whoever watches hears of the newest answer."""
    told = await client.ask(note)
    free.put_nowait(client)
    if answered.empty():
        answered.put_nowait(told)


async def watch(
    port: int, secret: str, answered: asyncio.Queue[Answered], delays: list[float]
) -> None:
    """Look for one command after the other."""
    client = await connected(port)
    while True:
        given = await answered.get()
        path = f"/v1/worklist?limit=1&min_position={given.position}"
        seen = await client.ask(request("GET", path, secret))
        delays.append(seen.at - given.at)


async def connected(port: int) -> Client:
    """Connect to the server."""
    return Client(*await asyncio.open_connection("127.0.0.1", port))


def _number(head: bytes, name: bytes) -> int:
    return int(head.partition(name)[2].partition(b"\r\n")[0])


if __name__ == "__main__":
    main()
