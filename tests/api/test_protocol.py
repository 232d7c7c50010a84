"""What never comes to the application is answered as it would: as a problem, with a stable type."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread
from time import monotonic, sleep

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from casesys.api.protocol import HEAD_BYTES, LimitedProtocol

AT_ONCE = 3
SECONDS = 20.0


async def at_home(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer."""
    await PlainTextResponse("here")(scope, receive, send)


@contextmanager
def listening(server: uvicorn.Server) -> Iterator[int]:
    """Run a web server in a thread; give its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        until = monotonic() + SECONDS
        while not server.started:
            assert monotonic() < until
            sleep(0.005)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where a server listens that serves few at once."""
    config = uvicorn.Config(
        at_home,
        http=LimitedProtocol,
        lifespan="off",
        log_config=None,
        access_log=False,
        limit_concurrency=AT_ONCE,
    )
    with listening(uvicorn.Server(config)) as port:
        yield port


def spoken(port: int, sent: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send bytes; give status, headers and body of what comes back until the connection ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(65_536):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, body


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    ],
    ids=["TLS", "another version", "two lengths", "length and chunks", "no host", "two hosts"],
)
def test_what_cannot_be_read_is_a_problem(port: int, sent: bytes) -> None:
    """Given bytes that are no request, when they are sent, then the answer is a problem of a stable type, and the connection ends."""
    status, headers, body = spoken(port, sent)

    told = json.loads(body)
    assert (status, told["status"], told["code"]) == (400, 400, "request-unreadable")
    assert told["type"] == "/v1/problems/request-unreadable"
    assert headers["content-type"] == "application/problem+json"
    assert int(headers["content-length"]) == len(body)
    assert headers["connection"] == "close"


def test_a_head_that_is_too_large_is_a_problem(port: int) -> None:
    """Given a request with very long headers, when it is sent, then the answer is a problem of its own."""
    status, headers, body = spoken(
        port, b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * HEAD_BYTES + b"\r\n\r\n"
    )

    told = json.loads(body)
    assert (status, told["status"], told["code"]) == (431, 431, "head-too-large")
    assert headers["content-type"] == "application/problem+json"


def test_old_http_needs_no_host(port: int) -> None:
    """Given a request of HTTP/1.0, which has no Host, when it is sent, then it is served."""
    status, _, body = spoken(port, b"GET / HTTP/1.0\r\n\r\n")

    assert (status, body) == (200, b"here")


def test_too_many_connections_are_a_problem_that_passes(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Given as many connections as are served at once, when another asks, then it is told to come back; and is served later."""
    with ExitStack() as stack:
        for _ in range(AT_ONCE):
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        status, headers, body = spoken(
            port, b"GET / HTTP/1.1\r\nHost: x\r\nAccept-Language: zh-CN\r\n\r\n"
        )

    told = json.loads(body)
    assert (status, told["status"], told["code"]) == (503, 503, "overloaded")
    assert headers["content-type"] == "application/problem+json"
    assert headers["content-language"] == "zh"
    assert int(headers["retry-after"]) > 0
    assert "Exceeded concurrency limit." in caplog.messages
    until = monotonic() + SECONDS
    while spoken(port, b"GET / HTTP/1.0\r\n\r\n")[0] != 200:
        assert monotonic() < until
