"""The application: every route there is, and what becomes of whatever they raise."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from structlog.typing import FilteringBoundLogger

from casesys.api import (
    attachments,
    authentication,
    case_files,
    catalogue,
    checkpoints,
    commands,
    figures,
    history,
    listings,
    live,
    operations,
    people,
    proofs,
)
from casesys.api import problem_pages as pages
from casesys.api.commands import Catalogue
from casesys.api.faults import Caught
from casesys.api.heads import Heads
from casesys.api.logs import Observed
from casesys.api.openapi import DESCRIPTION, DocumentedApp
from casesys.api.parts import Parts
from casesys.api.problems import FAULT, Problem, answer, of_exception
from casesys.api.routing import Direct
from casesys.api.turns import Turns
from casesys.application.answers import CommandIdReused
from casesys.application.json_input import InputInvalid
from casesys.attachments import AttachmentRefused, FilesUnavailable
from casesys.domain.catalogue import people_commands
from casesys.domain.refusals import Refusal
from casesys.projections.failures import ViewsError
from casesys.replay.finding import NotFound
from casesys.store import Conflict, StoreError
from casesys.vault import VaultError

VERSION = "1.0.0"

NOT_THERE = frozenset({"unknown-command", "unknown-path"})
"""What a route says that was given an address of its own form, which is another one's."""

ROUTERS: tuple[APIRouter, ...] = (
    attachments.router,
    case_files.router,
    commands.router,
    listings.router,
    history.router,
    live.router,
    figures.router,
    people.router,
    checkpoints.router,
    proofs.router,
    catalogue.router,
    pages.router,
    operations.router,
    listings.register_router,
)
"""The routers of all routes, in the order in which they are tried: what is asked for most comes early.

Attachments come before commands, whose paths would take theirs for a command's; lists of the register come last for the like reason.
"""

TOLD = (
    Problem,
    Refusal,
    InputInvalid,
    CommandIdReused,
    Conflict,
    StoreError,
    VaultError,
    ViewsError,
    NotFound,
    AttachmentRefused,
    FilesUnavailable,
)
"""What routes raise on purpose, or let through from below."""


def create_app(
    parts: Parts, log: FilteringBoundLogger, *, known: Catalogue | None = None
) -> DocumentedApp:
    """Make the application over the parts of a site. `known` are the commands that it takes, by default all that people may give."""
    app = DocumentedApp(
        title="casesys",
        version=VERSION,
        description=DESCRIPTION.strip(),
        docs_url=None,  # the pages that FastAPI ships load programs from other people's servers
        redoc_url=None,
        redirect_slashes=False,
        contact={"name": "casesys"},
        telemetry={"tracing": False, "metrics": False, "logs": False},  # `Observed` is ours
    )
    app.state.parts = parts
    app.state.catalogue = dict(people_commands()) if known is None else known
    app.state.turns = turns = Turns()
    app.state.case_files = case_files.CaseFiles(parts, turns)
    app.state.histories = history.Histories(parts, turns)
    for router in (*ROUTERS, *((authentication.router,) if parts.logins is not None else ())):
        # Not `include_router`: what is included keeps its router, and searching that costs as much as a small answer.
        app.router.routes.extend(router.routes)
    for kind in TOLD:
        app.add_exception_handler(kind, _told)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(Direct, routes=app.router.routes, told=_told, kinds=TOLD)
    app.add_middleware(Heads)
    app.add_middleware(Caught, log=log)
    app.add_middleware(Observed, meters=parts.meters, log=log)
    return app


async def _told(request: Request, error: Exception) -> Response:
    problem = of_exception(error)
    if problem.code == FAULT:
        raise error  # the operator has to know
    if problem.code in NOT_THERE:
        problem = _not_so(request, by_name=True) or problem
    return answer(request, problem)


async def _http(request: Request, error: Exception) -> Response:
    """Tell what the router finds: no such path, or another method."""
    assert isinstance(error, HTTPException)
    return answer(request, _not_so(request, by_name=False) or Problem("unknown-path"))


def _not_so(request: Request, *, by_name: bool) -> Problem | None:
    """Say that an address is there, but not for this method. The router cannot: it takes one route for many addresses."""
    app: DocumentedApp = request.app
    methods = app.methods_at(request.url.path, by_name=by_name)
    if not methods or request.method in methods:
        return None
    return Problem("method-not-allowed", headers={"Allow": ", ".join(methods)})
