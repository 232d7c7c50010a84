"""Statistics: figures and metrics over the cases that the reader may know, and the list of what is behind each of them."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from casesys.api.authentication import actor_of
from casesys.api.lists import STATUSES, Asking, Listing, add_list
from casesys.api.parameters import Parameters
from casesys.api.parts import parts_of
from casesys.api.reading import reached, snapshot
from casesys.api.schemas import answers, json_response, problem_responses
from casesys.domain.register.knowledge import Sight
from casesys.projections.chosen import Period, StatisticsFilter
from casesys.projections.figures import CaseBehind, Figure, Figures, cases_behind, figures
from casesys.projections.metrics import CallbackBehind, MetricFigure, callbacks_behind, metrics
from casesys.projections.paging import Page

T = TypeVar("T")

MODEL = "statistics"

router = APIRouter(prefix="/v1", tags=["statistics"])


class CasesAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases are counted: in a grid and below, of these types and categories, collected and closed within these times."""

    grid: str | None = None
    case_types: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    collected_since: datetime | None = None
    collected_until: datetime | None = None
    closed_since: datetime | None = None
    closed_until: datetime | None = None


class CallbacksAsked(CasesAsked, frozen=True, kw_only=True):
    """Which callbacks are counted: those on these cases within a time."""

    called_back_since: datetime | None = None
    called_back_until: datetime | None = None


class BehindAsked(CasesAsked, frozen=True, kw_only=True):
    """Which of the cases counted: those of one code, where a figure has one for each code."""

    code: str | None = None


class FiguresAsked(CasesAsked, frozen=True, kw_only=True):
    """Which cases are counted, by a read model that has come to a position."""

    min_position: Annotated[int, msgspec.Meta(ge=0)] = 0


class MetricsAsked(CallbacksAsked, frozen=True, kw_only=True):
    """Which callbacks are counted, by a read model that has come to a position."""

    min_position: Annotated[int, msgspec.Meta(ge=0)] = 0


class FiguresTold(msgspec.Struct, frozen=True):
    """Figures, and the log position that they tell of."""

    figures: Figures
    position: int


class MetricsTold(msgspec.Struct, frozen=True):
    """The charters' metrics, and the log position that they tell of."""

    metrics: tuple[MetricFigure, ...]
    position: int


FIGURES = Parameters(FiguresAsked)
METRICS = Parameters(MetricsAsked)


@router.get(
    "/statistics",
    operation_id="statistics",
    summary="How many cases there are of each kind, and how long they took.",
    response_class=Response,
    responses={200: answers(FiguresTold, "The figures."), **problem_responses(*STATUSES)},
    openapi_extra={"parameters": FIGURES.documented()},
)
async def statistics(request: Request) -> Response:
    """Give the figures over some cases."""
    return await _told(request, FIGURES, figures, FiguresTold)


@router.get(
    "/statistics/metrics",
    operation_id="metrics",
    summary="The rates that charters define over callbacks, each with its clause.",
    response_class=Response,
    responses={200: answers(MetricsTold, "The metrics."), **problem_responses(*STATUSES)},
    openapi_extra={"parameters": METRICS.documented()},
)
async def of_metrics(request: Request) -> Response:
    """Give the metrics over some callbacks."""
    return await _told(request, METRICS, metrics, MetricsTold)


async def _told(
    request: Request,
    parameters: Parameters[FiguresAsked] | Parameters[MetricsAsked],
    counted: Callable[[sqlite3.Connection, Sequence[Sight], StatisticsFilter], T],
    told: Callable[[T, int], msgspec.Struct],
) -> Response:
    """Count as of one position of the read model what the reader may know of."""
    parts, _ = parts_of(request), actor_of(request)
    asked = parameters.read(request.scope["query_string"])
    await reached(parts, MODEL, asked.min_position)
    actor = actor_of(request)  # a key may be revoked while one waits
    with snapshot(parts, MODEL) as (db, position):
        found = counted(db, actor.sights, _filter(asked))
    return json_response(told(found, position), position=position)


def _cases_behind(asking: Asking) -> Page[CaseBehind]:
    return cases_behind(
        asking.db,
        asking.reader.sights,
        _filter(asking.wanted),
        Figure(asking.path["figure"]),
        asking.wanted.code,
        after=asking.after,
        limit=asking.limit,
    )


def _callbacks_behind(asking: Asking) -> Page[CallbackBehind]:
    return callbacks_behind(
        asking.db,
        asking.reader.sights,
        _filter(asking.wanted),
        asking.path["metric"],
        after=asking.after,
        limit=asking.limit,
    )


def _filter(asked: CasesAsked) -> StatisticsFilter:
    return StatisticsFilter(
        grid=asked.grid,
        case_types=asked.case_types,
        categories=asked.categories,
        collected=Period(asked.collected_since, asked.collected_until),
        closed=Period(asked.closed_since, asked.closed_until),
        called_back=Period(asked.called_back_since, asked.called_back_until)
        if isinstance(asked, CallbacksAsked)
        else Period(),
    )


LISTINGS = (
    Listing(
        path="/statistics/figures/{figure}/cases",
        name="cases_behind_figure",
        told="The cases that a figure counts; durations in ascending order.",
        model=MODEL,
        wanted=BehindAsked,
        item=CaseBehind,
        page=_cases_behind,
        parts={"figure": tuple(Figure)},
    ),
    Listing(
        path="/statistics/metrics/{metric}/callbacks",
        name="callbacks_behind_metric",
        told="The callbacks that a metric counts, and what each weighs.",
        model=MODEL,
        wanted=CallbacksAsked,
        item=CallbackBehind,
        page=_callbacks_behind,
        parts={"metric": None},
    ),
)

for _each in LISTINGS:
    add_list(router, _each)
