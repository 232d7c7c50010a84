"""Messages: how commands are read, what events are called, which fields are personal."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.catalogue import read_event
from casesys.domain.messages import (
    PERSONAL_TEXT_LIMIT,
    SUBJECT_LIMIT,
    Code,
    Envelope,
    Identifier,
    Instant,
    Name,
    Personal,
    PersonalText,
    ShortText,
    message_type,
    personal_fields,
    stored_name,
)
from casesys.domain.register import commands as r
from tests.domain.specification import at


def accepts(form: object, value: object) -> bool:
    """Whether a form takes a value."""
    adapter: TypeAdapter[object] = TypeAdapter(form)  # type: ignore[arg-type] # an annotated type is a form
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True


# -- names --------------------------------------------------------------------------------------------------------------------


def test_what_is_stored_is_named_after_its_class() -> None:
    """Given a class of messages, then its type is its name in lower case, and what is stored has a version with it."""
    assert message_type(c.AcceptCase) == "accept-case"
    assert message_type(r.IssueApiKey) == "issue-api-key"
    assert stored_name(e.CaseAccepted) == "case-accepted.v1"


def test_personal_fields_are_found_alone_annotated_and_optional() -> None:
    """Given commands and events, then the fields that hold personal data are named, in order, and no others."""
    assert personal_fields(c.AddNote) == ("note",)
    assert personal_fields(c.AcceptCase) == ()
    assert personal_fields(c.CollectCase) == (
        "description",
        "initiator_name",
        "initiator_contact",
        "location",
    )
    assert personal_fields(e.CaseCollected) == personal_fields(c.CollectCase)
    assert personal_fields(e.NoteAdded) == ("note",)
    assert personal_fields(e.WorkStarted) == ()


# -- forms of fields ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "taken", "refused"),
    [
        (
            Code,
            ["a", "big-residents", "a.b_c-9", "a" * 64],
            ["", "A", "9a", "a b", "a" * 65, "a\n", "灯"],
        ),
        (
            Identifier,
            ["a", "9", "A.b:c-d_e", "a" * 80],
            ["", ".a", "a b", "a" * 81, "a\n", "a/b", "灯"],
        ),
        (
            ShortText,
            ["灯", "  a  ", "a" * 200, "\u3000灯\u00a0"],
            ["", "   ", "\u3000", "a" * 201, "a" * 200 + " ", "a\t", "\na"],
        ),
    ],
    ids=["code", "identifier", "short text"],
)
def test_forms_have_their_limits(form: object, taken: list[str], refused: list[str]) -> None:
    """Given texts of every form, then those within its limits are taken, and those beyond are not."""
    assert [text for text in taken if not accepts(form, text)] == []
    assert [text for text in refused if accepts(form, text)] == []


@pytest.mark.parametrize(
    "control",
    [
        *map(chr, (0, 9, 10, 13, 27, 31, 127, 128, 133, 159)),
        *"\u2028\u2029\u202e\u2066\u061c\u200b\u200f\ufeff",
    ],
)
def test_a_text_of_one_line_has_no_control_characters(control: str) -> None:
    """Given what would break a line, drive a terminal or turn the text around, then neither titles nor names take it inside."""
    assert not accepts(ShortText, f"路{control}灯")
    assert not accepts(Name, {"zh": f"第一{control}网格", "en": "grid 1"})
    assert not accepts(Name, {"zh": "第一网格", "en": f"grid{control}1"})


def test_what_people_write_in_one_line_is_taken() -> None:
    """Given signs of any language, also those made of several characters, then titles and names take them."""
    for text in ("3号楼‘路灯’：不亮！", "مصباح", "👩\u200d🔧 修灯", "e\u0301clairage", "a\u00a0b"):
        assert accepts(ShortText, text)
        assert accepts(Name, {"zh": text, "en": text})


@pytest.mark.parametrize(
    "faint",
    [
        *("\u0301", "\u0301\u0302", "\u115f", "\u3164", "\u2800", "\u00ad", "\u034f", "\ufe0f"),
        *("\u200d", " \u0301 ", "\U000e0041", "\U000e0041\U000e007f", "\U000e0100"),
    ],
)
def test_a_text_of_one_line_can_be_seen(faint: str) -> None:
    """Given nothing but what shows nothing by itself, then it is no title and no name; with a letter or a sign it may be."""
    assert not accepts(ShortText, faint)
    assert not accepts(Name, {"zh": faint, "en": "grid 1"})
    assert not accepts(Name, {"zh": "第一网格", "en": faint})
    assert accepts(ShortText, f"e{faint}")
    assert accepts(ShortText, f"{faint}🏴")


def test_the_form_of_a_short_text_is_documented() -> None:
    """Given the schema of a short text, then its pattern says what the check does."""
    schema = TypeAdapter(ShortText | None).json_schema()["anyOf"][0]

    assert re.fullmatch(schema["pattern"], "路灯不亮")
    assert not re.fullmatch(schema["pattern"], "路\x1b灯")
    assert (schema["minLength"], schema["maxLength"]) == (1, 200)


@given(
    st.text(
        st.sampled_from("a灯 \t\n\x1b\x85\u00a0\u200b\u2028\u3000\ufeff\u0301\u115f\U000e0041"),
        max_size=5,
    )
)
@example("a\t")
@example("a\n")
@example("\u0301")
@example(" \u3000")
def test_a_short_text_is_taken_exactly_if_its_schema_takes_it(text: str) -> None:
    """Given any text, also with white space around it, then server and published schema say the same of it."""
    schema = TypeAdapter(ShortText).json_schema()
    fits = len(text) >= schema["minLength"] and re.fullmatch(schema["pattern"], text) is not None

    assert accepts(ShortText, text) == fits


def test_a_title_that_was_taken_before_stays_readable() -> None:
    """Given an event with a control character in its title, as it could once be stored, when it is read, then it says so still."""
    stored = (
        b'{"case_id":"1","case_type":"issue","category":"lamp","grid":"g","initiator":"i","move":{"stage":"collection"},'
        b'"path":["g"],"title":"a\\u001bb","visibility":"open"}'
    )

    event = read_event("case-collected.v1", stored)

    assert isinstance(event, e.CaseCollected)
    assert event.title == "a\x1bb"


def test_a_short_text_is_stripped() -> None:
    """Given a text with white space around it, when it is read, then that is gone."""
    assert TypeAdapter(ShortText).validate_python("  灯坏了 ") == "灯坏了"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-02T09:30+08:00", at("03-02 09:30")),
        ("2026-03-02T01:30:00Z", at("03-02 09:30")),
        (datetime(2026, 3, 2, 1, 30, tzinfo=UTC), at("03-02 09:30")),
    ],
)
def test_an_instant_is_kept_in_utc(value: object, expected: datetime) -> None:
    """Given an instant with any offset, when it is read, then it is the same instant in UTC."""
    read: datetime = TypeAdapter(Instant).validate_python(value)

    assert (read, read.tzinfo) == (expected, UTC)


@pytest.mark.parametrize(
    "value",
    [
        *("2026-03-02T09:30", "2026-03-02", "soon", 1772415000, 1.5, None),
        *("0001-01-01T00:00+14:00", "0001-01-01T00:00Z", "9999-12-31T23:59:59.999999Z"),
        *("9999-12-31T23:59:59.999999-14:00", "9999-12-31T00:00Z"),
    ],
)
def test_what_is_no_instant(value: object) -> None:
    """Given a time without offset, a date, a number or the very ends of time, when it is read, then it is no instant."""
    assert not accepts(Instant, value)


@pytest.mark.parametrize("value", ["0001-01-03T00:00Z", "9999-12-29T00:00Z"])
def test_every_instant_has_a_day_around_it_everywhere(value: str) -> None:
    """Given the first and the last instant there are, then wherever on Earth they are told, the days around them are there, too."""
    read: datetime = TypeAdapter(Instant).validate_python(value)

    for hours in (-14, 14):
        local = read.astimezone(timezone(timedelta(hours=hours)))
        assert local - timedelta(days=1) < local < local + timedelta(days=1)


# -- personal data ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("王大爷", Personal("王大爷")),
        (Personal("王大爷", "r-7"), Personal("王大爷", "r-7")),
        ("x" * PERSONAL_TEXT_LIMIT, Personal("x" * PERSONAL_TEXT_LIMIT)),
        ("𠀀", Personal("𠀀")),
    ],
)
def test_personal_data_is_a_text_with_or_without_its_subject(
    value: object, expected: Personal
) -> None:
    """Given a text, or one that is said to be a subject's, when it is read, then it is personal data of that subject."""
    assert TypeAdapter(PersonalText).validate_python(value) == expected


@pytest.mark.parametrize("sign", [*map(chr, (0, 8, 11, 12, 27, 127, 133)), *"\u202a\u202d\u202e"])
def test_a_personal_text_has_nothing_in_it_that_is_not_printed(sign: str) -> None:
    """Given a control character, or what turns the text around, then no personal text is written with it, and its schema says so."""
    pattern = TypeAdapter(PersonalText).json_schema()["pattern"]

    assert not accepts(PersonalText, f"王{sign}大爷")
    assert not re.fullmatch(pattern, f"王{sign}大爷")


def test_a_personal_text_has_lines_and_any_letters() -> None:
    """Given a text of several lines, of any script, then it is taken, and its schema says so."""
    pattern = TypeAdapter(PersonalText).json_schema()["pattern"]

    for text in (
        "一\n二\r\n\t三",
        "مصباح \u200fabc\u200e",
        "\u2068abc\u2069",
        "👩\u200d🔧",
        "e\u0301",
    ):
        assert accepts(PersonalText, text)
        assert re.fullmatch(pattern, text)


def test_a_personal_text_that_was_stored_is_read_as_it_is() -> None:
    """Given a text with a control character, as it could once be stored, when a command is read off the log, then it is as it was."""
    kept = Personal("王\u0000大爷", "r-7")

    assert TypeAdapter(PersonalText).validate_python(kept) == kept


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x" * (PERSONAL_TEXT_LIMIT + 1),
        {"text": "王", "subject": "r-7"},
        {"text": "王"},
        Personal("王", "x" * (SUBJECT_LIMIT + 1)),
        Personal(pd=1),
        7,
        None,
        "half a character: \ud800",
        Personal("王", "\udfff"),
    ],
    ids=[
        "nothing",
        "too long",
        "an object with a subject",
        "an object",
        "subject too long",
        "sealed",
        "a number",
        "null",
        "half a character",
        "half a character of a subject",
    ],
)
def test_what_is_no_personal_data(value: object) -> None:
    """Given anything else, when it is read, then it is no personal data; what is sealed cannot be given as if it were."""
    assert not accepts(PersonalText, value)


def test_personal_data_says_so_in_the_schema() -> None:
    """Given a command with personal data, then its JSON schema marks the field, so that no surface shows it by mistake."""
    schema = c.AddNote.model_json_schema()["properties"]["note"]

    assert schema == {
        "type": "string",
        "minLength": 1,
        "maxLength": PERSONAL_TEXT_LIMIT,
        "pattern": r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e]*$",
        "x-personal": True,
        "title": "Note",
    }


# -- commands -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"case_id": "case-1", "riddle": 1},
        {"case_id": "case 1"},
        {"case_id": 1},
    ],
    ids=["missing", "unknown", "malformed", "wrong type"],
)
def test_a_command_has_the_fields_it_has(fields: dict[str, object]) -> None:
    """Given a field that is missing, unknown or malformed, when a command is read, then it is none."""
    with pytest.raises(ValidationError):
        c.AcceptCase.model_validate(fields)


def test_a_command_never_changes() -> None:
    """Given a command, when somebody would change it, then that is refused."""
    command = c.AcceptCase(case_id="case-1")

    with pytest.raises(ValidationError, match="frozen"):
        command.case_id = "case-2"  # type: ignore[misc] # the point: it is frozen


@pytest.mark.parametrize("value", [1.5, 2**53, -(2**53), None, [1], "x" * 201])
def test_a_fact_is_a_truth_a_whole_number_or_a_short_text(value: object) -> None:
    """Given a value that not every reader of JSON keeps, when it is given as a fact, then it is none."""
    with pytest.raises(ValidationError):
        c.EstablishFacts(case_id="case-1", facts={"a": value})  # type: ignore[dict-item] # the point: no such value


@pytest.mark.parametrize("value", [True, 0, 1, 2**53 - 1, -(2**53) + 1, "", "灯"])
def test_a_fact_keeps_its_type(value: object) -> None:
    """Given a fact in JSON, when it is read, then it is what was written: a truth is no number, and a number no truth."""
    text = json.dumps({"case_id": "case-1", "facts": {"a": value}})

    fact = c.EstablishFacts.model_validate_json(text).facts["a"]

    assert (fact, type(fact)) == (value, type(value))


# -- events and envelopes -----------------------------------------------------------------------------------------------------


def test_an_event_never_changes_and_holds_nothing_unknown() -> None:
    """Given an event, when somebody would change it, or it is read with a field it lacks, then that is refused."""
    event = e.UrgingRecorded(1)

    with pytest.raises(AttributeError):
        event.count = 2  # type: ignore[misc] # the point: it is frozen
    with pytest.raises(msgspec.ValidationError, match="riddle"):
        msgspec.json.decode(b'{"count":1,"riddle":1}', type=e.UrgingRecorded)


def test_what_did_not_happen_earlier_happened_when_it_was_decided() -> None:
    """Given an envelope with an effective instant or without, then what it carries happened then, or when it was decided."""
    now = Envelope(command_id=UUID(int=1), actor_id="a", decided_at=at("03-02 12:00"))
    late = msgspec.structs.replace(now, effective_at=at("03-02 09:00"))

    assert now.happened_at == at("03-02 12:00")
    assert late.happened_at == at("03-02 09:00")
