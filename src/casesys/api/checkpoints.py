"""Checkpoints over HTTP: the newest one, made to be kept by outsiders, and the proof that a newer one continues an older one.

They stand among what auditors ask, and on the public bulletin, where they take no key: they tell nothing of anybody, and whoever
may not look into the log can still see that nobody else changes it.
"""

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Annotated, Any, NamedTuple

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from werkzeug.http import parse_etags

from casesys.api.authentication import actor_of
from casesys.api.parameters import Parameters, no_parameters
from casesys.api.parts import Parts, parts_of
from casesys.api.problems import Problem
from casesys.api.schemas import (
    POSITION_HEADER,
    POSITION_TOLD,
    answers,
    json_response,
    problem_responses,
)
from casesys.application.wording import FieldProblem
from casesys.domain.messages import Text
from casesys.evidence.checkpoints import told_by
from casesys.evidence.notes import in_base64
from casesys.notary.failures import NotaryError, Unproved

ETAG_TOLD = "To be sent as If-None-Match, which is answered with 304 while there is no newer one."

router = APIRouter(prefix="/v1", tags=["evidence"])

_log = logging.getLogger(__name__)

_BEYOND_NEWEST = Text("超出了最近的检查点", "is beyond the newest checkpoint")
_BEYOND_TO = Text("不能大于to", "is not to be larger than `to`")


class Grown(msgspec.Struct, frozen=True, kw_only=True):
    """Two sizes of the log: that of an older checkpoint, and that of a newer one, by default the newest."""

    old: Annotated[int, msgspec.Meta(ge=1)] = msgspec.field(name="from")
    new: Annotated[int, msgspec.Meta(ge=1)] | None = msgspec.field(name="to", default=None)


class Consistency(msgspec.Struct, frozen=True, kw_only=True):
    """The proof (RFC 6962, section 2.1.2) that the log of `to` events begins with all of that of `from`; hashes in base64."""

    old: int = msgspec.field(name="from")
    new: int = msgspec.field(name="to")
    hashes: tuple[str, ...]


GROWN = Parameters(Grown)


def plain_text(told: str, **headers: str) -> dict[str, Any]:
    """Describe an answer in plain text, with the headers it has besides that of the position."""
    return {
        "description": told,
        "content": {"text/plain": {"schema": {"type": "string"}}},
        "headers": {
            name: {"description": text, "schema": {"type": "string"}}
            for name, text in {POSITION_HEADER: POSITION_TOLD, **headers}.items()
        },
    }


async def _checkpoint(request: Request) -> Response:
    """Give the newest checkpoint that was signed."""
    no_parameters(request.scope["query_string"])
    with telling():
        note = note_of(parts_of(request), None)
    tag = sha256(note.encode()).hexdigest()[:32]
    headers = {
        "ETag": f'"{tag}"',
        "Cache-Control": "no-cache",
        POSITION_HEADER: str(told_by(note).size),
    }
    if parse_etags(request.headers.get("if-none-match")).contains_weak(tag):
        return Response(status_code=304, headers=headers)
    return Response(note, media_type="text/plain", headers=headers)


async def _consistency(request: Request) -> Response:
    """Prove that the log has only grown between two sizes."""
    notary = parts_of(request).notary
    asked = GROWN.read(request.scope["query_string"])
    with telling():
        newest = told_by(note_of(parts_of(request), None)).size
        new = newest if asked.new is None else asked.new
        if new > newest:
            raise Problem("invalid-query", problems=(FieldProblem("to", _BEYOND_NEWEST),))
        if asked.old > new:
            raise Problem("invalid-query", problems=(FieldProblem("from", _BEYOND_TO),))
        hashes = notary.consistency(asked.old, new)
    told = Consistency(old=asked.old, new=new, hashes=tuple(map(in_base64, hashes)))
    return json_response(told, position=newest)


class _Served(NamedTuple):
    """What is served both to holders of a key and to everybody, and how OpenAPI describes it."""

    name: str
    told: str
    serve: Callable[[Request], Awaitable[Response]]
    answers: dict[int | str, dict[str, Any]]
    parameters: list[dict[str, Any]]


SERVED = (
    _Served(
        "checkpoint",
        "The newest checkpoint, to be kept by outsiders.",
        _checkpoint,
        {
            200: plain_text("A signed note (C2SP tlog-checkpoint).", ETag=ETAG_TOLD),
            304: {"description": "It is still the one whose ETag was sent in If-None-Match."},
        },
        [{"name": "If-None-Match", "in": "header", "schema": {"type": "string"}}],
    ),
    _Served(
        "consistency",
        "The proof that a newer checkpoint continues an older one.",
        _consistency,
        {200: answers(Consistency, "The proof.")},
        GROWN.documented(),
    ),
)


def _add(served: _Served, *, is_open: bool) -> None:
    """Serve something, on the bulletin if it is for everybody."""

    async def to_holders_of_a_key(request: Request) -> Response:
        actor_of(request)
        return await served.serve(request)

    router.add_api_route(
        f"/bulletin/{served.name}" if is_open else f"/audit/{served.name}",
        served.serve if is_open else to_holders_of_a_key,
        methods=["GET"],
        name=f"published_{served.name}" if is_open else served.name,
        operation_id=f"published_{served.name}" if is_open else served.name,
        summary=f"{served.told} Takes no key." if is_open else served.told,
        response_class=Response,
        responses={
            **served.answers,
            **problem_responses(400, *(() if is_open else (401,)), 404, 503),
        },
        openapi_extra={"parameters": served.parameters, **({"security": []} if is_open else {})},
    )


for _each in SERVED:
    _add(_each, is_open=False)
    _add(_each, is_open=True)


@contextmanager
def telling() -> Iterator[None]:
    """Tell what the notary could not do. What is wrong with log or file is told to the operator, not to who asks."""
    try:
        yield
    except Unproved as error:
        raise Problem(error.code) from error
    except NotaryError as error:
        _log.error("%s: %s", error.code, error)
        raise Problem("evidence-unavailable") from error


def note_of(parts: Parts, size: int | None) -> str:
    """Give the newest checkpoint, or the one over so many events. Raises Problem `no-checkpoint-yet`, `unknown-checkpoint`."""
    if size is not None:
        try:
            return parts.notary.over(size)
        except Unproved as error:
            raise Problem("unknown-checkpoint") from error
    note = parts.notary.latest()
    if note is None:
        raise Problem("no-checkpoint-yet")
    return note
