"""The web server's protocol with the limits that it lacks: how large the head of a request may be, and how slowly it may come.

What never comes to the application is answered here, in the form that all problems have. It also lets an application hang up on a
reader who takes nothing more: an extension of the scope, as ASGI has them.
"""

import asyncio

import msgspec
from starlette.requests import Request
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from casesys.api.problems import MEDIA_TYPE, Problem, answer, details

HEAD_BYTES = 32 * 1024
"""The request line and all header fields."""

HEAD_SECONDS = 10.0
"""From the first byte of a request, or from the beginning of a connection, to the end of the head."""

HANG_UP = "casesys.hang-up"
"""The extension of a scope whose `now` ends the connection at once, with whatever was not sent yet."""


def _ready(code: str, phrase: str) -> bytes:
    """Write the answer to what never comes to the application, which would write it in the language asked for."""
    problem = details(Problem(code), "en")
    body = msgspec.json.encode(problem)
    head = (
        f"HTTP/1.1 {problem.status} {phrase}\r\ncontent-type: {MEDIA_TYPE}\r\n"
        f"content-language: en\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


_TOO_LARGE = _ready("head-too-large", "Request Header Fields Too Large")
_UNREADABLE = _ready("request-unreadable", "Bad Request")


async def overloaded(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer in place of the application while there are too many connections or requests."""
    closing = {"Connection": "close", "Retry-After": "5"}
    response = answer(Request(scope), Problem("overloaded", headers=closing))
    await response(scope, receive, send)


class HeadRefused(Exception):
    """The head of a request is larger than is taken, or does not say for which host it is."""


class LimitedProtocol(HttpToolsProtocol):
    """HTTP/1.1, as uvicorn speaks it, with limits on the head of a request."""

    _head_bytes = 0
    _in_head = False
    _is_too_large = False
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as upstream
        """Begin to wait for a request."""
        super().connection_made(transport)
        self.limit_concurrency = None  # it would be answered as plain text
        self._begin_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._end_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in what has come, as long as the head it belongs to is not too large."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > HEAD_BYTES:
            self._is_too_large = True
            self.send_400_response("")

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope["extensions"] = {HANG_UP: {"now": self.transport.abort}}
        self._begin_head()

    def on_headers_complete(self) -> None:
        """Let a request in whose head is not too large."""
        self._end_head()
        fields = sum(len(name) + len(value) for name, value in self.headers)
        hosts = sum(name == b"host" for name, _ in self.headers)
        self._is_too_large = fields + len(self.url) > HEAD_BYTES
        if (
            self._is_too_large
            or hosts > 1
            or (hosts < 1 and self.parser.get_http_version() == "1.1")
        ):
            raise HeadRefused  # which ends the parsing, and is answered as what cannot be parsed
        self.app = self.config.loaded_app
        if self._are_too_many():
            self.logger.warning("Exceeded concurrency limit.")
            self.app = overloaded
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - as upstream
        """Answer what cannot be parsed, or is too large to be, and end the connection."""
        if not self.transport.is_closing():
            self.transport.write(_TOO_LARGE if self._is_too_large else _UNREADABLE)
            self.transport.close()

    def _are_too_many(self) -> bool:
        """Say whether more is going on than is served at once."""
        most = self.config.limit_concurrency
        return most is not None and max(len(self.connections), len(self.tasks)) >= most

    def _begin_head(self) -> None:
        if not self._in_head:
            self._in_head, self._head_bytes = True, 0
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _end_head(self) -> None:
        self._in_head = False
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
