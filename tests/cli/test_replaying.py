"""`casesys replay`: a case as of any moment, for people and for programs."""

from pathlib import Path

import pytest

from tests.cli.shell import COLLECT, Store


@pytest.fixture
def replayed(community: Store, tmp_path: Path) -> Store:
    """A store with one more case, which was accepted."""
    store = community.copy(tmp_path)
    case = ("--case-id", "lamp-0001", "--title", "路灯不亮", "--grid", "grid-1")
    store.done("collect-case", *COLLECT, *case, "--source-ref", "S-77", by="worker")
    store.done("add-note", "--case-id", "lamp-0001", "--note", "second visit", by="worker")
    return store


def test_a_case_is_told_with_its_outlook(replayed: Store) -> None:
    """Given a case, when it is replayed by its source number, then its story is told in the language asked for."""
    en = replayed.run("replay", "S-77")
    zh = replayed.run("replay", "lamp-0001", "--language", "zh")

    assert (en.status, zh.status) == (0, 0)
    assert "Case lamp-0001: “路灯不亮”" in en.out
    assert "noted: “second visit”" in en.out
    assert "stage collection, collected" in en.out
    assert "备注：“second visit”" in zh.out


def test_a_program_gets_one_object(replayed: Store) -> None:
    """Given a version, when a case is replayed up to it for a program, then one object with state and entries as of then."""
    told = replayed.run("replay", "lamp-0001", "--version", "1", "--json").json

    assert (told["case_id"], told["version"], len(told["entries"])) == ("lamp-0001", 1, 1)
    assert told["state"]["status"] == "collected"
    assert [each["clock"] for each in told["deadlines"]] == ["accept"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("nothing",), "unknown-case"),
        (("lamp-0001", "--version", "9"), "unknown-version"),
        (("lamp-0001", "--position", "100000"), "unknown-position"),
        (("lamp-0001", "--as-of", "2020-01-01T00:00Z"), "case-not-yet"),
        (("lamp-0001", "--as-of", "2999-01-01T00:00Z"), "instant-in-future"),
        (("lamp-0001", "--as-of", "yesterday"), "usage"),
        (("lamp-0001", "--as-of", "2026-01-01T00:00"), "usage"),
        (("lamp-0001", "--version", "1", "--position", "1"), "one-moment-only"),
        (("lamp-0001", "--key", "ck_wrong"), "key-not-valid"),
    ],
)
def test_what_is_not_there_is_said(replayed: Store, arguments: tuple[str, ...], code: str) -> None:
    """Given a case or moment that is not there, when it is replayed, then that is said in one line, and nothing told."""
    before = replayed.fingerprint()

    ended = replayed.run("replay", *arguments)

    assert ended.status != 0
    assert (ended.code, ended.out) == (code, "")
    assert replayed.fingerprint() == before
