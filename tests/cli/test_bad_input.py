"""Bad input: each gets a stable code and the right status, in Chinese and English and as JSON, and changes nothing."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.application.json_input import DEPTH_LIMIT, SIZE_LIMIT, InputInvalid, read_json
from tests.cli.shell import COLLECT, Store, casesys

CASE = (*COLLECT, "--case-id", "new", "--title", "灯", "--grid", "grid-1")
ACCEPT = ("accept-case", "--case-id", "open")
DEEP = '{"case_id": ' + "[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT + "}"

OPERATOR = ("--role", "operator", "--grid-id", "community")

# Who gives which command; the code; the status. 2: it cannot be understood. 3: the rules refuse it.
BAD: dict[str, tuple[str, Sequence[str], str, int]] = {
    "unknown command": ("lead", ("accept-casse",), "unknown-command", 2),
    "no command": ("lead", ("--case-id", "open"), "usage", 2),
    "unknown option": ("lead", (*ACCEPT, "--colour", "red"), "invalid-command", 2),
    "unknown field": ("lead", (*ACCEPT, "--fields", '{"colour": 1}'), "invalid-command", 2),
    "missing field": ("lead", ("accept-case",), "invalid-command", 2),
    "wrong type": ("lead", ("accept-case", "--fields", '{"case_id": 7}'), "invalid-command", 2),
    "no number": (
        "operator",
        ("fill-seat", "--body-id", "b", "--person-id", "p", "--seat", "many"),
        "invalid-command",
        2,
    ),
    "no choice": (
        "lead",
        ("alert-emergency-service", "--case-id", "open", "--service", "999"),
        "invalid-command",
        2,
    ),
    "a fraction as a fact": (
        "worker",
        ("establish-facts", "--case-id", "open", "--facts", '{"estimated_cost": 1.5}'),
        "invalid-command",
        2,
    ),
    "an instant without its offset": (
        "lead",
        (*ACCEPT, "--effective-at", "2026-03-02T09:30"),
        "invalid-command",
        2,
    ),
    "an instant before all others": (
        "lead",
        (*ACCEPT, "--effective-at", "0001-01-01T00:00+14:00"),
        "invalid-command",
        2,
    ),
    "a year where an instant belongs": (
        "operator",
        ("issue-api-key", "--fields", '{"expires_at": 2030}'),
        "invalid-command",
        2,
    ),
    "no mandate's name": ("lead", (*ACCEPT, "--mandate", "'; DROP"), "invalid-command", 2),
    "no UUID": ("lead", (*ACCEPT, "--command-id", "1"), "invalid-command", 2),
    "broken JSON": ("lead", ("accept-case", "--fields", '{"case_id": '), "json-invalid", 2),
    "JSON that is no object": ("lead", ("accept-case", "--fields", "[]"), "json-invalid", 2),
    "a key twice": (
        "lead",
        ("accept-case", "--fields", '{"case_id": "a", "case_id": "b"}'),
        "json-invalid",
        2,
    ),
    "no number of JSON": ("lead", ("accept-case", "--fields", '{"a": NaN}'), "json-invalid", 2),
    "a number without end": (
        "lead",
        ("accept-case", "--fields", '{"a": 1' + "0" * 5000 + "}"),
        "json-invalid",
        2,
    ),
    "deep JSON": ("lead", ("accept-case", "--fields", DEEP), "json-too-deep", 2),
    "half a character": (
        "lead",
        ("accept-case", "--fields", r'{"case_id": "\ud800"}'),
        "text-invalid",
        2,
    ),
    "broken JSON in an option": (
        "worker",
        ("establish-facts", "--case-id", "open", "--facts", "{"),
        "json-invalid",
        2,
    ),
    "no file": ("lead", ("accept-case", "--fields", "@nowhere.json"), "file-unreadable", 2),
    "no document": ("operator", ("adopt-calendar", "--document", "@nowhere"), "file-unreadable", 2),
    "no calendar": ("operator", ("adopt-calendar", "--document", "code"), "calendar-invalid", 3),
    "no charter": (
        "operator",
        ("install-charter", "--grid-id", "community", "--document", "{}"),
        "charter-invalid",
        3,
    ),
    "unknown person": (
        "operator",
        ("give-mandate", "--person-id", "x", "--mandate-id", "m", "--role", "r", "--grid-id", "g"),
        "unknown-person",
        3,
    ),
    "unknown mandate": ("lead", (*ACCEPT, "--mandate", "m-other"), "unknown-mandate", 3),
    "somebody else's mandate": ("worker", (*ACCEPT, "--mandate", "m-lead"), "unknown-mandate", 3),
    "no role for it": ("worker", ACCEPT, "not-authorised", 3),
    "another grid's case": (
        "stranger",
        ("withdraw-case", "--case-id", "open"),
        "not-authorised",
        3,
    ),
    "another grid": ("stranger", ("collect-case", *CASE), "not-authorised", 3),
    "unknown grid": ("worker", ("collect-case", *CASE, "--grid", "mars"), "unknown-grid", 3),
    "unknown case": ("lead", ("accept-case", "--case-id", "nothing"), "unknown-case", 3),
    "unknown channel": ("worker", ("collect-case", *CASE, "--channel", "owl"), "unknown-code", 3),
    "known case": ("worker", ("collect-case", *CASE, "--case-id", "open"), "already-exists", 3),
    "closed case": ("lead", ("accept-case", "--case-id", "closed"), "case-closed", 3),
    "out of order": ("lead", ("close-case", "--case-id", "open"), "out-of-order", 3),
    "time's own command": (
        "lead",
        ("escalate-case", "--case-id", "open", "--clock", "accept", "--timer", "t"),
        "only-time-may",
        3,
    ),
    "in the future": (
        "lead",
        (*ACCEPT, "--effective-at", "2999-01-01T00:00Z"),
        "effective-in-future",
        3,
    ),
    "before collection": (
        "lead",
        (*ACCEPT, "--effective-at", "2020-01-01T00:00Z"),
        "effective-before-collection",
        3,
    ),
    "own mandate": (
        "operator",
        ("give-mandate", "--person-id", "operator", "--mandate-id", "m", *OPERATOR),
        "own-mandate",
        3,
    ),
}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("kind", BAD)
def test_bad_input_gets_a_code_and_changes_nothing(store: Store, kind: str) -> None:
    """Given bad input of one kind, when it is given, then one line tells its code, in words or JSON, and nothing changes."""
    by, arguments, code, status = BAD[kind]

    english = store.do(*arguments, by=by)
    chinese = store.do(*arguments, "--language", "zh", by=by)
    for_programs = store.do(*arguments, "--json", by=by)

    assert (english.status, english.code, english.out) == (status, code, "")
    assert "  what to do: " in english.err
    assert (chinese.status, chinese.code) == (status, code)
    assert "  怎么办：" in chinese.err
    told = for_programs.json["error"]
    assert (for_programs.status, for_programs.err) == (status, "")
    assert (told["code"], told["status"]) == (code, status)
    assert english.err.startswith(f"casesys: {code}: {told['says']['en']}")
    assert chinese.err.startswith(f"casesys: {code}: {told['says']['zh']}")


def test_a_refusal_cites_its_clause(store: Store) -> None:
    """Given a command that the charter refuses, then the clause and its text are told, and what would be accepted."""
    told = store.do(*ACCEPT, "--json", by="worker").json["error"]

    assert told["clause"]["rule"]["charter"] == "stock"
    assert told["clause"]["text"]["zh"].startswith("第")
    assert "grid_lead" in told["accepted"]
    assert f"by clause {told['clause']['clause']} of stock" in store.do(*ACCEPT, by="worker").err


def test_every_faulty_field_is_named(store: Store) -> None:
    """Given several faults in one command, then each is told with the path of its field."""
    fields = json.dumps({"title": "", "facts": {"households_affected": [1]}, "shoe_size": 44})

    told = store.do("collect-case", "--fields", fields, by="worker")

    for where in ("title", "facts.households_affected", "shoe_size", "case_type", "grid"):
        assert f"\n  {where}" in told.err
    assert "缺少此字段" in store.do("collect-case", "--language", "zh", by="worker").err


def test_a_close_name_is_offered_first(store: Store) -> None:
    """Given a command with a slip of the pen, then the one that was meant stands first."""
    assert "accepted: accept-case" in store.do("acept-case", by="lead").err


@pytest.mark.usefixtures("unchanged")
@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("given", "code"),
    [
        (b"\xff{}", "json-invalid"),
        (b'{"case_id": "\xff"}', "text-invalid"),
        (b'{"a": "' + b"x" * SIZE_LIMIT + b'"}', "json-too-large"),
        (b"[" * 200_000, "json-too-deep"),
        (b"", "json-invalid"),
    ],
    ids=["no text", "half a character", "huge", "bottomless", "nothing"],
)
def test_bad_standard_input(store: Store, given: bytes, code: str) -> None:
    """Given bad JSON on standard input, then it is refused with its code, and nothing changes."""
    ended = store.do("accept-case", "--fields", "-", by="lead", given=given)

    assert (ended.status, ended.code) == (2, code)


def test_a_huge_file_is_refused(store: Store) -> None:
    """Given a file of more than 1 MiB, then it is refused without being read to its end."""
    file = store.path.with_name("huge.json")
    file.write_bytes(b" " * (SIZE_LIMIT + 1))

    ended = store.do("accept-case", "--fields", f"@{file}", by="lead")

    assert (ended.status, ended.code) == (2, "file-too-large")


@pytest.mark.usefixtures("unchanged")
@given(
    st.text()
    | st.recursive(st.none(), st.lists).map(json.dumps)
    | st.text('[]{}":,0', max_size=200)
)
def test_any_text_is_json_or_refused(text: str) -> None:
    """Given any text, when it is read as JSON, then there is a value or a stable code, never anything else."""
    value, code = _read(text)

    if code is None:
        assert json.loads(text) == value
    assert code in {None, "json-invalid", "json-too-deep", "text-invalid"}


def _read(text: str) -> tuple[object, str | None]:
    try:
        return read_json(text), None
    except InputInvalid as failed:
        return None, failed.code


def test_arguments_that_are_no_text_are_refused(store: Store) -> None:
    """Given bytes on the command line that are not UTF-8, then they are refused as they stand."""
    broken = b"\xff".decode("utf-8", "surrogateescape")

    ended = store.do("register-person", "--person-id", "p", "--name", broken)

    assert (ended.status, ended.code) == (2, "usage")


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("key", ["ck_" + "x" * 43, "nowhere.key", "ck_ключ"], ids=str)
def test_a_key_that_does_not_count(store: Store, key: str) -> None:
    """Given a key that was never issued, or no key, then the command is refused."""
    ended = store.run("do", *ACCEPT, "--key", key)

    assert (ended.status, ended.code) in {(3, "key-not-valid"), (2, "key-unreadable")}
    assert key not in ended.err


def test_a_revoked_key_does_not_count(store: Store) -> None:
    """Given a key that was revoked, when its holder gives a command, then it is refused."""
    stream = next(each for each in store.leaves() if each["type"] == "api-key-issued")["stream"]
    store.done("give-mandate", *("--person-id", "lead", "--mandate-id", "o"), *OPERATOR)
    store.done("revoke-api-key", "--key-hash", stream.partition("/")[2], by="lead")

    ended = store.do(*ACCEPT)

    assert (ended.status, ended.code) == (3, "key-not-valid")


def test_a_revoked_mandate_does_not_count(store: Store) -> None:
    """Given somebody whose mandate was revoked, then they can do nothing, with it named or not."""
    store.done("revoke-mandate", "--person-id", "lead", "--mandate-id", "m-lead")
    before = store.fingerprint()

    assert store.do(*ACCEPT, by="lead").code == "not-authorised"
    assert store.do(*ACCEPT, "--mandate", "m-lead", by="lead").code == "mandate-not-valid"
    assert store.fingerprint() == before


def test_a_command_id_serves_one_command(store: Store) -> None:
    """Given the id of another command, when a command is given under it, then it is refused."""
    named = ("--command-id", "12345678-1234-5678-1234-567812345678")
    store.done(*ACCEPT, *named, by="lead")
    before = store.fingerprint()

    ended = store.do("withdraw-case", "--case-id", "open", *named, by="lead")

    assert (ended.status, ended.code) == (3, "command-id-reused")
    assert store.fingerprint() == before


@pytest.mark.parametrize("address", ["store.db", "postgres://x", "sqlite:///", "sqlite:///a?b"])
def test_an_address_that_is_none(address: str) -> None:
    """Given something else where the address of a store belongs, then it says how one is written."""
    ended = casesys("doctor", "--store", address)

    assert (ended.status, ended.code) == (2, "store-address-invalid")


def test_what_was_entered_is_not_repeated(store: Store) -> None:
    """Given personal data in a command that is refused, then no answer repeats it, in no form."""
    name = "欧阳翠花"
    personal = {"case_id": "c", "description": [name], "initiator_name": {"name": name}}
    for arguments in (
        ("collect-case", "--fields", json.dumps(personal, ensure_ascii=False)),
        ("collect-case", "--fields", f'{{"description": "{name}'),
        ("collect-case", *CASE, "--grid", "mars", "--initiator-name", name),
        ("register-person", "--person-id", "worker", "--name", name),
        ("register-person", "--person-id", "p", "--name", name + "x" * 20_000),
    ):
        for more in ((), ("--json",)):
            ended = store.do(*arguments, *more, by="stranger")
            assert ended.status in {2, 3}
            assert name not in ended.out + ended.err
