"""Files of a case: brought as evidence in one request, the file and the command that records it; and read again.

The body is the file itself. Its name, if it has one, comes in `Content-Disposition` and is kept as the caption, which is personal; no
name that anybody chose ever names a file here. The command is the ordinary `attach-evidence`, and what becomes of it decides
whether the file is kept.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from time import monotonic
from typing import Any

import http_sf
import msgspec
from fastapi import APIRouter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from werkzeug.http import parse_options_header

from casesys.api.authentication import actor_of
from casesys.api.commands import CIRCUMSTANCES, CommandAnswer, answered, insist, perform
from casesys.api.knowing import known_case
from casesys.api.openapi import ATTACHMENT, BRING_ATTACHMENT, ETAG_TOLD, ONCE, SEEN
from casesys.api.parameters import Parameters, no_parameters
from casesys.api.parts import Parts, parts_of
from casesys.api.problems import Problem
from casesys.api.schemas import (
    POSITION_DOCUMENTED,
    POSITION_HEADER,
    answers,
    problem_responses,
)
from casesys.api.sending import SentAsMade
from casesys.application.answers import answer_from_log
from casesys.attachments import AttachmentRefused, Declared, FilesUnavailable, Upload
from casesys.attachments.media_types import MEDIA_TYPES
from casesys.domain.cases.commands import AttachEvidence
from casesys.domain.cases.events import EvidenceAttached
from casesys.domain.cases.state import Case, case_stream
from casesys.domain.messages import message_type
from casesys.domain.refusals import Refusal
from casesys.store.contract import EventLog, Stored
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
    operation_id=BRING_ATTACHMENT,
    summary="Attach a file as evidence.",
    response_class=Response,
    responses={
        200: answers(
            CommandAnswer,
            "The file is kept and recorded as evidence.",
            headers={"ETag": ETAG_TOLD},
        ),
        **problem_responses(400, 401, 403, 404, 408, 409, 412, 413, 415, 422, 428, 503),
    },
    openapi_extra={
        "parameters": [
            *SENT_ALONG.documented(),
            SEEN,
            ONCE,
            *(
                {"name": name, "in": "header", "required": False, "schema": {"type": "string"}}
                for name in ("Content-Disposition", "Content-Digest")
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
    """Take a file in and record it; of what is refused nothing is kept.

    What is refused whatever the file holds is refused before it comes. A file that the case has as evidence already, though its
    content is not kept here, is kept from now on.
    """
    parts, case = parts_of(request), _known(request, case_id)
    along = SENT_ALONG.read(request.scope["query_string"])
    circumstances = {n: v for n, v in msgspec.to_builtins(along).items() if v is not None}
    insist(request, AttachEvidence, case_id, circumstances)
    declared = _declared(request)
    try:
        upload = await parts.attachments.take(case_id, case.initiator, declared, _arriving(request))
    except AttachmentRefused as refused:
        raise _told(refused) from refused
    except FilesUnavailable as error:
        raise Problem(error.code, headers={"Retry-After": "5"}) from error
    try:
        is_first = await parts.attachments.is_first(case_id, upload)
        if is_first and insist(request, AttachEvidence, case_id, circumstances):
            first = _first_record(parts, _known(request, case_id), declared, upload)
            if first is not None:
                return first
        fields = _fields(request, case_id, declared, upload, circumstances)
        answer = await perform(request, AttachEvidence, fields)
    except (Problem, Refusal, FilesUnavailable):
        await parts.attachments.drop(upload)
        raise
    repeated = msgspec.json.decode(bytes(answer.body), type=_Repeated).repeated
    # One that came first may have been dropped meanwhile.
    if repeated and not await parts.attachments.is_first(case_id, upload):
        await parts.attachments.drop(upload)
    return answer


def _first_record(parts: Parts, case: Case, declared: Declared, upload: Upload) -> Response | None:
    """Answer as a file was recorded first, None if it was not, or not as the file that it is."""
    found = _attached(parts.log, case, upload.digest)
    if found is None:
        return None
    stored, evidence = found
    if (evidence.media_type, evidence.size) != (declared.media_type, upload.size):
        return None
    first = answer_from_log(parts.log.find_command(stored.leaf.command_id))
    return answered(message_type(AttachEvidence), first)


@router.get(
    "/cases/{case_id}/attachments/{digest}",
    operation_id=ATTACHMENT,
    summary="Read a file that was attached as evidence.",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "headers": POSITION_DOCUMENTED,
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
    case = known_case(actor.world, actor, case_id).case
    evidence = _evidence(parts.log, case, digest)
    try:
        content = await parts.attachments.content(case_id, case.initiator, digest)
    except FilesUnavailable as error:
        raise Problem(error.code, headers={"Retry-After": "5"}) from error
    if content is None:
        raise Problem("unknown-file")
    ending = MEDIA_TYPES[evidence.media_type].ending
    return SentAsMade(
        content,
        media_type=evidence.media_type,
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{digest[:16]}.{ending}"',
            "Content-Length": str(evidence.size),
            "Content-Security-Policy": "default-src 'none'; sandbox",
            POSITION_HEADER: str(actor.position),
            "Repr-Digest": f"sha-256=:{b64encode(bytes.fromhex(digest)).decode()}:",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _known(request: Request, case_id: str) -> Case:
    """Give the case, as who asks may know of it now."""
    actor = actor_of(request)
    return known_case(actor.world, actor, case_id).case


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
    request: Request,
    case_id: str,
    declared: Declared,
    upload: Upload,
    circumstances: Mapping[str, object],
) -> dict[str, Any]:
    """Give the fields of the command that records a file."""
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
    """Find the event that attached a file of a kind that is given out. Raises Problem `unknown-file`."""
    found = _attached(log, case, digest)
    if found is None or found[1].media_type not in MEDIA_TYPES:
        raise Problem("unknown-file")
    return found[1]


def _attached(log: EventLog, case: Case, digest: str) -> tuple[Stored, EvidenceAttached] | None:
    """Find the event that attached a file to a case, None if there is none."""
    if digest in case.evidence:
        for stored in log.read_stream(case_stream(case.case_id)):
            event = recorded(stored).event
            if isinstance(event, EvidenceAttached) and event.digest == digest:
                return stored, event
    return None
