"""How every list under `/v1` is served: in pages, each of what its reader may know, with the log position that it tells of.

A list is named by the read model it comes from, its filters, its items and the function that gives a page; all that lists have in
common is here once. The next page is found by following `next`, which also stands in the `Link` header, and begins behind the last
item of this one: what is added meanwhile neither shifts nor doubles anything.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from casesys.api.authentication import actor_of
from casesys.api.parts import Actor, Parts, parts_of
from casesys.api.problems import Problem
from casesys.api.questions import Asked, Question
from casesys.api.reading import reached, snapshot
from casesys.api.schemas import (
    POSITION_TOLD,
    answers,
    json_response,
    problem_responses,
    reference,
)
from casesys.projections.contract import Value
from casesys.projections.paging import Page
from casesys.store.contract import EventLog

STATUSES = (400, 401, 503)
"""What asking for a list may end in."""

LINK_TOLD = "The next page, as `rel=next`; absent on the last."


class Asking(NamedTuple):
    """What a page is made from: where to read, who asks (None where nobody has to say), the parts of the path, and what for.

    `log` tells what a read model does not keep.
    """

    log: EventLog
    db: sqlite3.Connection
    actor: Actor | None
    path: Mapping[str, str]
    wanted: Any
    after: tuple[Value, ...] | None
    limit: int

    @property
    def reader(self) -> Actor:
        """Who asks, where somebody has to."""
        assert self.actor is not None
        return self.actor


class Listing(NamedTuple):
    """One list: its path below `/v1`, what it is, its read model, filters and items, and how a page is had.

    A page has items, or their JSON where the read model keeps that. `parts` are the parts of the path with the values they may have,
    any if that is None. `reaches` gives the position that a question asks about, if it does: the read model has to be as far.
    """

    path: str
    name: str
    told: str
    model: str
    wanted: type[msgspec.Struct]
    item: type[msgspec.Struct]
    page: Callable[[Asking], Page[Any]]
    parts: Mapping[str, Sequence[str] | None] = {}
    is_open: bool = False
    reaches: Callable[[Any], int] = lambda _: 0


def add_list(router: APIRouter, listing: Listing) -> None:
    """Serve a list by a router."""
    question: Question[Any] = Question(listing.wanted, listing.item)
    statuses = (*STATUSES, 404) if listing.parts else STATUSES
    router.add_api_route(
        listing.path,
        _serving(listing, question),
        methods=["GET"],
        name=listing.name,
        operation_id=listing.name,
        summary=listing.told,
        response_class=Response,
        responses={200: _page_of(listing.item), **problem_responses(*statuses)},
        openapi_extra={
            "parameters": [*path_parameters(listing.parts), *question.documented()],
            **({"security": []} if listing.is_open else {}),
        },
    )


def path_parameters(parts: Mapping[str, Sequence[str] | None]) -> list[dict[str, Any]]:
    """Describe the parts of a path for OpenAPI."""
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string"} if values is None else {"enum": list(values)},
        }
        for name, values in parts.items()
    ]


def check_path(request: Request, parts: Mapping[str, Sequence[str] | None]) -> None:
    """Refuse a part of the path that has a value it may not have. Raises Problem `unknown-path`."""
    for name, values in parts.items():
        if values is not None and request.path_params[name] not in values:
            raise Problem("unknown-path", accepted=tuple(values))


def _serving(listing: Listing, question: Question[Any]) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        parts = parts_of(request)
        actor = None if listing.is_open else actor_of(request)
        check_path(request, listing.parts)
        asked = question.read(request.scope["query_string"])
        identity = str(request.scope["path"]).encode() + asked.identity
        after = _after(parts, asked, identity)
        needed = max(asked.min_position, listing.reaches(asked.wanted))
        if needed:
            await reached(parts, listing.model, needed)
            actor = actor and actor_of(request)  # a key may be revoked while one waits
        with snapshot(parts, listing.model) as (db, position):
            path, wanted = request.path_params, asked.wanted
            asking = Asking(parts.log, db, actor, path, wanted, after, asked.limit)
            page = listing.page(asking)
        following = None
        if page.following is not None:
            cursor = parts.cursors.after(identity, page.following)
            following = f"{request.scope['path']}?{asked.onward}{cursor}"
        return _answer(_chosen(page.items, listing.item, asked.fields), position, following)

    return serve


def _after(parts: Parts, asked: Asked[Any], identity: bytes) -> tuple[Value, ...] | None:
    if asked.cursor is None:
        return None
    after = parts.cursors.read(identity, asked.cursor)
    if after is None:
        raise Problem("cursor-not-valid")
    return after


def _chosen(
    items: Sequence[object], kind: type[msgspec.Struct], fields: tuple[str, ...]
) -> Sequence[object]:
    """Give items with the fields that were asked for, all if none were."""
    if not fields:
        return items
    whole = (
        msgspec.json.decode(item, type=kind) if isinstance(item, msgspec.Raw) else item
        for item in items
    )
    return [{field: getattr(item, field) for field in fields} for item in whole]


def _answer(items: Sequence[object], position: int, following: str | None) -> Response:
    headers = None if following is None else {"Link": f'<{following}>; rel="next"'}
    told = {"items": items, "position": position, "next": following}
    return json_response(told, position=position, headers=headers)


@cache
def _page_of(item: type[msgspec.Struct]) -> dict[str, Any]:
    """Describe a page: of whole items, or of those of their fields that were asked for."""
    fields = [
        (field.name, field.type | msgspec.UnsetType, msgspec.UNSET)
        for field in msgspec.structs.fields(item)
    ]
    told = {"__doc__": item.__doc__}
    sparse = msgspec.defstruct(f"Sparse{item.__name__}", fields, namespace=told)
    whole = answers(item, "A page of the list.", headers={"Link": LINK_TOLD})
    items = {"type": "array", "items": {"anyOf": [reference(item), reference(sparse)]}}
    properties = {
        "items": items,
        "position": {"type": "integer", "description": POSITION_TOLD},
        "next": {"type": ["string", "null"], "description": "The address of the next page."},
    }
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {**whole, "content": {"application/json": {"schema": schema}}}
