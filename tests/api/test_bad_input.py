"""Whatever is sent, the answer is one of 4xx with a stable code, nothing is changed, and the server goes on."""

import json
import re
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.api.site import Site, collected

JSON = {"content-type": "application/json"}
MIB = 1 << 20


@pytest.fixture(scope="module")
def worker(site: Site) -> Iterator[httpx.Client]:
    """The grid worker of the Riverside grid."""
    with site.client("grid-worker-1") as client:
        yield client


@pytest.fixture(scope="module")
def address(worker: httpx.Client) -> str:
    """Where notes are added to a case."""
    return f"{collected(worker).headers['location']}/add-note"


def nested(levels: int) -> bytes:
    """JSON of so many levels."""
    return b'{"note":' * levels + b"1" + b"}" * levels


@pytest.mark.parametrize(
    ("body", "headers", "told"),
    [
        (b'{"note": ', JSON, (400, "json-invalid")),
        (b'{"note": "a", "note": "b"}', JSON, (400, "json-invalid")),
        (b'{"note": NaN}', JSON, (400, "json-invalid")),
        (b'{"note": 1e999}', JSON, (400, "json-invalid")),
        (b"[]", JSON, (400, "json-invalid")),
        (b'"note"', JSON, (400, "json-invalid")),
        (b'{"note": "\xff\xfe"}', JSON, (400, "body-unreadable")),
        (b'{"note": "\\ud800"}', JSON, (400, "text-invalid")),
        (nested(60), JSON, (400, "json-too-deep")),
        (nested(100_000), JSON, (400, "json-too-deep")),
        (b'{"note": "' + b"x" * MIB + b'"}', JSON, (413, "body-too-large")),
        (b"note=1", {"content-type": "application/x-www-form-urlencoded"}, (415, "media-type-unsupported")),
        (b'{"note": "x"}', {}, (415, "media-type-unsupported")),
        (b'{"note": "x"}', {"content-type": "application/json; charset=gbk"}, (415, "media-type-unsupported")),
        (b"\x1f\x8b", JSON | {"content-encoding": "gzip"}, (415, "media-type-unsupported")),
        (b'{"note": 99999999999999999999999999}', JSON, (422, "invalid-command")),
        (b'{"note": ""}', JSON, (422, "invalid-command")),
        (json.dumps({"note": "x", "facts": {f"k{n}": 1 for n in range(70_000)}}).encode(), JSON, (400, "json-too-many")),
        (json.dumps({"note": [1] * 20_000}).encode(), JSON, (400, "json-too-many")),
        (b'{"note": ' + b"1" * 5_000 + b"}", JSON, (400, "json-invalid")),
        (b'\xef\xbb\xbf{"note": "x"}', JSON, (400, "json-invalid")),
        (b'{"note": "x"}', JSON | {"if-match": "1"}, (400, "if-match-invalid")),
        (b'{"note": "x", "other": 1}', JSON, (422, "invalid-command")),
        (b'{"note": "x", "case_id": "heyuan-001"}', JSON, (422, "case-named-twice")),
        (b'{"note": "x", "circumstances": []}', JSON, (422, "invalid-command")),
        (b'{"note": "x", "circumstances": {"decided_at": "2026-01-01T00:00:00Z"}}', JSON, (422, "invalid-command")),
        (b'{"note": "x", "circumstances": {"effective_at": "2999-01-01T00:00:00Z"}}', JSON, (422, "effective-in-future")),
        (b'{"note": "x", "circumstances": {"mandate_id": "nobodys"}}', JSON, (403, "unknown-mandate")),
        (b'{"note": "x"}', JSON | {"idempotency-key": "unquoted"}, (400, "idempotency-key-invalid")),
        (b'{"note": "x"}', JSON | {"idempotency-key": '"a", "b"'}, (400, "idempotency-key-invalid")),
        (b'{"note": "x"}', JSON | {"idempotency-key": f'"{"k" * 300}"'}, (400, "idempotency-key-invalid")),
    ],
)  # fmt: skip # a table, one case a line
def test_a_body_that_is_not_as_it_should_be_is_refused(
    worker: httpx.Client, address: str, body: bytes, headers: dict[str, str], told: tuple[int, str]
) -> None:
    """Given a body or header that is broken, too large or of another kind, then a stable code says so, and the case is as it was."""
    case = address.removesuffix("/add-note")
    before = worker.get(case).headers["etag"]

    answer = worker.post(address, content=body, headers={"if-match": "*"} | headers)

    assert (answer.status_code, answer.json()["code"]) == told
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) < 10_000
    assert not re.search(r"sys\.|utf-8-sig|decode|Expecting|4300", answer.text)
    assert worker.get(case).headers["etag"] == before


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "unknown-path"),
        ("GET", "/", 404, "unknown-path"),
        ("DELETE", "/v1/cases/heyuan-001", 405, "method-not-allowed"),
        ("POST", "/v1/cases/heyuan-001/no-such-command", 404, "unknown-command"),
        ("POST", "/v1/cases/heyuan-001/collect-case", 404, "unknown-command"),
        ("POST", "/v1/cases/heyuan-001/remind-of-deadline", 404, "unknown-command"),
        ("POST", "/v1/register/add-note", 404, "unknown-command"),
        ("POST", "/v1/cases?force=1", 400, "invalid-query"),
        ("GET", "/v1/commands?x=1", 400, "invalid-query"),
        ("GET", "/v1/cases/..%2F..%2Fetc%2Fpasswd", 404, None),
        ("GET", "/v1/cases/%00", 404, "unknown-case"),
        ("GET", "/v1/cases/%FF", 404, "unknown-case"),
        ("GET", "/v1/cases/heyuan-001%20", 404, "unknown-case"),
        ("GET", f"/v1/cases/{'x' * 5000}", 404, "unknown-case"),
        ("GET", "/v1/problems/no-such-code", 404, "unknown-problem"),
    ],
)
def test_what_is_not_there_is_told(
    worker: httpx.Client, method: str, path: str, status: int, code: str | None
) -> None:
    """Given an address, method or command that there is not, then a problem says which."""
    answer = worker.request(method, path, headers={"if-match": "*"})

    assert answer.status_code == status
    assert code in {None, answer.json()["code"]}


def spoken(site: Site, sent: bytes, *, finish: bool = True) -> bytes:
    """Send bytes over a connection of their own; give all that comes back until it ends."""
    parts = urlsplit(site.address)
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as connection:
        connection.sendall(sent)
        if finish:
            connection.shutdown(socket.SHUT_WR)
        received = b""
        try:
            while piece := connection.recv(65_536):
                received += piece
        except ConnectionResetError:
            pass  # the server did not read all that was sent
        return received


@pytest.mark.parametrize(
    "head",
    [
        b"GET /v1/commands HTTP/1.1\r\nHost: x\r\n" + b"X-Flood: " + b"y" * 1000 + b"\r\n" ,
        b"GET /v1/commands HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 20_000,
        b"GET /v1/commands HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 100_000,
        b"GET /v1/commands?" + b"y" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)  # fmt: skip # a table, one case a line
def test_a_flood_of_headers_is_refused(site: Site, head: bytes) -> None:
    """Given a head that is larger than is taken, ended or not, then it is refused before all of it is read, and the server goes on."""
    flood = head if len(head) > 40_000 else head.replace(b"X-Flood", b"X") + b"X: y\r\n" * 20_000

    answer = spoken(site, flood, finish=False)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")
    with site.client("secretary") as secretary:
        assert secretary.get("/v1/commands").status_code == 200


@pytest.mark.parametrize(
    "sent",
    [b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"POST /v1/cases HTTP/9.9\r\n\r\n", b"\x00" * 100],
)
def test_what_is_no_http_is_refused(site: Site, sent: bytes) -> None:
    """Given bytes that are not HTTP, then the connection ends with at most a 400."""
    answer = spoken(site, sent)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")


def test_a_body_that_never_comes_changes_nothing(site: Site) -> None:
    """Given a request whose body is cut short, then nothing is collected, and the server goes on."""
    key = site.secrets["grid-worker-1"]
    head = f"POST /v1/cases HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
    head += "Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n"

    spoken(site, head.encode() + b'{"title": "')

    with site.client("secretary") as secretary:
        assert secretary.get("/v1/commands").status_code == 200


def test_a_declared_length_is_enough_to_refuse(site: Site) -> None:
    """Given a body that is declared to be 10 MB, then it is refused without being read."""
    key = site.secrets["grid-worker-1"]
    head = f"POST /v1/cases HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
    head += "Content-Type: application/json\r\nContent-Length: 10000000\r\n\r\n"

    assert spoken(site, head.encode(), finish=False).startswith(b"HTTP/1.1 413 ")


def test_every_problem_leads_to_its_explanation(worker: httpx.Client, site: Site) -> None:
    """Given a problem, then its type is an address that explains the code in both languages, to anybody."""
    problem: Any = worker.post("/v1/cases", json={}).json()

    with site.as_nobody() as nobody:
        explained = nobody.get(problem["type"])

    told = json.loads(explained.content)
    assert (told["code"], told["status"]) == (problem["code"], problem["status"])
    assert set(told["says"]) == set(told["remedy"]) == {"zh", "en"}
