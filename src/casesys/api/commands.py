"""Giving commands: one route for those on cases, one for those on the register, whichever commands the catalogue has.

A body holds the fields of the command as they stand in the catalogue, and beside them `circumstances`: what is said about the command
rather than by it. Whoever may not know of a case is told that it does not exist, whatever else is wrong.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from time import perf_counter
from typing import Any
from uuid import UUID

import msgspec
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from casesys.api.authentication import actor_of
from casesys.api.bodies import read_model, read_object_body
from casesys.api.conditions import etag_of, expected_versions
from casesys.api.idempotency import command_id_of
from casesys.api.kinds import NOT_OF_THIS_CASE
from casesys.api.knowing import known_case
from casesys.api.parameters import no_parameters
from casesys.api.parts import Actor, Parts, parts_of
from casesys.api.problems import FAULT, Problem, of_exception, of_refusal
from casesys.api.schemas import json_response
from casesys.application import Answer
from casesys.application import Request as Given
from casesys.application.answers import Stale
from casesys.application.assigning import assign
from casesys.application.citing import cited, cited_in
from casesys.domain.cases.commands import CaseCommand, CollectCase
from casesys.domain.cases.decide import admit
from casesys.domain.cases.state import case_stream
from casesys.domain.messages import (
    Code,
    Command,
    Envelope,
    Identifier,
    Instant,
    Text,
    message_type,
)
from casesys.domain.refusals import Refusal
from casesys.domain.register.commands import RegisterCommand
from casesys.domain.vocabulary import EVENTS
from casesys.store.contract import Stored

SINCE_AT_MOST = 50
"""How many of the events since are told to whoever acted on an older version."""

CASE_ID = "case_id"
CIRCUMSTANCES = "circumstances"

Catalogue = Mapping[str, type[Command]]
"""The commands that an app takes, by their stored types."""

router = APIRouter(prefix="/v1")


class Circumstances(BaseModel):
    """What is said about a command: when it really happened, through what, by which mandate, for whom and for what reason."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    effective_at: Instant | None = None
    channel: Code = "console"
    mandate_id: Identifier | None = None
    on_behalf_of: Identifier | None = None
    reason_code: Code | None = None


class CommandAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a command brought about, the same however often it is sent under one `Idempotency-Key`.

    `stream` and `version` are those of its first event's stream after the command; `first` and `last` are the log positions of its
    events. `repeated` says that this is the answer of the first time. `secret` is that of a new API key, shown this once.
    """

    command: str
    command_id: UUID
    stream: str
    version: int
    first: int
    last: int
    recorded_at: datetime
    events: tuple[str, ...]
    case_id: str | None = None
    repeated: bool = False
    secret: str | None = None


class EventSince(msgspec.Struct, frozen=True, kw_only=True):
    """An event that somebody who acted on an older version has not seen."""

    version: int
    position: int
    type: str
    label: Text
    actor_id: str
    actor_role: str
    recorded_at: datetime


def is_on_case(kind: type[Command]) -> bool:
    """Say whether a command is on a case that there is already."""
    return issubclass(kind, CaseCommand) and not issubclass(kind, CollectCase)


def is_on_register(kind: type[Command]) -> bool:
    """Say whether a command is on the register."""
    return issubclass(kind, RegisterCommand)


async def collect(request: Request) -> Response:
    """Collect a case. It is given its id here: whoever could choose one could find out which there are."""
    actor_of(request)
    no_parameters(request.scope["query_string"])
    fields = await read_object_body(request)
    if CASE_ID in fields:
        raise Problem("case-id-assigned")
    return await perform(request, CollectCase, fields)


async def on_case(request: Request) -> Response:
    """Give a command on a case."""
    actor_of(request)
    kind = _chosen(request, is_on_case)
    fields = await read_object_body(request)
    if CASE_ID in fields:
        raise Problem("case-named-twice")
    fields[CASE_ID] = request.path_params[CASE_ID]
    return await perform(request, kind, fields)


async def on_register(request: Request) -> Response:
    """Give a command on the register."""
    actor_of(request)
    kind = _chosen(request, is_on_register)
    fields = await read_object_body(request)
    return await perform(request, kind, fields)


for _path, _route in (
    ("/cases", collect),
    ("/cases/{case_id}/{command}", on_case),
    ("/register/{command}", on_register),
):
    # The document has each command as an operation of its own (`openapi`).
    router.add_api_route(_path, _route, methods=["POST"], include_in_schema=False)


def _chosen(request: Request, fits: Callable[[type[Command]], bool]) -> type[Command]:
    """Give the command that a path names. Raises Problem `unknown-command`, and `invalid-query` as no command takes parameters."""
    catalogue, name = catalogue_of(request), request.path_params["command"]
    kind = catalogue.get(name)
    if kind is not None and fits(kind):
        no_parameters(request.scope["query_string"])
        return kind
    known = sorted(other for other, kind in catalogue.items() if fits(kind))
    raise of_refusal(Refusal("unknown-command", command=name, accepted=tuple(known)))


def catalogue_of(request: Request) -> Catalogue:
    """Give the commands that the app takes that a request came to."""
    catalogue: Catalogue = request.app.state.catalogue
    return catalogue


async def perform(request: Request, kind: type[Command], fields: dict[str, Any]) -> Response:
    """Give a command as whoever asks, its fields and circumstances as they are written in JSON, and answer once it is committed.

    Raises Problem; then nothing has happened.
    """
    began, name, verdict = perf_counter(), message_type(kind), FAULT
    parts = parts_of(request)
    try:
        # Once more, now that all has come: whoever sends it decides how long that takes, and not how long a key lasts.
        answer, secret = await _given(request, parts, actor_of(request), kind, fields)
        verdict = "repeated" if answer.repeated else "accepted"
    except Exception as error:
        problem = of_exception(error)
        verdict = problem.code
        if verdict == FAULT:
            raise
        raise problem from error
    finally:
        parts.meters.command(name, verdict, perf_counter() - began)
    return answered(name, answer, secret)


async def _given(
    request: Request,
    parts: Parts,
    actor: Actor,
    kind: type[Command],
    fields: dict[str, Any],
) -> tuple[Answer, str | None]:
    expected = None
    if is_on_case(kind):
        known_case(parts.current.world(), actor, fields[CASE_ID])
        expected = expected_versions(request, fields[CASE_ID])
    envelope = _envelope(request, actor, fields.pop(CIRCUMSTANCES, None))
    assigned = assign(kind, fields)
    command = read_model(kind, fields)
    try:
        answer = await parts.service.submit(Given(command, envelope, expected, assigned.fields))
    except Refusal as refusal:
        world = parts.current.now().world
        clause = cited(world, command, envelope.decided_at, refusal.clause)
        raise of_refusal(refusal, clause) from refusal
    except Stale as stale:
        assert isinstance(command, CaseCommand)
        raise _stale(parts, command.case_id, expected or frozenset(), stale) from stale
    return answer, None if answer.repeated else assigned.secret


_PLAINLY = Circumstances()


def _envelope(request: Request, actor: Actor, given: object) -> Envelope:
    """Say who gives a command now, by which id, under which circumstances, as they are written in JSON."""
    circumstances = _PLAINLY if given is None else read_model(Circumstances, given, CIRCUMSTANCES)
    return Envelope(
        command_id=command_id_of(request, actor),
        actor_id=actor.person_id,
        decided_at=parts_of(request).clock(),
        effective_at=circumstances.effective_at,
        mandate_id=circumstances.mandate_id,
        on_behalf_of=circumstances.on_behalf_of,
        channel=circumstances.channel,
        client_id=actor.client_id,
        reason_code=circumstances.reason_code,
    )


def insist(request: Request, kind: type[CaseCommand], case_id: str, circumstances: object) -> bool:
    """Hold a command on a case against all that does not depend on its fields, before these have come; say whether it is new.

    It is decided all the same once it is given. One that was given before, under the same key, is let through: it gets its first
    answer. Raises Problem.
    """
    began = perf_counter()
    try:
        return _is_new(request, kind, case_id, circumstances)
    except (Problem, Refusal) as error:
        problem = of_exception(error)
        meters = parts_of(request).meters
        meters.command(message_type(kind), problem.code, perf_counter() - began)
        raise problem from error


def _is_new(request: Request, kind: type[CaseCommand], case_id: str, circumstances: object) -> bool:
    parts, actor = parts_of(request), actor_of(request)
    case, charter = known_case(actor.world, actor, case_id)
    expected = expected_versions(request, case_id)
    envelope = _envelope(request, actor, circumstances)
    if parts.log.find_command(envelope.command_id):
        return False
    if expected is not None and case.version not in expected:
        raise _stale(parts, case_id, expected, Stale(case_stream(case_id), case.version))
    try:
        admit(kind, envelope, actor.world, case, charter)
    except Refusal as refusal:
        raise of_refusal(refusal, cited_in(charter, refusal.clause)) from refusal
    return True


def answered(name: str, answer: Answer, secret: str | None = None) -> Response:
    """Tell what a command has brought about."""
    stream, _, identity = answer.stream.partition("/")
    case_id = identity if stream == "case" else None
    told = CommandAnswer(
        command=name,
        command_id=answer.command_id,
        stream=answer.stream,
        version=answer.version,
        first=answer.first,
        last=answer.last,
        recorded_at=answer.recorded_at,
        events=answer.events,
        case_id=case_id,
        repeated=answer.repeated,
        secret=secret,
    )
    if case_id is None:
        return json_response(told, position=answer.last)
    headers = {"ETag": etag_of(case_id, answer.version)}
    if name != message_type(CollectCase):
        return json_response(told, position=answer.last, headers=headers)
    headers["Location"] = f"/v1/cases/{case_id}"
    return json_response(told, status=201, position=answer.last, headers=headers)


def _stale(parts: Parts, case_id: str, expected: frozenset[int], stale: Stale) -> Problem:
    """Tell whoever acted on an older version what has happened since; of whoever named no version of this case, only that."""
    events = parts.log.read_stream(stale.stream, upto_version=stale.version)
    since = events[max(expected, default=stale.version) :][:SINCE_AT_MOST]
    return Problem(
        stale.code,
        kind=None if expected else NOT_OF_THIS_CASE,
        headers={"ETag": etag_of(case_id, stale.version)},
        members={
            "version": stale.version,
            "since": msgspec.to_builtins([_told(stored) for stored in since], str_keys=True),
        },
    )


def _told(stored: Stored) -> EventSince:
    leaf = stored.leaf
    return EventSince(
        version=leaf.stream_seq,
        position=stored.position,
        type=f"{leaf.type}.v{leaf.schema_v}",
        label=EVENTS[leaf.type],
        actor_id=leaf.actor_id,
        actor_role=leaf.actor_role,
        recorded_at=leaf.recorded_at,
    )
