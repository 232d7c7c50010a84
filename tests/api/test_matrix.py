"""Who may what: every command and every query, by everybody, in every stage, and nothing is told of what may not be known."""

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from casesys.api.listings import LISTINGS
from casesys.application.assigning import key_hash
from casesys.domain.catalogue import people_commands
from casesys.domain.register import commands as r
from casesys.domain.vocabulary import Stage
from tests.api.matrix import (
    CASE_COMMANDS,
    EVERYBODY,
    HERE,
    NOBODY,
    PLACES,
    REGISTER_COMMANDS,
    ROLES,
    Somebody,
    case_in,
    plausible_body,
    populate,
)
from tests.api.plain import PLAIN
from tests.api.town import Town, served
from tests.community import OPERATOR, STOCK

ONE_IN = 1 if "CASESYS_SOAK" in os.environ else 5
"""The gate takes a command in one stage for each of the people, another for each; CASESYS_SOAK takes all."""

UNKNOWN = "case-00"
READS = ("", "/history", "?version=1", "/history?version=1", "/attachments/x")
BODIES = {name: plausible_body(kind) for name, kind in people_commands() if name != "collect-case"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Two communities in one store, with somebody of each role in each place."""
    with served(tmp_path_factory.mktemp("town")) as town:
        populate(town)
        yield town


@pytest.fixture(scope="module")
def client(town: Town) -> Iterator[httpx.Client]:
    """A connection to it."""
    with httpx.Client(base_url=town.address, timeout=60, verify=PLAIN) as client:
        yield client


@pytest.fixture(scope="module")
def cases(town: Town) -> dict[Stage, str]:
    """A case in each stage."""
    return {stage: case_in(town.community, stage) for stage in Stage}


def told(answer: httpx.Response, case_id: str) -> tuple[int, str, Mapping[str, str]]:
    """Give all that an answer tells, but for the case that was asked for, the id of the request and the second of the day."""
    body = re.sub(r"urn:uuid:\w+", "REQUEST", answer.text.replace(case_id, "CASE"))
    headers = {k: v for k, v in answer.headers.items() if k not in {"date", "x-request-id"}}
    return answer.status_code, body, headers


def test_the_catalogue_is_asked_whole() -> None:
    """Given the commands and roles that there are, then each has its place in the matrix."""
    assert len(CASE_COMMANDS) > 40
    assert len(REGISTER_COMMANDS) > 10
    assert len(EVERYBODY) == len(ROLES) * len(PLACES)
    assert {somebody.role for somebody in EVERYBODY} == set(STOCK.charter.roles)


@pytest.mark.parametrize("stage", Stage)
def test_a_case_is_read_by_whom_its_level_names(
    town: Town, client: httpx.Client, cases: dict[Stage, str], stage: Stage
) -> None:
    """Given a case in a stage, when anybody reads it in any way, then it is there for who may know, and for nobody else."""
    case_id = cases[stage]
    case = town.community.case(case_id)
    nobodies = [(NOBODY, False), (OPERATOR, False)]
    for person, knows in [*((each.person, each.may_know(case)) for each in EVERYBODY), *nobodies]:
        headers = town.headers(person)
        for read in READS:
            answer = client.get(f"/v1/cases/{case_id}{read}", headers=headers)
            if knows:
                found = 404 if "attachments" in read else 200
                assert answer.status_code == found, (person, read, answer.text)
                assert "unknown-case" not in answer.text
            else:
                of_none = client.get(f"/v1/cases/{UNKNOWN}{read}", headers=headers)
                assert answer.status_code == 404, (person, read)
                assert told(answer, case_id) == told(of_none, UNKNOWN)


@pytest.mark.parametrize("stage", Stage)
def test_a_case_file_offers_what_the_charter_grants(
    town: Town, client: httpx.Client, cases: dict[Stage, str], stage: Stage
) -> None:
    """Given a case in a stage, when somebody reads it, then what is refused for want of authority is what is not granted to them."""
    case = town.community.case(cases[stage])
    for somebody in (each for each in EVERYBODY if each.may_know(case)):
        answer = client.get(f"/v1/cases/{case.case_id}", headers=town.headers(somebody.person))
        file = answer.json()
        barred = {each["command"] for each in file["refused"] if each["code"] == "not-authorised"}
        granted = {name for name in CASE_COMMANDS if somebody.granted(name, case)}
        assert barred == CASE_COMMANDS.keys() - granted, somebody
        assert {each["command"] for each in file["allowed"]} <= granted


def give(
    town: Town, client: httpx.Client, person: str, case_id: str, command: str
) -> httpx.Response:
    """Give a command on a case."""
    headers = town.headers(person) | {"if-match": "*"}
    path = f"/v1/cases/{case_id}/{command}"
    return client.post(path, json=BODIES[command], headers=headers)


def asked_in(stage: Stage) -> list[tuple[Somebody, str]]:
    """Give who gives which command in a stage: each pair in one stage at least, and each stage has its share."""
    pairs = [(each, name) for each in EVERYBODY for name in CASE_COMMANDS]
    return [pair for n, pair in enumerate(pairs) if (n + list(Stage).index(stage)) % ONE_IN == 0]


@pytest.mark.parametrize("stage", Stage)
def test_a_command_does_what_the_charter_grants_and_no_more(
    town: Town, client: httpx.Client, stage: Stage
) -> None:
    """Given a case, when anybody gives any command, then it is as if there were no case, not authorised, or up to the rules."""
    case_id = case_in(town.community, stage)
    case, carried_out = town.community.case(case_id), 0
    for somebody, command in asked_in(stage):
        answer = give(town, client, somebody.person, case_id, command)
        if not somebody.may_know(case):
            unknown = UNKNOWN.ljust(len(case_id), "0")  # so that both answers are equally long
            of_none = give(town, client, somebody.person, unknown, command)
            assert answer.status_code == 404, (somebody, command, answer.text)
            assert told(answer, case_id) == told(of_none, unknown)
        elif not somebody.granted(command, case):
            assert town.problem(answer, 403, "not-authorised")["accepted"] is not None
        elif answer.is_success:
            carried_out += 1
            case_id = case_in(town.community, stage)
            case = town.community.case(case_id)
        else:
            assert answer.status_code in {403, 409, 422}, answer.text
            assert answer.json()["code"] not in {"not-authorised", "invalid-command"}
        assert town.community.case(case_id).version == case.version, (somebody, command)
    assert carried_out


@pytest.mark.parametrize("role", ROLES)
def test_cases_are_collected_where_the_mandate_lies(
    town: Town, client: httpx.Client, role: str
) -> None:
    """Given somebody of each role, when they collect a case in each place, then mandate and charter say where it succeeds."""
    granted = any(role in grant.roles for grant in STOCK.grants("collect-case"))
    for own in PLACES:
        for place in PLACES:
            answer = client.post(
                "/v1/cases",
                json={
                    "case_type": "issue",
                    "category": "courtyard_lamp",
                    "title": "灯",
                    "grid": place,
                }
                | {"circumstances": {"channel": "patrol"}},
                headers=town.headers(Somebody(role, own).person),
            )
            if granted and own == place:
                assert answer.status_code == 201, answer.text
            else:
                town.problem(answer, 403, "not-authorised")


@pytest.mark.parametrize("command", REGISTER_COMMANDS)
def test_the_register_is_kept_by_whom_it_is_entrusted_to(
    town: Town, client: httpx.Client, command: str
) -> None:
    """Given a command on the register, when somebody gives it to whom neither engine nor charter grants it, then nothing happens."""
    entrusted = {OPERATOR} | {role for grant in STOCK.grants(command) for role in grant.roles}
    before = town.community.log.head()
    for person, role in [(each.person, each.role) for each in EVERYBODY] + [(NOBODY, "")]:
        if role not in entrusted:
            answer = client.post(
                f"/v1/register/{command}", json=BODIES[command], headers=town.headers(person)
            )
            assert answer.status_code in {403, 409, 422}, (person, answer.text)
            assert answer.json()["code"] != "invalid-command"
            assert "secret" not in answer.json()
    assert town.community.log.head().size == before.size + _keys_since(town, before.size)


def _keys_since(town: Town, position: int) -> int:
    """Count the keys that the town itself has issued meanwhile, to let people ask."""
    return sum(s.leaf.type == "api-key-issued" for s in town.community.log.read(position, 10**6))


def cases_in(answer: httpx.Response) -> set[str]:
    """Give the cases that a list tells of."""
    return {
        item.get("case_id") or str(item["stream"]).removeprefix("case/")
        for item in answer.json()["items"]
    }


CASE_LISTS = ("/v1/board", "/v1/cases", "/v1/audit/events?kind=case", "/v1/deadlines")


@pytest.mark.parametrize("somebody", EVERYBODY, ids=lambda each: each.person)
def test_every_list_tells_of_what_may_be_known(
    town: Town, client: httpx.Client, cases: dict[Stage, str], somebody: Somebody
) -> None:
    """Given cases here, when somebody asks each list for the grid here, then it tells of those that they may know, of no others."""
    town.settle()
    headers = town.headers(somebody.person)
    ours = {case_id: town.community.case(case_id) for case_id in cases.values()}
    known = {case_id for case_id, case in ours.items() if somebody.may_know(case)}
    for path in CASE_LISTS:
        joined = "&" if "?" in path else "?"
        answer = client.get(f"{path}{joined}grid={HERE}&limit=200", headers=headers)
        assert answer.status_code == 200, answer.text
        seen = cases_in(answer)
        assert bool(seen) is bool(known), path
        assert seen & ours.keys() <= known, path
    waiting = cases_in(client.get("/v1/worklist?limit=200", headers=headers))
    assert waiting & ours.keys() <= known
    figures = client.get(f"/v1/statistics?grid={HERE}", headers=headers).json()["figures"]
    assert bool(figures["cases"]) is bool(known)


def test_a_key_that_does_not_count_opens_nothing(town: Town, client: httpx.Client) -> None:
    """Given no key, one never issued and one revoked, when any operation of the document is asked, then it is 401 alike."""
    revoked = town.headers(NOBODY)
    town.community.register(r.RevokeApiKey(key_hash=key_hash(town.key(NOBODY))))
    document: Any = client.get("/openapi.json").json()
    asked = 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if operation.get("security") == []:
                continue
            address = re.sub(r"\{(\w+)\}", "x", path)
            none, never, gone = (
                client.request(method, address, headers=headers)
                for headers in ({}, {"Authorization": "Bearer ck_never"}, revoked)
            )
            town.problem(none, 401, "key-missing")
            town.problem(gone, 401, "key-not-valid")
            assert told(gone, "-") == told(never, "-")
            asked += 1
    assert asked > len(CASE_COMMANDS) + len(REGISTER_COMMANDS) + len(LISTINGS)
