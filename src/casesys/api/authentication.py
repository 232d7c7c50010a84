"""Who asks: the holder of a key, looked up in the register as it is now, so that a key revoked a moment ago opens nothing.

Keys are events. Only the hash of a secret is stored, and names the stream of its key; so looking a key up compares no secrets.
In development anybody may also log in as anybody, for an hour, by `POST /v1/development-login`.
"""

from datetime import datetime

import msgspec
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from casesys.api.bodies import BODY_STATUSES, read_model, read_object_body
from casesys.api.logins import LOGIN_LASTS, LOGIN_PREFIX, Holder
from casesys.api.parts import Actor, Parts, parts_of
from casesys.api.problems import Problem
from casesys.api.schemas import answers, json_response, problem_responses, takes
from casesys.application.assigning import key_hash
from casesys.application.current import Now
from casesys.domain.messages import Identifier
from casesys.domain.register.knowledge import sights
from casesys.domain.register.lookups import known_person
from casesys.domain.register.state import ApiKey, Person
from casesys.domain.register.streams import api_key_stream, person_stream
from casesys.domain.world import World

SCHEME = "bearer"
CHALLENGE = 'Bearer realm="casesys"'
SECRET_LIMIT = 2_000
"""Characters."""


def actor_of(request: Request) -> Actor:
    """Give who asks, as of this turn of the loop. Raises Problem `key-missing`, `key-ambiguous` or `key-not-valid`."""
    return _authenticated(request, parts_of(request).current.this_turn())


def actor_now(request: Request) -> Actor:
    """Give who asks, as they are after all that was read so far. Raises Problem as `actor_of` does."""
    return _authenticated(request, parts_of(request).current.now())


def bearer_of(request: Request) -> str | None:
    """Give the credential that a request carries, None if it carries none of the kind we know. Raises Problem `key-ambiguous`."""
    given = set(request.headers.getlist("authorization"))
    if len(given) > 1:  # whoever stands in between may have gone by another one of them
        raise Problem("key-ambiguous")
    scheme, _, credential = "".join(given).partition(" ")
    return credential.strip() if scheme.lower() == SCHEME and credential.strip() else None


def _authenticated(request: Request, now: Now) -> Actor:
    """Give who holds the credential of a request, with all that they may do and know."""
    parts, bearer = parts_of(request), bearer_of(request)
    if bearer is None:
        raise Problem("key-missing", headers={"WWW-Authenticate": CHALLENGE})
    position, world = now
    at = parts.clock()
    holder = _holder(parts, world, bearer, at)
    person = None if holder is None else world.state(person_stream(holder.person), Person)
    if holder is None or person is None:
        headers = {"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'}
        raise Problem("key-not-valid", headers=headers)
    return Actor(
        person_id=holder.person,
        client_id=holder.client_id,
        mandates=person.valid(at),
        sights=sights(person, at),
        at=at,
        position=position,
        world=world,
    )


def _holder(parts: Parts, world: World, bearer: str, at: datetime) -> Holder | None:
    if len(bearer) > SECRET_LIMIT:
        return None
    if bearer.startswith(LOGIN_PREFIX):
        return None if parts.logins is None else parts.logins.holder(bearer, at)
    key = world.state(api_key_stream(key_hash(bearer)), ApiKey)
    if key is None or key.revoked or (key.expires_at is not None and key.expires_at <= at):
        return None
    return Holder(key.person, key.client_id)


router = APIRouter(prefix="/v1", tags=["development"])
"""The development login; an app has it in development only."""


class LoginWanted(BaseModel):
    """Who to act as."""

    model_config = ConfigDict(extra="forbid")

    person: Identifier


class Login(msgspec.Struct, frozen=True):
    """A credential to send as `Authorization: Bearer …`, and how many seconds it lasts."""

    access_token: str
    token_type: str
    expires_in: int


@router.post(
    "/development-login",
    summary="Act as somebody, in development",
    response_class=Response,
    responses={200: answers(Login, "A credential"), **problem_responses(*BODY_STATUSES, 422)},
    operation_id="development_login",
    openapi_extra=takes(LoginWanted) | {"security": []},
)
async def development_login(request: Request) -> Response:
    """Give a credential by which to act as a person for an hour. Exists in development only."""
    parts = parts_of(request)
    assert parts.logins is not None
    wanted = read_model(LoginWanted, await read_object_body(request))
    position, world = parts.current.now()
    known_person(world, wanted.person)
    token = parts.logins.credential(wanted.person, parts.clock())
    seconds = int(LOGIN_LASTS.total_seconds())
    return json_response(Login(token, "Bearer", seconds), position=position)
