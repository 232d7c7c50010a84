"""Reading what was sent: not too much, not too slowly, of the right kind, one JSON object, and as strictly as it is documented."""

import asyncio
from functools import lru_cache
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json
from starlette.requests import ClientDisconnect, Request
from werkzeug.http import parse_options_header

from casesys.api.problems import Problem
from casesys.application.json_input import SIZE_LIMIT, read_object
from casesys.application.wording import field_problems

M = TypeVar("M", bound=BaseModel)

SECONDS = 20.0
"""How long a body may take to arrive."""

JSON = "application/json"

BODY_STATUSES = (400, 408, 413, 415)
"""What reading a body may end in."""


async def read_object_body(request: Request) -> dict[str, object]:
    """Read the body as one JSON object; an empty body is an empty one.

    Raises Problem `media-type-unsupported`, `body-too-large`, `body-too-slow`, `body-cut-short` or `body-unreadable`, and InputInvalid
    for what is not JSON.
    """
    data = await _body(request)
    if not data:
        return {}
    _insist_on_json(request)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Problem("body-unreadable") from None
    return read_object(text)


def read_model(model: type[M], fields: object, within: str = "") -> M:
    """Read a model off fields as JSON has them, which `within` names as a whole. Raises Problem `invalid-command`."""
    try:
        return model.model_validate_json(to_json(fields), strict=True)
    except ValidationError as error:
        raise Problem("invalid-command", problems=field_problems(error, within)) from error


async def _body(request: Request) -> bytes:
    _check_declared(request)
    try:
        async with asyncio.timeout(SECONDS):
            pieces, size = [], 0
            async for piece in request.stream():
                size += len(piece)
                if size > SIZE_LIMIT:
                    raise _too_large()
                pieces.append(piece)
    except TimeoutError:
        raise Problem(
            "body-too-slow", headers={"Connection": "close"}, seconds=int(SECONDS)
        ) from None
    except ClientDisconnect:
        raise Problem("body-cut-short") from None
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _check_declared(request: Request) -> None:
    """Refuse what is too large before it is read."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > SIZE_LIMIT:
        raise _too_large()


def _too_large() -> Problem:
    return Problem("body-too-large", headers={"Connection": "close"}, limit=SIZE_LIMIT)


def _insist_on_json(request: Request) -> None:
    encoding = request.headers.get("content-encoding", "identity")
    if not _is_json(request.headers.get("content-type", "")) or encoding.lower() != "identity":
        raise Problem("media-type-unsupported", accepted=(JSON,))


@lru_cache(maxsize=100)
def _is_json(content_type: str) -> bool:
    media_type, options = parse_options_header(content_type)
    charset = options.get("charset", "utf-8").lower()
    return media_type.lower() == JSON and charset in {"utf-8", "utf8"}
