"""The web server's protocol with the limits that it lacks: how large the head of a request may be, and how slowly it may come.

It also lets an application hang up on a reader who takes nothing more: an extension of the scope, as ASGI has them.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 32 * 1024
"""The request line and all header fields."""

HEAD_SECONDS = 10.0
"""From the first byte of a request, or from the beginning of a connection, to the end of the head."""

HANG_UP = "casesys.hang-up"
"""The extension of a scope whose `now` ends the connection at once, with whatever was not sent yet."""

_BODY = (
    b'{"type":"/v1/problems/head-too-large","title":"Header fields too large","status":431,'
    b'"detail":"The header fields of the request are larger than %d bytes.","code":"head-too-large",'
    b'"remedy":"Send less."}' % HEAD_BYTES
)
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: application/problem+json\r\nconnection: close\r\n"
    b"content-length: %d\r\n\r\n%b" % (len(_BODY), _BODY)
)


class HeadTooLarge(Exception):
    """The head of a request is larger than is taken."""


class LimitedProtocol(HttpToolsProtocol):
    """HTTP/1.1, as uvicorn speaks it, with limits on the head of a request."""

    _head_bytes = 0
    _in_head = False
    _is_too_large = False
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as upstream
        """Begin to wait for a request."""
        super().connection_made(transport)
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
        if fields + len(self.url) > HEAD_BYTES:
            self._is_too_large = True
            raise HeadTooLarge  # which ends the parsing, and is answered as what cannot be parsed
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what cannot be parsed, or is too large to be, and end the connection."""
        if not self._is_too_large:
            super().send_400_response(msg)
        elif not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def _begin_head(self) -> None:
        if not self._in_head:
            self._in_head, self._head_bytes = True, 0
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _end_head(self) -> None:
        self._in_head = False
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
