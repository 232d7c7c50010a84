"""The history of a case: every event with who, when, why, under which clause and what it changed, as of any moment, in pages."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from casesys.api.authentication import actor_of
from casesys.api.knowing import known_case
from casesys.api.moments import Moment, check
from casesys.api.parameters import Parameters
from casesys.api.parts import Actor, Parts
from casesys.api.remembering import Remembered
from casesys.api.schemas import answers, json_response, problem_responses
from casesys.api.turns import LONG_EVENTS, Turns
from casesys.domain.cases.state import Case
from casesys.projections.paging import PAGE_AT_MOST
from casesys.replay.history import History, history
from casesys.replay.record import EntryTold, entries_told
from casesys.replay.timing import ClockTold

router = APIRouter(prefix="/v1", tags=["cases"])

PAGE = 50

KEPT = 8
LASTS = timedelta(seconds=30)
"""How many histories are kept, and for how long: until their next pages are asked for. That of 4,000 events takes some 15 MB."""


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
    actor = actor_of(request)
    asked = ASKED.read(request.scope["query_string"])
    check(asked, actor)
    histories: Histories = request.app.state.histories
    page, is_last = await histories.page(actor, case_id, asked)
    actor = actor_of(request)  # a key may be revoked while one waits
    known_case(actor.world, actor, case_id)
    following = None if is_last else _following(request, page.position, asked)
    page = replace(page, next=following)
    headers = {} if following is None else {"Link": f'<{following}>; rel="next"'}
    return json_response(page, position=page.position, headers=headers)


class Histories:
    """Makes pages of histories, and remembers for a while what the next ones are made from. Belongs to the event loop."""

    def __init__(self, parts: Parts, turns: Turns) -> None:
        """Make them from the parts of a site, those of long cases in turns."""
        self._parts = parts
        self._turns = turns
        self._kept = Remembered[History](parts.current, parts.vault.forgotten, at_most=KEPT)

    async def page(
        self, actor: Actor, case_id: str, asked: HistoryAsked
    ) -> tuple[HistoryPage, bool]:
        """Give a page, not knowing where the next one is, and whether it is the last.

        Raises Refusal `unknown-case`, NotFound for a moment that there is not, and Problem `overloaded`.
        """
        case = known_case(actor.world, actor, case_id).case
        position = actor.position if asked.is_now else asked.position
        forgotten = self._parts.vault.forgotten()
        kept = None if position is None else self._kept.get((case_id, position), actor.at)

        def made() -> tuple[History, HistoryPage]:
            told = history(
                self._parts.log,
                self._parts.vault,
                case_id,
                version=asked.version,
                position=position,
                as_of=asked.as_of,
            )
            return told, _page(told, asked)

        if kept is None:
            told, page = await self._turns.made(actor.person_id, made, case.version)
        else:  # at once: who was erased while one waited would still be told of
            told, page = kept, _page(kept, asked)
        if told.version > LONG_EVENTS and asked.as_of is None:
            # It stays true as of its position, but for what is erased.
            until = actor.at + LASTS
            self._kept.put((case_id, told.position), told, {}, forgotten, until=until)
        return page, asked.after + asked.limit >= told.version


def _page(told: History, asked: HistoryAsked) -> HistoryPage:
    return HistoryPage(
        case_id=told.case_id,
        version=told.version,
        position=told.position,
        as_of=told.instant,
        status=told.state.status.value,
        result=told.state.result,
        state=told.state,
        deadlines=told.deadlines,
        entries=entries_told(told, told.entries[asked.after : asked.after + asked.limit]),
        next=None,
    )


def _following(request: Request, position: int, asked: HistoryAsked) -> str:
    """Give where the next page is: of the same moment, however far the case goes on meanwhile."""
    after = asked.after + asked.limit
    query: dict[str, Any] = {"position": position, "after": after, "limit": asked.limit}
    return f"{request.url.path}?{urlencode(query)}"
