"""The history of a case: every event with who, when, why, under which clause and what it changed, as of any moment, in pages."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from casesys.api.authentication import actor_of
from casesys.api.knowing import known_case
from casesys.api.moments import Moment, check
from casesys.api.parameters import Parameters
from casesys.api.parts import parts_of
from casesys.api.schemas import answers, json_response, problem_responses
from casesys.domain.cases.state import Case
from casesys.projections.paging import PAGE_AT_MOST
from casesys.replay.history import history
from casesys.replay.record import EntryTold, entries_told
from casesys.replay.timing import ClockTold

router = APIRouter(prefix="/v1", tags=["cases"])

PAGE = 50


class HistoryAsked(Moment, frozen=True, kw_only=True):
    """A page of a history: the entries behind a version of the case."""

    after: Annotated[int, msgspec.Meta(ge=0)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=PAGE_AT_MOST)] = PAGE


class HistoryPage(msgspec.Struct, frozen=True, kw_only=True):
    """A case at a moment: its state, the deadlines that were open, and some of the entries that led there.

    `position` is the log position that it was made from; the next pages are of the same moment.
    """

    case_id: str
    version: int
    position: int
    as_of: datetime
    status: str
    result: str | None
    state: Case
    deadlines: tuple[ClockTold, ...]
    entries: tuple[EntryTold, ...]
    next: str | None


ASKED = Parameters(HistoryAsked)


@router.get(
    "/cases/{case_id}/history",
    operation_id="case_history",
    summary="The history of a case",
    response_class=Response,
    responses={
        200: answers(
            HistoryPage,
            "Events of the case, oldest first",
            headers={"Link": "The next page, if there is one."},
        ),
        **problem_responses(400, 401, 404),
    },
    openapi_extra={"parameters": ASKED.documented()},
)
async def case_history(request: Request, case_id: str) -> Response:
    """Tell a case event by event, up to now, or up to a version, a position of the log or an instant of recording."""
    actor, parts = actor_of(request), parts_of(request)
    asked = ASKED.read(request.scope["query_string"])
    check(asked, actor)
    known_case(actor.world, actor, case_id)
    position = actor.position if asked.is_now else asked.position
    told = history(
        parts.log,
        parts.vault,
        case_id,
        version=asked.version,
        position=position,
        as_of=asked.as_of,
    )
    begin, end = asked.after, asked.after + asked.limit
    following = _following(request, told.position, end, asked.limit) if end < told.version else None
    page = HistoryPage(
        case_id=case_id,
        version=told.version,
        position=told.position,
        as_of=told.instant,
        status=told.state.status.value,
        result=told.state.result,
        state=told.state,
        deadlines=told.deadlines,
        entries=entries_told(told, told.entries[begin:end]),
        next=following,
    )
    headers = {} if following is None else {"Link": f'<{following}>; rel="next"'}
    return json_response(page, position=told.position, headers=headers)


def _following(request: Request, position: int, after: int, limit: int) -> str:
    """Give where the next page is: of the same moment, however far the case goes on meanwhile."""
    query: dict[str, Any] = {"position": position, "after": after, "limit": limit}
    return f"{request.url.path}?{urlencode(query)}"
