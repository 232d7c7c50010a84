"""Finding people by name. A name comes in the body, never in an address: addresses are written down by everything on the way."""

from typing import Annotated

import msgspec
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from casesys.api.authentication import actor_of
from casesys.api.bodies import BODY_STATUSES, read_model, read_object_body
from casesys.api.parameters import no_parameters
from casesys.api.parts import parts_of
from casesys.api.problems import Problem
from casesys.api.questions import PAGE
from casesys.api.reading import reached, snapshot
from casesys.api.schemas import answers, json_response, problem_responses, takes
from casesys.projections.names import NameFingerprints
from casesys.projections.paging import PAGE_AT_MOST
from casesys.projections.people import Named, find

MODEL = "people"

router = APIRouter(prefix="/v1", tags=["lists"])


class NameSought(BaseModel):
    """A whole name; how it is spaced or capitalised does not matter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    limit: Annotated[int, Field(ge=1, le=PAGE_AT_MOST)] = PAGE
    cursor: Annotated[str, StringConstraints(min_length=1)] | None = None
    min_position: Annotated[int, Field(ge=0, le=2**53 - 1)] = 0


class PeopleFound(msgspec.Struct, frozen=True):
    """Those of a name, named last first, and the log position this tells of. `cursor` is for the next page, null on the last."""

    items: tuple[Named, ...]
    position: int
    cursor: str | None


@router.post(
    "/people/search",
    operation_id="find_people",
    summary="Find people, and cases in which they are named, by an exact name.",
    response_class=Response,
    responses={
        200: answers(PeopleFound, "A page of those found."),
        **problem_responses(*BODY_STATUSES, 401, 422, 503),
    },
    openapi_extra=takes(NameSought),
)
async def search(request: Request) -> Response:
    """Find those of a name that the reader may know of."""
    parts, _ = parts_of(request), actor_of(request)
    no_parameters(request.scope["query_string"])
    sought = read_model(NameSought, await read_object_body(request))
    fingerprint = NameFingerprints(parts.log, parts.vault).of_name(sought.name)
    after = None if sought.cursor is None else parts.cursors.read(fingerprint, sought.cursor)
    if after is None and sought.cursor is not None:
        raise Problem("cursor-not-valid")
    await reached(parts, MODEL, sought.min_position)
    actor = actor_of(request)  # a key may be revoked while one waits
    with snapshot(parts, MODEL) as (db, position):
        page = find(db, actor.sights, fingerprint, after=after, limit=sought.limit)
    cursor = None if page.following is None else parts.cursors.after(fingerprint, page.following)
    return json_response(PeopleFound(page.items, position, cursor), position=position)
