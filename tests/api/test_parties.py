"""Who acts for a party knows of what it takes part in, at every level and in every way of asking, and of nothing else."""

import json
from collections.abc import Iterator
from functools import partial

import httpx
import pytest

from casesys.domain.cases.state import case_stream
from tests.api.plain import PLAIN
from tests.api.test_attachments import bring, digest_of
from tests.api.town import Town, served
from tests.attachments.samples import PNG
from tests.community import STOCK

LAMPS, COMPANY, OFFICE = "municipal_lighting", "property_company", "street_office"
NAME = "李建国"
LEVELS = tuple(STOCK.charter.visibility)
IN_THE_FILE = ("", "/history", "/bundle", "/completeness", f"/attachments/{digest_of(PNG)}")
IN_LISTS = (
    "/v1/board",
    "/v1/board?grid=grid-3",
    "/v1/board?order=changed&open=true",
    f"/v1/board?lead={LAMPS}",
    f"/v1/board?party={LAMPS}",
    "/v1/board?query=路灯",
    "/v1/deadlines",
    "/v1/deadlines?grid=grid-3",
    f"/v1/deadlines?lead={LAMPS}",
    "/v1/audit/events",
    "/v1/audit/events?kind=case",
    "/v1/statistics/figures/cases/cases",
    "/v1/statistics/figures/stages/cases?code=assignment",
)
WORKLIST, STREAM, SEARCH = "worklist", "stream", "search"
EVERY_WAY = {*IN_THE_FILE, "by id", "leaf", "proof", *IN_LISTS, "figures", STREAM, SEARCH}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A community, served."""
    with served(tmp_path_factory.mktemp("town")) as town:
        yield town


def lamp(town: Town, level: str, *supporting: str) -> str:
    """A street lamp that is out, dispatched to who keeps them, with a picture of it, at a level."""
    case_id = town.community.collect("street_lamp", initiator="resident-1", initiator_name=NAME)
    do = partial(town.community.do, case_id)
    assert bring(town, case_id, PNG).status_code == 200
    do("accept-case", "duty_officer")
    do("triage-case", "duty_officer")
    given = {"lead": LAMPS, "supporting": supporting, "reason": "照章办理"}
    do("dispatch-case", "dispatcher", **given)
    if level != town.community.case(case_id).visibility:
        do("change-visibility", "secretary", level=level)
    return case_id


def officer(party: str) -> str:
    """Give who acts for a party."""
    return f"lead-{party}"


def ways_to(town: Town, case_id: str, by: str) -> set[str]:
    """Give every way in which somebody comes to know of a case."""
    town.settle()
    last = town.community.log.read_stream(case_stream(case_id))[-1]
    found = {
        way for way in IN_THE_FILE if town.get(f"/v1/cases/{case_id}{way}", by).status_code == 200
    }
    for way in ("leaf", "proof"):
        answer = town.get(f"/v1/audit/events/{last.position}/{way}", by)
        found |= {way} if answer.status_code == 200 else set()
    lists = {path: path for path in IN_LISTS} | {
        "by id": f"/v1/audit/events?case_id={case_id}",
        WORKLIST: "/v1/worklist",
    }
    found |= {way for way, path in lists.items() if case_id in json.dumps(town.items(path, by))}
    if town.told("/v1/statistics", by)["figures"]["cases"]:
        found.add("figures")
    if case_id in town.get("/v1/events?after=0&follow=false", by).text:
        found.add(STREAM)
    sought = {"headers": town.headers(by), "json": {"name": NAME}, "verify": PLAIN}
    if case_id in httpx.post(f"{town.address}/v1/people/search", **sought).text:  # type: ignore[arg-type] # by name
        found.add(SEARCH)
    return found


@pytest.mark.parametrize("level", LEVELS)
def test_a_case_is_known_to_who_takes_part_and_to_no_other_party(town: Town, level: str) -> None:
    """Given a case of a level, then its lead and who supports it know of it in every way, and another company in none."""
    case_id = lamp(town, level, COMPANY)
    town.sign()

    assert ways_to(town, case_id, officer(LAMPS)) == EVERY_WAY | {WORKLIST}
    assert ways_to(town, case_id, officer(COMPANY)) == EVERY_WAY
    assert ways_to(town, case_id, officer("lift_maintainer")) == set()


@pytest.mark.parametrize("level", LEVELS)
def test_who_loses_the_lead_loses_sight(town: Town, level: str) -> None:
    """Given a case of a level, when it is handed over, then the new lead knows of it, and the old one in no way any more."""
    case_id = lamp(town, level)
    town.sign()
    before = ways_to(town, case_id, officer(OFFICE))

    town.community.do(case_id, "hand-over", "dispatcher", to=OFFICE, reason="职责调整")
    town.sign()

    assert before - {"figures"} == set()
    of_its_lead = {way for way in EVERY_WAY if LAMPS not in way}
    assert ways_to(town, case_id, officer(OFFICE)) == of_its_lead | {WORKLIST}
    assert ways_to(town, case_id, officer(LAMPS)) - {"figures"} == set()


def test_a_report_is_kept_from_whom_it_is_against(town: Town) -> None:
    """Given a report against a company, however it is worked on, then the company knows of it in no way, and who leads it does."""
    case_id = town.community.collect(case_type="report", initiator_name=NAME)
    do = partial(town.community.do, case_id)
    do("add-party", "grid_worker", party="lift_maintainer", role="respondent")
    for command in ("accept-case", "triage-case"):
        do(command, "duty_officer")
    do("dispatch-case", "dispatcher")
    town.sign()

    assert {"", "/history", STREAM} <= ways_to(town, case_id, officer(OFFICE))
    assert ways_to(town, case_id, officer("lift_maintainer")) == set()


def test_a_command_of_another_party_meets_no_case(town: Town) -> None:
    """Given a case of another company, when somebody acts on it, then it is as if there were none, to the byte of the words."""
    case_id = lamp(town, "public")
    headers = town.headers(officer("lift_maintainer")) | {"if-match": "*"}
    for command, body in (("make-safe", {"measures": "围栏"}), ("add-note", {"note": "看过"})):
        told = [
            httpx.post(
                f"{town.address}/v1/cases/{each}/{command}",
                headers=headers,
                json=body,
                verify=PLAIN,
            )
            for each in (case_id, "case-00")
        ]
        for answer in told:
            town.problem(answer, 404, "unknown-case")
        assert told[0].json()["detail"].replace(case_id, "case-00") == told[1].json()["detail"]


def test_people_of_a_party_do_not_find_persons_by_name(town: Town) -> None:
    """Given a person of the register, when their name is searched for, then who acts for a party does not find them."""
    sought = {"json": {"name": "梧桐街道办事处负责人"}, "verify": PLAIN}
    found = {
        by: httpx.post(f"{town.address}/v1/people/search", headers=town.headers(by), **sought)  # type: ignore[arg-type] # by name
        for by in ("secretary", officer(COMPANY))
    }
    assert found["secretary"].json()["items"]
    assert not found[officer(COMPANY)].json()["items"]
