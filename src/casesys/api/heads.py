"""HEAD: what GET would answer at an address, without the body. So RFC 9110 has it of every address that takes GET (section 9.1)."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Heads:
    """Goes around the routes, which know of GET alone."""

    def __init__(self, app: ASGIApp) -> None:
        """Ask an application for heads, too."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass; one for a head as if it were for the whole, of which only the head is sent."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                # The web server has to know, or it would wait for the body.
                scope["method"] = "HEAD"
                await send(message)
                # With this the reader is gone, as far as the route can tell, and it makes no more of a long answer.
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        scope["method"] = "GET"
        try:
            await self._app(scope, receive, sending)
        finally:
            scope["method"] = "HEAD"
