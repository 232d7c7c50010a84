"""`casesys doctor`: what it says of a healthy store, and that it sees each way in which one can be tampered with or neglected."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from casesys.bootstrap import open_service
from casesys.cli.examining import examine_machine
from casesys.cli.examining_rules import examine_calendar
from casesys.cli.findings import Level
from casesys.evidence.merkle import leaf_hash
from casesys.settings import store_settings
from casesys.store.sqlite import open_log
from tests.cli.shell import Store, casesys


def codes(store: Store, level: str) -> list[str]:
    """Name what doctor finds of one level."""
    findings = store.run("doctor", "--json").json["findings"]
    return [each["code"] for each in findings if each["level"] == level]


def tamper(path: Path, statement: str, *values: object) -> None:
    """Change rows behind the back of casesys; something must have changed."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        assert connection.execute(statement, values).rowcount > 0


def test_a_healthy_store(store: Store) -> None:
    """Given a store as it should be, when doctor looks at it, then it says so of each thing, and succeeds."""
    ended = store.run("doctor")

    assert ended.status == 0
    assert "ERROR" not in ended.out
    assert set(codes(store, "ok")) >= {
        *("file", "durability", "log", "vault", "keys-beside-store", "clock"),
        *("operator", "operator-key", "charter"),
    }
    assert codes(store, "error") == []


def test_doctor_speaks_chinese(store: Store) -> None:
    """Given --language zh, when doctor looks at a store, then it speaks Chinese."""
    assert "逐条核对无误" in store.run("doctor", "--language", "zh").out


def test_doctor_changes_nothing(store: Store) -> None:
    """Given a store, when doctor looks at it, then its events are the same afterwards."""
    before = store.fingerprint()

    store.run("doctor")

    assert store.fingerprint() == before


def test_doctor_looks_at_the_keys_that_sign_checkpoints(store: Store) -> None:
    """Given no such key, a good one, one that others may read and one cut short, when doctor looks, then each is told as it is."""
    assert "checkpoint-key-missing" in codes(store, "warning")
    assert store.run("keys", "generate").status == 0
    assert "checkpoint-key" in codes(store, "ok")
    file = store.keys / "0001.checkpoint-key"
    file.chmod(0o644)
    assert "key-file-open" in codes(store, "warning")
    file.write_text(file.read_text()[:-9])
    assert codes(store, "error") == ["checkpoint-key-invalid"]


EVENT = "UPDATE stored_events SET "
OF_CLOSED = " WHERE originator_id = 'case/closed'"

TAMPERING = {
    "another content": (
        f"{EVENT} state = CAST(replace(state, '路灯不亮', '路灯已亮') AS BLOB) {OF_CLOSED}",
        "leaf-altered",
    ),
    "content as text": (f"{EVENT} state = CAST(state AS TEXT) {OF_CLOSED}", "leaf-altered"),
    "another hash": (f"{EVENT} leaf_hash = zeroblob(32) {OF_CLOSED}", "leaf-altered"),
    "another stream": (f"{EVENT} originator_id = 'case/other' {OF_CLOSED}", "stream-broken"),
    "a version left out": (
        f"{EVENT} originator_version = 7 {OF_CLOSED} AND originator_version = 2",
        "event-misfiled",
    ),
    "versions moved": (
        f"{EVENT} originator_version = originator_version - 1 {OF_CLOSED}",
        "event-misfiled",
    ),
    "versions out of reach": (
        f"{EVENT} originator_version = originator_version + 10 {OF_CLOSED}",
        "head-wrong",
    ),
    "another command": (f"{EVENT} command_id = zeroblob(16) WHERE rowid = 12", "event-misfiled"),
    "an event removed": ("DELETE FROM stored_events WHERE rowid = 15", "head-wrong"),
    "another head": ("UPDATE casesys_log SET peaks = zeroblob(length(peaks))", "head-wrong"),
    "another ciphertext": ("UPDATE sealed_fields SET ciphertext = zeroblob(40)", "sealed-altered"),
    "no ciphertext": ("DELETE FROM sealed_fields", "sealed-altered"),
}


@pytest.mark.parametrize("kind", TAMPERING)
def test_tampering_is_found(store: Store, kind: str) -> None:
    """Given a row changed behind the back of casesys, when doctor looks at the log, then it finds that."""
    statement, code = TAMPERING[kind]
    tamper(store.path, statement)

    assert code in codes(store, "error")
    assert store.run("doctor").status == 1


def test_an_event_of_a_newer_version(store: Store) -> None:
    """Given an event that this version does not know, hashed as it should be, then doctor says to use a newer one."""
    with open_log(store.path) as log:
        (last,) = log.read(log.head().size - 1, 1)
    unknown = last.leaf_bytes.replace(b'"type":"case-withdrawn"', b'"type":"case-forgiven"')
    statement = "UPDATE stored_events SET state = ?, leaf_hash = ? WHERE rowid = ?"
    tamper(store.path, statement, unknown, leaf_hash(unknown), last.position)

    assert "event-unknown" in codes(store, "error")


def test_a_key_that_others_can_read(store: Store) -> None:
    """Given a key file that others can read, when doctor looks at it, then it warns and says how to close it."""
    (store.keys / "wrapping.key").chmod(0o644)

    ended = store.run("doctor")

    assert ended.status == 0
    assert f"chmod 600 {store.keys / 'wrapping.key'}" in ended.out


def test_an_operator_key_that_does_not_count(store: Store) -> None:
    """Given a kept key that was never issued, when doctor looks at it, then it warns."""
    (store.keys / "operator.key").write_text("ck_nonsense\n")

    assert "operator-key-void" in codes(store, "warning")


def test_a_store_without_an_operator(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a log of a version that let the last operator go, when doctor looks at it, then that is an error."""
    monkeypatch.setattr("casesys.domain.register.rules._check_successor", lambda *_: None)
    store.done("revoke-mandate", "--person-id", "operator", "--mandate-id", "founding")

    assert "no-operator" in codes(store, "error")


@pytest.mark.parametrize(
    ("today", "code"),
    [
        ("2026-10-31", "calendar"),
        ("2026-11-02", "calendar-ends-soon"),
        ("2026-12-31", "calendar-ends-soon"),
        ("2027-01-01", "calendar-ended"),
    ],
)
def test_how_far_the_calendar_reaches(store: Store, today: str, code: str) -> None:
    """Given a calendar to the end of 2026, then doctor warns from 60 days before its end."""
    with open_service(store_settings(store.address)) as service:
        found = examine_calendar(service, "workdays", date.fromisoformat(today))

    assert found.code == code


@pytest.mark.parametrize(
    ("sqlite", "level"),
    [
        ((3, 31, 1), Level.ERROR),
        ((3, 40, 1), Level.WARNING),
        ((3, 44, 5), Level.WARNING),
        ((3, 44, 6), Level.OK),
        ((3, 51, 2), Level.WARNING),
        ((3, 51, 3), Level.OK),
        ((3, 53, 0), Level.OK),
    ],
    ids=str,
)
def test_how_good_sqlite_is(sqlite: tuple[int, ...], level: Level) -> None:
    """Given a version of SQLite, then doctor says whether it is too old, has a known fault, or is good."""
    assert [finding.level for finding in examine_machine(sqlite)] == [level]


def test_a_store_in_memory_cannot_be_examined() -> None:
    """Given memory:, when doctor is asked, then it says that there is nothing to look at."""
    ended = casesys("doctor", "--store", "memory:")

    assert (ended.status, ended.code) == (2, "store-not-kept")
