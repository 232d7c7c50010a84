"""What nobody expected: answered without a word of what it was, and written down for the operator.

Without this, the web server would end the connection, and the next request on it would fail for no fault of its own.
"""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import FilteringBoundLogger

from casesys.api.logs import fault
from casesys.api.problems import Problem, answer


class Caught:
    """Goes around the routes, and lets no exception past."""

    def __init__(self, app: ASGIApp, log: FilteringBoundLogger) -> None:
        """Catch what an application raises."""
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass. Once its answer has begun, nothing but ending the connection can tell that it failed."""
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            if scope["type"] != "http":
                raise
            self._log.error("fault", id=scope["state"].get("request_id"), **fault(error))
            if begun:
                raise
            response = answer(Request(scope), Problem("internal-error"))
            await response(scope, receive, send)
