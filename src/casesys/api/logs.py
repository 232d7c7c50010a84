"""What the server writes down while it runs: one JSON object a line, of requests and of faults.

No personal data gets here, no secret and no query string: a request is told by its route, not by its path; a fault by its class and
where it arose, not by its message, which may hold anything. Sentences of others are passed on only from the web server itself.

Whatever waits for the system lets another thread at the interpreter, and getting that back takes many times longer than what was
waited for. So one turn of the event loop writes all its lines at once, and the ids of requests take no random bytes.
"""

import asyncio
import logging
import sys
import traceback
from collections.abc import Sequence
from itertools import count
from time import perf_counter
from typing import BinaryIO
from uuid import uuid4, uuid5

import msgspec
import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import FilteringBoundLogger

from casesys.api.meters import Meters

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
OTHER = "other"
"""Stands for a method nobody knows, and for the route of a request that has none: both are whatever the sender wrote."""

_SPEAKS_ITSELF = ("uvicorn", "casesys")


def open_log(stream: BinaryIO | None = None) -> FilteringBoundLogger:
    """Make a log that writes its lines to a stream, by default to standard error."""
    log: FilteringBoundLogger = structlog.wrap_logger(
        _Lines(stream or sys.stderr.buffer),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", key="at"),
            structlog.processors.JSONRenderer(serializer=_encode),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    return log


class _Lines:
    """Writes lines to a stream: those of one turn of an event loop together at its end, those of other threads at once."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._held: list[bytes] = []
        self._asked: asyncio.AbstractEventLoop | None = None

    def msg(self, line: bytes) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._out((line,))
            return
        if not self._held or self._asked is not loop:
            loop.call_soon(self._turn_over)
            self._asked = loop
        self._held.append(line)

    info = warning = error = critical = msg

    def _turn_over(self) -> None:
        lines, self._held = self._held, []
        self._out(lines)

    def _out(self, lines: Sequence[bytes]) -> None:
        self._stream.write(b"".join(line + b"\n" for line in lines))
        self._stream.flush()


def _encode(line: object, **_: object) -> bytes:
    return msgspec.json.encode(line)


def take_over(log: FilteringBoundLogger) -> None:
    """Have all that this process logs by the standard library written to a log of ours, from warnings up."""
    logging.basicConfig(handlers=[_Relay(log)], level=logging.WARNING, force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def fault(error: BaseException) -> dict[str, object]:
    """Tell of an exception without a word of its message: its class, and where it arose."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__qualname__,
        "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-8:]],
    }


class _Relay(logging.Handler):
    """Passes on what the standard library's loggers are told."""

    def __init__(self, log: FilteringBoundLogger) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        particulars: dict[str, object] = {"logger": record.name}
        if record.exc_info and record.exc_info[1] is not None:
            particulars |= fault(record.exc_info[1])
        if record.name.partition(".")[0] in _SPEAKS_ITSELF:
            particulars["says"] = record.getMessage().strip()
        self._log.log(record.levelno, "message", **particulars)


class Observed:
    """Goes around everything else: gives each request an id, and writes down and measures what became of it."""

    def __init__(self, app: ASGIApp, meters: Meters, log: FilteringBoundLogger) -> None:
        """Observe an application."""
        self._app = app
        self._meters = meters
        self._log = log
        self._run, self._counted = uuid4(), count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass. Its id is in the state of the scope, as `request_id`, and in the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = scope.setdefault("state", {})["request_id"] = self._next_id()
        began, status = perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((b"x-request-id", request_id.encode()))
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            seconds = perf_counter() - began
            method = scope["method"] if scope["method"] in METHODS else OTHER
            route = getattr(scope.get("route"), "path", OTHER)
            self._meters.request(method, route, status, seconds)
            self._log.info(
                "request",
                id=request_id,
                method=method,
                route=route,
                status=status,
                ms=round(seconds * 1000, 2),
            )

    def _next_id(self) -> str:
        """Give the next id: of 128 bits, in hexadecimal digits, that nobody else has and nobody foresees."""
        return uuid5(self._run, str(next(self._counted))).hex
