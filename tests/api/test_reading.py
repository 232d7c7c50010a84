"""Reading the read models of a server, whatever becomes of their file."""

from pathlib import Path

from tests.api.town import served

SECRETARY = "secretary"
TRIES = 5


def test_deleting_the_file_under_a_server_is_made_good_by_itself(tmp_path: Path) -> None:
    """Given a site at work, when its read models are deleted, then lists never fail, and soon tell what happened since."""
    with served(tmp_path) as town:
        before = town.community.collect(title="前事")
        assert [each["case_id"] for each in town.items("/v1/board", SECRETARY)] == [before]
        path = town.views.path
        for each in path.parent.glob(f"{path.name}*"):
            each.unlink()

        assert len(town.get("/v1/board", SECRETARY).json()["items"]) == 1
        after = town.community.collect(title="后事")
        end = town.community.log.head().size
        answers = (town.get("/v1/board", SECRETARY, min_position=end) for _ in range(TRIES))
        answer = next(each for each in answers if each.status_code == 200)
        assert {each["case_id"] for each in answer.json()["items"]} == {before, after}
        assert town.get("/readyz").json()["status"] == "ready"
        assert path.exists()
