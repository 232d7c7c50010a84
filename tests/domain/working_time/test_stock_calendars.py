"""The shipped calendars against independent opinions: two holiday packages and the zone database."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays
import pytest

from casesys.domain.working_time import Calendar
from tests.domain.working_time.stock import CN, LA, LOS_ANGELES, SHANGHAI


def days_covered(calendar: Calendar) -> Iterator[date]:
    """Each day from the first to the last."""
    for day in range(calendar.first_day.toordinal(), calendar.last_day.toordinal() + 1):
        yield date.fromordinal(day)


def test_chinas_working_days_are_those_of_chinesecalendar() -> None:
    """Given the days covered, then each is a working day if and only if that package says so."""
    differing = [
        day
        for day in days_covered(CN)
        if CN.works(day.toordinal()) != chinese_calendar.is_workday(day)
    ]

    assert differing == []
    assert (CN.first_day, CN.last_day) == (date(2025, 1, 1), date(2026, 12, 31))


def test_chinas_working_days_are_those_of_holidays() -> None:
    """Given the days covered, then the second package knows the same working days."""
    known = holidays.country_holidays("CN", years=[2025, 2026])

    differing = [
        day for day in days_covered(CN) if CN.works(day.toordinal()) != known.is_working_day(day)
    ]

    assert differing == []


def test_chinas_holidays_are_all_days_of_each_break() -> None:
    """Given the announced breaks, then the calendar lists their weekends too, and no other day."""
    announced = {
        day
        for day in days_covered(CN)
        if chinese_calendar.get_holiday_detail(day)[1] is not None
        and chinese_calendar.is_holiday(day)
    }

    assert set(CN.holidays) == announced


def test_californias_holidays_are_the_federal_ones() -> None:
    """Given the years covered, then the holidays are the federal ones, by date and name."""
    federal = holidays.country_holidays("US", years=[2017, 2018, 2019])

    expected = {day: name for day, name in federal.items() if LA.first_day <= day <= LA.last_day}
    assert {day: label.en for day, label in LA.holidays.items()} == expected
    assert LA.make_up_days == {}


@pytest.mark.parametrize(
    ("calendar", "zone"), [(CN, SHANGHAI), (LA, LOS_ANGELES)], ids=["cn", "la"]
)
def test_local_days_begin_when_the_zone_database_says(calendar: Calendar, zone: ZoneInfo) -> None:
    """Given the offsets as data, then each day covered starts and ends at its real midnight."""
    epoch = datetime(1, 1, 1, tzinfo=UTC)
    last = calendar.last_day + timedelta(days=1)
    for day in (*days_covered(calendar), last):
        midnight = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)

        start = calendar.zone.start_of(day.toordinal())

        assert epoch + timedelta(microseconds=start) == midnight


@pytest.mark.parametrize("calendar", [CN, LA], ids=["cn", "la"])
def test_each_calendar_names_itself_and_its_source(calendar: Calendar) -> None:
    """Given a shipped calendar, then it has a code, labels in two languages and a source."""
    assert calendar.code in {"workdays", "workdays-la"}
    assert all((calendar.label.zh, calendar.label.en, calendar.source))
