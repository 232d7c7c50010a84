"""`casesys do`: commands and their fields come from the catalogue, and are given as the holder of a key."""

import json
from uuid import UUID, uuid4

import pytest

from casesys import charters
from casesys.application.assigning import new_case_id
from casesys.domain.catalogue import COMMANDS, people_commands
from tests.cli.shell import COLLECT, Store, casesys

CASE = (*COLLECT, "--title", "楼道灯不亮", "--grid", "grid-1")
PERSON = ("register-person", "--person-id", "p", "--name", "某人")


def test_every_command_is_listed_with_its_labels() -> None:
    """Given the catalogue, when commands are listed, then those that people may give are there, in both languages."""
    listed = casesys("do", "--list", "--json").json

    assert [each["command"] for each in listed] == [name for name, _ in people_commands()]
    assert {"command": "accept-case", "zh": "受理", "en": "accept the case"} in listed
    assert "accept-case" in casesys("do", "--list").out
    assert casesys("do").out == casesys("do", "--help").out == casesys("do", "--list").out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_its_fields(name: str) -> None:
    """Given any command, when its help is asked for, then every field of it is an option."""
    ended = casesys("do", name, "--help")

    assert ended.status == 0
    for field in COMMANDS[name].model_fields:
        assert f"--{field.replace('_', '-')}" in ended.out


def test_fields_are_options(store: Store) -> None:
    """Given fields as options, when a command is given, then its answer says what happened where."""
    answer = store.done("collect-case", *CASE, "--case-id", "c-1", by="worker")

    assert (answer["stream"], answer["version"]) == ("case/c-1", 1)
    assert answer["events"] == ["case-collected.v1"]
    assert answer["first"] == answer["last"]
    assert not answer["repeated"]


def test_people_are_told_what_happened(store: Store) -> None:
    """Given no --json, when a command is given, then the answer is in words."""
    ended = store.do("collect-case", *CASE, "--case-id", "c-1", by="worker")

    assert ended.status == 0
    assert "collect-case collect the case: done" in ended.out
    assert "case: c-1" in ended.out
    assert "登记事项: 完成" in store.do(*PERSON, "--language", "zh").out.replace(
        "登记人员", "登记事项"
    )


def test_a_case_is_given_an_id(store: Store) -> None:
    """Given no --case-id, when a case is collected, then it has a new one, and another has another."""
    first, second = (
        store.done("collect-case", *CASE, by="worker")["stream"].partition("/")[2] for _ in range(2)
    )

    assert UUID(first).version == UUID(second).version == 7
    assert first < second


def test_case_ids_follow_the_standard() -> None:
    """Given RFC 9562, then a new id has version 7 and its variant, and two made at once differ."""
    made = {new_case_id() for _ in range(1000)}

    assert len(made) == 1000
    assert {(each.version, each.variant) for each in made} == {(7, "specified in RFC 4122")}


@pytest.mark.parametrize("how", ["text", "file", "standard input"])
def test_fields_are_json(store: Store, how: str) -> None:
    """Given fields as one JSON object, when a command is given, then it is as if they were options."""
    fields = json.dumps(
        {
            "case_id": "c-2",
            "case_type": "issue",
            "category": "courtyard_lamp",
            "title": "灯",
            "grid": "grid-1",
            "facts": {"households_affected": 12, "danger_to_life": False},
            "description": "张三家门口",
        }
    )
    file = store.path.with_name("fields.json")
    file.write_text(fields)
    argument = {"text": fields, "file": f"@{file}", "standard input": "-"}[how]

    arguments = ("--fields", argument, "--channel", "patrol", "--json")
    ended = store.do("collect-case", *arguments, by="worker", given=fields.encode())

    assert ended.json["stream"] == "case/c-2"


def test_an_option_overrides_the_json(store: Store) -> None:
    """Given a field in JSON and as an option, when the command is given, then the option counts."""
    answer = store.done(
        "register-person", "--fields", '{"person_id": "a", "name": "n"}', "--person-id", "b"
    )

    assert answer["stream"] == "person/b"


def test_lists_switches_and_numbers(store: Store) -> None:
    """Given options that repeat, switch, count and hold JSON, when commands are given, then all are understood."""
    text = '{"zh": "厅", "en": "hall"}'
    establish = ("--kind", "residents_hall", "--grid-id", "community", "--name", text)
    store.done("establish-body", "--body-id", "hall", *establish, "--seats", "3")
    mandate = ("--person-id", "worker", "--role", "grid_worker", "--grid-id", "grid-2")
    matters = ("--commands", "accept-case", "--commands", "add-note", "--case-types", '["issue"]')
    store.done("give-mandate", "--mandate-id", "m-2", *mandate, *matters)
    point = ("--intake-point-id", "p", "--name", text, "--grid-id", "grid-1")
    store.done("open-intake-point", *point, "--channel", "warm_station")
    duty = '{"day": "2026-03-17", "person_id": "worker"}'
    store.done("set-roster", "--intake-point-id", "p", "--duties", duty, "--duties", duty)
    store.done("contact-initiator", "--case-id", "open", "--no-reached", by="worker")


def test_a_document_is_read_from_a_file(store: Store) -> None:
    """Given @FILE for a document, when a calendar is adopted, then it is the one in the file."""
    file = store.path.with_name("la.toml")
    file.write_bytes(charters.read("calendars/us-la-2017-2018.toml"))

    answer = store.done("adopt-calendar", "--document", f"@{file}")

    assert answer["events"] == ["document-deposited.v1", "calendar-adopted.v1"]


def test_the_same_command_id_counts_once(store: Store) -> None:
    """Given a command given twice under one id, then the second gets the first answer and says so."""
    named = (*PERSON, "--command-id", str(uuid4()))

    first, second = store.done(*named), store.done(*named)

    assert (first["repeated"], second["repeated"]) == (False, True)
    assert second["first"] == first["first"]
    assert "done before" in store.do(*named).out


def test_a_new_key_is_shown_once_and_acts(store: Store) -> None:
    """Given no hash, when a key is issued, then a new secret is shown, and whoever has it acts as that person."""
    issue = ("issue-api-key", "--person-id", "lead", "--client-id", "phone", "--label", "x")
    told = store.do(*issue).out
    secret = told.split("shown this once: ")[1].strip()

    answer = store.run("do", "accept-case", "--case-id", "open", "--key", secret, "--json")

    assert answer.json["events"][0] == "case-accepted.v1"


def test_effective_time_mandate_and_channel_are_recorded(store: Store) -> None:
    """Given what is said beside the fields, when a command is given, then the leaf holds it."""
    beside = ("--mandate", "m-worker", "--on-behalf-of", "resident-7")
    when = ("--effective-at", "2026-03-02T09:30+08:00")
    case = (*CASE, "--case-id", "c-3", "--initiator", "resident-7")
    store.done("collect-case", *case, *beside, *when, by="worker")

    leaf = store.leaves()[-1]

    assert leaf["effective_at"] == "2026-03-02T01:30:00Z"
    assert (leaf["actor_id"], leaf["mandate_id"], leaf["on_behalf_of"], leaf["channel"]) == (
        "worker",
        "m-worker",
        "resident-7",
        "patrol",
    )
    assert leaf["client_id"] == "desk"


def test_store_and_key_come_from_the_environment(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given CASESYS_STORE and CASESYS_KEY, when a command is given without options, then it goes there."""
    monkeypatch.setenv("CASESYS_STORE", store.address)
    monkeypatch.setenv("CASESYS_KEY", str(store.keys / "operator.key"))

    assert casesys("do", *PERSON).status == 0


def test_instants_are_kept_in_utc(store: Store) -> None:
    """Given an instant with the offset of a place, when a command is given, then it is recorded in UTC."""
    mandate = ("--person-id", "worker", "--mandate-id", "m-3", "--role", "grid_worker")
    term = ("--since", "2020-01-01T00:00+08:00", "--until", "2030-01-01T00:00:00Z")
    store.done("give-mandate", *mandate, "--grid-id", "grid-2", *term)

    given = store.leaves()[-1]["public_data"]

    assert (given["since"], given["until"]) == ("2019-12-31T16:00:00Z", "2030-01-01T00:00:00Z")
