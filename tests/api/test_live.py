"""Streams of events: nothing lost, nothing doubled, nothing to whoever may not know."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from casesys.api import live, sending
from casesys.application.assigning import key_hash
from casesys.domain.register import commands as r
from tests.api.plain import PLAIN
from tests.api.town import SOON_SECONDS, Town, newcomer, served

SECRETARY = "secretary"
SMALL_BUFFER = 8_192


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A community, served; tests only add to it. Little of an answer is buffered on the way."""
    with served(tmp_path_factory.mktemp("town"), send_buffer=SMALL_BUFFER) as town:
        newcomer(town, "worker-1", "grid_worker", "grid-1")
        yield town


class Events:
    """An open stream, read block by block."""

    def __init__(self, answer: httpx.Response) -> None:
        """Read from an answer that is still coming."""
        self._lines = answer.iter_lines()
        self.last_id = ""

    def block(self) -> dict[str, str]:
        """Give the fields of the next block; none at the end of the stream."""
        fields: dict[str, str] = {}
        for line in self._lines:
            if not line:
                break
            name, _, value = line.partition(": ")
            fields[name] = value
        self.last_id = fields.get("id", self.last_id)
        return fields

    def next(self, count: int) -> list[dict[str, Any]]:
        """Give the next events, passing over blocks that are none."""
        found: list[dict[str, Any]] = []
        while len(found) < count:
            block = self.block()
            assert block, "the stream has ended"
            if "data" in block and "event" not in block:
                found.append(json.loads(block["data"]))
        return found


@contextmanager
def opened(
    town: Town,
    by: str = SECRETARY,
    *,
    resumed: str | None = None,
    **asked: Any,  # noqa: ANN401 - whatever httpx takes
) -> Iterator[Events]:
    """Open a stream as somebody; its beginning has been read."""
    headers = town.headers(by) | ({} if resumed is None else {"Last-Event-ID": resumed})
    town.settle()
    address = f"{town.address}/v1/events"
    with httpx.stream(
        "GET", address, headers=headers, params=asked, timeout=SOON_SECONDS, verify=PLAIN
    ) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = Events(answer)
        assert events.block().keys() == {"id", "retry"}
        yield events


def trail(town: Town, by: str = SECRETARY) -> list[int]:
    """Give the positions of all events that somebody may read, in order."""
    items = town.items("/v1/audit/events", by, newest_first="false", limit=200)
    return [item["position"] for item in items]


def open_streams(town: Town) -> int:
    """Give how many streams are open."""
    return town.parts.meters.open_streams


def wait_until(what: Callable[[], bool]) -> None:
    """Wait until something is so; fail when it takes too long."""
    began = monotonic()
    while not what():
        assert monotonic() - began < SOON_SECONDS
        sleep(0.01)


def test_all_that_has_happened_can_be_told(town: Town) -> None:
    """Given a log, when it is asked for from its beginning, the stream tells exactly what the audit trail has, in order, and ends."""
    town.community.collect()
    expected = trail(town)
    with opened(town, after=0, follow="false") as events:
        told = events.next(len(expected))
        assert [event["position"] for event in told] == expected
        assert events.last_id == str(expected[-1])
        last = {}
        while block := events.block():
            last = block
        assert last == {"id": str(town.community.log.head().size)}


def test_an_event_tells_what_changed(town: Town) -> None:
    """Given an open stream, when a case is collected, it is told at once: which case, how, at which version."""
    with opened(town) as events:
        began = monotonic()
        case_id = town.community.collect()
        (event,) = events.next(1)
        assert monotonic() - began < 1
    assert {name: event[name] for name in ("case_id", "kind", "type", "version")} == {
        "case_id": case_id,
        "kind": "case",
        "type": "case-collected.v1",
        "version": 1,
    }
    assert town.get("/v1/board", SECRETARY, query=case_id).json()["items"]


def test_nothing_is_lost_or_doubled_by_coming_back(town: Town) -> None:
    """Given a reader who is cut off again and again while events come in, when they resume, they are told each event once."""
    town.settle()
    start = town.community.log.head().size
    case_id = town.community.collect()

    def write() -> None:
        for number in range(150):
            town.community.do(case_id, "add-note", "grid_worker", note=f"{number}")
            sleep(0.002)

    writer = Thread(target=write)
    writer.start()
    told: list[int] = []
    resumed = str(start)
    while len(told) < 151:
        with opened(town, resumed=resumed) as events:
            told += [event["position"] for event in events.next(min(7, 151 - len(told)))]
            resumed = events.last_id
    writer.join()
    assert told == list(range(start + 1, start + 152))


def test_who_may_not_know_is_told_nothing(town: Town) -> None:
    """Given a worker of one grid, when things happen in all grids, they are told of their own alone."""
    with opened(town, "worker-1") as events:
        for grid in ("grid-2", "grid-3"):
            town.community.collect(grid=grid)
        case_id = town.community.collect(grid="grid-1")
        (event,) = events.next(1)
    assert event["case_id"] == case_id


def test_a_silent_stream_shows_that_it_lives(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given that nothing happens that a reader may know, the stream tells them from time to time how far it has looked."""
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)
    with opened(town, "worker-1") as events:
        town.community.collect(grid="grid-2")
        town.settle()
        end = str(town.community.log.head().size)
        wait_until(lambda: events.block() == {"id": end})


def test_a_key_that_is_revoked_ends_its_stream(town: Town) -> None:
    """Given an open stream, when its key is revoked, it ends with the reason, before anything else is told."""
    newcomer(town, "leaver", "secretary")
    with opened(town, "leaver") as events:
        began = monotonic()
        town.community.register(r.RevokeApiKey(key_hash=key_hash(town.key("leaver"))))
        town.community.collect()
        block = events.block()
        assert (block["event"], json.loads(block["data"])) == ("end", {"code": "key-not-valid"})
        assert events.block() == {}
        assert monotonic() - began < 2
    answer = httpx.get(f"{town.address}/v1/events", headers=town.headers("leaver"), verify=PLAIN)
    town.problem(answer, 401, "key-not-valid")


def test_a_mandate_that_ends_narrows_the_stream(town: Town) -> None:
    """Given an open stream, when its reader's mandate is revoked, what happens afterwards is not told."""
    newcomer(town, "narrowed", "secretary")
    newcomer(town, "narrowed-2", "grid_worker", "grid-2")
    mandate = r.GiveMandate(
        person_id="narrowed", mandate_id="second", role="grid_worker", grid_id="grid-2"
    )
    town.community.register(mandate)
    with opened(town, "narrowed") as events:
        revoked = r.RevokeMandate(person_id="narrowed", mandate_id="mandate-narrowed")
        town.community.register(revoked)
        town.community.collect(grid="grid-1")
        case_id = town.community.collect(grid="grid-2")
        (event,) = events.next(1)
    assert event["case_id"] == case_id


def test_a_slow_reader_is_dropped_and_others_do_not_notice(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Given a reader who takes nothing, they are dropped, which is no fault; another is told everything meanwhile."""
    monkeypatch.setattr(sending, "SLOW_SECONDS", 1.0)
    case_id = town.community.collect()
    for number in range(1_500):
        town.community.do(case_id, "add-note", "grid_worker", note=f"{number}")
    expected = trail(town)
    before = open_streams(town)
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        slow.connect((urlsplit(town.address).hostname, urlsplit(town.address).port))
        request = f"GET /v1/events?after=0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {town.key(SECRETARY)}\r\n\r\n"
        slow.sendall(request.encode())
        wait_until(lambda: open_streams(town) == before + 1)
        with opened(town, after=0) as events:
            assert [event["position"] for event in events.next(len(expected))] == expected
        wait_until(lambda: open_streams(town) == before)
        town.get("/healthz", None)  # what ended before it was written down, too
    assert caplog.record_tuples == []


def test_a_reader_who_leaves_is_forgotten(town: Town) -> None:
    """Given an open stream, when its reader goes, it is closed on our side, too."""
    before = open_streams(town)
    with opened(town):
        assert open_streams(town) == before + 1
    wait_until(lambda: open_streams(town) == before)


def test_streams_are_bounded(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given as many open streams as there may be, when another is asked for, it is refused for now."""
    monkeypatch.setattr(live, "STREAMS_AT_MOST", 0)
    answer = town.get("/v1/events", SECRETARY)
    town.problem(answer, 503, "overloaded")
    assert answer.headers["retry-after"]


def test_nobody_takes_all_streams(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given somebody with as many open streams as one may have, when they ask for another, it is refused; others get theirs."""
    monkeypatch.setattr(live, "STREAMS_EACH", 2)
    newcomer(town, "greedy", "secretary")
    with opened(town, "greedy"), opened(town, "greedy"):
        answer = town.get("/v1/events", "greedy")
        town.problem(answer, 503, "overloaded")
        assert answer.headers["retry-after"]
        with opened(town):
            pass
    wait_until(lambda: not town.parts.meters.streams_of("greedy"))
    with opened(town, "greedy"):
        pass


def test_a_stream_says_from_where_it_goes_on(town: Town) -> None:
    """Given a stream that begins behind a position, then its headers name it."""
    answer = town.get("/v1/events?after=3&follow=false", SECRETARY)
    assert answer.headers["casesys-position"] == "3"


@pytest.mark.parametrize(
    "given", ["-1", "soon", "1e3", "٣", "99999999999", "9" * 400, "9" * 5_000, ""]
)
def test_a_place_that_the_log_does_not_have_is_refused(town: Town, given: str) -> None:
    """Given an id that is no position of this log, when a stream is to be resumed by it, it is refused."""
    key = town.headers(SECRETARY)["Authorization"]
    headers = {b"Authorization": key.encode(), b"Last-Event-ID": given.encode()}
    answer = httpx.get(f"{town.address}/v1/events", headers=headers, verify=PLAIN)
    town.problem(answer, 400, "invalid-query")


def test_a_server_that_stops_ends_its_streams(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Given an open stream, when the server is asked to stop, the stream ends and the server is not kept from stopping."""
    with served(tmp_path_factory.mktemp("stopping")) as town, opened(town) as events:
        town.parts.progress.end()
        assert events.block() == {}
