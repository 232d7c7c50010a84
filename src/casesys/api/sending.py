"""Sending what is long, as it is made, to readers who may be too slow to take it: they are hung up on, and can ask again."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from casesys.api.protocol import HANG_UP

SLOW_SECONDS = 20.0
"""How long a reader may take to accept a piece of what they are sent."""


async def send_in_time(send: Send, message: MutableMapping[str, Any]) -> None:
    """Send a piece. Raises TimeoutError when the reader does not take it."""
    async with asyncio.timeout(SLOW_SECONDS):
        await send(message)


class SentAsMade(StreamingResponse):
    """An answer in pieces."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send all pieces, or hang up on whoever does not take them."""

        async def in_time(message: MutableMapping[str, Any]) -> None:
            await send_in_time(send, message)

        try:
            await super().__call__(scope, receive, in_time)
        except TimeoutError:
            scope["extensions"][HANG_UP]["now"]()
            # An answer left unfinished on a connection that is there would be a fault to the web server.
            while (await receive())["type"] != "http.disconnect":
                pass
