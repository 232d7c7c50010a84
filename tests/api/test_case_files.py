"""The case file over HTTP: how a case stands or stood, what may be done with it, and that it is never out of date."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from casesys.bootstrap import open_service
from casesys.domain.catalogue import read_command
from casesys.domain.messages import Envelope
from casesys.domain.register import commands as r
from casesys.settings import store_settings
from casesys.store.contract import utc_now
from tests.api.site import Site, collected
from tests.api.town import served
from tests.community import COMMUNITY, stock_charter

WORKER = "grid_worker"


def file_of(client: httpx.Client, case: httpx.Response, **asked: object) -> Any:  # noqa: ANN401 - JSON
    """Read a case file."""
    answer = client.get(case.headers["location"], params=asked)  # type: ignore[arg-type] # plain values
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_it_says_what_may_be_done_and_why_not_the_rest(site: Site) -> None:
    """Given a case just collected, then its file lists the commands its reader may give, and the others with a reason."""
    with site.client("grid-worker-1") as worker, site.client("secretary") as secretary:
        case = collected(worker)
        of_worker, of_secretary = file_of(worker, case), file_of(secretary, case)

    may, may_not = ({each["command"] for each in of_worker[k]} for k in ("allowed", "refused"))
    assert "add-note" in may
    assert "close-case" in may_not
    assert not may & may_not
    assert "accept-case" in of_worker["waits_for"]
    assert "accept-case" in {each["command"] for each in of_secretary["allowed"]}
    assert "out-of-order" in {each["code"] for each in of_secretary["refused"]}


def test_what_it_allows_is_what_the_command_meets(site: Site) -> None:
    """Given a file that refuses commands, when these are given, then they meet the refusal that the file told."""
    with site.client("grid-worker-1") as worker:
        case = collected(worker)
        for each in file_of(worker, case)["refused"]:
            address = f"{case.headers['location']}/{each['command']}"
            answer = worker.post(address, headers={"if-match": "*"})
            assert answer.status_code in {403, 409, 422}
            assert answer.json()["code"] in {each["code"], "invalid-command"}


def test_it_changes_with_what_others_do(site: Site) -> None:
    """Given a file that was just read, when somebody adds to the case, by this server or another process, then the next is new."""
    with site.client("grid-worker-1") as worker, site.client("secretary") as secretary:
        case = collected(worker)
        before = file_of(worker, case)
        secretary.post(
            f"{case.headers['location']}/add-note", json={"note": "一"}, headers={"if-match": "*"}
        )
        after = file_of(worker, case)
        _note_by_another_process(site, case.json()["case_id"])
        last = file_of(worker, case)

    assert [len(each["case"]["notes"]) for each in (before, after, last)] == [0, 1, 2]
    assert last["case"]["notes"][1]["note"]["text"] == "二"
    assert before["version"] < after["version"] < last["version"]


def _note_by_another_process(site: Site, case_id: str) -> None:
    """Write to the store past the server."""
    with open_service(store_settings(f"sqlite:///{site.store}")) as service:
        note = read_command("add-note", {"case_id": case_id, "note": "二"})
        service.give(note, Envelope(command_id=uuid4(), actor_id="secretary", decided_at=utc_now()))


def test_who_was_erased_is_not_told_any_more(site: Site) -> None:
    """Given a file that told a description, when its subject is forgotten by another process, then the next does not tell it."""
    with site.client("grid-worker-1") as worker:
        case = collected(worker, description="晚上看不见路")
        before = file_of(worker, case)["case"]["description"]
        with open_service(store_settings(f"sqlite:///{site.store}")) as service:
            service.engine.vault.forget(before["subject"])
        after = file_of(worker, case)["case"]["description"]

    assert before["text"] == "晚上看不见路"
    assert after == {"subject": before["subject"], "erased": True}


def test_it_names_the_charter_that_has_come_into_force(tmp_path: Path) -> None:
    """Given the file of a case that nobody accepted, when another charter comes into force by its date, then the file names that."""
    with served(tmp_path) as town:
        community = town.community
        address = f"/v1/cases/{community.collect()}"
        document = stock_charter({'version = "2026.1"': 'version = "2026.2"'})
        community.register(
            r.InstallCharter(
                grid_id=COMMUNITY,
                document=document,
                in_force_from=community.now + timedelta(days=2),
            )
        )
        before = town.get(address, WORKER).json()
        community.wait(days=3)
        after = town.get(address, WORKER).json()
        then = town.get(address, WORKER, as_of=after["as_of"]).json()

    named = [file["case"]["charter"]["version"] for file in (before, after, then)]
    assert named == ["2026.1", "2026.2", "2026.2"]


@pytest.mark.parametrize("case_id", [f"heyuan-{number:03}" for number in range(1, 18)])
def test_as_of_a_position_it_is_as_it_was_served(site: Site, case_id: str) -> None:
    """Given any case of the season, then each of its versions is told alike by version and by position, and the last one is now."""
    with site.client("secretary") as secretary:
        address = f"/v1/cases/{case_id}"
        now = secretary.get(address).json()
        by_version = now
        for version in range(1, now["version"] + 1):
            by_version = secretary.get(address, params={"version": version}).json()
            by_position = secretary.get(address, params={"position": by_version["position"]}).json()
            assert by_version == by_position
            assert by_version["version"] == version
    assert by_version["case"]["state"] == now["case"]["state"]
    assert by_version["case"]["parties"] == now["case"]["parties"]


def test_history_is_told_in_pages_of_one_moment(site: Site) -> None:
    """Given a history read in pages, when the case goes on meanwhile, then each event up to the first page's moment comes once."""
    with site.client("secretary") as secretary:
        case = collected(secretary, grid="heyuan-2")
        address = case.headers["location"]
        for number in range(6):
            note = {"note": f"备注{number}"}
            secretary.post(f"{address}/add-note", json=note, headers={"if-match": "*"})
        page = secretary.get(f"{address}/history", params={"limit": 3})
        versions = [entry["version"] for entry in page.json()["entries"]]
        secretary.post(f"{address}/add-note", json={"note": "后来"}, headers={"if-match": "*"})
        while (following := page.json()["next"]) is not None:
            assert page.links["next"]["url"] == following
            page = secretary.get(following)
            versions += [entry["version"] for entry in page.json()["entries"]]

    assert versions == list(range(1, 8))
    assert page.json()["entries"][-1]["event"]["note"]["text"] == "备注5"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("version=0", 400, "invalid-query"),
        ("version=999", 404, "unknown-version"),
        ("position=999999999", 404, "unknown-position"),
        ("position=1", 404, "case-not-yet"),
        ("version=1&position=5", 400, "one-moment-only"),
        ("as_of=2019-01-01T00:00:00Z", 404, "case-not-yet"),
        ("as_of=2999-01-01T00:00:00Z", 400, "instant-in-future"),
        ("as_of=yesterday", 400, "invalid-query"),
        ("min_position=999999999", 400, "position-ahead"),
        ("verison=1", 400, "invalid-query"),
    ],
)
def test_a_moment_that_cannot_be_told_is_refused(
    site: Site, query: str, status: int, code: str
) -> None:
    """Given a moment that the case or the log does not have, or that is written wrongly, then a stable code says so."""
    with site.client("secretary") as secretary:
        for address in ("/v1/cases/heyuan-001", "/v1/cases/heyuan-001/history"):
            answer = secretary.get(f"{address}?{query}")
            assert (answer.status_code, answer.json()["code"]) == (status, code)
