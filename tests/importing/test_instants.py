"""Local times of a file as instants, with the traps of the clock."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from casesys.importing.instants import LocalTimes
from casesys.importing.problems import RowRefused

AMERICAN = LocalTimes("%m/%d/%Y %I:%M:%S %p", ZoneInfo("America/Los_Angeles"))
ISO = LocalTimes("iso", ZoneInfo("Europe/Lisbon"))


def utc(text: str) -> datetime:
    """An instant written in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("times", "text", "expected"),
    [
        (AMERICAN, "12/31/2017 11:59:58 PM", ["2018-01-01T07:59:58"]),
        (AMERICAN, "01/04/2018 12:00:00 AM", ["2018-01-04T08:00:00"]),
        (AMERICAN, "07/04/2018 12:00:00 PM", ["2018-07-04T19:00:00"]),
        (AMERICAN, "11/04/2018 01:30:00 AM", ["2018-11-04T08:30:00", "2018-11-04T09:30:00"]),
        (ISO, "2026-03-02", ["2026-03-02T00:00:00"]),
        (ISO, "2026-07-01T10:00", ["2026-07-01T09:00:00"]),
        (ISO, "2026-07-01T10:00:00+08:00", ["2026-07-01T02:00:00"]),
    ],
    ids=["winter", "midnight", "summer", "repeated hour", "a day", "iso", "with an offset"],
)
def test_a_local_time_is_one_instant_or_two(
    times: LocalTimes, text: str, expected: list[str]
) -> None:
    """Given a local time, when it is read, then it is its instant, both of them where the hour came twice."""
    assert times.instants("when", text) == tuple(utc(each) for each in expected)


def test_an_hour_that_was_skipped_is_not_guessed_at() -> None:
    """Given a time in the hour that the clock was put forward over, when it is read, then its row is refused."""
    with pytest.raises(RowRefused) as refused:
        AMERICAN.instants("when", "03/11/2018 02:30:00 AM")
    assert refused.value.code == "time-skipped"


@pytest.mark.parametrize("text", ["2018-01-04", "13/32/2017 01:00:00 AM", "soon"])
def test_what_is_no_time_refuses_its_row(text: str) -> None:
    """Given text in another form, when it is read as a time, then its row is refused."""
    with pytest.raises(RowRefused) as refused:
        AMERICAN.instants("when", text)
    assert refused.value.code == "time-unreadable"
