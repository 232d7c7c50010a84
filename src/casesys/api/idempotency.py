"""`Idempotency-Key`: a command that is sent twice under one key has one effect and the same answer.

The key, with who sent it through which client, names the command's id; without a key, the request's own id is it. The log keeps
commands' ids for ever and refuses a second of the same, so nothing else is stored. See draft-ietf-httpapi-idempotency-key-header.
"""

from uuid import UUID, uuid5

import http_sf
from starlette.requests import Request

from casesys.api.parts import Actor
from casesys.api.problems import Problem

_KEYS = UUID("0f6de1ae-6f0c-5c43-9d0a-5b7e6c2f9a51")
"""The namespace of the ids of commands that were sent with a key."""

LONGEST = 200
"""Characters of a key."""


def command_id_of(request: Request, actor: Actor) -> UUID:
    """Give the id of the command that a request brings, a new one without a key. Raises Problem `idempotency-key-invalid`."""
    given = request.headers.getlist("idempotency-key")
    if not given:
        return UUID(request.state.request_id)
    key = _read(",".join(given))
    # Ids of clients and people hold no space, so that no two of these texts mean two things.
    return uuid5(_KEYS, f"{actor.client_id} {actor.person_id} {key}")


def _read(header: str) -> str:
    try:
        item = http_sf.parse(header.encode("latin-1"), tltype="item")
    except ValueError:
        item = None
    # A token is no string, though the parser makes it a kind of one.
    if not isinstance(item, tuple) or type(item[0]) is not str or not 0 < len(item[0]) <= LONGEST:
        raise Problem("idempotency-key-invalid")
    return item[0]
