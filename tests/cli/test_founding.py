"""`casesys init`: what it makes, what it refuses, and how it is completed when it was cut short."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from casesys import charters
from tests.cli.shell import Store, casesys


def test_a_store_is_made_with_all_it_needs(empty: Store) -> None:
    """Given no store, when init runs, then register, calendar and charter are there, and the operator can act."""
    ended = empty.run("init", "--json")

    assert ended.status == 0
    told = ended.json
    assert (told["calendars"], told["charter"]) == (["workdays"], "stock 2026.1")
    assert empty.run("doctor").status == 0
    assert empty.do("register-person", "--person-id", "p", "--name", "n").status == 0


def test_the_key_is_shown_and_kept_for_its_owner_only(empty: Store) -> None:
    """Given no store, when init runs, then the secret it shows is in a file that only its owner may read."""
    ended = empty.run("init")

    file = empty.keys / "operator.key"
    assert file.read_text().strip() in ended.out
    assert str(file) in ended.err
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_key_need_not_be_kept(empty: Store) -> None:
    """Given --no-key-file, when init runs, then the secret is in no file, and acts when it is given."""
    secret = empty.run("init", "--no-key-file", "--json").json["secret"]

    assert not (empty.keys / "operator.key").exists()
    fields = ("register-person", "--person-id", "p", "--name", "n")
    assert empty.run("do", *fields).code == "key-missing"
    assert empty.run("do", *fields, "--key", secret).status == 0


def test_a_second_init_is_refused(store: Store) -> None:
    """Given a founded store, when init runs again, then it is refused and changes nothing, the key neither."""
    before, key = store.fingerprint(), (store.keys / "operator.key").read_text()

    ended = store.run("init")

    assert (ended.status, ended.code) == (4, "store-exists")
    assert store.fingerprint() == before
    assert (store.keys / "operator.key").read_text() == key


@pytest.mark.parametrize(
    "cut_short",
    [
        "casesys.bootstrap.Vault.create",
        "casesys.cli.founding.write_secret",
        "casesys.application.Service.give_all",
    ],
)
def test_an_interrupted_init_is_completed(
    empty: Store, monkeypatch: pytest.MonkeyPatch, cut_short: str
) -> None:
    """Given an init cut short before its vault, its key or its commit, when it runs again, then the store is whole."""

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(cut_short, die)
        assert empty.run("init").status == 130

    assert empty.run("init").status == 0
    assert empty.run("doctor").status == 0
    assert empty.do("register-person", "--person-id", "p", "--name", "n").status == 0


def test_a_file_with_other_tables_is_welcome(empty: Store) -> None:
    """Given a SQLite file with tables of somebody else's, when init runs, then the store joins them."""
    with closing(sqlite3.connect(empty.path)) as other:
        other.execute("CREATE TABLE notes (text)")
        other.execute("INSERT INTO notes VALUES ('kept')")
        other.commit()

    assert empty.run("init").status == 0

    with closing(sqlite3.connect(empty.path)) as other:
        assert other.execute("SELECT text FROM notes").fetchall() == [("kept",)]


def test_names_and_documents_can_be_chosen(empty: Store, tmp_path: Path) -> None:
    """Given names, a calendar and a charter, when init runs with them, then they are the store's."""
    calendar, charter = tmp_path / "calendar.toml", tmp_path / "charter.toml"
    calendar.write_bytes(charters.read("calendars/us-la-2017-2018.toml"))
    charter.write_text(charters.read("stock.toml").decode().replace('"workdays"', '"workdays-la"'))

    told = empty.run(
        *("init", "--grid", "wutong", "--grid-name-zh", "梧桐", "--grid-name-en", "Wutong"),
        *("--person", "zhao", "--person-name", "赵建国"),
        *("--calendar", str(calendar), "--charter", str(charter), "--json"),
    ).json

    assert (told["grid"], told["person"], told["calendars"]) == ("wutong", "zhao", ["workdays-la"])


def test_a_store_may_begin_without_a_charter(empty: Store) -> None:
    """Given --no-charter, when init runs, then there is none, and doctor warns of that."""
    assert empty.run("init", "--no-charter", "--json").json["charter"] is None

    ended = empty.run("doctor")
    assert ended.status == 0
    assert "no-charter" in ended.out


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("--charter", "{folder}/none.toml"), 2, "file-unreadable"),
        (("--charter", "{folder}/no-charter.toml"), 2, "charter-invalid"),
        (("--calendar", "{folder}/no-charter.toml"), 2, "calendar-field"),
        (("--calendar", "{folder}/la.toml"), 2, "calendar-not-adopted"),
        (("--charter", "x.toml", "--no-charter"), 2, "usage"),
        (("--grid", "no grid"), 2, "invalid-command"),
        (("--synchronous", "OFF"), 2, "usage"),
    ],
    ids=str,
)
def test_what_cannot_be_founded_leaves_nothing(
    empty: Store, tmp_path: Path, arguments: tuple[str, ...], status: int, code: str
) -> None:
    """Given a fault in what is to be founded, when init runs, then it says so and has made nothing."""
    (tmp_path / "no-charter.toml").write_text('code = "x"\n')
    (tmp_path / "la.toml").write_bytes(charters.read("calendars/us-la-2017-2018.toml"))

    ended = empty.run("init", *(each.format(folder=tmp_path) for each in arguments))

    assert (ended.status, ended.code) == (status, code)
    assert not empty.path.exists()
    assert not empty.keys.exists()


def test_a_store_in_memory_is_not_founded() -> None:
    """Given memory:, when init runs, then it says that such a store would be gone at once."""
    ended = casesys("init", "--store", "memory:")

    assert (ended.status, ended.code) == (2, "store-not-kept")


def test_less_durability_is_said_loudly(empty: Store) -> None:
    """Given --synchronous NORMAL, when init runs, then it says what a power cut may cost."""
    ended = empty.run("init", "--synchronous", "NORMAL")

    assert ended.status == 0
    assert "a power cut may lose the last acknowledged commands" in ended.err


def test_the_wrapping_key_can_lie_elsewhere(empty: Store, tmp_path: Path) -> None:
    """Given --keys and --wrapping-key, when init runs, then the keys are there, and nothing is beside the store."""
    folder, file = tmp_path / "keys", tmp_path / "elsewhere" / "wrapping.key"
    file.parent.mkdir()
    places = ("--keys", str(folder), "--wrapping-key", str(file))

    told = empty.run("init", *places, "--json").json

    assert told["key_file"] == str(folder / "operator.key")
    assert file.stat().st_mode & 0o777 == 0o600
    assert not empty.keys.exists()
    assert empty.run("doctor", *places).status == 0
