"""Who may know of a case: all others get, for every way of asking, the very answer that a case which does not exist gets."""

import re
from collections.abc import Iterator

import httpx
import pytest

from casesys.demo import heyuan
from casesys.domain.cases.commands import CaseCommand, CollectCase
from casesys.domain.catalogue import people_commands
from tests.api.site import Site, collected

ON_CASES = sorted(
    name
    for name, kind in people_commands()
    if issubclass(kind, CaseCommand) and not issubclass(kind, CollectCase)
)
READS = ("", "/history", "?version=1", "/history?position=1", "/completeness", "/bundle")


@pytest.fixture(scope="module")
def case(site: Site) -> str:
    """A case of the Riverside grid."""
    with site.client("grid-worker-1") as worker:
        return str(collected(worker).json()["case_id"])


@pytest.fixture(scope="module")
def stranger(site: Site) -> Iterator[httpx.Client]:
    """The grid worker of another grid."""
    with site.client("grid-worker-3") as client:
        yield client


def as_of_none(answer: httpx.Response, case_id: str) -> tuple[int, str, set[str]]:
    """Give all that an answer tells, but for the id that was asked for and that of the request."""
    body = answer.text.replace(case_id, "CASE")
    headers = {
        f"{k}: {v}"
        for k, v in answer.headers.items()
        if k not in {"date", "x-request-id", "content-length"}
    }
    return answer.status_code, re.sub(r"urn:uuid:\w+", "REQUEST", body), headers


@pytest.mark.parametrize("address", READS)
def test_a_stranger_cannot_read(
    stranger: httpx.Client, site: Site, case: str, address: str
) -> None:
    """Given a case of another grid, when it is asked for, then the answer is that of a case that does not exist."""
    told = stranger.get(f"/v1/cases/{case}{address}")
    of_none = stranger.get(f"/v1/cases/no-such-case{address}")

    assert told.status_code == 404
    assert as_of_none(told, case) == as_of_none(of_none, "no-such-case")
    with site.client("grid-worker-1") as worker:
        assert worker.get(f"/v1/cases/{case}").status_code == 200


@pytest.mark.parametrize("command", ON_CASES)
@pytest.mark.parametrize("seen", [None, "*", '"1-000000000000"'])
def test_a_stranger_cannot_act(
    stranger: httpx.Client, case: str, command: str, seen: str | None
) -> None:
    """Given a case of another grid, when any command is given on it, well-formed or not, then it is as if there were no such case."""
    headers = {} if seen is None else {"if-match": seen}
    told, of_none = (
        stranger.post(f"/v1/cases/{case_id}/{command}", json={"nonsense": 1}, headers=headers)
        for case_id in (case, "no-such-case")
    )

    assert told.status_code == 404
    assert as_of_none(told, case) == as_of_none(of_none, "no-such-case")


def test_a_stranger_cannot_find_out_which_ids_there_are(stranger: httpx.Client, case: str) -> None:
    """Given a case of another grid, when one is collected under its id, then the answer is that to any id."""
    fields = {
        "case_type": "issue",
        "category": "courtyard_lamp",
        "title": "3号楼前路灯不亮",
        "grid": heyuan.BRICKYARD,
        "circumstances": {"channel": "patrol"},
    }
    told, of_none = (
        stranger.post("/v1/cases", json=fields | {"case_id": case_id})
        for case_id in (case, "no-such-case")
    )

    assert told.status_code == 422
    assert as_of_none(told, case) == as_of_none(of_none, "no-such-case")


def test_a_level_that_leaves_a_role_out_hides_the_case(site: Site) -> None:
    """Given a case whose level is changed to one that the worker's role is not part of, then it is gone for the worker at once."""
    with site.client("grid-worker-1") as worker, site.client("secretary") as secretary:
        case = collected(worker)
        address = case.headers["location"]
        assert worker.get(address).status_code == 200
        changed = secretary.post(
            f"{address}/change-visibility",
            json={"level": "confidential"},
            headers={"if-match": "*"},
        )
        assert changed.status_code == 200, changed.text

        assert worker.get(address).status_code == 404
        assert secretary.get(address).status_code == 200


def test_without_a_key_nothing_is_told(site: Site, case: str) -> None:
    """Given no key, one that was never issued or something else, then every address answers 401 with a challenge."""
    for secret in (
        None,
        "Bearer ck_never-issued",
        "Bearer dl_AAAA",
        "Bearer dl_%%",
        "Basic YTpi",
        "Bearer",
    ):
        headers = {} if secret is None else {"authorization": secret}
        with site.as_nobody(**headers) as nobody:
            for answer in (
                nobody.get(f"/v1/cases/{case}"),
                nobody.get("/v1/cases/no-such-case/history"),
                nobody.get("/v1/commands"),
                nobody.post(f"/v1/cases/{case}/add-note"),
                nobody.post("/v1/cases", content=b"x" * 2_000_000),
                nobody.post("/v1/register/no-such-command"),
            ):
                assert answer.status_code == 401
                assert answer.headers["www-authenticate"].startswith('Bearer realm="casesys"')
                assert answer.json()["code"] in {"key-missing", "key-not-valid"}
