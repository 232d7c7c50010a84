"""The commands there are: what each is called, where it is sent, which fields it takes, and whom the charter grants it to."""

from collections.abc import Iterator
from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from casesys.api.authentication import actor_of
from casesys.api.commands import catalogue_of
from casesys.api.openapi import body_of, path_of
from casesys.api.parameters import no_parameters
from casesys.api.parts import Actor
from casesys.api.schemas import answers, json_response, problem_responses
from casesys.application.citing import in_force
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Command, Text
from casesys.domain.refusals import Refusal
from casesys.domain.register.authority import OPERATOR
from casesys.domain.register.commands import RegisterCommand
from casesys.domain.vocabulary import COMMANDS as LABELS
from casesys.domain.vocabulary import Stage

router = APIRouter(prefix="/v1", tags=["commands"])

THE_OPERATOR = Text("管理员", "the operator")


class Granted(msgspec.Struct, frozen=True):
    """A role that may give a command: in these stages (none: in any), standing so to the case, under this clause."""

    role: str
    label: Text
    stages: tuple[Stage, ...] = ()
    relation: str = "grid"
    clause: str | None = None


class CommandTold(msgspec.Struct, frozen=True):
    """A command. `fields` is the JSON Schema of its body; its references are those of the OpenAPI document."""

    command: str
    label: Text
    method: str
    path: str
    fields: dict[str, Any]
    granted: tuple[Granted, ...]


class CommandList(msgspec.Struct, frozen=True):
    """All commands that people may give, as the charter in force for the root of the grids grants them."""

    charter: str | None
    commands: tuple[CommandTold, ...]


@router.get(
    "/commands",
    operation_id="commands",
    summary="The commands there are",
    response_class=Response,
    responses={200: answers(CommandList, "All commands"), **problem_responses(400, 401)},
)
async def commands(request: Request) -> Response:
    """List all commands, with their fields and who may give them."""
    actor = actor_of(request)
    no_parameters(request.scope["query_string"])
    charter = _charter(actor)
    told = (_told(name, kind, charter) for name, kind in catalogue_of(request).items())
    rule = None if charter is None else f"{charter.rule.charter}@{charter.rule.version}"
    return json_response(CommandList(rule, tuple(told)), position=actor.position)


def _charter(actor: Actor) -> CharterVersion | None:
    try:
        return in_force(actor.world, None, actor.at)
    except Refusal:  # none is installed yet: then only the operator may do anything
        return None


def _told(name: str, kind: type[Command], charter: CharterVersion | None) -> CommandTold:
    return CommandTold(
        command=name,
        label=LABELS[name],
        method="POST",
        path=path_of(name, kind),
        fields=body_of(kind),
        granted=tuple(_granted(name, kind, charter)),
    )


def _granted(name: str, kind: type[Command], charter: CharterVersion | None) -> Iterator[Granted]:
    if issubclass(kind, RegisterCommand):
        yield Granted(OPERATOR, THE_OPERATOR)
    if charter is None:
        return
    for grant in charter.grants(name):
        for role in grant.roles:
            label = charter.charter.roles[role].label
            yield Granted(role, label, grant.stages, grant.relation, grant.clause)
