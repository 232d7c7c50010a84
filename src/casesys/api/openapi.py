"""The OpenAPI document: what FastAPI knows of the routes, and every command of the catalogue as an operation of its own.

There are two routes for all commands, but whoever reads the document is to see each with its own fields, and a program made from it
is to have a function for each.
"""

import inspect
import re
from functools import cache
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from casesys.api import schemas
from casesys.api.bodies import BODY_STATUSES
from casesys.api.commands import (
    CASE_ID,
    CIRCUMSTANCES,
    Catalogue,
    Circumstances,
    CommandAnswer,
    is_on_case,
)
from casesys.api.describing import describe
from casesys.api.examples import EXAMPLES
from casesys.api.schemas import REFERENCE, REQUEST_REFERENCE, Schema, answers, problem_responses
from casesys.application.assigning import assignable
from casesys.domain.cases.commands import CaseCommand, CollectCase
from casesys.domain.messages import Command, message_type
from casesys.domain.vocabulary import COMMANDS as LABELS

KEY = "key"
ETAG_TOLD = "The version of the case, to be sent as If-Match with the next command on it."
CASE_FILE, AUDIT_EVENTS = "case_file", "audit_events"
ATTACHMENT, BRING_ATTACHMENT = "attachment", "bring_attachment"
OF_A_CASE = ("case_history", "case_completeness", "case_bundle")
OF_AN_EVENT = ("event_proof", "event_leaf")
"""Operations that others lead to."""

CASE_TOLD = "$response.body#/case_id"

CASE_PARAMETER: Schema = {
    "name": CASE_ID,
    "in": "path",
    "required": True,
    "description": "A case, by its id.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 80},
}

SEEN: Schema = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the case as you have seen it, or `*`.",
    "schema": {"type": "string"},
}

ONCE: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A string in double quotes. A command sent twice under one has one effect and the same answer.",
    "schema": {"type": "string", "pattern": r'^"([ !#-\[\]-~]|\\["\\]){1,200}"$'},
}

SECURITY: Schema = {
    KEY: {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key (`ck_…`), or in development what `/v1/development-login` gives.",
    }
}

DESCRIPTION = """
Cases of a community from collection to resolution, under its written charter.

Whoever writes gives a **command**. A command on a case says by `If-Match` which version it rests on, and by `Idempotency-Key` that it
is to have one effect however often it arrives. Whoever reads sees what their mandates let them know; of all else it is as if it did
not exist. Every answer says in `Casesys-Position` from which position of the log it was made; `min_position` asks for one that is
no older. Problems (RFC 9457) come in the language of `Accept-Language`, Chinese or English; their codes are explained at their `type`.

Whatever takes GET takes HEAD. Any request may be answered 400 `request-unreadable` if it is no HTTP that can be read, 431
`head-too-large`, or 503 `overloaded` with `Retry-After` while too many connections are open.
"""


class DocumentedApp(FastAPI):
    """A FastAPI application whose document holds the commands of its catalogue."""

    def openapi(self) -> dict[str, Any]:
        """Give the document, put together at the first call."""
        if self.openapi_schema is None:
            self.openapi_schema = _complete(super().openapi(), self.state.catalogue)
        return self.openapi_schema

    def methods_at(self, path: str, *, by_name: bool) -> tuple[str, ...]:
        """Give the methods that the document has at an address: of several paths that fit, at the most literal one.

        HEAD goes with GET, and is not documented apart. With `by_name`, only of a path that ends with a name, not with a parameter.
        """
        paths = (p for p in self.openapi()["paths"] if not (by_name and p.endswith("}")))
        fitting = (each for each in paths if _pattern(each).fullmatch(path))
        found = min(fitting, key=lambda each: each.count("{"), default=None)
        methods = set() if found is None else {m.upper() for m in self.openapi()["paths"][found]}
        return tuple(sorted(methods | {"HEAD"} if "GET" in methods else methods))


@cache
def _pattern(path: str) -> re.Pattern[str]:
    """Give what the addresses of a templated path look like."""
    return re.compile("[^/]+".join(re.escape(part) for part in re.split(r"\{\w+\}", path)))


def _complete(document: dict[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    for operations in document["paths"].values():
        for operation in operations.values():
            _strike_validation(operation)
    for name, kind in catalogue.items():
        document["paths"].setdefault(path_of(name, kind), {})["post"] = _operation(name, kind)
    document["components"] = {
        "schemas": dict(sorted((schemas.components() | _bodies(catalogue)).items())),
        "securitySchemes": SECURITY,
        "links": _links(catalogue),
    }
    _linked(document, catalogue)
    document["security"] = [{KEY: []}]
    return document


def _strike_validation(operation: dict[str, Any]) -> None:
    """Take out what FastAPI supposes of parameters of paths: none of ours is ever refused by it."""
    told = operation.get("responses", {}).get("422", {}).get("content", {})
    if "application/json" in told and "HTTPValidationError" in str(told):
        del operation["responses"]["422"]


def path_of(name: str, kind: type[Command]) -> str:
    """Give the address that a command is sent to."""
    if issubclass(kind, CollectCase):
        return "/v1/cases"
    return (
        f"/v1/cases/{{case_id}}/{name}" if issubclass(kind, CaseCommand) else f"/v1/register/{name}"
    )


def operation_id(name: str) -> str:
    """Give the name of a command's operation, of which programs make the name of a function."""
    return name.replace("-", "_")


def _operation(name: str, kind: type[Command]) -> Schema:
    """Describe a command as an operation."""
    label = LABELS[name]
    status = "201" if issubclass(kind, CollectCase) else "200"
    body: Schema = {"schema": {"$ref": REFERENCE.format(name=kind.__name__)}}
    if name in EXAMPLES:
        body["example"] = dict(EXAMPLES[name])
    return {
        "operationId": operation_id(name),
        "summary": f"{label.en[0].upper()}{label.en[1:]} · {label.zh}",
        "description": inspect.getdoc(kind) or "",
        "tags": ["cases" if issubclass(kind, CaseCommand) else "register"],
        "parameters": _parameters(kind),
        "requestBody": {"content": {"application/json": body}},
        "responses": {status: _answer(kind)}
        | {str(each): told for each, told in problem_responses(*_statuses(kind)).items()},
    }


def _statuses(kind: type[Command]) -> tuple[int, ...]:
    always = (*BODY_STATUSES, 401, 403, 409, 422, 503)
    return (*always, 404, 412, 428) if is_on_case(kind) else always


def _parameters(kind: type[Command]) -> list[Schema]:
    return [CASE_PARAMETER, SEEN, ONCE] if is_on_case(kind) else [ONCE]


def _answer(kind: type[Command]) -> Schema:
    """Describe what comes back when a command is committed."""
    headers = {"ETag": ETAG_TOLD} if issubclass(kind, CaseCommand) else {}
    if issubclass(kind, CollectCase):
        headers["Location"] = "The address of the new case."
    return answers(CommandAnswer, "The command is committed.", headers=headers)


def _links(catalogue: Catalogue) -> Schema:
    """Say which operations take what another one has answered with: a case, its version, a file of it, one of its events."""
    case = {"path.case_id": CASE_TOLD}
    seen = case | {"header.If-Match": "$response.header.ETag"}
    file = case | {"path.digest": "$response.body#/case/evidence/0/digest"}
    events = {"query.case_id": CASE_TOLD, "query.min_position": "$response.header.Casesys-Position"}
    event = {"path.event_id": "$response.body#/items/0/event_id"}
    taken: dict[str, Schema] = (
        {AUDIT_EVENTS: events, ATTACHMENT: file}
        | dict.fromkeys((CASE_FILE, *OF_A_CASE), case)
        | dict.fromkeys(OF_AN_EVENT, event)
        | dict.fromkeys(_on_case(catalogue), seen)
    )
    return {name: {"operationId": name, "parameters": given} for name, given in taken.items()}


def _linked(document: Schema, catalogue: Catalogue) -> None:
    """Let one go on from a command to the case file, and from there, or from a new case, to all that can be read and done."""
    on_case = _on_case(catalogue)
    further = (*OF_A_CASE, AUDIT_EVENTS, *on_case)
    onward = {
        **dict.fromkeys(on_case, (CASE_FILE,)),
        operation_id(message_type(CollectCase)): (CASE_FILE, *further),
        CASE_FILE: (*further, ATTACHMENT),
        AUDIT_EVENTS: OF_AN_EVENT,
    }
    for operation in (each for path in document["paths"].values() for each in path.values()):
        for answer in (told for status, told in operation["responses"].items() if status[0] == "2"):
            names = onward.get(operation["operationId"], ())
            links = {name: {"$ref": f"#/components/links/{name}"} for name in names}
            answer.update({"links": links} if links else {})


def _on_case(catalogue: Catalogue) -> list[str]:
    """Give the names of the operations that act on a case, by its id and its version."""
    return [
        BRING_ATTACHMENT,
        *(operation_id(name) for name, kind in catalogue.items() if is_on_case(kind)),
    ]


def _bodies(catalogue: Catalogue) -> dict[str, Schema]:
    """Give the schemas of all commands as bodies, and of what they are made of."""
    asked = [(kind, "validation") for kind in (*catalogue.values(), Circumstances)]
    _, told = models_json_schema(asked, ref_template=REQUEST_REFERENCE)  # type: ignore[arg-type] # it takes any models
    bodies: dict[str, Schema] = told["$defs"]
    for kind in catalogue.values():
        _fit(bodies[kind.__name__], kind)
    for body in bodies.values():
        describe(body)
    return bodies


def body_of(kind: type[Command]) -> Schema:
    """Give the schema of the body of one command."""
    body = schemas.of_model(kind)[kind.__name__]
    _fit(body, kind)
    return body


def _fit(body: Schema, kind: type[Command]) -> None:
    """Make the schema of a command that of its body: no case chooses its id, and some fields can be left to us."""
    properties = body["properties"]
    left_out = {CASE_ID} if issubclass(kind, CaseCommand) else set()
    for name in left_out:
        del properties[name]
    optional = {assignable(kind)} | left_out
    body["required"] = [name for name in body.get("required", ()) if name not in optional]
    if not body["required"]:
        del body["required"]
    properties[CIRCUMSTANCES] = {"$ref": REFERENCE.format(name=Circumstances.__name__)}
