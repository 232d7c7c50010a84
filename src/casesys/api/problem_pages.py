"""What a problem's `type` leads to: its code explained in Chinese and English. Open to all, as it tells nothing of anybody."""

from collections.abc import Iterator

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from casesys.api.kinds import KINDS, Kind
from casesys.api.parameters import no_parameters
from casesys.api.problems import BUSY, OF_ONE, PATH, Problem, status_of
from casesys.api.schemas import answers, json_response, problem_responses
from casesys.application.wording import TROUBLE
from casesys.domain.messages import Text
from casesys.domain.refusals import REFUSALS

router = APIRouter(prefix="/v1", tags=["problems"])


class ProblemExplained(msgspec.Struct, frozen=True):
    """A kind of problem: the status it comes with, what is wrong and what to do, with `{particulars}` where they will stand."""

    type: str
    code: str
    status: int
    says: Text
    remedy: Text


@router.get(
    "/problems/{code}",
    operation_id="problem",
    summary="Explain a problem code",
    response_class=Response,
    responses={200: answers(ProblemExplained, "The code explained"), **problem_responses(400, 404)},
    openapi_extra={"security": []},
)
async def problem(request: Request, code: str) -> Response:
    """Explain one of the codes of problems."""
    no_parameters(request.scope["query_string"])
    for name, kind in _kinds():
        if name == code:
            told = ProblemExplained(f"{PATH}{code}", code, *kind)
            return json_response(told)
    raise Problem("unknown-problem", code=code, accepted=tuple(sorted(n for n, _ in _kinds())))


def _kinds() -> Iterator[tuple[str, Kind]]:
    yield from KINDS.items()
    for code, template in REFUSALS.items():
        yield code, Kind(status_of(code), template.says, template.remedy)
    for code in sorted(BUSY):
        yield code, Kind(503, *TROUBLE[code])
    yield OF_ONE, Kind(409, *TROUBLE[OF_ONE])
