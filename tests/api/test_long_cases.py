"""Cases that many have written to: their files stay short, and their histories are nobody's burden but the reader's."""

from collections.abc import Iterator
from datetime import timedelta
from functools import wraps
from threading import Event, Thread, current_thread
from typing import Any

import httpx
import pytest

from casesys.api import history, turns
from casesys.replay.case_file import NOTES_AT_MOST
from casesys.replay.history import History
from casesys.replay.history import history as replay
from tests.api.plain import PLAIN
from tests.api.town import Town, served

SECRETARY = "secretary"
LONG = 5
NOTES = NOTES_AT_MOST + 3


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A community, served."""
    with served(tmp_path_factory.mktemp("town")) as town:
        yield town


@pytest.fixture(scope="module")
def case_id(town: Town) -> str:
    """A case with more notes than a file tells."""
    case_id = town.community.collect()
    for number in range(NOTES):
        town.community.do(case_id, "add-note", "grid_worker", note=f"{number}")
    return case_id


@pytest.fixture
def replayed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The threads that replayed a case, one for each time; a case is long after a few events."""
    threads: list[str] = []

    @wraps(replay)
    def replaying(*given: Any, **moment: Any) -> History:  # noqa: ANN401 - as it is
        threads.append(current_thread().name)
        return replay(*given, **moment)

    monkeypatch.setattr(history, "history", replaying)
    for module in (history, turns):
        monkeypatch.setattr(module, "LONG_EVENTS", LONG)
    return threads


def test_a_file_has_the_last_notes_and_says_where_the_others_are(town: Town, case_id: str) -> None:
    """Given a case with very many notes, when its file is read, now or as of then, it has the last ones and the way to all."""
    path = f"/v1/cases/{case_id}"
    now = town.get(path, SECRETARY).json()
    for file in (now, town.get(f"{path}?position={now['position']}", SECRETARY).json()):
        notes = file["case"]["notes"]
        assert [each["note"]["text"] for each in notes] == [str(n) for n in range(3, NOTES)]
        assert file["case"]["earlier_notes"] == 3
        told = town.get(f"{file['history']}", SECRETARY, limit=200).json()["entries"]
        assert len([entry for entry in told if entry["type"] == "note-added.v1"]) == NOTES


def test_a_short_case_has_all_its_notes(town: Town) -> None:
    """Given a case with a note, when its file is read, then nothing is left out, and nothing is said of it."""
    case_id = town.community.collect()
    town.community.do(case_id, "add-note", "grid_worker", note="one")

    file = town.get(f"/v1/cases/{case_id}", SECRETARY).json()

    assert len(file["case"]["notes"]) == 1
    assert "history" not in file
    assert "earlier_notes" not in file["case"]


def test_a_long_history_is_replayed_once_and_aside(
    town: Town, case_id: str, replayed: list[str]
) -> None:
    """Given the history of a long case, when it is read in pages, it is replayed once, not by the thread that serves all others."""
    path = f"/v1/cases/{case_id}/history?limit=20"
    versions: list[int] = []
    while path:
        page = town.get(path, SECRETARY).json()
        versions += [entry["version"] for entry in page["entries"]]
        path = page["next"]

    assert versions == list(range(1, NOTES + 2))
    assert len(replayed) == 1
    assert "web server" not in replayed[0]


def test_a_short_history_needs_nobody_else(town: Town, replayed: list[str]) -> None:
    """Given the history of a short case, when it is read, it is replayed at once, and again the next time."""
    case_id = town.community.collect()
    for _ in range(2):
        town.get(f"/v1/cases/{case_id}/history", SECRETARY)

    assert replayed == ["web server", "web server"]


@pytest.mark.usefixtures("replayed")
def test_what_is_erased_is_not_remembered(town: Town) -> None:
    """Given a long history that was read, when its initiator is forgotten, then the next page of it does not tell of them."""
    case_id = town.community.collect()
    for number in range(LONG):
        town.community.do(case_id, "add-note", "grid_worker", note=f"{number}")
    page = town.get(f"/v1/cases/{case_id}/history?limit=3", SECRETARY).json()

    town.community.vault.forget(town.community.case(case_id).initiator)

    told = town.get(page["next"], SECRETARY).json()["entries"]
    assert all(entry["event"]["note"].get("erased") for entry in told)


@pytest.mark.usefixtures("replayed")
def test_a_page_that_is_kept_waits_for_nobody(
    town: Town, case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a long history that was read and another being made, then the next page comes meanwhile: nobody is erased in between."""
    page = town.get(f"/v1/cases/{case_id}/history?limit=3", SECRETARY).json()
    begun, may_end = Event(), Event()

    def slowly(*given: Any, **moment: Any) -> History:  # noqa: ANN401 - as it is
        begun.set()
        assert may_end.wait(20)
        return replay(*given, **moment)

    monkeypatch.setattr(history, "history", slowly)
    path, headers = f"/v1/cases/{case_id}/history?version={LONG + 2}", town.headers("grid_worker")
    answers: list[httpx.Response] = []
    other = Thread(
        target=lambda: answers.append(
            httpx.get(town.address + path, headers=headers, verify=PLAIN, timeout=20)
        )
    )
    other.start()
    try:
        assert begun.wait(10)
        told = town.get(page["next"], SECRETARY).json()["entries"]
        assert not answers
    finally:
        may_end.set()
        other.join()

    assert [entry["version"] for entry in told] == [4, 5, 6]
    assert answers[0].status_code == 200


@pytest.mark.usefixtures("replayed")
def test_who_would_wait_too_long_is_told_to_come_back(
    town: Town, case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given as many as may wait for long cases, when another asks for one, they are told so; who asks for now gets it."""
    monkeypatch.setattr(turns, "WAITING_AT_MOST", 0)
    for read in ("/history", "?version=10"):
        answer = town.get(f"/v1/cases/{case_id}{read}", SECRETARY)
        town.problem(answer, 503, "overloaded")
    assert town.get(f"/v1/cases/{case_id}", SECRETARY).status_code == 200


def test_position_and_instant_of_a_file_belong_together(town: Town) -> None:
    """Given a file that was read, when something else happens and it is read again, then as of its instant its position is told."""
    case_id = town.community.collect()
    town.get(f"/v1/cases/{case_id}", SECRETARY)
    town.community.now += timedelta(seconds=5)
    town.community.collect()

    file = town.get(f"/v1/cases/{case_id}", SECRETARY).json()

    assert file["position"] == town.community.log.head().size
    then = town.get(f"/v1/cases/{case_id}", SECRETARY, as_of=file["as_of"]).json()
    assert (then["position"], then["as_of"]) == (file["position"], file["as_of"])
