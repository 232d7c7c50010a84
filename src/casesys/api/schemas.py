"""What the OpenAPI document says of bodies, in both directions, and how answers are written.

Answers are msgspec structures, encoded straight into the response; nothing converts or checks them on the way out. Their schemas come
from the same structures, so that the document cannot say anything else. Commands are pydantic models, and so are their schemas.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from pydantic import BaseModel
from starlette.responses import Response

from casesys.api.describing import describe
from casesys.api.problems import MEDIA_TYPE, TITLES, ProblemDetails

T = TypeVar("T")

Schema = dict[str, Any]

POSITION_HEADER = "Casesys-Position"
POSITION_TOLD = "The position of the log that the answer was made from."

_POSITION = POSITION_HEADER.lower().encode()

REFERENCE = "#/components/schemas/{name}"
REQUEST_REFERENCE = "#/components/schemas/{model}"

_described: dict[str, type] = {"ProblemDetails": ProblemDetails}
"""The structures that answers of some route are made of, by name."""

_taken: dict[str, type[BaseModel]] = {}
"""The models that bodies of some route are read by."""


def json_response(
    value: object,
    *,
    status: int = 200,
    position: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Write an answer, which nobody on the way may keep, with the position of the log that it was made from."""
    return written(msgspec.json.encode(value), status=status, position=position, headers=headers)


def written(
    body: bytes,
    *,
    status: int = 200,
    position: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Give an answer whose JSON is written already."""
    response = Response(body, status_code=status, media_type="application/json")
    told = response.raw_headers  # written as they go over the wire: this is done for each answer
    told.append((b"cache-control", b"no-store"))
    if position is not None:
        told.append((_POSITION, b"%d" % position))
    for name, value in () if headers is None else headers.items():
        told.append((name.lower().encode("latin-1"), value.encode("latin-1")))
    return response


def answers(
    kind: type, description: str, *, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Describe an answer made of a structure, for `responses` of a route; `headers` are told by name."""
    return {
        "description": description,
        "content": {"application/json": {"schema": reference(kind)}},
        "headers": POSITION_DOCUMENTED | _documented(headers or {}),
    }


def _documented(headers: Mapping[str, str]) -> Schema:
    return {
        name: {"description": told, "schema": {"type": "string"}} for name, told in headers.items()
    }


POSITION_DOCUMENTED = _documented({POSITION_HEADER: POSITION_TOLD})


def reference(kind: type) -> Schema:
    """Refer to the schema of a structure, which is put among the document's components."""
    known = _described.setdefault(kind.__name__, kind)
    if known is not kind:
        raise ValueError(f"two structures are called {kind.__name__}")
    return {"$ref": REFERENCE.format(name=kind.__name__)}


def takes(model: type[BaseModel], *, required: bool = True) -> dict[str, Any]:
    """Describe the body that a route takes, for its `openapi_extra`."""
    _taken[model.__name__] = model
    schema = {"$ref": REFERENCE.format(name=model.__name__)}
    return {
        "requestBody": {"required": required, "content": {"application/json": {"schema": schema}}}
    }


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the problems that a route may answer with, besides those that any may: a fault, and too many requests."""
    content = {MEDIA_TYPE: {"schema": reference(ProblemDetails)}}
    return {
        status: {"description": TITLES[status].en, "content": content}
        for status in sorted({*statuses, 500, 503})
    }


def components() -> dict[str, Schema]:
    """Give the schemas of everything that was referred to, by name."""
    _, told = msgspec.json.schema_components(_described.values(), ref_template=REFERENCE)
    schemas: dict[str, Schema] = {name: _said_once(schema) for name, schema in told.items()}
    for model in _taken.values():
        schemas |= of_model(model)
    for schema in schemas.values():
        describe(schema)
    return schemas


def _said_once(part: Any) -> Any:  # noqa: ANN401 - JSON
    """Leave out of the schemas of tuples that nothing follows: their length says so, and not every generator of clients reads it."""
    if isinstance(part, dict):
        is_tuple = part.get("items") is False and len(part["prefixItems"]) == part["maxItems"]
        left_out = {"items"} if is_tuple else set()
        return {name: _said_once(each) for name, each in part.items() if name not in left_out}
    return [_said_once(each) for each in part] if isinstance(part, list) else part


def of_model(model: type[BaseModel]) -> dict[str, Schema]:
    """Give the schema of a pydantic model under its name, and those of its parts under theirs."""
    schema = model.model_json_schema(ref_template=REQUEST_REFERENCE)
    parts: dict[str, Schema] = schema.pop("$defs", {})
    return {**parts, model.__name__: schema}
