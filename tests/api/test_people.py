"""Finding people by name over a real server."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.plain import PLAIN
from tests.api.town import Town, newcomer, served
from tests.community import STAFF

NAME = "李建国"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A community in which somebody is named in three cases of two grids, served."""
    with served(tmp_path_factory.mktemp("town")) as town:
        newcomer(town, "worker-1", "grid_worker", "grid-1")
        for grid in ("grid-1", "grid-2", "grid-2"):
            town.community.collect(grid=grid, initiator="resident-1", initiator_name=NAME)
        town.community.collect(grid="grid-1", initiator="resident-2", initiator_name="李建")
        yield town


def search(town: Town, by: str, **sought: object) -> httpx.Response:
    """Search as somebody."""
    town.settle()
    address = f"{town.address}/v1/people/search"
    return httpx.post(address, headers=town.headers(by), json=sought, verify=PLAIN)


def found(town: Town, by: str, name: str = NAME) -> set[str | None]:
    """Give the cases in which somebody of a name is found."""
    answer = search(town, by, name=name)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return {item["case_id"] for item in items}


def test_the_exact_name_is_found(town: Town) -> None:
    """Given somebody who is named in cases, when their whole name is searched for, the cases are found; a part finds nothing."""
    assert found(town, "secretary") == {"case-01", "case-02", "case-03"}
    assert found(town, "secretary", " 李 建国") == {"case-01", "case-02", "case-03"}
    assert found(town, "secretary", "建国") == set()
    assert found(town, "secretary", STAFF["secretary"]) == {None}


def test_one_finds_what_one_may_know(town: Town) -> None:
    """Given a worker of one grid, when they search, they find the cases of that grid alone; who knows of none finds none."""
    assert found(town, "worker-1") == {"case-01"}
    assert found(town, "volunteer") == set()


def test_pages_give_each_once(town: Town) -> None:
    """Given more than fits a page, when the cursor is followed, each is given once; for another name it is refused."""
    first = search(town, "secretary", name=NAME, limit=2).json()
    last = search(town, "secretary", name=NAME, limit=2, cursor=first["cursor"]).json()
    cases = [item["case_id"] for item in (*first["items"], *last["items"])]
    assert cases == ["case-03", "case-02", "case-01"]
    assert last["cursor"] is None
    other = search(town, "secretary", name="王芳", cursor=first["cursor"])
    town.problem(other, 400, "cursor-not-valid")


def test_what_is_sought_is_not_written_down(town: Town) -> None:
    """Given bad requests, they are refused, and no name is written down or said again."""
    for sought in ({}, {"name": ""}, {"name": 7}, {"name": NAME, "nmae": 1}, {"name": "x" * 201}):
        answer = search(town, "secretary", **sought)
        town.problem(answer, 422, "invalid-command")
        assert NAME not in answer.text
    assert "李" not in town.logged.getvalue().decode()
