"""What the rules refuse, over HTTP: 4xx with a stable code, the log as it was, and no word of what was sent or of anybody's name."""

import socket
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest

from casesys.api import bodies
from casesys.application.assigning import key_hash
from casesys.domain.register import commands as r
from casesys.domain.vocabulary import Stage
from tests.api.matrix import case_in
from tests.api.plain import PLAIN
from tests.api.town import Town, newcomer, served
from tests.community import OPERATOR, STAFF

PHONE = "13800138000"
WORKER, OFFICER, STRANGER, LEAVER = "grid_worker", "duty_officer", "stranger", "leaver"
NOTE = {"note": PHONE}
CASE = {"case_type": "issue", "category": "courtyard_lamp", "title": "灯", "grid": "grid-1"}
COLLECT = CASE | {"description": PHONE, "circumstances": {"channel": "patrol"}}
PERSON = {"person_id": "somebody", "name": PHONE}
KEY = {"person_id": OPERATOR, "client_id": "phone", "label": "phone"}


class Bad(NamedTuple):
    """Something that is refused: by whom, to which address, with what; and how it is answered."""

    by: str
    path: str
    body: Mapping[str, Any]
    status: int
    code: str
    headers: Mapping[str, str] = {"if-match": "*"}


def mandate(**fields: str) -> dict[str, str]:
    """Give a mandate, but for what is said otherwise."""
    given = {"person_id": WORKER, "mandate_id": "new", "role": "grid_worker", "grid_id": "grid-1"}
    return given | fields


def said(**circumstances: str) -> dict[str, Any]:
    """Add a note under some circumstances."""
    return NOTE | {"circumstances": circumstances}


def once(key: str) -> dict[str, str]:
    """Send under a key, on any version."""
    return {"if-match": "*", "idempotency-key": key}


OPEN, CLOSED = "/v1/cases/case-01", "/v1/cases/case-02"
EARLY = "2020-01-01T00:00:00Z"

BAD = {
    "unknown command": Bad(WORKER, OPEN + "/admire-case", NOTE, 404, "unknown-command"),
    "unknown field": Bad(WORKER, OPEN + "/add-note", NOTE | {"colour": PHONE}, 422, "invalid-command"),
    "wrong type": Bad(WORKER, OPEN + "/add-note", {"note": [PHONE]}, 422, "invalid-command"),
    "a text of somebody's": Bad(WORKER, OPEN + "/add-note", {"note": {"text": PHONE, "subject": WORKER}}, 422, "invalid-command"),
    "clock for an initiator": Bad(WORKER, "/v1/cases", COLLECT | {"initiator": "clock"}, 422, "id-reserved"),
    "number for an initiator": Bad(WORKER, "/v1/cases", COLLECT | {"initiator": PHONE}, 422, "id-is-a-number"),
    "missing field": Bad(WORKER, OPEN + "/add-note", {}, 422, "invalid-command"),
    "stale version": Bad(WORKER, OPEN + "/add-note", NOTE, 412, "case-changed", {"if-match": '"0-0"'}),
    "tag of another case": Bad(WORKER, OPEN + "/add-note", NOTE, 412, "case-changed", {"if-match": "{tag}"}),
    "no version": Bad(WORKER, OPEN + "/add-note", NOTE, 428, "version-missing", {}),
    "unknown mandate": Bad(WORKER, OPEN + "/add-note", said(mandate_id="x"), 403, "unknown-mandate"),
    "another's mandate": Bad(WORKER, OPEN + "/add-note", said(mandate_id="mandate-secretary"), 403, "unknown-mandate"),
    "unknown principal": Bad(WORKER, OPEN + "/add-note", said(on_behalf_of="x"), 403, "not-their-principal"),
    "unknown channel": Bad(WORKER, "/v1/cases", COLLECT | {"circumstances": {"channel": "owl"}}, 422, "unknown-code"),
    "in the future": Bad(WORKER, OPEN + "/add-note", said(effective_at="2999-01-01T00:00:00Z"), 422, "effective-in-future"),
    "before collection": Bad(WORKER, OPEN + "/add-note", said(effective_at=EARLY), 422, "effective-before-collection"),
    "revoked mandate": Bad(LEAVER, OPEN + "/add-note", NOTE, 404, "unknown-case"),
    "revoked mandate, new case": Bad(LEAVER, "/v1/cases", COLLECT, 403, "not-authorised"),
    "another grid's case": Bad(STRANGER, OPEN + "/add-note", NOTE, 404, "unknown-case"),
    "another grid": Bad(STRANGER, "/v1/cases", COLLECT, 403, "not-authorised"),
    "unknown grid": Bad(WORKER, "/v1/cases", COLLECT | {"grid": "mars"}, 422, "unknown-grid"),
    "unknown category": Bad(WORKER, "/v1/cases", COLLECT | {"category": "unicorn"}, 422, "unknown-code"),
    "a case that there is": Bad(WORKER, "/v1/cases", COLLECT | {"case_id": "case-01"}, 422, "case-id-assigned"),
    "a case that there is not": Bad(WORKER, "/v1/cases", COLLECT | {"case_id": "case-99"}, 422, "case-id-assigned"),
    "a path for an id": Bad(WORKER, "/v1/cases", COLLECT | {"case_id": "../../etc/passwd"}, 422, "case-id-assigned"),
    "a statement for an id": Bad(WORKER, "/v1/cases", COLLECT | {"case_id": "x'; DROP TABLE board"}, 422, "case-id-assigned"),
    "no title": Bad(WORKER, "/v1/cases", COLLECT | {"title": ""}, 422, "invalid-command"),
    "too long a title": Bad(WORKER, "/v1/cases", COLLECT | {"title": PHONE * 1_000}, 422, "invalid-command"),
    "closed case": Bad(OFFICER, CLOSED + "/accept-case", {}, 409, "case-closed"),
    "out of order": Bad("callback_officer", OPEN + "/close-case", {}, 409, "out-of-order"),
    "no role for it": Bad(WORKER, OPEN + "/accept-case", {}, 403, "not-authorised"),
    "time's own command": Bad(OFFICER, OPEN + "/escalate-case", {}, 404, "unknown-command"),
    "own mandate": Bad(OPERATOR, "/v1/register/give-mandate", mandate(person_id=OPERATOR), 403, "own-mandate"),
    "unknown person": Bad(OPERATOR, "/v1/register/give-mandate", mandate(person_id="x"), 422, "unknown-person"),
    "not the operator": Bad(WORKER, "/v1/register/register-person", PERSON, 403, "not-authorised"),
    "a key for oneself": Bad(WORKER, "/v1/register/issue-api-key", KEY, 403, "not-authorised"),
    "no calendar": Bad(OPERATOR, "/v1/register/adopt-calendar", {"document": PHONE}, 422, "calendar-invalid"),
    "no charter": Bad(OPERATOR, "/v1/register/install-charter", {"grid_id": "grid-1", "document": PHONE}, 422, "charter-invalid"),
    "a key of another body": Bad(WORKER, OPEN + "/add-note", NOTE, 422, "command-id-reused", once('"used"')),
    "a key that is none": Bad(WORKER, OPEN + "/add-note", NOTE, 400, "idempotency-key-invalid", once(PHONE)),
}  # fmt: skip # a table, one case a line


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A community with an open case and a closed one, a worker of another grid and one who has left."""
    with served(tmp_path_factory.mktemp("town")) as town:
        case_in(town.community, Stage.COLLECTION)
        case_in(town.community, Stage.CLOSED)
        case_in(town.community, Stage.COLLECTION)
        newcomer(town, STRANGER, "grid_worker", "grid-2")
        newcomer(town, LEAVER, "grid_worker", "grid-1")
        town.community.register(r.RevokeMandate(person_id=LEAVER, mandate_id=f"mandate-{LEAVER}"))
        used = once('"used"')
        assert post(town, WORKER, OPEN + "/add-note", {"note": "先"}, used).is_success
        for person in (WORKER, OFFICER, STRANGER, LEAVER, OPERATOR, "callback_officer"):
            town.headers(person)
        yield town


def post(
    town: Town, by: str, path: str, body: Mapping[str, Any], headers: Mapping[str, str]
) -> httpx.Response:
    """Send something as somebody."""
    return httpx.post(
        town.address + path, json=body, headers=town.headers(by) | dict(headers), verify=PLAIN
    )


@pytest.mark.parametrize("kind", BAD)
def test_what_is_refused_changes_and_betrays_nothing(town: Town, kind: str) -> None:
    """Given bad input of one kind, when it is sent, then a code says so, the log is as it was, and nothing secret is repeated."""
    bad = BAD[kind]
    tag = town.get("/v1/cases/case-03", WORKER).headers["etag"]
    headers = {name: value.replace("{tag}", tag) for name, value in bad.headers.items()}
    before = town.community.log.head()

    answer = post(town, bad.by, bad.path, bad.body, headers)

    town.problem(answer, bad.status, bad.code)
    assert town.community.log.head() == before
    assert PHONE not in answer.text
    assert not [name for name in STAFF.values() if name in answer.text]
    assert "Traceback" not in answer.text


def test_keys_of_two_clients_are_two(town: Town) -> None:
    """Given the same Idempotency-Key through two clients of one person, then neither has the other's answer."""
    other = "ck_another-client"
    town.community.register(
        r.IssueApiKey(
            key_hash=key_hash(other), person_id=WORKER, client_id="another", label="another"
        )
    )
    sent, by_other = once('"of two clients"'), {"Authorization": f"Bearer {other}"}
    one = post(town, WORKER, OPEN + "/add-note", NOTE, sent)
    two = post(town, WORKER, OPEN + "/add-note", NOTE, sent | by_other)

    assert [each.json().get("repeated", False) for each in (one, two)] == [False, False]
    assert one.json()["command_id"] != two.json()["command_id"]


def test_ten_megabytes_are_not_taken(town: Town) -> None:
    """Given a body of 10 MB in pieces of undeclared number, when it is sent, then it is refused before its end."""
    before = town.community.log.head()
    pieces = (b'{"note": "' if n == 0 else b"x" * 65_536 for n in range(160))
    headers = town.headers(WORKER) | {"if-match": "*", "content-type": "application/json"}

    try:
        answer = httpx.post(
            f"{town.address}/v1/cases/case-01/add-note",
            content=pieces,
            headers=headers,
            verify=PLAIN,
        )
    except httpx.WriteError:  # it has ended the connection while we were still sending
        pass
    else:
        town.problem(answer, 413, "body-too-large")
    assert town.community.log.head() == before


def test_a_slow_body_is_not_waited_for(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a body that comes a byte at a time, when its time is over, then it is refused and the connection ended."""
    monkeypatch.setattr(bodies, "SECONDS", 0.3)
    before = town.community.log.head()
    parts = urlsplit(town.address)
    head = "POST /v1/cases/case-01/add-note HTTP/1.1\r\nHost: x\r\nIf-Match: *\r\n"
    head += f"Authorization: Bearer {town.key(WORKER)}\r\nContent-Type: application/json\r\n"
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        connection.sendall(f"{head}Content-Length: 5000\r\n\r\n".encode())
        connection.sendall(b'{"note": "')
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"body-too-slow"' in answer
    assert town.community.log.head() == before
