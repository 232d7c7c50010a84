"""`casesys import` and `casesys stats`, with a few rows written by hand in the form of the example's file."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from casesys.cli import importing
from casesys.cli.importing import Bar
from casesys.importing.outcome import Outcome
from tests.cli.shell import Ended, Store, casesys

MAPPING = Path(__file__).parents[2] / "examples" / "la311.toml"

SECRET_PLACE = "4321 N NOWHERE AVE, 90000"

USUAL = {
    "SRNumber": "1-1",
    "CreatedDate": "12/29/2017 09:00:00 AM",
    "UpdatedDate": "01/03/2018 10:00:00 AM",
    "Owner": "BSL",
    "RequestType": "Single Streetlight Issue",
    "Status": "Closed",
    "RequestSource": "Call",
    "Anonymous": "N",
    "ClosedDate": "01/03/2018 09:00:00 AM",
    "Address": SECRET_PLACE,
    "CD": "13",
}

ROWS: tuple[dict[str, str], ...] = (
    {},
    {"SRNumber": "1-2", "Status": "Cancelled", "RequestType": "Bulky Items", "CD": ""},
    {"SRNumber": "1-3", "Status": "Referred Out", "RequestType": "Graffiti Removal"},
    {"SRNumber": "1-4", "Status": "Open", "ClosedDate": "", "RequestType": "Other", "Owner": "BOS"},
    {"SRNumber": "1-5", "ClosedDate": "12/29/2017 12:00:00 AM"},
    {"SRNumber": "1-6", "ClosedDate": "12/30/2017 09:00:00 AM", "Anonymous": "Y"},
)
"""A closed one, a cancelled one, one referred out, an open one, one closed before it was created, and one closed soon."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The rows as a file."""
    return written(tmp_path / "requests.csv", *ROWS)


def written(path: Path, *rows: dict[str, str]) -> Path:
    """Write rows that are as usual but for what they say."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, tuple(USUAL))
        writer.writeheader()
        writer.writerows(USUAL | row for row in rows)
    return path


def imported(store: Store, file: Path, *options: str, mapping: Path = MAPPING) -> Ended:
    """Import a file."""
    return store.run("import", str(file), "--mapping", str(mapping), *options)


def outcome(ended: Ended) -> Any:  # noqa: ANN401 - JSON
    """The object on the last line of what an import says."""
    assert ended.status == 0, ended
    return json.loads(ended.out.splitlines()[-1])


def test_the_example_imports_into_a_store_that_it_makes(empty: Store, file: Path) -> None:
    """Given no store, when the rows are imported, then it is made, loudly, and every row is counted once."""
    ended = imported(empty, file, "--json")

    told = outcome(ended)
    assert [told[name] for name in ("rows", "imported", "refused", "unchanged")] == [6, 5, 1, 0]
    assert told["events"] == len(empty.leaves())
    assert told["seconds"] > 0
    assert told["events_per_second"] > told["rows_per_second"] > 0
    assert "MADE the store" in ended.err
    assert (empty.keys / "operator.key").exists()


def test_a_refused_row_is_named_by_line_number_and_reason(empty: Store, file: Path) -> None:
    """Given a row that was closed before it was created, then it is told where errors go, and in the JSON."""
    ended = imported(empty, file, "--json")

    assert (
        "line 6: 1-5: time-out-of-order: close at 2017-12-29T00:00:00-08:00"
        " comes before collect at 2017-12-29T09:00:00-08:00"
    ) in ended.err
    (refused,) = outcome(ended)["refusals"]
    assert (refused["line"], refused["number"], refused["code"]) == (6, "1-5", "time-out-of-order")
    assert "早于" in refused["reason"]["zh"]


def test_figures_follow_from_the_rows(empty: Store, file: Path) -> None:
    """Given imported rows, when figures are asked for, then they count what the rows tell, with numerator and denominator."""
    imported(empty, file)

    figures = empty.run("stats", "--json").json

    assert figures["cases"] == 5
    assert figures["stages"] == {"closed": 4, "assignment": 1}
    assert figures["results"] == {"resolved": 2, "referred": 1, "withdrawn": 1}
    assert figures["result_kinds"] == figures["results"]
    assert figures["case_types"] == {"service_request": 5}
    assert figures["categories"]["street_light"] == 2
    assert figures["days_to_resolution"] == {
        "resolved": {"numerator": 2, "denominator": 5},
        "median": {"days": 1.0, "rank": 1, "of": 2},
        "p90": {"days": 5.0, "rank": 2, "of": 2},
    }


def test_figures_are_told_to_people(empty: Store, file: Path) -> None:
    """Given imported rows, when somebody asks for figures, then they are told in their language."""
    imported(empty, file)

    assert "90th percentile: 5.000 (number 2 of 2)" in empty.run("stats").out
    assert "第90百分位: 5.000天（第2个，共2个）" in empty.run("stats", "--language", "zh").out


def test_a_second_import_says_that_nothing_changed(empty: Store, file: Path) -> None:
    """Given imported rows, when they are imported again, then nothing is recorded, and it says so."""
    imported(empty, file)
    before = empty.fingerprint()

    again = imported(empty, file)

    assert again.status == 0
    assert "6 rows: 0 imported, 5 unchanged, 1 refused" in again.out
    assert "Nothing has changed." in again.out
    assert empty.fingerprint() == before


def test_a_dry_run_leaves_nothing_behind(empty: Store, file: Path) -> None:
    """Given no store, when an import is tried out, then it counts as the import does, and there is still nothing."""
    before = set(empty.path.parent.iterdir())

    tried = outcome(imported(empty, file, "--dry-run", "--json"))

    assert set(empty.path.parent.iterdir()) == before
    done = outcome(imported(empty, file, "--json"))
    names = ("rows", "imported", "refused", "unchanged", "events", "refusals")
    assert [tried[name] for name in names] == [done[name] for name in names]


def test_a_dry_run_knows_what_is_there(empty: Store, file: Path) -> None:
    """Given imported rows, when they are imported once more for trial, then they are unchanged and so is the log."""
    imported(empty, file)
    before = empty.fingerprint()

    ended = imported(empty, file, "--dry-run")

    assert "0 imported, 5 unchanged, 1 refused" in ended.out
    assert "dry run" in ended.out
    assert empty.fingerprint() == before


def test_no_address_lies_in_the_clear(empty: Store, file: Path) -> None:
    """Given imported rows with addresses, then no file of the store or its keys holds one."""
    imported(empty, file)

    for path in empty.path.parent.rglob("*"):
        if path.is_file() and path != file:
            assert b"NOWHERE" not in path.read_bytes(), path


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b"SRNumber;CreatedDate\n1;2\n", "file-column-missing"),
        ("SRNumber,Caf\xe9\n".encode("latin-1"), "file-encoding"),
        (b'SRNumber,"x\n', "file-quoting"),
        (b"SRNumber\0\n", "file-nul"),
    ],
)
def test_a_bad_file_is_told_and_makes_no_store(
    empty: Store, tmp_path: Path, content: bytes, code: str
) -> None:
    """Given a file that cannot be read row by row, when it is imported, then it is told by its code, and there is no store."""
    file = tmp_path / "bad.csv"
    file.write_bytes(content)

    ended = imported(empty, file)

    assert (ended.status, ended.code) == (2, code)
    assert not empty.path.exists()


def test_a_bad_mapping_is_told_before_the_file_is_opened(empty: Store, tmp_path: Path) -> None:
    """Given a mapping that names an unknown command and a file that is not there, then the command is told, with what there is."""
    mapping = tmp_path / "mapping.toml"
    text = MAPPING.read_text(encoding="utf-8").replace('"close-case"', '"finish-case"')
    mapping.write_text(
        text.replace(
            '"la311-charter.toml"', json.dumps(str(MAPPING.with_name("la311-charter.toml")))
        ),
        encoding="utf-8",
    )

    ended = imported(empty, tmp_path / "none.csv", "--json", mapping=mapping)

    assert ended.status == 2
    assert ended.json["error"]["code"] == "mapping-unknown-command"
    assert "close-case" in ended.json["error"]["accepted"]
    assert not empty.path.exists()


@pytest.mark.usefixtures("unchanged")
def test_somebody_elses_key_does_not_import(store: Store, file: Path) -> None:
    """Given a store and the key of a grid worker, when they import, then it is refused, and nothing is recorded."""
    ended = imported(store, file, "--key", str(store.keys / "worker.key"))

    assert (ended.status, ended.code) == (3, "not-authorised")


def test_it_imports_into_a_store_that_has_its_own_life(store: Store, file: Path) -> None:
    """Given a community's store, when the rows are imported, then their city lies below its root, and its own cases are as before."""
    told = outcome(imported(store, file, "--json"))

    assert told["imported"] == 5
    figures = store.run("stats", "--json").json
    assert figures["case_types"] == {"service_request": 5, "issue": 2}


def test_figures_of_no_store_are_told(tmp_path: Path) -> None:
    """Given a path without a store, when figures are asked for, then that is told."""
    ended = casesys("stats", "--store", f"sqlite:///{tmp_path / 'none.db'}")

    assert (ended.status, ended.code) == (4, "store-missing")


def test_figures_of_a_store_in_memory_are_empty() -> None:
    """Given a store in memory, when figures are asked for, then there is nothing to count."""
    assert casesys("stats", "--store", "memory:", "--json").json["cases"] == 0


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_shown_on_a_terminal_only(
    terminal: bool,  # noqa: FBT001 - a parameter of the test
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given something that takes its time, then a terminal sees a bar, and a file nothing."""
    monkeypatch.setattr(importing, "SECONDS_WITHOUT_A_BAR", 0.0)
    seen = io.StringIO()

    with Bar(20, Console(file=seen, force_terminal=terminal, width=80)) as bar:
        bar.tell(Outcome(imported=7))

    assert ("7/20" in seen.getvalue()) is terminal
