"""How requests come to their routes."""

import asyncio
import re

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from casesys.api.app import ROUTERS
from casesys.api.routing import Direct

ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, Route)]


class Unfit(Exception):
    """What a route may raise on purpose."""


async def told(request: Request, error: Exception) -> Response:
    """Answer what a route raised."""
    return Response(f"{request.url.path}: {error}", status_code=409)


def ask(app: FastAPI, method: str, path: str) -> httpx.Response:
    """Ask an application whose routes are called directly; what comes from the framework bears a mark."""

    async def marked(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, marking(send))

    transport = httpx.ASGITransport(Direct(marked, app.router.routes, told, (Unfit,)))

    async def run() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            return await client.request(method, path)

    return asyncio.run(run())


def marking(send: Send) -> Send:
    """Put a mark on what is sent."""

    async def sending(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"by", b"framework")]  # type: ignore[misc] # a list of pairs
        await send(message)

    return sending  # type: ignore[return-value] # messages are dictionaries


@pytest.fixture
def app() -> FastAPI:
    """An application with routes of either kind, some for the same addresses."""
    app = FastAPI()

    async def thing(request: Request) -> Response:
        if request.path_params["name"] == "unfit":
            raise Unfit("no")
        return Response(f"{request.path_params} by {request.scope['route'].path}")

    async def files(request: Request, name: str) -> Response:
        return Response(f"files of {name} at {request.url.path}")

    async def deed(request: Request) -> Response:
        return Response(f"{request.path_params}")

    app.add_api_route("/v1/things/{name}", thing)
    app.add_api_route("/v1/things/{name}/files", files, methods=["POST"])
    app.add_api_route("/v1/things/{name}/{deed}", deed, methods=["POST"])
    return app


@pytest.mark.parametrize(
    ("method", "path", "answered"),
    [
        ("GET", "/v1/things/x", (200, "{'name': 'x'} by /v1/things/{name}", None)),
        ("GET", "/v1/things/unfit", (409, "/v1/things/unfit: no", None)),
        ("POST", "/v1/things/x/move", (200, "{'name': 'x', 'deed': 'move'}", None)),
        (
            "POST",
            "/v1/things/x/files",
            (200, "files of x at /v1/things/x/files", "framework"),
        ),
        ("PUT", "/v1/things/x", (405, '{"detail":"Method Not Allowed"}', "framework")),
        ("GET", "/v1/things/x/y/z", (404, '{"detail":"Not Found"}', "framework")),
        ("GET", "/", (404, '{"detail":"Not Found"}', "framework")),
    ],
)
def test_who_calls_a_route(
    app: FastAPI, method: str, path: str, answered: tuple[int, str, str | None]
) -> None:
    """Given routes of either kind, then those that take the bare request are called directly, and all else is for the framework."""
    answer = ask(app, method, path)
    assert (answer.status_code, answer.text, answer.headers.get("by")) == answered


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{min(route.methods)} {route.path}")
def test_every_address_comes_to_the_route_that_the_framework_would_find(route: Route) -> None:
    """Given an address of each route's form, then it comes to the first route that fits it, whoever calls that."""
    scope: Scope = {
        "type": "http",
        "method": min(route.methods or ()),
        "path": re.sub(r"\{\w+\}", "x", route.path),
    }
    first = next(each for each in ROUTES if each.matches(scope)[0] is Match.FULL)
    seen: list[str] = []

    async def endpoint(request: Request) -> Response:
        seen.append(request.scope["route"].path)
        return Response()

    async def framework(*_: object) -> None:
        seen.append(first.path)

    async def send(*_: object) -> None:
        pass

    direct = Direct(framework, ROUTES, told, ())
    for ways in direct._routes.values():  # noqa: SLF001 - what the routes do is of no interest here
        ways[:] = [way._replace(endpoint=way.endpoint and endpoint) for way in ways]
    asyncio.run(direct(scope, send, send))  # type: ignore[arg-type] # nothing is received
    assert seen == [first.path]
