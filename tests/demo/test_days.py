"""Days as people arrange them, by the calendar that Heyuan adopts."""

from datetime import date

import pytest

from casesys.demo.days import Days
from casesys.demo.season import stock_calendar
from tests.community import local

DAYS = Days(stock_calendar())


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (0, "2026-09-30 09:30"),
        (1, "2026-10-08 09:30"),
        (2, "2026-10-09 09:30"),
        (3, "2026-10-10 09:30"),
        (4, "2026-10-12 09:30"),
    ],
)
def test_working_days_ahead_pass_over_holidays(ahead: int, expected: str) -> None:
    """Given the day before National Day, then the working days ahead follow the holidays, a made-up Saturday among them."""
    assert DAYS.workday(local("2026-09-30 20:15"), ahead, "09:30") == local(expected)


def test_on_a_day_off_today_is_the_next_working_day() -> None:
    """Given a holiday, then the 0th and the first working day from it are the same."""
    for ahead in (0, 1):
        assert DAYS.workday(local("2026-10-03 08:00"), ahead, "10:00") == local("2026-10-08 10:00")


def test_working_days_back() -> None:
    """Given a Monday after a made-up Saturday, then the second working day before it is the Friday."""
    assert DAYS.workday_before(local("2026-10-12 18:00"), 2, "14:05") == local("2026-10-09 14:05")


def test_reception_days_are_the_seventeenths() -> None:
    """Given three months, then the secretary receives on each 17th in them, be it a working day or not."""
    receptions = DAYS.receptions(date(2026, 8, 18), date(2026, 11, 17))

    assert receptions == [date(2026, 9, 17), date(2026, 10, 17), date(2026, 11, 17)]


def test_local_time_is_that_of_the_calendar() -> None:
    """Given an instant, then its local time is eight hours ahead of UTC."""
    assert DAYS.local(local("2026-09-01 00:30")).isoformat() == "2026-09-01T00:30:00+08:00"
