"""What machines ask of a server."""

from collections.abc import Iterator

import httpx
import pytest

from tests.api.plain import PLAIN
from tests.api.town import Town, served
from tests.community import OPERATOR


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A community, served."""
    with served(tmp_path_factory.mktemp("town")) as town:
        yield town


def test_it_lives(town: Town) -> None:
    """Given a server, it says that it lives, to anybody."""
    assert town.get("/healthz", None).json() == {"status": "alive"}


def test_it_is_ready_when_its_read_models_are(town: Town) -> None:
    """Given read models that follow, the server says that it is ready, and how far each is."""
    town.settle()
    told = town.get("/readyz", None).json()
    assert told["status"] == "ready"
    assert told["position"] == town.community.log.head().size
    assert {"board", "worklist", "audit_trail"} <= {each["name"] for each in told["projections"]}
    assert all(each["lag"] == 0 for each in told["projections"])
    assert told["worker"] == []


def test_a_read_model_that_is_parked_is_seen(town: Town) -> None:
    """Given a read model that could not take an event, the server serves, says so and where; its meters say so, too."""
    town.settle()
    parked = '{"position": 3, "error": "KeyError", "since": "2026-03-02T00:00:00Z"}'
    statement = "UPDATE projections SET parked = ? WHERE name = 'people'"
    with town.views.transaction() as db:
        db.execute(statement, (parked,))
    try:
        answer = town.get("/readyz", None)
        assert answer.status_code == 200
        told = answer.json()
        assert (told["status"], told["trouble"]) == ("degraded", "parked")
        (people,) = (each for each in told["projections"] if each["name"] == "people")
        assert people["parked_at"] == 3
        assert 'casesys_projection_parked{projection="people"} 1.0' in town.get("/metrics").text
    finally:
        with town.views.transaction() as db:
            db.execute(statement, (None,))


def test_a_read_model_that_is_far_behind_makes_it_not_ready(town: Town) -> None:
    """Given a read model that is far behind the log, the server says that it is not ready."""
    town.settle()
    with town.views.transaction() as db:
        db.execute("UPDATE projections SET position = position - 50000 WHERE name = 'people'")
    try:
        answer = town.get("/readyz", None)
        assert (answer.status_code, answer.json()["trouble"]) == (503, "behind")
    finally:
        with town.views.transaction() as db:
            db.execute("UPDATE projections SET position = position + 50000 WHERE name = 'people'")


def test_meters_are_for_operators(town: Town) -> None:
    """Given the meters, an operator reads them; nobody else does."""
    told = town.get("/metrics", OPERATOR)
    assert told.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "casesys_log_position" in told.text
    town.problem(town.get("/metrics", "secretary"), 403, "for-operators")
    town.problem(httpx.get(f"{town.address}/metrics", verify=PLAIN), 401, "key-missing")


def test_meters_hold_no_ids(town: Town) -> None:
    """Given commands and questions about a case and people, the meters name neither, only kinds."""
    case_id = town.community.collect()
    town.get(f"/v1/cases/{case_id}/attachments/x", "grid_worker")
    address = f"{town.address}/v1/cases/{case_id}/add-note"
    headers = town.headers("grid_worker") | {"If-Match": "*"}
    assert (
        httpx.post(address, json={"note": "李建国"}, headers=headers, verify=PLAIN).status_code
        == 200
    )
    told = town.get("/metrics").text
    assert 'casesys_commands_total{command="add-note",verdict="accepted"} 1.0' in told
    assert 'route="/v1/cases/{case_id}/attachments/{digest}"' in told
    for secret in (case_id, "grid_worker", "李", "ck_"):
        assert secret not in told


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_what_takes_no_parameters_says_so(town: Town, path: str) -> None:
    """Given a parameter that is not documented, it is refused here as everywhere."""
    town.problem(town.get(path, OPERATOR, verbose=1), 400, "invalid-query")
