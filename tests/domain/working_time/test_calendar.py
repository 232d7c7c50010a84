"""Calendar documents: what is read from them, what is refused, and what their digest covers."""

import hashlib
import json
import tomllib
from datetime import date

import msgspec
import pytest
import rfc8785

from casesys.domain.messages import Text
from casesys.domain.working_time import CalendarInvalid, parse_calendar
from tests.domain.working_time.stock import CN, document

DOCUMENT = """
code = "office"
label = { zh = "办公日历", en = "Office days" }
source = "a notice on the door"
first_day = 2026-01-01
last_day = 2026-12-31
weekdays = ["mon", "tue", "wed", "thu", "fri"]
hours = ["09:00-12:00", "13:30-24:00"]

[zone]
name = "somewhere"
known_until = 2027-01-01T00:00:00+08:00
offsets = [{ minutes = 480 }, { since = 2026-07-01T08:00:00+08:00, minutes = 480 }]

[holidays]
2026-05-01 = { zh = "劳动节", en = "Labour Day" }

[make_up_days]
2026-05-09 = { zh = "调休", en = "make-up day" }
"""


def with_change(old: str, new: str) -> bytes:
    """The document with one piece replaced."""
    assert old in DOCUMENT
    return DOCUMENT.replace(old, new).encode()


def test_a_document_is_read_as_it_is_written() -> None:
    """Given a document, when it is parsed, then the calendar holds what it says."""
    calendar = parse_calendar(DOCUMENT.encode())

    assert calendar.code == "office"
    assert calendar.label == Text("办公日历", "Office days")
    assert calendar.source == "a notice on the door"
    assert (calendar.first_day, calendar.last_day) == (date(2026, 1, 1), date(2026, 12, 31))
    assert calendar.weekdays == {1, 2, 3, 4, 5}
    assert calendar.hours == ((9 * 60, 12 * 60), (13 * 60 + 30, 24 * 60))
    assert calendar.holidays == {date(2026, 5, 1): Text("劳动节", "Labour Day")}
    assert calendar.make_up_days == {date(2026, 5, 9): Text("调休", "make-up day")}


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 4, 30), True),
        (date(2026, 5, 1), False),
        (date(2026, 5, 2), False),
        (date(2026, 5, 3), False),
        (date(2026, 5, 4), True),
        (date(2026, 5, 9), True),
        (date(2026, 5, 10), False),
        (date(2027, 5, 1), False),
        (date(2027, 5, 3), True),
    ],
    ids=str,
)
def test_a_day_works_by_exception_or_by_weekday(day: date, *, works: bool) -> None:
    """Given a calendar, then its exceptions come before its weekdays, also outside its coverage."""
    assert parse_calendar(DOCUMENT.encode()).works(day.toordinal()) is works


def test_toml_and_json_of_the_same_meaning_are_the_same_calendar() -> None:
    """Given one calendar in both notations, in other orders and zones, then the digests agree."""
    plain = msgspec.to_builtins(tomllib.loads(DOCUMENT))
    plain["weekdays"].reverse()
    plain["zone"]["known_until"] = "2026-12-31T16:00:00Z"
    turned = dict(reversed(plain.items()))

    calendar = parse_calendar(json.dumps(turned, indent=2).encode())

    assert calendar == parse_calendar(DOCUMENT.encode())
    assert hash(calendar) == hash(parse_calendar(DOCUMENT.encode()))


def test_the_digest_is_of_canonical_json() -> None:
    """Given a shipped calendar, then its canonical form is RFC 8785, is hashed, and reads back."""
    assert CN.canonical == rfc8785.dumps(json.loads(CN.canonical))
    assert CN.digest == hashlib.sha256(CN.canonical).hexdigest()
    assert parse_calendar(CN.canonical) == CN


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2026-05-09 =", "2026-05-10 ="),
        ("minutes = 480 },", "minutes = 540 },"),
        ("Labour Day", "Worker's Day"),
        ("12:00", "12:01"),
    ],
    ids=["day", "offset", "label", "hours"],
)
def test_any_change_of_meaning_changes_the_digest(old: str, new: str) -> None:
    """Given one difference in meaning, then the calendars are not the same."""
    assert parse_calendar(with_change(old, new)) != parse_calendar(DOCUMENT.encode())


def test_a_calendar_cannot_be_changed() -> None:
    """Given a calendar, then neither its fields nor its days can be assigned to."""
    calendar = parse_calendar(DOCUMENT.encode())

    with pytest.raises(AttributeError):
        calendar.code = "other"  # type: ignore[misc] # the point: it is frozen
    with pytest.raises(TypeError):
        calendar.holidays[date(2026, 1, 1)] = Text("", "")  # type: ignore[index] # the point: it is frozen


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        (b"\xff", "calendar-unreadable", "decode"),
        (b"code = 1 2", "calendar-unreadable", "line 1"),
        (b'{"code": ', "calendar-unreadable", "Expecting value"),
        (b'{"code": "a", "code": "b"}', "calendar-unreadable", "'code' is given twice"),
        (b'{"code":' + b"[" * 100_000, "calendar-unreadable", "recursion"),
        (b"", "calendar-field", "missing required field `code`"),
        (with_change('code = "office"', 'code = "Office"'), "calendar-field", "$.code"),
        (with_change("source =", "sauce ="), "calendar-field", "unknown field `sauce`"),
        (with_change("a notice on", "a\\nnotice on"), "calendar-field", "$.source"),
        (with_change('"fri"', '"freitag"'), "calendar-field", "$.weekdays"),
        (with_change('"mon", "tue", "wed", "thu", "fri"', ""), "calendar-field", "$.weekdays"),
        (with_change("2026-05-01 =", '"1 May" ='), "calendar-field", "$.holidays"),
        (with_change("minutes = 480 },", "minutes = 1440 },"), "calendar-field", "offsets[0]"),
        (with_change("01-01T00:00:00+08:00", "01-01T00:00:00"), "calendar-field", "timezone"),
        (with_change("2026-12-31", "2025-12-31"), "calendar-coverage", "before first_day"),
        (with_change('"fri"', '"mon"'), "calendar-weekdays", "twice"),
        (with_change("09:00-12:00", "9-12"), "calendar-hours", "'9-12' is not of the form"),
        (with_change("09:00-12:00", "12:00-12:00"), "calendar-hours", "ends before it begins"),
        (with_change("09:00-12:00", "09:00-13:31"), "calendar-hours", "overlap"),
        (with_change("2026-05-01 =", "2025-05-01 ="), "calendar-days", "2025-05-01 is outside"),
        (with_change("2026-05-09 =", "2027-05-09 ="), "calendar-days", "2027-05-09 is outside"),
        (with_change("2026-05-09 =", "2026-05-01 ="), "calendar-days", "both holiday and make-up"),
        (with_change("2026-05-09 =", "2026-05-08 ="), "calendar-days", "without making up"),
        (with_change("since = 2026-07-01T08:00:00+08:00, ", ""), "calendar-offsets", "ascend"),
        (with_change("2027-01-01T", "2026-12-31T"), "calendar-offsets", "not known on every day"),
        (
            with_change("[{ minutes", "[{ since = 2026-01-01T00:00:00Z, minutes"),
            "calendar-offsets",
            "not known on every day",
        ),
    ],
)
def test_a_faulty_document_is_refused_with_what_to_mend(data: bytes, code: str, says: str) -> None:
    """Given a document with one fault, when it is parsed, then a stable code and the fault tell."""
    with pytest.raises(CalendarInvalid) as refused:
        parse_calendar(data)

    assert refused.value.code == code
    assert says in refused.value.message


def test_a_text_that_is_no_unicode_is_refused() -> None:
    """Given half of a surrogate pair in JSON, then the calendar is refused, not its encoding."""
    plain = json.loads(CN.canonical) | {"source": "\ud800"}

    with pytest.raises(CalendarInvalid, match="calendar-field"):
        parse_calendar(json.dumps(plain).encode())


def test_the_shipped_document_is_commented_toml() -> None:
    """Given the shipped file, then people read it as TOML and its source is the State Council."""
    assert document("cn-2026.toml").startswith(b"#")
    assert "国务院办公厅" in CN.source
