"""What is written down, and what is not."""

import asyncio
import gc
import json
import logging
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from casesys.api.logs import Observed, open_log, take_over
from casesys.api.meters import Meters

SECRET = "李建国 13800000000"


@pytest.fixture
def stream() -> BytesIO:
    """Where a log is written to."""
    return BytesIO()


@pytest.fixture
def _loggers() -> Iterator[None]:
    """The loggers of this process are as before afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(stream: BytesIO) -> list[dict[str, Any]]:
    """Read what was written."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def ask(stream: BytesIO, meters: Meters, method: str, path: str) -> httpx.Response:
    """Ask an application that is observed for something."""
    app = FastAPI()

    @app.get("/cases/{case_id}")
    async def case(request: Request, case_id: str) -> Response:
        if case_id == "broken":
            raise ValueError(SECRET)
        return Response(request.state.request_id)

    app.add_middleware(Observed, meters=meters, log=open_log(stream))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    async def run() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            return await client.request(method, path, headers={"X-Request-Id": "chosen"})

    return asyncio.run(run())


def test_a_request_is_told_by_its_route(stream: BytesIO) -> None:
    """Given a request with a query, when it was answered, one line tells route, status and duration, and nothing it said."""
    answer = ask(stream, Meters(), "GET", f"/cases/case-77?name={SECRET}")
    (line,) = lines(stream)
    assert {name: line[name] for name in ("event", "method", "route", "status")} == {
        "event": "request",
        "method": "GET",
        "route": "/cases/{case_id}",
        "status": 200,
    }
    assert line["ms"] >= 0
    assert line["id"] == answer.text == answer.headers["x-request-id"] != "chosen"
    assert b"case-77" not in stream.getvalue()
    assert "李" not in stream.getvalue().decode()


@pytest.mark.parametrize(("method", "told"), [("GET", "GET"), ("LIJIANGUO", "other")])
def test_what_has_no_route_is_not_told_by_its_path(stream: BytesIO, method: str, told: str) -> None:
    """Given a path or a method that nobody knows, when it was refused, the line holds neither."""
    ask(stream, Meters(), method, "/lijianguo")
    (line,) = lines(stream)
    assert (line["method"], line["route"], line["status"]) == (told, "other", 404)
    assert b"ijianguo" not in stream.getvalue().lower()


def test_a_fault_counts_as_one(stream: BytesIO) -> None:
    """Given a route that fails, when it was asked, the request is told and measured as a fault of the server."""
    meters = Meters()
    assert ask(stream, meters, "GET", "/cases/broken").status_code == 500
    assert lines(stream)[-1]["status"] == 500
    told = meters.exposition(0, ())
    assert (
        b'casesys_request_seconds_count{method="GET",route="/cases/{case_id}",status="500"} 1.0'
        in told
    )


@pytest.mark.usefixtures("_loggers")
def test_a_fault_is_told_without_its_message(stream: BytesIO) -> None:
    """Given an exception whose message is personal, when it is logged, its class and place are written down, its message is not."""
    take_over(open_log(stream))
    try:
        int(SECRET)
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
        logging.getLogger("asyncio").exception("never retrieved: %s", SECRET)
    first, second = lines(stream)
    assert first["says"] == "Exception in ASGI application"
    assert "says" not in second
    for line in (first, second):
        assert line["error"] == "ValueError"
        assert line["where"][-1].endswith("test_a_fault_is_told_without_its_message")
        assert line["level"] == "error"
    assert "李" not in json.dumps(lines(stream), ensure_ascii=False)


@pytest.mark.usefixtures("_loggers")
def test_what_is_of_no_interest_is_not_written(stream: BytesIO) -> None:
    """Given chatter of libraries, when it is logged below a warning, nothing is written."""
    take_over(open_log(stream))
    logging.getLogger("uvicorn.error").info("Started server process")
    assert lines(stream) == []


class Writes(BytesIO):
    """A stream that counts how often it was written to."""

    count = 0

    def write(self, data: object, /) -> int:
        """Count, and write."""
        self.count += 1
        return super().write(data)  # type: ignore[arg-type] # whatever it takes


def test_the_lines_of_a_turn_are_written_at_once() -> None:
    """Given two lines of one turn of the event loop and one of the next, then there are two writes, in the order of the lines."""
    stream = Writes()
    log = open_log(stream)

    async def run() -> None:
        log.info("first")
        log.error("second")
        await asyncio.sleep(0)
        log.info("third")

    asyncio.run(run())
    assert [line["event"] for line in lines(stream)] == ["first", "second", "third"]
    assert stream.count == 2


def torn_down(stream: BytesIO) -> None:
    """Log something in an event loop that ends in the same turn."""
    log, loop = open_log(stream), asyncio.new_event_loop()

    async def run() -> None:
        log.info("last")
        raise SystemExit

    task = loop.create_task(run())
    with pytest.raises(SystemExit):
        loop.run_forever()
    assert isinstance(task.exception(), SystemExit)
    loop.close()
    assert lines(stream) == []


def test_what_a_turn_holds_is_not_lost_with_its_loop(stream: BytesIO) -> None:
    """Given an event loop that ends in the turn in which something was logged, then it is written when the log is let go."""
    torn_down(stream)
    gc.collect()
    assert [line["event"] for line in lines(stream)] == ["last"]


def test_a_line_of_another_thread_does_not_wait(stream: BytesIO) -> None:
    """Given no event loop, when something is logged, then it is written before the call returns."""
    open_log(stream).warning("now")
    assert lines(stream)[0]["event"] == "now"


def test_no_two_requests_have_one_id(stream: BytesIO) -> None:
    """Given two requests to one server and one to another, then each has an id of its own."""
    meters = Meters()
    answers = [ask(stream, meters, "GET", "/cases/1") for _ in range(3)]
    assert len({answer.headers["x-request-id"] for answer in answers}) == 3


class Broken(BytesIO):
    """A stream that fails as long as it is told to."""

    fails = True

    def write(self, data: object, /) -> int:
        """Fail, or write."""
        if self.fails:
            raise BrokenPipeError
        return super().write(data)  # type: ignore[arg-type] # whatever it takes


def test_what_cannot_be_written_stops_nobody() -> None:
    """Given a stream that fails, then that troubles neither the loop nor another thread; when it works again, lines are written."""
    stream, troubles = Broken(), list[object]()
    log = open_log(stream)

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: troubles.append(context["exception"])
        )
        log.info("first")
        await asyncio.sleep(0)
        await asyncio.to_thread(log.error, "of a thread")
        stream.fails = False
        log.info("second")
        await asyncio.sleep(0)

    asyncio.run(run())
    assert troubles == []
    assert [line["event"] for line in lines(stream)] == ["second"]
