"""Who sees what: every list, figure, stream and file, by role, grid and the level of the case."""

from collections.abc import Iterator
from typing import Any

import pytest

from casesys.domain.register import commands as r
from tests.api.town import Town, newcomer, served
from tests.community import GRIDS, OPERATOR, STAFF

GRID_OF = {"case-01": "grid-1", "case-02": "grid-2", "case-03": "grid-3"}
CONFIDENTIAL = "case-04"
"""Lies in grid-1, and is for few roles only."""

KNOWS_CONFIDENTIAL = {"secretary", "supervisor", "privacy_officer"}
KNOWS_NOTHING = {"volunteer", "charter_keeper"}
"""Roles that the level of ordinary cases leaves out."""

CASE_LISTS = (
    "/v1/board",
    "/v1/deadlines",
    "/v1/audit/events?kind=case",
    "/v1/statistics/figures/cases/cases",
    "/v1/events?follow=false&after=0&kind=case",
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A community with a case in each grid and a confidential one; people with the same role in each grid; one with no role."""
    with served(tmp_path_factory.mktemp("town")) as town:
        community = town.community
        for grid in GRIDS:
            community.collect(grid=grid)
        community.collect(grid="grid-1", case_type="report", title="举报")
        for grid in GRIDS:
            newcomer(town, f"worker-{grid}", "grid_worker", grid)
            newcomer(town, f"secretary-{grid}", "secretary", grid)
        community.register(r.RegisterPerson.model_validate({"person_id": "nobody", "name": "某"}))
        yield town


def seen(town: Town, path: str, by: str) -> set[str]:
    """Give the cases that somebody sees at an address."""
    if path.startswith("/v1/events"):
        town.settle()
        answer = town.get(path, by)
        assert answer.status_code == 200
        return {case_id for case_id in (*GRID_OF, CONFIDENTIAL) if f'"{case_id}"' in answer.text}
    items: list[dict[str, Any]] = town.items(path, by)
    return {item.get("case_id") or item["stream"].removeprefix("case/") for item in items}


@pytest.mark.parametrize("path", CASE_LISTS)
@pytest.mark.parametrize("role", STAFF)
def test_a_role_sees_what_its_level_lets_it(town: Town, path: str, role: str) -> None:
    """Given a role for the whole community, when its holder asks, they see the cases of the levels that name it, and no other."""
    expected = set() if role in KNOWS_NOTHING else set(GRID_OF)
    if role in KNOWS_CONFIDENTIAL:
        expected.add(CONFIDENTIAL)
    assert seen(town, path, role) == expected


@pytest.mark.parametrize("path", CASE_LISTS)
@pytest.mark.parametrize("grid", GRIDS)
def test_a_grid_worker_sees_their_own_grid(town: Town, path: str, grid: str) -> None:
    """Given a role in one grid, when its holder asks, they see that grid's cases; asking for another grid's gives nothing."""
    own = {case_id for case_id, at in GRID_OF.items() if at == grid}
    assert seen(town, path, f"worker-{grid}") == own
    confidential = {CONFIDENTIAL} if grid == "grid-1" else set()
    assert seen(town, path, f"secretary-{grid}") == own | confidential
    joined = "&" if "?" in path else "?"
    for other in {*GRIDS} - {grid}:
        assert seen(town, f"{path}{joined}grid={other}", f"worker-{grid}") == set()


@pytest.mark.parametrize("path", [*CASE_LISTS, "/v1/worklist", "/v1/board?query=路灯"])
@pytest.mark.parametrize("person", ["nobody", OPERATOR])
def test_who_has_nothing_to_do_with_cases_sees_none(town: Town, path: str, person: str) -> None:
    """Given somebody without a mandate, or an operator of the register, when they ask for cases, they see none."""
    assert seen(town, path, person) == set()


def test_search_and_names_do_not_betray_a_case(town: Town) -> None:
    """Given a confidential case, when who may not know of it searches by its title or id, they find nothing."""
    for query in ("举报", CONFIDENTIAL):
        assert seen(town, f"/v1/board?query={query}", "worker-grid-1") == set()
        assert seen(town, f"/v1/board?query={query}", "secretary") == {CONFIDENTIAL}


def test_figures_count_what_the_reader_may_know(town: Town) -> None:
    """Given readers of different scope, when they ask for figures, each is told of their own cases."""
    expected = {"worker-grid-1": 1, "secretary-grid-1": 2, "secretary": 4, "grid_worker": 3}
    for person, cases in (expected | {"nobody": 0}).items():
        assert town.told("/v1/statistics", person)["figures"]["cases"] == cases


def test_the_worklist_is_ones_own(town: Town) -> None:
    """Given what waits in three grids, when a secretary of one asks, only that grid's is on their list."""
    for grid in GRIDS:
        cases = {item["case_id"] for item in town.items("/v1/worklist", f"secretary-{grid}")}
        assert cases - {CONFIDENTIAL} == {case for case, at in GRID_OF.items() if at == grid}


def test_keys_are_for_operators(town: Town) -> None:
    """Given API keys, when others than operators ask for them, they see none; of people they see those of their grid."""
    assert town.items("/v1/register/api-key", OPERATOR)
    assert town.items("/v1/register/api-key", "secretary") == []
    subjects = {item["grid"] for item in town.items("/v1/register/mandate", "worker-grid-1")}
    assert subjects == {"grid-1"}
    assert town.items("/v1/register/mandate", "nobody") == []


def test_the_audit_trail_of_the_register_is_for_auditors(town: Town) -> None:
    """Given events of the register, when a grid worker asks for them, they see none; the supervisor and the operator do."""
    for person, sees in (("worker-grid-1", False), ("supervisor", True), (OPERATOR, True)):
        assert bool(town.items("/v1/audit/events?kind=person", person)) is sees


def test_the_bulletin_has_no_confidential_case(town: Town) -> None:
    """Given a confidential case, it is not in the bulletin."""
    assert {item["case_id"] for item in town.items("/v1/bulletin", None)} == set(GRID_OF)


def test_a_mandate_that_ends_ends_the_sight_at_once(town: Town) -> None:
    """Given somebody who sees cases, when their mandate is revoked, their very next question shows none."""
    newcomer(town, "leaver", "secretary", "grid-2")
    assert seen(town, "/v1/board", "leaver") == {"case-02"}
    town.community.register(r.RevokeMandate(person_id="leaver", mandate_id="mandate-leaver"))
    assert town.get("/v1/board", "leaver").json()["items"] == []
    town.problem(town.get("/v1/cases/case-02/attachments/x", "leaver"), 404, "unknown-case")


def test_a_case_made_confidential_hides_its_past(town: Town) -> None:
    """Given a case that everybody knew, when it is made confidential, its events are gone from trail, stream and bulletin."""
    town.community.at("2026-03-02 12:00")
    case_id = town.community.collect(grid="grid-2", title="井盖松动")
    assert case_id in seen(town, "/v1/audit/events", "worker-grid-2")
    town.community.do(case_id, "change-visibility", "secretary", level="confidential")
    for path in CASE_LISTS:
        assert seen(town, path, "worker-grid-2") == {"case-02"}, path
    assert "井盖" not in town.get("/v1/bulletin", None).text
    assert case_id in seen(town, "/v1/audit/events", "secretary")


def test_a_case_that_is_hidden_has_no_next_page(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a case with more events than are looked at for a page, when who may not know of it asks, then it is as unknown."""
    monkeypatch.setattr("casesys.projections.walking.LOOKED_AT_MOST", 2)
    case_id = town.community.collect(grid="grid-2")
    for number in range(5):
        town.community.do(case_id, "add-note", "grid_worker", note=f"{number}")

    def told(case_id: str, by: str) -> Any:  # noqa: ANN401 - JSON
        return town.told("/v1/audit/events", by, case_id=case_id, limit=1)

    assert told(case_id, "worker-grid-2")["next"] is not None
    assert told(case_id, "worker-grid-1") == told("no-such-case", "worker-grid-1")
    assert told(case_id, "worker-grid-1")["next"] is None
