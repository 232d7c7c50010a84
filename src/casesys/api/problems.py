"""What went wrong, as RFC 9457 tells it: one `type` a code, in the language asked for, with the clause and what would be accepted.

Nothing here repeats what somebody sent, but names of fields and codes: a value may be personal. The status of a refusal follows from
what kind of refusal it is: who asks may not; there is no such case; it is not possible as things stand; what was said will not do.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from casesys.api.kinds import KINDS, Kind
from casesys.api.languages import language_of
from casesys.application.answers import CommandIdReused
from casesys.application.citing import Cited
from casesys.application.json_input import InputInvalid
from casesys.application.wording import TROUBLE, FieldProblem
from casesys.attachments import AttachmentRefused, FilesUnavailable
from casesys.domain.messages import Text
from casesys.domain.refusals import Refusal
from casesys.domain.refusals.template import filled
from casesys.projections.failures import ViewsError
from casesys.replay.finding import NotFound
from casesys.replay.speaking import Language
from casesys.store import Conflict, StoreError
from casesys.vault import VaultError

FAULT = "internal-error"
"""The code of what is none of ours to tell; the operator finds it in the log."""

MEDIA_TYPE = "application/problem+json"
PATH = "/v1/problems/"

FORBIDDEN = frozenset(
    {
        "not-authorised",
        "unknown-mandate",
        "mandate-not-valid",
        "own-mandate",
        "not-their-principal",
        "separation-of-duties",
        "only-time-may",
    }
)
"""The refusals of who asks."""

UNKNOWN = frozenset({"unknown-case", "unknown-command"})
"""The refusals of what the address names."""

PARTICULARS = frozenset(
    {
        "answers-of-nobody",
        "calendar-invalid",
        "charter-invalid",
        "effective-before-collection",
        "effective-before-last-move",
        "effective-in-future",
        "extension-too-long",
        "fact-negative",
        "fact-of-wrong-type",
        "founder-acts",
        "grid-too-deep",
        "id-is-a-number",
        "id-reserved",
        "lead-supports-itself",
        "not-a-member",
        "not-later",
        "nothing-decided",
        "nothing-to-change",
        "notice-too-short",
        "only-making-safe",
        "proof-needed",
        "publication-incomplete",
        "reason-needed",
        "respondent-may-not-work",
        "term-ends-before-it-begins",
        "unknown-api-key",
        "unknown-body",
        "unknown-code",
        "unknown-evidence",
        "unknown-grid",
        "unknown-intake-point",
        "unknown-objection",
        "unknown-party",
        "unknown-person",
        "unknown-subject",
        "unknown-timer",
    }
)
"""The refusals of what a command says. All others mean that it is not possible as things stand."""

BUSY = frozenset({"store-busy", "store-full", "vault-busy", "vault-full"})
"""What passes by itself, or once somebody has made room."""

OF_ONE = "subject-forgotten"
"""What the vault refuses for a reason that whoever asks has to know."""

SOON: Mapping[str, str] = {"Retry-After": "1"}

TITLES: Mapping[int, Text] = {
    400: Text("请求有误", "Bad request"),
    401: Text("需要密钥", "A key is needed"),
    403: Text("无权办理", "Not allowed"),
    404: Text("没有这一项", "Not found"),
    405: Text("方法不可用", "Method not allowed"),
    406: Text("没有可接受的形式", "Not acceptable"),
    408: Text("请求超时", "Request timeout"),
    409: Text("现在不能办理", "Not possible as things stand"),
    412: Text("事项已有变化", "The case has changed"),
    413: Text("内容过大", "Too large"),
    415: Text("内容类型不接受", "Unsupported media type"),
    422: Text("所填内容不可接受", "Not acceptable as filled in"),
    428: Text("须说明版本", "A version is required"),
    431: Text("请求头过大", "Header fields too large"),
    500: Text("程序出错", "Internal fault"),
    503: Text("暂时不可用", "Not available now"),
}
"""What problems of a status have in common."""


class ClauseCited(msgspec.Struct, frozen=True):
    """The clause of a charter that a refusal rests on."""

    id: str
    charter: str
    version: str
    text: str


class FieldTold(msgspec.Struct, frozen=True):
    """What is wrong with one field."""

    where: str
    says: str


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A problem (RFC 9457). `type` is an address below which the code is explained; `instance` is the id of the request.

    `remedy` says what to do, `accepted` what would have been accepted, `problems` what is wrong with which field.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    remedy: str
    instance: str | None = None
    clause: ClauseCited | None = None
    accepted: tuple[str, ...] = ()
    problems: tuple[FieldTold, ...] = ()


class Problem(Exception):
    """Something stands in the way of a request; nothing was changed. `members` are further members of the answer."""

    def __init__(  # noqa: PLR0913 - what an answer may hold, by name
        self,
        code: str,
        /,
        *,
        kind: Kind | None = None,
        clause: Cited | None = None,
        accepted: tuple[str, ...] = (),
        problems: tuple[FieldProblem, ...] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
        **particulars: object,
    ) -> None:
        """Name a kind of problem, one of `kinds` if none is given, and its particulars."""
        super().__init__(code)
        kind = kind or KINDS[code]
        self.code = code
        self.status = kind.status
        self.says = filled(kind.says, particulars) if particulars else kind.says
        self.remedy = filled(kind.remedy, particulars) if particulars else kind.remedy
        self.clause = clause
        self.accepted = accepted
        self.problems = problems
        self.headers = headers or {}
        self.members = members or {}


def of_exception(error: Exception) -> Problem:
    """Tell whatever a request ran into. What is none of ours to tell is a fault, of which the answer says nothing."""
    match error:
        case Problem():
            return error
        case Refusal():
            return of_refusal(error)
        case InputInvalid():
            return Problem(error.code, kind=Kind(400, error.says, error.remedy))
        case NotFound():
            kind = Kind(404, error.says, error.remedy)
            return Problem(error.code, kind=KINDS.get(error.code, kind), accepted=error.accepted)
        case AttachmentRefused():
            return Problem(error.code, accepted=error.accepted, **error.particulars)
        case CommandIdReused() | FilesUnavailable():
            return Problem(error.code)
        case Conflict():
            return Problem("conflict", headers=SOON)
        case StoreError() | VaultError() | ViewsError():
            return of_trouble(error.code)
        case _:
            return Problem(FAULT)


def of_refusal(refusal: Refusal, clause: Cited | None = None) -> Problem:
    """Tell a refusal of the rules, with the clause it rests on."""
    kind = Kind(status_of(refusal.code), refusal.says, refusal.remedy)
    return Problem(refusal.code, kind=kind, clause=clause, accepted=refusal.accepted)


def status_of(code: str) -> int:
    """Give the status of a refusal by its code."""
    if code in FORBIDDEN:
        return 403
    if code in UNKNOWN:
        return 404
    return 422 if code in PARTICULARS else 409


def of_trouble(code: str) -> Problem:
    """Tell what store, vault or read models ran into: what passes may be tried again, the rest is for the operator."""
    if code in BUSY:
        return Problem(code, kind=Kind(503, *TROUBLE[code]), headers=SOON)
    if code == OF_ONE:
        return Problem(code, kind=Kind(409, *TROUBLE[code]))
    return Problem(FAULT)


def answer(request: Request, problem: Problem) -> Response:
    """Write a problem in the language that the request asks for."""
    language = language_of(request)
    told = details(problem, language, request_id_of(request))
    members = msgspec.to_builtins(told) | dict(problem.members)
    headers = {
        "Content-Language": language,
        "Vary": "Accept-Language",
        "Cache-Control": "no-store",
        **problem.headers,
    }
    return Response(
        msgspec.json.encode(members),
        status_code=problem.status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def details(problem: Problem, language: Language, instance: str | None = None) -> ProblemDetails:
    """Tell a problem in a language; `instance` is the id of the request that met it."""

    def told(text: Text) -> str:
        return text.zh if language == "zh" else text.en

    cited = problem.clause
    return ProblemDetails(
        type=f"{PATH}{problem.code}",
        title=told(TITLES[problem.status]),
        status=problem.status,
        detail=told(problem.says),
        code=problem.code,
        remedy=told(problem.remedy),
        instance=instance,
        clause=None
        if cited is None
        else ClauseCited(cited.clause, cited.rule.charter, cited.rule.version, told(cited.text)),
        accepted=problem.accepted,
        problems=tuple(FieldTold(each.where, told(each.says)) for each in problem.problems),
    )


def request_id_of(request: Request) -> str | None:
    """Give the id of a request as a URI, by which its lines in the log are found."""
    state: dict[str, Any] = request.scope.get("state", {})
    given = state.get("request_id")
    return None if given is None else f"urn:uuid:{given}"
