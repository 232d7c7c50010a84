"""`casesys projections`: status, rebuild, verify and retry, and what each says."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from casesys.store.sqlite import open_log
from tests.cli.shell import Store, casesys

ENDED = (
    '{"position": 7, "error": "KeyError in changes, board.py:1", "since": "2026-03-02T08:00:00Z"}'
)


def views_of(store: Store) -> Path:
    """The file of a store's read models."""
    return store.path.with_name(f"{store.path.name}.views")


def sql(store: Store, statement: str, *values: object) -> None:
    """Change the read models behind the back of casesys."""
    with closing(sqlite3.connect(views_of(store), isolation_level=None)) as connection:
        connection.execute(statement, values)


@pytest.fixture
def built(store: Store) -> Store:
    """A store whose read models are up to date."""
    assert store.run("projections", "rebuild", "audit_trail").status == 0
    return store


def test_status_says_what_is_not_built_yet(store: Store) -> None:
    """Given a store that was never served, when the status is asked for, then each read model is named as not built."""
    ended = store.run("projections", "status", "--json")

    assert ended.status == 0
    states = ended.json["projections"]
    assert len(states) > 3
    assert not any(state["built"] for state in states)
    assert "not built yet" in store.run("projections", "status").out


def test_status_says_how_far_each_is(built: Store) -> None:
    """Given read models that are up to date, when something happens, then the status counts the events they are behind."""
    end = len(built.leaves())
    before = built.run("projections", "status", "--json").json["projections"]
    built.done("amend-case", "--case-id", "open", "--title", "路灯还是不亮", by="worker")

    after = built.run("projections", "status", "--json").json["projections"]

    assert {(each["position"], each["behind"]) for each in before} == {(end, 0)}
    assert {(each["position"], each["behind"]) for each in after} == {(end, 1)}


def test_rebuild_says_what_differed(built: Store) -> None:
    """Given a row that somebody changed, when its read model is rebuilt, then the row is right again and the difference told."""
    sql(built, "UPDATE audit_event SET type = 'forged' WHERE position = 3")

    ended = built.run("projections", "rebuild", "audit_trail")

    assert ended.status == 0
    assert "2 rows differed" in ended.out
    assert built.run("projections", "verify", "audit_trail").status == 0


def test_verify_says_the_same_or_which_rows(built: Store) -> None:
    """Given a read model, when it is verified before and after a row was forged, then it says first the same, then which row."""
    same = built.run("projections", "verify", "audit_trail")
    sql(built, "UPDATE audit_event SET type = 'forged' WHERE position = 3")
    different = built.run("projections", "verify", "audit_trail")
    as_json = built.run("projections", "verify", "audit_trail", "--json")

    assert same.status == 0
    assert "the same" in same.out
    assert different.status == as_json.status == 1
    assert "DIFFERENT" in different.out
    assert "forged" in different.out
    assert as_json.json["same"] is False


def test_what_was_never_built_cannot_be_verified(store: Store) -> None:
    """Given a store that was never served, when a read model is verified, then it says to build it first."""
    ended = store.run("projections", "verify", "audit_trail")

    assert (ended.status, ended.code) == (4, "projection-not-built")
    assert "rebuild audit_trail" in ended.err


@pytest.mark.parametrize(("options", "left_out"), [((), []), (("--skip",), [7])])
def test_a_parked_one_goes_on_when_asked_to(
    built: Store, options: tuple[str, ...], left_out: list[int]
) -> None:
    """Given a parked read model, then the status fails and says what to do; when a retry is asked for, it goes on, or skips."""
    with open_log(built.path) as log:
        (last,) = log.read(5, 1)
    sql(
        built,
        "UPDATE projections SET position = 6, leaf_hash = ?, parked = ? WHERE name = 'audit_trail'",
        last.leaf_hash,
        ENDED,
    )
    sql(built, "DELETE FROM audit_event WHERE position > 6")
    parked = built.run("projections", "status")

    ended = built.run("projections", "retry", "audit_trail", *options, "--json")

    assert parked.status == 1
    assert "parked before event 7" in parked.out
    assert "casesys projections retry audit_trail" in parked.out
    assert ended.status == 0
    (state,) = ended.json["projections"]
    assert (state["behind"], state.get("skipped", [])) == (0, left_out)
    assert built.run("projections", "verify", "audit_trail").status == (1 if left_out else 0)


def test_a_name_that_nobody_knows_is_refused(store: Store) -> None:
    """Given a name that no read model has, or none, when something is asked for, then it says which there are."""
    for arguments in (("rebuild", "nonsense"), ("verify",), ("retry", "nonsense", "--skip")):
        ended = store.run("projections", *arguments)

        assert (ended.status, ended.code) == (2, "unknown-projection")
        assert "audit_trail" in ended.err


@pytest.mark.parametrize("arguments", [("status", "--skip"), ("juggle",), ("rebuild", "a", "b")])
def test_a_command_line_that_makes_no_sense_is_refused(
    store: Store, arguments: tuple[str, ...]
) -> None:
    """Given options or actions that do not go together, then the command line is refused and nothing is made."""
    ended = store.run("projections", *arguments)

    assert (ended.status, ended.code) == (2, "usage")
    assert not views_of(store).exists()


def test_a_store_in_memory_keeps_none() -> None:
    """Given a store in memory, when its read models are asked for, then it says that there is nothing to look after."""
    ended = casesys("projections", "status", "--store", "memory:")

    assert (ended.status, ended.code) == (2, "store-not-kept")


def test_another_programs_file_is_told_and_left_alone(store: Store) -> None:
    """Given another program's file where the read models would be, then the command says so in both languages and keeps it."""
    views_of(store).write_text("my notes")

    english = store.run("projections", "status")
    chinese = store.run("projections", "status", "--language", "zh")

    assert (english.status, english.code) == (chinese.status, chinese.code) == (4, "views-foreign")
    assert "把它移走" in chinese.err
    assert views_of(store).read_text() == "my notes"
