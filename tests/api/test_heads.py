"""HEAD at the addresses that take GET; and what is encoded in an address."""

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.api.plain import PLAIN
from tests.api.town import Town, served

SECRETARY = "secretary"
UNTOLD = {"date", "x-request-id"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A community with one case, served."""
    with served(tmp_path_factory.mktemp("town")) as town:
        town.community.collect()
        town.settle()
        yield town


def asked(town: Town, method: str, path: str) -> httpx.Response:
    """Ask for something as the secretary."""
    headers = town.headers(SECRETARY)
    return httpx.request(method, town.address + path, headers=headers, verify=PLAIN)


@pytest.mark.parametrize(
    "path",
    [
        *("/healthz", "/readyz", "/openapi.json", "/v1/board", "/v1/commands", "/v1/events"),
        *("/v1/cases/case-01", "/v1/cases/case-01/history?limit=1", "/v1/bulletin"),
        *("/v1/cases/no-such-case", "/v1/board?colour=red", "/nothing"),
    ],
)
def test_a_head_is_that_of_the_whole(town: Town, path: str) -> None:
    """Given an address that takes GET, when HEAD is asked of it, then status and headers are those of GET, and nothing follows."""
    follow = "?follow=false" if path == "/v1/events" else ""
    whole, head = asked(town, "GET", path + follow), asked(town, "HEAD", path)

    assert head.status_code == whole.status_code
    assert head.content == b""
    told, expected = (
        {name: value for name, value in each.headers.items() if name not in UNTOLD}
        for each in (head, whole)
    )
    expected.pop("transfer-encoding", None)
    assert told == expected


def test_a_head_is_logged_as_what_it_was(town: Town) -> None:
    """Given a request for a head, when it was answered, then the log says so, with its route."""
    asked(town, "HEAD", "/v1/problems/unknown-case")
    town.get("/healthz", None)

    told = [json.loads(line) for line in town.logged.getvalue().splitlines()]
    assert {"method": "HEAD", "route": "/v1/problems/{code}", "status": 200}.items() <= next(
        line.items() for line in reversed(told) if line["method"] == "HEAD"
    )


def test_what_takes_no_get_takes_no_head(town: Town) -> None:
    """Given an address that only takes POST, when HEAD is asked of it, then that is said, as it is where GET is taken."""
    answer = asked(town, "HEAD", "/v1/cases/case-01/add-note")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")

    answer = asked(town, "DELETE", "/v1/cases/case-01")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("slash", ["%2F", "%2f"])
def test_an_encoded_slash_ends_no_part_of_an_address(town: Town, slash: str) -> None:
    """Given an address with an encoded slash, then it is part of the case's id, and there is no such case."""
    answer = asked(town, "GET", f"/v1/cases/case-01{slash}history")

    town.problem(answer, 404, "unknown-case")
    assert asked(town, "GET", "/v1/cases/case%2D01/history").status_code == 200
