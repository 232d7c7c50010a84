"""Commands over HTTP: given by key, on a version that was seen, once under a key, and refused with what would be accepted."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from casesys.demo import heyuan
from tests.api.site import Site, collected

FACTS = ("common_parts", "maintenance_fund", "residents_asked")
"""What triage has to know of a lamp."""

NOTE = {"note": "已到现场查看"}


@pytest.fixture(scope="module")
def worker(site: Site) -> Iterator[httpx.Client]:
    """The grid worker of the Riverside grid."""
    with site.client("grid-worker-1") as client:
        yield client


def note(client: httpx.Client, case: httpx.Response, **headers: str) -> httpx.Response:
    """Add a note to a case that was just answered with."""
    address = f"/v1/cases/{case.json()['case_id']}/add-note"
    return client.post(address, json=NOTE, headers={"if-match": case.headers["etag"]} | headers)


def test_a_case_is_collected_and_can_be_read_at_once(worker: httpx.Client) -> None:
    """Given a command that collects a case, then the answer says where it is, and the case file there tells of it."""
    answer = collected(worker, description="晚上看不见路")

    told = answer.json()
    assert answer.headers["location"] == f"/v1/cases/{told['case_id']}"
    assert int(answer.headers["casesys-position"]) == told["last"]
    file = worker.get(answer.headers["location"], params={"min_position": told["last"]})
    assert file.status_code == 200
    assert file.headers["etag"] == answer.headers["etag"]
    assert file.json()["case"]["description"]["text"] == "晚上看不见路"


def test_a_command_rests_on_the_version_that_was_seen(worker: httpx.Client) -> None:
    """Given two commands on the same version, then the second is told what has happened since, and its new tag is taken."""
    case = collected(worker)

    assert note(worker, case).status_code == 200
    second = note(worker, case)

    assert (second.status_code, second.json()["code"]) == (412, "case-changed")
    assert [event["type"] for event in second.json()["since"]] == ["note-added.v1"]
    assert note(worker, case, **{"if-match": second.headers["etag"]}).status_code == 200


def test_of_many_at_once_one_succeeds(site: Site) -> None:
    """Given many commands at once on the same version, then one is carried out and all others are told that the case changed."""
    with site.client("grid-worker-1") as client:
        case = collected(client)
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _: note(client, case).status_code, range(48)))

    assert sorted(answers) == [200] + [412] * 47


@pytest.mark.parametrize("tag", ["*", '"0-0", {}', "{}, W/{}", ', "a,b" ,, {} ,'])
def test_any_version_and_lists_of_versions_are_taken(worker: httpx.Client, tag: str) -> None:
    """Given If-Match with a star, or with the tag among others, then the command is carried out."""
    case = collected(worker)

    answer = note(worker, case, **{"if-match": tag.replace("{}", case.headers["etag"])})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        *((None, 428), ("W/{}", 412), ('"1"', 412), ('"x', 400), ("", 400), (",,", 400)),
        *((f'"{"1" * 5_000}-0"', 412), ("1", 400), ("*, {}", 400), ('{}"', 400), ("{} {}", 400)),
    ],
)
def test_without_a_fitting_version_nothing_happens(
    worker: httpx.Client, tag: str | None, status: int
) -> None:
    """Given no If-Match, a weak one or one that is no tag of ours, then the command is not carried out."""
    case = collected(worker)
    headers = {} if tag is None else {"if-match": tag.replace("{}", case.headers["etag"])}

    answer = worker.post(f"{case.headers['location']}/add-note", json=NOTE, headers=headers)

    assert answer.status_code == status
    assert worker.get(case.headers["location"]).headers["etag"] == case.headers["etag"]


def test_the_tag_of_another_case_fits_nothing(worker: httpx.Client) -> None:
    """Given the tag of another case at the same version, then the command is not carried out."""
    one, other = collected(worker), collected(worker)

    answer = note(worker, one, **{"if-match": other.headers["etag"]})

    assert answer.status_code == 412
    assert answer.json()["since"] == []
    assert "gone on" not in answer.json()["detail"]


def test_the_lines_of_a_header_are_one_list(worker: httpx.Client) -> None:
    """Given If-Match on two lines, the second of which has the tag, then the command is carried out."""
    case = collected(worker)
    lines = [("if-match", '"0-0"'), ("if-match", case.headers["etag"])]

    answer = worker.post(f"{case.headers['location']}/add-note", json=NOTE, headers=lines)

    assert answer.status_code == 200


def test_the_number_in_a_tag_is_bounded(worker: httpx.Client) -> None:
    """Given a tag with the mark of the case and a number longer than any version, then it fits nothing."""
    case = collected(worker)
    mark = case.headers["etag"].partition("-")[2]

    answer = note(worker, case, **{"if-match": f'"{"1" * 5_000}-{mark}'})

    assert (answer.status_code, answer.json()["code"]) == (412, "case-changed")


def test_a_command_sent_twice_has_one_effect(worker: httpx.Client) -> None:
    """Given a command under an Idempotency-Key, when it is sent again, then it gets its first answer, though the case has changed."""
    case, once = collected(worker), {"idempotency-key": f'"{uuid4()}"'}

    first, again = note(worker, case, **once), note(worker, case, **once)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json() | {"repeated": True}
    assert again.headers["etag"] == first.headers["etag"]


def test_a_case_collected_twice_under_a_key_is_one(site: Site) -> None:
    """Given many that collect a case at once under one Idempotency-Key, then there is one case, and all are told its id."""
    headers = {"idempotency-key": f'"{uuid4()}"'}
    with site.client("grid-worker-1", **headers) as client, ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: collected(client).json()["case_id"], range(16)))

    assert len(ids) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"note": "另一条备注"},
        NOTE | {"circumstances": {"channel": "patrol"}},
        NOTE | {"circumstances": {"effective_at": "2026-03-02T09:30:00+08:00"}},
    ],
)
def test_a_key_is_not_used_for_another_body(worker: httpx.Client, other: object) -> None:
    """Given an Idempotency-Key, when it comes with another body, be it only in its personal text, then that is refused."""
    case, once = collected(worker), {"idempotency-key": f'"{uuid4()}"'}
    first = note(worker, case, **once)

    again = worker.post(
        f"{case.headers['location']}/add-note", json=other, headers=once | {"if-match": "*"}
    )

    assert (again.status_code, again.json()["code"]) == (422, "command-id-reused")
    assert worker.get(case.headers["location"]).headers["etag"] == first.headers["etag"]


def test_the_keys_of_two_people_are_two(site: Site) -> None:
    """Given the same Idempotency-Key from two people, then each has their own effect."""
    once = {"idempotency-key": f'"{uuid4()}"'}
    with site.client("grid-worker-1") as one, site.client("secretary") as other:
        case = collected(one)
        answers = [note(client, case, **once, **{"if-match": "*"}) for client in (one, other)]

    assert [answer.json().get("repeated", False) for answer in answers] == [False, False]


def test_a_refusal_is_not_remembered(worker: httpx.Client, site: Site) -> None:
    """Given a command that was refused under a key, when what was missing is there, then the same request is carried out."""
    case = collected(worker, facts=dict.fromkeys(FACTS, False))
    address, once = case.headers["location"], {"idempotency-key": f'"{uuid4()}"', "if-match": "*"}
    with site.client("secretary") as secretary:
        refused = secretary.post(f"{address}/triage-case", headers=once)
        assert refused.status_code == 409, refused.text
        accepted = secretary.post(f"{address}/accept-case", headers={"if-match": "*"})
        assert accepted.status_code == 200
        triaged = secretary.post(f"{address}/triage-case", headers=once)
        assert triaged.status_code == 200, triaged.text


def test_a_refusal_names_clause_and_what_would_be_accepted(site: Site) -> None:
    """Given a command that somebody has no mandate for, then the problem names clause, text and roles, in either language."""
    with site.client("grid-worker-1") as worker:
        case = collected(worker)
        address = f"{case.headers['location']}/close-case"
        en, zh = (
            worker.post(
                address,
                json={"result": "resolved"},
                headers={"if-match": "*", "accept-language": language},
            )
            for language in ("en", "zh-CN,zh;q=0.9,en;q=0.1")
        )

    told = en.json()
    assert en.headers["content-type"] == "application/problem+json"
    assert (en.status_code, told["code"], told["status"]) == (403, "not-authorised", 403)
    assert told["type"] == "/v1/problems/not-authorised"
    assert told["clause"]["text"]
    assert told["accepted"]
    assert (zh.headers["content-language"], zh.json()["title"]) == ("zh", "无权办理")
    assert zh.json()["clause"]["text"] != told["clause"]["text"]


def test_fields_that_do_not_fit_are_named(worker: httpx.Client) -> None:
    """Given fields that are unknown, missing or of another type, then each is named, and no value is repeated."""
    answer = worker.post(
        "/v1/cases",
        json={"title": 1, "secret_thing": "13800138000", "circumstances": {"channel": 7}},
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-command")
    assert answer.json()["problems"][0]["where"].startswith("circumstances.channel")
    assert "13800138000" not in answer.text


def test_of_very_many_faults_some_are_told(worker: httpx.Client) -> None:
    """Given more fields that do not fit than anybody reads, then the first are named, and how many more there are."""
    unknown = {f"unknown_{number}": 1 for number in range(300)}

    answer = worker.post("/v1/cases", json=unknown)

    *told, more = answer.json()["problems"]
    assert (answer.status_code, len(told)) == (422, 20)
    missing = 4  # what a case cannot do without
    assert more["says"] == f"and {300 + missing - 20} more"


def test_commands_on_the_register_are_given_alike(site: Site) -> None:
    """Given an operator, when a key is issued without a hash, then its secret is shown once and works until the key is revoked."""
    with site.client(heyuan.OPERATOR) as operator:
        issued = operator.post(
            "/v1/register/issue-api-key",
            json={"person_id": "grid-worker-2", "client_id": "phone", "label": "phone"},
            headers={"idempotency-key": '"phone of grid-worker-2"'},
        )
        again = operator.post(
            "/v1/register/issue-api-key",
            json={"person_id": "grid-worker-2", "client_id": "phone", "label": "phone"},
            headers={"idempotency-key": '"phone of grid-worker-2"'},
        )
        assert issued.status_code == 200, issued.text
        assert again.json().get("secret") is None
        secret, stream = issued.json()["secret"], issued.json()["stream"]
        with site.as_holder_of(secret) as phone:
            assert phone.get("/v1/commands").status_code == 200
            revoked = operator.post(
                "/v1/register/revoke-api-key", json={"key_hash": stream.partition("/")[2]}
            )
            assert revoked.status_code == 200
            assert phone.get("/v1/commands").status_code == 401
