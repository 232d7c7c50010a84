"""What the server writes down while it runs: one JSON object a line, of requests and of faults.

No personal data gets here, no secret and no query string: a request is told by its route, not by its path; a fault by its class and
where it arose, not by its message, which may hold anything. Sentences of others are passed on only from the web server itself.

Whatever waits for the system lets another thread at the interpreter, and getting that back takes many times longer than what was
waited for. So one turn of the event loop writes all its lines at once, and the ids of requests take no random bytes.
"""

import asyncio
import logging
import secrets
import sys
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import count
from time import perf_counter
from typing import BinaryIO
from weakref import finalize

import msgspec
import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import EventDict, FilteringBoundLogger

from casesys.api.meters import Meters

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
OTHER = "other"
"""Stands for a method nobody knows, and for the route of a request that has none: both are whatever the sender wrote."""

_SPEAKS_ITSELF = ("uvicorn", "casesys")

_UUID8 = 0x8 << 76 | 0b10 << 62
_FREE = ~(0xF << 76 | 0b11 << 62)
"""What RFC 9562 fixes of a UUID of our own making, and what it leaves free."""


def open_log(stream: BinaryIO | None = None) -> FilteringBoundLogger:
    """Make a log that writes its lines to a stream, by default to standard error."""
    log: FilteringBoundLogger = structlog.wrap_logger(
        _Lines(stream or sys.stderr.buffer),
        processors=[_line],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    return log.bind()  # or each line would first look for its logger


class _Lines:
    """Writes lines to a stream: those of one turn of an event loop together at its end, those of other threads at once."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._held: list[bytes] = []
        self._asked: asyncio.AbstractEventLoop | None = None
        finalize(self, _write, stream, self._held)  # a loop may end in the middle of a turn

    def msg(self, line: bytes) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            _write(self._stream, [line])
            return
        if not self._held or self._asked is not loop:
            loop.call_soon(self._turn_over)
            self._asked = loop
        self._held.append(line)

    info = warning = error = critical = msg

    def _turn_over(self) -> None:
        _write(self._stream, self._held)


def _write(stream: BinaryIO, lines: list[bytes]) -> None:
    """Write some lines, and hold them no longer. What cannot be written is lost: to tell of it would take the same stream."""
    if lines:
        told = b"\n".join((*lines, b""))
        lines.clear()
        with suppress(OSError, ValueError):  # its reader is gone, its disk is full, it is closed
            stream.write(told)
            stream.flush()


def _line(_: object, level: str, event: EventDict) -> bytes:
    """Write what happened as a line, with how grave it is and when it was. One step where others take three: all requests take it."""
    event["level"], event["at"] = level, datetime.now(UTC)
    return msgspec.json.encode(event)


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
        self._run, self._counted = secrets.token_bytes(32), count()

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
        """Give the next id: a UUID of version 8, in hexadecimal digits, that nobody else has and nobody foresees."""
        number = next(self._counted).to_bytes(8, "big")
        made = int.from_bytes(blake2b(number, digest_size=16, key=self._run).digest(), "big")
        return f"{made & _FREE | _UUID8:032x}"
