"""Proofs over HTTP, of an event and of a case, in the forms that verifiers of others read; each leads to a checkpoint.

They are for who may know of the event or the case. For all others it does not exist.
"""

import asyncio
import re
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from casesys.api.authentication import actor_of
from casesys.api.checkpoints import note_of, plain_text, telling
from casesys.api.knowing import known_case
from casesys.api.parameters import Parameters, no_parameters
from casesys.api.parts import Actor, Parts, parts_of
from casesys.api.problems import Problem
from casesys.api.reading import snapshot
from casesys.api.schemas import POSITION_HEADER, answers, json_response, problem_responses
from casesys.api.sending import SentAsMade
from casesys.api.turns import Turns
from casesys.domain.cases.state import case_stream
from casesys.domain.refusals import Refusal
from casesys.domain.register.authority import OPERATOR
from casesys.domain.register.state import Register
from casesys.domain.register.streams import REGISTER, api_key_stream
from casesys.evidence.checkpoints import told_by
from casesys.evidence.leaf import Leaf
from casesys.notary.bundling import bundle
from casesys.notary.sealing import Shown, shown
from casesys.projections import audit_queries
from casesys.projections.audit_queries import AuditFilter
from casesys.store import Stored

AUDIT_TRAIL = "audit_trail"
CASE, API_KEY = case_stream(""), api_key_stream("")
"""What the names of the streams of cases, and of API keys, begin with."""

KEY_HASH = "key_hash"
"""The field of commands that bears the hash of an API key."""

router = APIRouter(prefix="/v1", tags=["evidence"])

_POSITION = r"[1-9][0-9]{0,14}"
_EVENT_ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[0-9]{1,4}"

# What is documented of an address is not checked by it: whatever is not there gets the same answer.
EventNamed = Annotated[
    str,
    Path(
        description="An event, by its id in the audit trail or by its position in the log.",
        json_schema_extra={"pattern": f"^({_POSITION}|{_EVENT_ID})$"},
    ),
]
CaseNamed = Annotated[
    str,
    Path(description="A case, by its id.", json_schema_extra={"minLength": 1, "maxLength": 80}),
]


class AsOf(msgspec.Struct, frozen=True, kw_only=True):
    """The checkpoint that is to be led to: that over so many events, as somebody has kept it."""

    size: Annotated[int, msgspec.Meta(ge=1)] | None = None


class LastEvent(msgspec.Struct, frozen=True):
    """The last event of a stream: its number in it, from 1, and its leaf hash in hex."""

    seq: int
    leaf_hash: str


class SealTold(msgspec.Struct, frozen=True):
    """A seal of the log: its position, its leaf as it was hashed, and the `.tlog-proof` that it is in the log."""

    position: int
    leaf: str
    proof: str


class Completeness(msgspec.Struct, frozen=True):
    """The proof that a case has so many events, and no others, up to a position of the log.

    `beside` leads, in hex, from `last` to the root of the map of streams that the seal states; the seal's proof leads from there to a
    checkpoint. docs/evidence.md says how the map is hashed.
    """

    case_id: str
    stream: str
    complete_up_to: int
    last: LastEvent
    beside: tuple[str, ...]
    seal: SealTold


AS_OF = Parameters(AsOf)


@router.get(
    "/audit/events/{event_id}/proof",
    operation_id="event_proof",
    summary="The proof that an event is in the log, as a .tlog-proof.",
    response_class=Response,
    responses={
        200: plain_text("A proof (C2SP tlog-proof) with the checkpoint that it leads to."),
        **problem_responses(400, 401, 404, 503),
    },
    openapi_extra={"parameters": AS_OF.documented()},
)
async def event_proof(request: Request, event_id: EventNamed) -> Response:
    """Prove an event by the first checkpoint that covers it, or by the one that is asked for."""
    parts, actor = parts_of(request), actor_of(request)
    asked = AS_OF.read(request.scope["query_string"])
    position = _event(parts, actor, event_id).position
    with telling():
        if asked.size is None:
            proof = parts.notary.prove(position)
        else:
            note = note_of(parts, asked.size)
            if position > asked.size:
                raise Problem("not-proved-yet")
            proof = parts.notary.prove_to(position, note)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{position}.tlog-proof"',
        POSITION_HEADER: str(told_by(proof.checkpoint).size),
    }
    return Response(proof.text, media_type="text/plain", headers=headers)


@router.get(
    "/audit/events/{event_id}/leaf",
    operation_id="event_leaf",
    summary="An event as it was hashed: what its proof is about.",
    response_class=Response,
    responses={
        200: {
            "description": "The leaf, byte by byte. Personal texts are not in it, only the digests of their encrypted form.",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        **problem_responses(400, 401, 404, 503),
    },
)
async def event_leaf(request: Request, event_id: EventNamed) -> Response:
    """Give the bytes whose hash stands in the tree; those that hold the hash of an API key, to operators alone."""
    parts, actor = parts_of(request), actor_of(request)
    no_parameters(request.scope["query_string"])
    stored = _event(parts, actor, event_id)
    if _holds_key_hash(stored.leaf) and not _keeps_keys(actor):
        raise Problem("unknown-event")
    headers = {"Cache-Control": "no-store", POSITION_HEADER: str(actor.position)}
    return Response(stored.leaf_bytes, media_type="application/json", headers=headers)


@router.get(
    "/cases/{case_id}/completeness",
    operation_id="case_completeness",
    summary="The proof that none of a case's events is left out, up to the last seal of the log.",
    response_class=Response,
    responses={
        200: answers(Completeness, "The proof."),
        **problem_responses(400, 401, 404, 503),
    },
    openapi_extra={"parameters": AS_OF.documented()},
)
async def completeness(request: Request, case_id: CaseNamed) -> Response:
    """Prove which event of a case is its last, by the last seal that the checkpoint covers."""
    parts, actor = parts_of(request), actor_of(request)
    asked = AS_OF.read(request.scope["query_string"])
    known_case(actor.world, actor, case_id)
    stream = case_stream(case_id)
    turns: Turns = request.app.state.turns
    with telling():
        note = note_of(parts, asked.size)
        size = told_by(note).size
        async with turns.turn(actor.person_id):
            complete = await asyncio.to_thread(shown, parts.log, parts.notary, stream, size)
        if complete is None:
            raise Problem("not-sealed-yet")
        proof = parts.notary.prove_to(complete.seal.position, note).text
    return json_response(_completeness(case_id, complete, proof), position=size)


@router.get(
    "/cases/{case_id}/bundle",
    operation_id="case_bundle",
    summary="A case with everything that it takes to verify it offline, as a zip file.",
    response_class=Response,
    responses={
        200: {
            "description": "The bundle, with the program that verifies it. Personal texts are not in it.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        },
        **problem_responses(400, 401, 404, 503),
    },
    openapi_extra={"parameters": AS_OF.documented()},
)
async def case_bundle(request: Request, case_id: CaseNamed) -> Response:
    """Give the bundle of a case as of the newest checkpoint, or of the one that is asked for."""
    parts, actor = parts_of(request), actor_of(request)
    asked = AS_OF.read(request.scope["query_string"])
    known_case(actor.world, actor, case_id)
    turns: Turns = request.app.state.turns
    with telling():
        note = note_of(parts, asked.size)
        async with turns.turn(actor.person_id):
            pieces = await asyncio.to_thread(bundle, parts.log, parts.notary, case_id, note)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{case_id}.zip"',
        POSITION_HEADER: str(told_by(note).size),
        "X-Content-Type-Options": "nosniff",
    }
    return SentAsMade(pieces, media_type="application/zip", headers=headers)


def _event(parts: Parts, actor: Actor, named: str) -> Stored:
    """Find the event that an address names. Raises Problem `unknown-event`, also for one that the actor may not know of."""
    stored = _named(parts, named)
    if stored is None or not _may_know(parts, actor, stored):
        raise Problem("unknown-event")
    return stored


def _named(parts: Parts, named: str) -> Stored | None:
    if re.fullmatch(_POSITION, named):
        return next(iter(parts.log.read(int(named) - 1, 1)), None)
    if re.fullmatch(_EVENT_ID, named):
        events = parts.log.find_command(UUID(named.partition(".")[0]))
        return next((stored for stored in events if stored.leaf.event_id == named), None)
    return None


def _may_know(parts: Parts, actor: Actor, stored: Stored) -> bool:
    """Say whether somebody may know of an event: of a case, as of the case now; any other, as the audit trail has it."""
    stream, position = stored.leaf.stream, stored.position
    if stream.startswith(CASE):
        try:
            known_case(actor.world, actor, stream.removeprefix(CASE))
        except Refusal:
            return False
        return True
    wanted = AuditFilter(first=position, last=position)
    with snapshot(parts, AUDIT_TRAIL) as (db, _):
        page = audit_queries.page(db, actor.sights, wanted, at=actor.at, after=None, limit=1)
    return bool(page.items)


def _holds_key_hash(leaf: Leaf) -> bool:
    """Say whether a leaf has the whole hash of an API key, in the name of its stream or in the command."""
    asked = {} if leaf.command is None else msgspec.json.decode(leaf.command.data)
    return leaf.stream.startswith(API_KEY) or KEY_HASH in asked


def _keeps_keys(actor: Actor) -> bool:
    register = actor.world.state(REGISTER, Register)
    assert register is not None  # there is somebody who asks
    return any((s.role, s.grid) == (OPERATOR, register.root_grid) for s in actor.sights)


def _completeness(case_id: str, complete: Shown, proof: str) -> Completeness:
    seal, last = complete.seal, complete.last
    return Completeness(
        case_id=case_id,
        stream=case_stream(case_id),
        complete_up_to=complete.size,
        last=LastEvent(last.seq, last.leaf_hash.hex()),
        beside=tuple(each.hex() for each in complete.beside),
        seal=SealTold(seal.position, seal.leaf_bytes.decode(), proof),
    )
