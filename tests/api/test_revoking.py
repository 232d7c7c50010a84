"""Who sends slowly acts by the right that they have when all of it has come, not by that with which they began."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep
from urllib.parse import urlsplit

import pytest

from casesys.application.assigning import key_hash
from casesys.domain.register import commands as r
from tests.api.town import Town, newcomer, served
from tests.attachments.samples import PNG

PICTURE = PNG + bytes(range(256)) * 700
NOTE = b'{"note": "\xe6\x99\x9a\xe4\xba\x86"}'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the town keeps everything."""
    return tmp_path_factory.mktemp("town")


@pytest.fixture(scope="module")
def town(folder: Path) -> Iterator[Town]:
    """A community, served."""
    with served(folder) as town:
        yield town


def in_two_parts(  # noqa: PLR0913 - what is sent where, by whom
    town: Town,
    address: str,
    media_type: str,
    body: bytes,
    *,
    by: str,
    meanwhile: Callable[[], object],
) -> bytes:
    """Send the beginning of a request, do something else, and send the rest; give the answer."""
    head = (
        f"POST /v1/{address} HTTP/1.1\r\nHost: x\r\nIf-Match: *\r\nConnection: close\r\n"
        f"Content-Type: {media_type}\r\nContent-Length: {len(body)}\r\n"
        f"Authorization: {town.headers(by)['Authorization']}\r\n\r\n"
    )
    where = urlsplit(town.address)
    with socket.create_connection((where.hostname, where.port), timeout=20) as connection:
        connection.sendall(head.encode() + body[:3])
        until_begun(town)
        meanwhile()
        connection.sendall(body[3:])
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    return answer


def until_begun(town: Town) -> None:
    """Let the server take up what it was sent: it has, once it has answered somebody else, and then again."""
    for _ in range(3):
        town.get("/healthz", None)
        sleep(0.01)


def revoked_key(town: Town, person: str) -> Callable[[], object]:
    """Give what revokes the key of somebody."""
    revoked = r.RevokeApiKey(key_hash=key_hash(town.key(person)))
    return lambda: town.community.register(revoked)


def revoked_mandate(town: Town, person: str) -> Callable[[], object]:
    """Give what takes from somebody the mandate by which they know of the case."""
    town.key(person)
    revoked = r.RevokeMandate(person_id=person, mandate_id=f"mandate-{person}")
    return lambda: town.community.register(revoked)


@pytest.mark.parametrize(
    ("revoked", "status"), [(revoked_key, b" 401 "), (revoked_mandate, b" 404 ")]
)
@pytest.mark.parametrize(
    ("what", "media_type", "body"),
    [("add-note", "application/json", NOTE), ("attachments", "image/png", PICTURE)],
)
def test_what_ends_while_a_body_comes_has_ended(  # noqa: PLR0913 - what is sent, what ends meanwhile, what comes of it
    *,
    town: Town,
    folder: Path,
    revoked: Callable[[Town, str], Callable[[], object]],
    status: bytes,
    what: str,
    media_type: str,
    body: bytes,
) -> None:
    """Given a request that is coming, when its key or mandate is revoked, then it is refused, and nothing is changed or kept."""
    person = f"slow-{what}-{revoked.__name__.replace('_', '-')}"
    newcomer(town, person, "grid_worker", "grid-1")
    case_id = town.community.collect(grid="grid-1")
    version = town.community.case(case_id).version

    answer = in_two_parts(
        town,
        f"cases/{case_id}/{what}",
        media_type,
        body,
        by=person,
        meanwhile=revoked(town, person),
    )

    assert status in answer.partition(b"\r\n")[0], answer
    assert town.community.case(case_id).version == version
    assert not [each for each in (folder / "files").rglob("*") if each.is_file()]


def test_who_was_revoked_collects_nothing(town: Town) -> None:
    """Given a case that is being sent, when the key is revoked meanwhile, then it is not collected."""
    newcomer(town, "slow-collector", "grid_worker", "grid-1")
    end = revoked_key(town, "slow-collector")
    body = (
        b'{"case_type": "issue", "category": "courtyard_lamp", "title": "lamp", "grid": "grid-1"}'
    )

    answer = in_two_parts(
        town, "cases", "application/json", body, by="slow-collector", meanwhile=end
    )

    assert b" 401 " in answer.partition(b"\r\n")[0]


def test_two_keys_are_no_key(town: Town) -> None:
    """Given a request with two Authorization headers, then it is refused if they differ."""
    one, other = (town.headers(person)["Authorization"] for person in ("secretary", "grid_worker"))

    def asked(*keys: str) -> bytes:
        where = urlsplit(town.address)
        head = "".join(f"Authorization: {key}\r\n" for key in keys)
        with socket.create_connection((where.hostname, where.port), timeout=20) as connection:
            connection.sendall(f"GET /v1/commands HTTP/1.0\r\nHost: x\r\n{head}\r\n".encode())
            return b"".join(iter(lambda: connection.recv(65_536), b""))

    refused = asked(one, other)
    assert b" 400 " in refused.partition(b"\r\n")[0]
    assert b'"key-ambiguous"' in refused
    assert b" 200 " in asked(one, one).partition(b"\r\n")[0]
