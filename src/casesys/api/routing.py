"""How a request comes to its route by the shortest way.

The framework tries one route after the other, and prepares for each request what a route might want: parameters, forms, things to be
closed. Most of ours take the request as it is. So routes are found by the form of their addresses, and those are called at once.
All others, and whatever has no route, go the framework's way.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

Endpoint = Callable[[Request], Awaitable[Response]]
Shape = tuple[str, int, str]
"""Of addresses that can have a route in common: the method, how many parts, and what the second one is."""


_SLASH = re.compile(rb"%2f", re.IGNORECASE)


class Direct:
    """Goes around the framework's router."""

    def __init__(
        self,
        app: ASGIApp,
        routes: Sequence[BaseRoute],
        told: Callable[[Request, Exception], Awaitable[Response]],
        kinds: tuple[type[Exception], ...],
    ) -> None:
        """Call some routes directly, and have told what they raise of some kinds."""
        self._app = app
        self._told = told
        self._kinds = kinds
        self._routes: dict[Shape, list[_Way]] = {}
        for route in routes:
            if isinstance(route, Route):
                assert "{" not in _shape("", route.path)[-1], route.path
                way = _Way(route, route.endpoint if _takes_bare_request(route) else None)
                for method in route.methods or ():
                    self._routes.setdefault(_shape(method, route.path), []).append(way)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request come to its route."""
        if b"%2" in scope.get("raw_path", b""):
            scope["path"] = _path_of(scope["raw_path"])
        endpoint = self._found(scope) if scope["type"] == "http" else None
        if endpoint is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            response = await endpoint(request)
        except self._kinds as error:
            response = await self._told(request, error)
        await response(scope, receive, send)

    def _found(self, scope: Scope) -> Endpoint | None:
        """Give what is to be called for a request, and leave word of its route; None if that is for the framework to find."""
        path = scope["path"]
        for route, endpoint in self._routes.get(_shape(scope["method"], path), ()):
            match = route.path_regex.match(path)
            if match is not None:
                if endpoint is not None:
                    scope["route"], scope["path_params"] = route, match.groupdict()
                return endpoint
        return None


class _Way(NamedTuple):
    """A route, and what is called for it; None if it wants to be handed more than the request."""

    route: Route
    endpoint: Endpoint | None


def _takes_bare_request(route: Route) -> bool:
    taken = [each.annotation for each in inspect.signature(route.endpoint).parameters.values()]
    return taken == [Request] and inspect.iscoroutinefunction(route.endpoint)


def _path_of(raw: bytes) -> str:
    """Decode a path but for its encoded slashes: they belong to a part, and do not end it (RFC 3986, section 2.2)."""
    return unquote(_SLASH.sub(b"%252F", raw).decode("ascii"))


def _shape(method: str, path: str) -> Shape:
    return method, path.count("/"), "".join(path.split("/", 3)[2:3])
