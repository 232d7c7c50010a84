"""Stores, keys and disks that are not as they should be: each trouble has its code, and no command makes it worse."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest

from casesys.application.wording import TROUBLE
from casesys.bootstrap import open_service
from casesys.domain.cases.commands import AcceptCase
from casesys.domain.messages import Envelope
from casesys.settings import store_settings
from tests.cli.shell import Store

NOTE = ("add-note", "--case-id", "open", "--note", "一条备注")
NOBODY = 65534


def sql(path: Path, *statements: str) -> None:
    """Change a file behind the back of casesys."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def _overwrite(path: Path, start: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(data)


def _foreign_tables(store: Store) -> None:
    store.path.unlink()
    sql(store.path, "CREATE TABLE stored_events (anything)")


def _other_vault(store: Store) -> None:
    other = Store(store.path.with_name("other.db"))
    assert other.run("init").status == 0
    shutil.copy(other.keys / "subjects.sqlite", store.keys / "subjects.sqlite")


def _folder(store: Store) -> None:
    store.path.unlink()
    store.path.mkdir()


TROUBLES: dict[str, tuple[Callable[[Store], object], str, int]] = {
    "no store": (lambda s: s.path.unlink(), "store-missing", 4),
    "another program's file": (
        lambda s: sql(s.path, "PRAGMA application_id = 7"),
        "store-foreign",
        4,
    ),
    "our table names in another schema": (_foreign_tables, "store-foreign", 4),
    "a newer store": (lambda s: sql(s.path, "PRAGMA user_version = 99"), "store-newer", 4),
    "no database": (lambda s: s.path.write_text("not a database" * 100), "store-corrupt", 1),
    "a damaged beginning": (lambda s: _overwrite(s.path, 0, b"\0" * 100), "store-corrupt", 1),
    "damaged pages": (lambda s: _overwrite(s.path, 4096, b"\xff" * 65536), "store-corrupt", 1),
    "a lost tail": (
        lambda s: sql(s.path, "DELETE FROM stored_events WHERE rowid > 9"),
        "store-corrupt",
        1,
    ),
    "a lost table": (lambda s: sql(s.path, "DROP TABLE sealed_fields"), "store-corrupt", 1),
    "no keys": (lambda s: (s.keys / "subjects.sqlite").unlink(), "vault-missing", 4),
    "another store's keys": (_other_vault, "vault-foreign", 4),
    "damaged keys": (
        lambda s: _overwrite(s.keys / "subjects.sqlite", 0, b"\0" * 100),
        "vault-corrupt",
        1,
    ),
    "no wrapping key": (lambda s: (s.keys / "wrapping.key").unlink(), "wrapping-key-missing", 4),
    "another wrapping key": (
        lambda s: (s.keys / "wrapping.key").write_text("A" * 43 + "=\n"),
        "wrapping-key-wrong",
        4,
    ),
    "a wrapping key that is none": (
        lambda s: (s.keys / "wrapping.key").write_text("secret"),
        "wrapping-key-wrong",
        4,
    ),
    "a folder instead of a file": (
        _folder,
        "store-unreadable",
        4,
    ),
}


@pytest.mark.parametrize("kind", TROUBLES)
def test_trouble_is_told_and_not_made_worse(store: Store, kind: str) -> None:
    """Given a store in trouble of one kind, when a command is given, then it tells the code, and no file is changed."""
    make, code, status = TROUBLES[kind]
    make(store)
    before = _files(store)

    english = store.do(*NOTE, by="worker")
    chinese = store.do(*NOTE, "--language", "zh", by="worker")

    assert (english.status, english.code, english.out) == (status, code, "")
    assert TROUBLE[code].remedy.en in english.err
    assert (chinese.status, chinese.code) == (status, code)
    assert TROUBLE[code].says.zh in chinese.err
    assert _files(store) == before


@pytest.mark.parametrize("kind", TROUBLES)
def test_doctor_finds_the_trouble(store: Store, kind: str) -> None:
    """Given a store in trouble of one kind, when doctor looks at it, then it finds an error, says what to do, and fails."""
    make, _, _ = TROUBLES[kind]
    make(store)

    ended = store.run("doctor", "--json")

    assert (ended.status, ended.err) == (1, "")
    assert not ended.json["ok"]
    errors = [each for each in ended.json["findings"] if each["level"] == "error"]
    assert errors
    assert all(each["remedy"]["zh"] and each["remedy"]["en"] for each in errors)


def _files(store: Store) -> dict[str, str]:
    """Give a digest of every file that is there; SQLite's own -shm is no content."""
    files = (f for f in store.path.parent.rglob("*") if f.is_file() and f.stat().st_size)
    return {
        str(f): sha256(f.read_bytes()).hexdigest() for f in files if not f.name.endswith("-shm")
    }


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, int], None]:
    """Let SQLite itself find the disk full: no connection may make the file larger than it is, but for some pages."""
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def fill(path: Path, room: int) -> None:
        pages = path.stat().st_size // 4096 + room

        def limited(*arguments: Any, **options: Any) -> sqlite3.Connection:  # noqa: ANN401 - whatever sqlite3 takes
            connection = connect(*arguments, **options)
            if Path(str(arguments[0])) == path:
                connection.execute(f"PRAGMA max_page_count = {pages}")
            return connection

        monkeypatch.setattr(sqlite3, "connect", limited)

    return fill


@pytest.mark.parametrize(
    ("which", "room", "code"),
    [("store.db", 2, "store-full"), ("store.db.keys/subjects.sqlite", 0, "vault-full")],
    ids=str,
)
def test_a_full_disk(
    store: Store, full: Callable[[Path, int], None], which: str, room: int, code: str
) -> None:
    """Given hardly any room left, when commands are given, then at last one is refused, and all before it are there."""
    full(store.path.parent / which, room)
    number = 0
    while (
        ended := store.do("register-person", "--person-id", f"p-{number:077}", "--name", "n" * 2000)
    ).status == 0:
        number += 1

    assert (ended.status, ended.code) == (4, code)
    assert number > 0
    people = [each for each in store.leaves() if each["stream"].startswith("person/p-")]
    assert len(people) == number


@pytest.fixture
def elsewhere(community: Store) -> Iterator[Store]:
    """A copy of the store that an ordinary user can reach, with no right to write to it or beside it."""
    with TemporaryDirectory() as folder:
        copied = community.copy(Path(folder))
        user = os.geteuid()
        if user == 0:  # to whom nothing is forbidden: be somebody else for a while
            for path in (Path(folder), *Path(folder).rglob("*")):
                os.chown(path, NOBODY, NOBODY)
            copied.do("unknown-command")  # what is loaded late may not be readable to others
            copied.run("doctor")
            os.seteuid(NOBODY)
        try:
            yield copied
        finally:
            os.seteuid(user)
            for path in (Path(folder), *Path(folder).rglob("*")):
                path.chmod(0o700)


@pytest.mark.parametrize(
    ("locked", "mode", "code"),
    [
        ("store.db", 0o444, "store-readonly"),
        ("store.db", 0o000, "store-unreadable"),
        (".", 0o555, "store-readonly"),
        ("store.db.keys/wrapping.key", 0o000, "wrapping-key-missing"),
        ("store.db.keys/subjects.sqlite", 0o000, "vault-unreadable"),
    ],
    ids=str,
)
def test_rights_that_are_missing(elsewhere: Store, locked: str, mode: int, code: str) -> None:
    """Given a file or folder that this user may not use, when a command is given, then it says so and changes nothing."""
    before = _files(elsewhere)
    place = elsewhere.path.parent / locked
    place.chmod(mode)

    ended = elsewhere.do("accept-case", "--case-id", "open", by="lead")

    assert (ended.status, ended.code) == (4, code)
    place.chmod(0o700)
    assert _files(elsewhere) == before


def test_keys_that_cannot_be_written(elsewhere: Store) -> None:
    """Given a vault that this user may not write, when somebody new is to be registered, then nothing is recorded."""
    (elsewhere.keys / "subjects.sqlite").chmod(0o444)
    before = _files(elsewhere)

    ended = elsewhere.do("register-person", "--person-id", "p", "--name", "n")

    assert (ended.status, ended.code) == (4, "vault-readonly")
    assert _files(elsewhere) == before


def test_a_clock_that_is_far_behind(store: Store) -> None:
    """Given a last event from a machine whose clock is ahead, then nothing is recorded before it, and doctor says why."""
    ahead = datetime.now(UTC) + timedelta(hours=1)
    envelope = Envelope(command_id=uuid4(), actor_id="lead", decided_at=ahead)
    with open_service(store_settings(store.address), clock=lambda: ahead) as service:
        service.give(AcceptCase(case_id="open"), envelope)
    before = store.fingerprint()

    ended = store.do(*NOTE, by="worker")

    assert (ended.status, ended.code) == (4, "clock-behind")
    assert store.fingerprint() == before
    looked = store.run("doctor")
    assert looked.status == 1
    assert "clock-behind" in looked.out


def test_a_folder_that_cannot_be_made(empty: Store) -> None:
    """Given a folder of keys below what is a file, when init runs, then the system's answer is told, and init can go on later."""
    file = empty.path.with_name("file")
    file.touch()

    ended = empty.run("init", "--keys", str(file / "keys"))

    assert (ended.status, ended.code) == (4, "environment-error")
    assert str(file) in ended.err
    assert empty.run("init").status == 0
