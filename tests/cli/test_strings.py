"""Personal data never reaches a disk in the clear: every byte of every file is searched."""

from pathlib import Path
from uuid import UUID

import pytest

from casesys.bootstrap import open_service
from casesys.domain.cases.commands import AddNote
from casesys.domain.messages import Envelope, Personal
from casesys.settings import store_settings
from casesys.store.contract import utc_now
from tests.cli.shell import COLLECT, Store

PERSONAL = {
    "name": "欧阳翠花",
    "phone": "13987654321",
    "address": "锦绣里七号楼三单元",
    "story": "Mrs Featherstonehaugh fell down the stairs",
    "note": "Zwiebelfisch",
}
PUBLIC = "楼道照明故障"
_UUID = UUID(int=1)


def found_in(folder: Path, text: str) -> list[str]:
    """Name the files below a folder that hold a text, in any of the ways in which programs write text."""
    forms = [text.encode(form) for form in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")]
    forms.append(ascii(text)[1:-1].encode())  # as JSON and Python escape it
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file.name for file in files if any(form in file.read_bytes() for form in forms)]


@pytest.fixture
def with_people(store: Store) -> Store:
    """A store whose log holds the name, telephone number, address and story of a person nobody else is called like."""
    person = ("--person-id", "p-1", "--name", PERSONAL["name"], "--phone", PERSONAL["phone"])
    store.done("register-person", *person)
    told = ("--description", PERSONAL["story"], "--initiator-name", PERSONAL["name"])
    where = ("--location", PERSONAL["address"], "--initiator-contact", PERSONAL["phone"])
    case = ("--case-id", "c-1", "--grid", "grid-1", "--title", PUBLIC)
    store.done("collect-case", *COLLECT, *case, *told, *where, by="worker")
    store.done("add-note", "--case-id", "c-1", "--note", PERSONAL["note"], by="worker")
    return store


@pytest.mark.parametrize("kind", PERSONAL)
def test_no_file_holds_personal_data(with_people: Store, kind: str) -> None:
    """Given personal data in the log, when every file of store and keys is searched, then it is in none."""
    assert found_in(with_people.path.parent, PERSONAL[kind]) == []


def test_the_write_ahead_log_holds_none_either(with_people: Store) -> None:
    """Given an open store that has just committed, when its write-ahead log is searched, then it holds none."""
    now = utc_now()
    note = AddNote(case_id="c-1", note=Personal(PERSONAL["name"]))
    with open_service(store_settings(with_people.address)) as service:
        command_id = service.give(
            note, Envelope(command_id=_UUID, actor_id="worker", decided_at=now)
        ).command_id
        assert command_id == _UUID
        assert with_people.path.with_name("store.db-wal").stat().st_size > 0
        for text in PERSONAL.values():
            assert found_in(with_people.path.parent, text) == []


def test_the_search_finds_what_is_public(with_people: Store) -> None:
    """Given a public title, when the files are searched in the same way, then it is found."""
    assert found_in(with_people.path.parent, PUBLIC) == ["store.db"]
