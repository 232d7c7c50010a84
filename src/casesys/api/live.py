"""What changes, as it changes: server-sent events for whoever may know, resumable by the log position that each bears as its id.

Every stream follows the read model of the audit trail, so that what it tells of can be read at once, and asks again before each
answer who is asking: a key that is revoked ends it, a mandate that is revoked narrows it. A reader too slow to take what it is sent
is dropped; it comes back with `Last-Event-ID` and has missed nothing.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime
from time import monotonic
from typing import Annotated

import msgspec
from fastapi import APIRouter
from fastapi.sse import format_sse_event
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from casesys.api.authentication import actor_now, actor_of
from casesys.api.parameters import DIGITS_AT_MOST, Parameters
from casesys.api.parts import Parts, parts_of
from casesys.api.problems import Problem
from casesys.api.protocol import HANG_UP
from casesys.api.reading import snapshot
from casesys.api.schemas import (
    POSITION_DOCUMENTED,
    POSITION_HEADER,
    problem_responses,
    reference,
)
from casesys.api.sending import send_in_time
from casesys.application.wording import FieldProblem
from casesys.domain.messages import Text
from casesys.projections import audit_queries
from casesys.projections.audit_queries import AuditFilter, AuditRow
from casesys.projections.paging import PAGE_AT_MOST, Page

MODEL = "audit_trail"
MEDIA_TYPE = "text/event-stream"

HEARTBEAT_SECONDS = 15.0
PAUSE_SECONDS = 0.02
"""How long a stream rests after each look, so that a busy log is told in groups."""

RETRY_MILLISECONDS = 2_000
STREAMS_AT_MOST = 500
STREAMS_EACH = 10
"""How many streams one person may have open, through whichever clients: enough for the windows of one, too few to take all."""

_POSITION = re.compile(rf"[0-9]{{1,{DIGITS_AT_MOST}}}")
_NOT_A_POSITION = Text(
    "须为此日志中的位置", "is a position of this log, as the id of an event gives it"
)

router = APIRouter(prefix="/v1", tags=["events"])


class EventsAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Which events are told: those behind a position (by default, behind the last one there is), of one case, kind or grid.

    Without `follow`, the stream ends when all has been told that there is.
    """

    after: Annotated[int, msgspec.Meta(ge=0)] | None = None
    case_id: str | None = None
    kind: str | None = None
    grid: str | None = None
    follow: bool = True


class Happened(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event of the log: its position, the kind of its stream and the version it brought that to, its type, and its case if any."""

    position: int
    kind: str
    version: int
    type: str
    recorded_at: datetime
    case_id: str | None = None


EVENTS = Parameters(EventsAsked)

ITEM = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9]+$"},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": reference(Happened),
        },
    },
}
"""An event of a stream, as OpenAPI describes it; the last one may be `end`, whose data has the `code` of why."""


@router.get(
    "/events",
    operation_id="events",
    summary="What changes, as server-sent events; resumable by Last-Event-ID.",
    response_class=Response,
    responses={
        200: {
            "description": "One event of the log each, as JSON; the id is its position.",
            "headers": POSITION_DOCUMENTED,
            "content": {MEDIA_TYPE: {"itemSchema": ITEM}},
        },
        **problem_responses(400, 401, 503),
    },
    openapi_extra={"parameters": EVENTS.documented()},
)
async def events(request: Request) -> Response:
    """Open a stream of events."""
    parts, actor = parts_of(request), actor_of(request)
    asked = EVENTS.read(request.scope["query_string"])
    after = _after(request, parts, asked)
    reader, meters = actor.person_id, parts.meters
    if meters.open_streams >= STREAMS_AT_MOST or meters.streams_of(reader) >= STREAMS_EACH:
        raise Problem("overloaded", headers={"Retry-After": "5"})
    return EventStream(request, reader, asked, after)


def _after(request: Request, parts: Parts, asked: EventsAsked) -> int:
    """Give the position behind which a stream begins."""
    with snapshot(parts, MODEL) as (_, so_far):
        given = request.headers.get("last-event-id")
        if given is None:
            position = so_far if asked.after is None else asked.after
        else:
            position = int(given) if _POSITION.fullmatch(given) else -1
    if not 0 <= position <= max(so_far, parts.log.head().size):
        where = "after" if given is None else "Last-Event-ID"
        raise Problem("invalid-query", problems=(FieldProblem(where, _NOT_A_POSITION),))
    return position


class EventStream(Response):
    """An open stream."""

    def __init__(self, request: Request, reader: str, asked: EventsAsked, after: int) -> None:
        """Begin behind a position, for a person."""
        super().__init__(
            media_type=MEDIA_TYPE,
            headers={
                "Cache-Control": "no-store",
                POSITION_HEADER: str(after),
                "X-Accel-Buffering": "no",
            },
        )
        del self.headers["content-length"]
        self._request = request
        self._parts = parts_of(request)
        self._reader = reader
        self._asked = asked
        self._position = after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what happens until the reader has gone, is too slow or may not read on, or the server is to stop."""
        gone = asyncio.ensure_future(_gone(receive))
        try:
            with self._parts.meters.streaming(self._reader):
                await send(
                    {
                        "type": "http.response.start",
                        "status": self.status_code,
                        "headers": self.raw_headers,
                    }
                )
                async for block in self._blocks(gone):
                    await send_in_time(send, _body(block, more=True))
                await send(_body(b"", more=False))
        except TimeoutError:
            scope["extensions"][HANG_UP]["now"]()
            await gone  # an answer left unfinished on a connection that is there would be a fault to the web server
        finally:
            gone.cancel()

    async def _blocks(self, gone: "asyncio.Future[None]") -> AsyncIterator[bytes]:
        yield _beginning(self._position)
        told_at, progress = monotonic(), self._parts.progress
        while not (gone.done() or progress.ended):
            sign = progress.sign()
            try:
                page = self._look()
            except Problem as problem:
                yield _ending(problem.code)
                return
            if page.items or monotonic() - told_at > HEARTBEAT_SECONDS:
                yield b"".join(map(_event, page.items)) + _place(self._position)
                told_at = monotonic()
            if page.following is not None:
                await asyncio.sleep(0)  # others want to be served, too
                continue
            if not self._asked.follow:
                return
            await progress.woken(sign, HEARTBEAT_SECONDS)
            await asyncio.sleep(PAUSE_SECONDS)

    def _look(self) -> Page[AuditRow]:
        """Read on, and move the position to behind what was looked at, whether it may be told or not.

        Raises Problem when the reader's key does not count any more.
        """
        asked = self._asked
        wanted = AuditFilter(
            case_id=asked.case_id,
            kind=asked.kind,
            grid=asked.grid,
            first=self._position + 1,
            newest_first=False,
        )
        with snapshot(self._parts, MODEL) as (db, so_far):
            # Asked after the rows are fixed: nothing is told that happened after the key was revoked.
            actor = actor_now(self._request)
            page = audit_queries.page(
                db, actor.sights, wanted, at=actor.at, after=None, limit=PAGE_AT_MOST
            )
        if page.following is None:
            self._position = max(self._position, so_far)
        else:
            (position,) = page.following
            assert isinstance(position, int)
            self._position = position
        return page


async def _gone(receive: Receive) -> None:
    """Wait until the reader has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _event(row: AuditRow) -> bytes:
    kind, _, identity = row.stream.partition("/")
    happened = Happened(
        position=row.position,
        kind=kind,
        version=row.version,
        type=row.type,
        recorded_at=row.recorded_at,
        case_id=identity if kind == "case" else None,
    )
    data = msgspec.json.encode(happened).decode()
    return format_sse_event(data_str=data, id=str(row.position))


def _beginning(position: int) -> bytes:
    return format_sse_event(id=str(position), retry=RETRY_MILLISECONDS)


def _place(position: int) -> bytes:
    """Say how far everything has been looked at. Without data it is no event; a reader only keeps the id to resume by."""
    return format_sse_event(id=str(position))


def _ending(code: str) -> bytes:
    data = msgspec.json.encode({"code": code}).decode()
    return format_sse_event(event="end", data_str=data)


def _body(body: bytes, *, more: bool) -> dict[str, object]:
    return {"type": "http.response.body", "body": body, "more_body": more}
