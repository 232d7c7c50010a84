"""Files of a case: brought as evidence in one request, the file and the command that records it; and read again.

The body is the file itself. Its name, if it has one, comes in `Content-Disposition` and is kept as the caption, which is personal; no
name that anybody chose ever names a file here. The command is the ordinary `attach-evidence`, and what becomes of it decides
whether the file is kept.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import datetime
from time import monotonic
from typing import Any

import http_sf
import msgspec
from fastapi import APIRouter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from werkzeug.http import parse_options_header

from casesys.api.authentication import actor_of
from casesys.api.commands import CIRCUMSTANCES, CommandAnswer, perform
from casesys.api.conditions import expected_versions
from casesys.api.knowing import known_case
from casesys.api.parameters import Parameters, no_parameters
from casesys.api.parts import parts_of
from casesys.api.problems import Problem
from casesys.api.schemas import answers, problem_responses
from casesys.attachments import AttachmentRefused, Declared, FilesUnavailable, Upload
from casesys.attachments.media_types import MEDIA_TYPES
from casesys.domain.cases.commands import AttachEvidence
from casesys.domain.cases.events import EvidenceAttached
from casesys.domain.cases.state import Case, case_stream
from casesys.store.contract import EventLog
from casesys.store.reading import recorded

IDLE_SECONDS = 20.0
"""How long nothing of a file may arrive."""

TOTAL_SECONDS = 600.0
"""How long all of it may take."""

router = APIRouter(prefix="/v1", tags=["attachments"])


class SentAlong(msgspec.Struct, frozen=True, kw_only=True):
    """The circumstances of the command, in the address because the body is the file. None of them is personal."""

    effective_at: datetime | None = None
    channel: str | None = None
    mandate_id: str | None = None
    on_behalf_of: str | None = None
    reason_code: str | None = None


SENT_ALONG = Parameters(SentAlong)


class _Repeated(msgspec.Struct):
    """What of an answer says that the command was sent before."""

    repeated: bool = False


@router.post(
    "/cases/{case_id}/attachments",
    operation_id="bring_attachment",
    summary="Attach a file as evidence.",
    response_class=Response,
    responses={
        200: answers(CommandAnswer, "The file is kept and recorded as evidence."),
        **problem_responses(400, 401, 403, 404, 408, 409, 412, 413, 415, 422, 428, 503),
    },
    openapi_extra={
        "parameters": [
            *SENT_ALONG.documented(),
            *(
                {"name": name, "in": "header", "required": required, "schema": {"type": "string"}}
                for name, required in (
                    ("If-Match", True),
                    ("Idempotency-Key", False),
                    ("Content-Disposition", False),
                    ("Content-Digest", False),
                )
            ),
        ],
        "requestBody": {
            "required": True,
            "content": {
                media_type: {"schema": {"type": "string", "format": "binary"}}
                for media_type in MEDIA_TYPES
            },
        },
    },
)
async def bring(request: Request, case_id: str) -> Response:
    """Take a file in and record it; of what is refused nothing is kept."""
    parts, actor = parts_of(request), actor_of(request)
    case = known_case(parts.current.now().world, actor, case_id).case
    expected_versions(request, case_id)
    along = SENT_ALONG.read(request.scope["query_string"])
    declared = _declared(request)
    try:
        upload = await parts.attachments.take(case_id, case.initiator, declared, _arriving(request))
    except AttachmentRefused as refused:
        raise _told(refused) from refused
    except FilesUnavailable as error:
        raise Problem(error.code, headers={"Retry-After": "5"}) from error
    fields = _fields(request, case_id, declared, upload, along)
    try:
        answer = await perform(request, parts, actor, AttachEvidence, fields)
    except Problem:
        await parts.attachments.drop(upload)
        raise
    if msgspec.json.decode(bytes(answer.body), type=_Repeated).repeated:
        await parts.attachments.drop(upload)  # the first one is there
    return answer


@router.get(
    "/cases/{case_id}/attachments/{digest}",
    operation_id="attachment",
    summary="Read a file that was attached as evidence.",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "content": {
                media_type: {"schema": {"type": "string", "format": "binary"}}
                for media_type in MEDIA_TYPES
            },
        },
        **problem_responses(400, 401, 404, 503),
    },
)
async def read(request: Request, case_id: str, digest: str) -> Response:
    """Give a file to who may know of its case."""
    parts, actor = parts_of(request), actor_of(request)
    no_parameters(request.scope["query_string"])
    case = known_case(parts.current.now().world, actor, case_id).case
    evidence = _evidence(parts.log, case, digest)
    try:
        content = await parts.attachments.content(case_id, case.initiator, digest)
    except FilesUnavailable as error:
        raise Problem(error.code, headers={"Retry-After": "5"}) from error
    if content is None:
        raise Problem("unknown-file")
    ending = MEDIA_TYPES[evidence.media_type].ending
    return StreamingResponse(
        content,
        media_type=evidence.media_type,
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{digest[:16]}.{ending}"',
            "Content-Length": str(evidence.size),
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Repr-Digest": f"sha-256=:{b64encode(bytes.fromhex(digest)).decode()}:",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _declared(request: Request) -> Declared:
    """Give what the headers say of the file."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem("media-type-unsupported", accepted=tuple(MEDIA_TYPES))
    media_type, _ = parse_options_header(request.headers.get("content-type", ""))
    length = request.headers.get("content-length", "")
    return Declared(
        media_type=media_type.lower(),
        size=int(length[:20]) if length.isascii() and length.isdecimal() else None,
        digest=_declared_digest(request.headers.get("content-digest")),
    )


def _declared_digest(header: str | None) -> str | None:
    """Give the SHA-256 that `Content-Digest` (RFC 9530) declares, in hex."""
    if header is None:
        return None
    try:
        digests = http_sf.parse(header.encode("latin-1"), tltype="dictionary")
    except (ValueError, UnicodeEncodeError):
        digests = None
    declared = digests.get("sha-256") if isinstance(digests, dict) else None
    if not isinstance(declared, tuple) or not isinstance(declared[0], bytes):
        raise Problem("file-digest-not-as-declared")
    return declared[0].hex()


async def _arriving(request: Request) -> AsyncIterator[bytes]:
    """Give the body as it arrives. Raises Problem when it stops arriving, or takes too long."""
    until = monotonic() + TOTAL_SECONDS
    stream = request.stream()
    while True:
        seconds = min(IDLE_SECONDS, until - monotonic())
        try:
            async with asyncio.timeout(seconds):
                piece = await anext(stream, None)
        except TimeoutError:
            raise Problem(
                "body-too-slow", headers={"Connection": "close"}, seconds=int(IDLE_SECONDS)
            ) from None
        except ClientDisconnect:
            raise Problem("body-cut-short") from None
        if piece is None:
            return
        yield piece


def _told(refused: AttachmentRefused) -> Problem:
    closing = {"Connection": "close"}  # the rest of the body is not waited for
    return Problem(refused.code, accepted=refused.accepted, headers=closing, **refused.particulars)


def _fields(
    request: Request, case_id: str, declared: Declared, upload: Upload, along: SentAlong
) -> dict[str, Any]:
    """Give the fields of the command that records a file."""
    circumstances = {n: v for n, v in msgspec.to_builtins(along).items() if v is not None}
    fields: dict[str, Any] = {
        "case_id": case_id,
        "digest": upload.digest,
        "media_type": declared.media_type,
        "size": upload.size,
        CIRCUMSTANCES: circumstances,
    }
    _, options = parse_options_header(request.headers.get("content-disposition", ""))
    if options.get("filename"):
        fields["caption"] = options["filename"]
    return fields


def _evidence(log: EventLog, case: Case, digest: str) -> EvidenceAttached:
    """Find the event that attached a file. Raises Problem `unknown-file`."""
    if digest in case.evidence:
        for stored in log.read_stream(case_stream(case.case_id)):
            event = recorded(stored).event
            if isinstance(event, EvidenceAttached) and event.digest == digest:
                if event.media_type in MEDIA_TYPES:
                    return event
                break
    raise Problem("unknown-file")
