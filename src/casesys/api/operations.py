"""What machines ask of the server: whether it lives, whether it is ready, and how it has been."""

from datetime import datetime
from typing import Literal

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from casesys.api.authentication import actor_of
from casesys.api.meters import CONTENT_TYPE
from casesys.api.parameters import no_parameters
from casesys.api.parts import Parts, parts_of
from casesys.api.problems import Problem
from casesys.api.reading import standing_now
from casesys.api.schemas import answers, json_response, problem_responses
from casesys.domain.register.authority import OPERATOR
from casesys.notary.failures import NotaryError
from casesys.notary.notary import Coverage
from casesys.projections.failures import ViewsError
from casesys.projections.standing import Slot, Standing
from casesys.store import StoreError

LAG_AT_MOST = 10_000
"""How many events a read model may be behind for the server to count as ready."""

router = APIRouter(tags=["operations"])


class Alive(msgspec.Struct, frozen=True):
    """The server answers."""

    status: Literal["alive"] = "alive"


class ModelStanding(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a read model is, and how many events behind the log. `parked_at` is the position of an event it could not take."""

    name: str
    position: int
    lag: int
    parked_at: int | None = None


class CheckpointStanding(msgspec.Struct, frozen=True):
    """How many events the newest checkpoint covers (0: there is none), how many not, and since when the first of these waits."""

    covered: int
    uncovered: int
    since: datetime | None


class Trouble(msgspec.Struct, frozen=True):
    """What stands in the way of some of the worker's work, by a code; it is tried again until it works.

    Of the work, `projections` keeps the read models up to date, `clock` lets time pass for the cases, and `notary` seals and signs the
    log. `process` is all of it: the worker's process has ended and is started again.
    """

    work: str
    code: str


class Readiness(msgspec.Struct, frozen=True):
    """Whether the server is ready: the log and the read models can be read, and none of these is far behind.

    A `degraded` one serves, but a read model is parked and does not follow; `casesys projections status` tells what to do.
    `trouble` is the code of what stands in the way. `checkpoint` is null where the notary's file cannot be read. `worker` is what
    stands in the worker's way, and null where others run it. Neither counts towards being ready: the server answers and takes
    commands meanwhile, and what the read models miss shows in their lag.
    """

    status: Literal["ready", "degraded", "not-ready"]
    position: int
    projections: tuple[ModelStanding, ...]
    trouble: str | None = None
    checkpoint: CheckpointStanding | None = None
    worker: tuple[Trouble, ...] | None = None


@router.get(
    "/healthz",
    operation_id="health",
    summary="Whether the server lives. Takes no key.",
    response_class=Response,
    responses={200: answers(Alive, "It does."), **problem_responses(400)},
    openapi_extra={"security": []},
)
async def health(request: Request) -> Response:
    """Answer."""
    no_parameters(request.scope["query_string"])
    return json_response(Alive())


@router.get(
    "/readyz",
    operation_id="readiness",
    summary="Whether the server is ready, and how far its read models are. Takes no key.",
    response_class=Response,
    responses={
        200: answers(Readiness, "It is."),
        **problem_responses(400),
        503: answers(Readiness, "It is not."),
    },
    openapi_extra={"security": []},
)
async def readiness(request: Request) -> Response:
    """Tell how the log and the read models stand."""
    no_parameters(request.scope["query_string"])
    told = _readiness(parts_of(request))
    return json_response(told, status=503 if told.status == "not-ready" else 200)


@router.get(
    "/metrics",
    operation_id="meters",
    summary="Counters and durations as Prometheus reads them, for operators.",
    response_class=Response,
    responses={
        200: {
            "description": "Every meter.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        },
        **problem_responses(400, 401, 403, 503),
    },
)
async def metrics(request: Request) -> Response:
    """Give all meters to an operator."""
    parts, actor = parts_of(request), actor_of(request)
    no_parameters(request.scope["query_string"])
    if all(mandate.role != OPERATOR for mandate in actor.mandates):
        raise Problem("for-operators")
    parts.meters.checkpoint(_checkpoint(parts), actor.at)
    parts.meters.worker(parts.troubles())
    exposition = parts.meters.exposition(parts.log.head().size, standing_now(parts))
    return Response(exposition, headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"})


def _readiness(parts: Parts) -> Readiness:
    worker = _worker(parts)
    try:
        end = parts.log.head().size
        models = tuple(
            _model(standing, end)
            for standing in standing_now(parts)
            if standing.slot is Slot.SERVING
        )
        coverage = _checkpoint(parts)
    except (StoreError, ViewsError) as error:
        return Readiness("not-ready", 0, (), error.code, None, worker)
    checkpoint = None if coverage is None else CheckpointStanding(*coverage)
    if any(model.lag > LAG_AT_MOST and model.parked_at is None for model in models):
        return Readiness("not-ready", end, models, "behind", checkpoint, worker)
    if any(model.parked_at is not None for model in models):
        return Readiness("degraded", end, models, "parked", checkpoint, worker)
    return Readiness("ready", end, models, None, checkpoint, worker)


def _worker(parts: Parts) -> tuple[Trouble, ...] | None:
    """Give what stands in the worker's way, None when nobody here knows."""
    troubles = parts.troubles()
    return None if troubles is None else tuple(Trouble(*each) for each in troubles.items())


def _checkpoint(parts: Parts) -> Coverage | None:
    """Give how far checkpoints cover the log, None when the notary's file cannot be read."""
    try:
        return parts.notary.coverage()
    except NotaryError:
        return None


def _model(standing: Standing, end: int) -> ModelStanding:
    parked = standing.parked
    return ModelStanding(
        name=standing.name,
        position=standing.position,
        lag=max(0, end - standing.position),
        parked_at=None if parked is None else parked.position,
    )
