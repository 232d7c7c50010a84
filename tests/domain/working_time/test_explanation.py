"""Explanations: a reader can count along, in both languages."""

from datetime import UTC, datetime

import pytest

from casesys.domain.messages import Text
from casesys.domain.working_time import Budget, Calendar, Suspension, Term, Unit, Until, explain
from tests.domain.working_time.stock import CN, LA, cn, la

LATER = datetime(2030, 1, 1, tzinfo=UTC)


def explained(
    amount: int,
    unit: Unit,
    start: datetime,
    *suspended: tuple[str, str],
    extensions: tuple[int, ...] = (),
    calendar: Calendar = CN,
) -> Text:
    """The explanation of a term that was suspended for rain."""
    rain = tuple(Suspension(cn(since), cn(until), "rain") for since, until in suspended)
    term = Term(Budget(amount, unit, calendar.code), start, rain, extensions)
    return explain(term, calendar, LATER)


def test_the_national_day_example() -> None:
    """Given 7 working days from 28 September 2026, then the explanation is word for word this."""
    assert explained(7, Unit.WORKING_DAY, cn("2026-09-28 10:00")) == Text(
        "应于2026-10-13前办结（含当日），因自2026-09-28次日起算7个工作日；"
        "10月1日至7日为国庆节假期，10月10日为调休工作日；暂停计时0天",
        "due 2026-10-13 because 7 working days after 2026-09-28; "
        "1–7 October are holidays, 10 October is a make-up working day; suspended 0 days",
    )


@pytest.mark.parametrize(
    ("until", "unit", "zh", "en"),
    [
        (Until.WORK_IS_DONE, Unit.CALENDAR_DAY, "应于2026-06-02前办结（含当日）", "due 2026-06-02"),
        (Until.DUTY_IS_DONE, Unit.CALENDAR_DAY, "应于2026-06-02前完成（含当日）", "due 2026-06-02"),
        (Until.TIME_IS_OVER, Unit.CALENDAR_DAY, "至2026-06-02届满（含当日）", "over 2026-06-02"),
        (
            Until.TIME_IS_OVER,
            Unit.CLOCK_HOUR,
            "至2026-06-01 11:00+08:00届满",
            "over 2026-06-01 11:00+08:00",
        ),
    ],
)
def test_it_is_said_what_the_time_is_for(until: Until, unit: Unit, zh: str, en: str) -> None:
    """Given time for work, for another duty or to be waited for, then its end is spoken of in the words for that."""
    term = Term(Budget(1, unit, CN.code), cn("2026-06-01 10:00"))

    told = explain(term, CN, LATER, until)

    assert told.zh.startswith(f"{zh}，因")
    assert told.en.startswith(f"{en} because")


def test_one_unit_is_singular() -> None:
    """Given 1 calendar day, then English says one day, and no holiday is named."""
    assert explained(1, Unit.CALENDAR_DAY, cn("2026-09-30 10:00")) == Text(
        "应于2026-10-01前办结（含当日），因自2026-09-30次日起算1个自然日；暂停计时0天",
        "due 2026-10-01 because 1 calendar day after 2026-09-30; suspended 0 days",
    )


def test_hours_are_explained_with_the_local_time() -> None:
    """Given 8 working hours over a holiday, then both ends have a time with its offset."""
    assert explained(8, Unit.WORKING_HOUR, cn("2026-09-24 10:00:30")) == Text(
        "应于2026-09-28 11:00:30+08:00前办结，因自2026-09-24 10:00:30+08:00起算8个工作小时；"
        "9月25日至27日为中秋节假期；暂停计时0小时",
        "due 2026-09-28 11:00:30+08:00 because 8 working hours after 2026-09-24 10:00:30+08:00; "
        "25–27 September are holidays; suspended 0 hours",
    )


def test_clock_hours_without_a_calendar_are_explained_in_utc() -> None:
    """Given clock hours and no calendar, then the times are in UTC."""
    term = Term(Budget(2, Unit.CLOCK_HOUR), datetime(2026, 6, 1, 23, 30, tzinfo=UTC))

    assert explain(term, None, LATER) == Text(
        "应于2026-06-02 01:30+00:00前办结，因自2026-06-01 23:30+00:00起算2个小时；暂停计时0小时",
        "due 2026-06-02 01:30+00:00 because 2 clock hours after 2026-06-01 23:30+00:00; "
        "suspended 0 hours",
    )


def test_an_extension_is_named() -> None:
    """Given a budget with two extensions, then budget and sum are told apart."""
    text = explained(5, Unit.WORKING_DAY, cn("2026-06-01 10:00"), extensions=(1, 2))

    assert text.zh.startswith(
        "应于2026-06-11前办结（含当日），因自2026-06-01次日起算5个工作日，另延期3个工作日"
    )
    assert text.en.startswith(
        "due 2026-06-11 because 5 working days, extended by 3, after 2026-06-01;"
    )


def test_days_lost_are_counted_and_named() -> None:
    """Given two suspensions, then the days lost stand in the explanation, as ranges."""
    text = explained(
        4,
        Unit.WORKING_DAY,
        cn("2026-05-25 10:00"),
        ("2026-05-26 10:00", "2026-05-27 10:00"),
        ("2026-05-29 10:00", "2026-06-02 10:00"),
    )

    assert text.zh.endswith("暂停计时5天（5月26日，5月29日至6月1日）")
    assert text.en == (
        "due 2026-06-03 because 4 working days after 2026-05-25; "
        "suspended 5 days (26 May, 29 May – 1 June)"
    )


def test_only_what_lies_between_start_and_deadline_is_lost() -> None:
    """Given suspensions before the start and after the deadline, then they are not counted."""
    outside = [("2026-05-01 10:00", "2026-05-20 10:00"), ("2026-06-06 10:00", "2026-06-20 10:00")]

    days = explained(4, Unit.WORKING_DAY, cn("2026-06-01 10:00"), *outside)
    hours = explained(4, Unit.WORKING_HOUR, cn("2026-06-01 10:00"), *outside)

    assert days.en.endswith("; suspended 0 days")
    assert hours.en.endswith("; suspended 0 hours")


def test_suspended_time_is_measured_for_hours() -> None:
    """Given hours suspended for a while, then the time is told in hours, minutes and seconds."""
    text = explained(
        20, Unit.WORKING_HOUR, cn("2026-06-01 10:00"), ("2026-06-01 23:00", "2026-06-03 01:01:02")
    )

    assert text.zh.endswith("暂停计时26小时1分钟2秒")
    assert text.en.endswith("suspended 26 hours 1 minute 2 seconds")


def test_holidays_lost_to_a_suspension_are_not_named() -> None:
    """Given a suspension over National Day, then the holidays did not matter, 10 October did."""
    pause = ("2026-09-30 10:00", "2026-10-08 10:00")

    for unit, amount in ((Unit.WORKING_DAY, 4), (Unit.WORKING_HOUR, 35)):
        text = explained(amount, unit, cn("2026-09-28 10:00"), pause)
        assert "holiday" not in text.en
        assert "10 October is a make-up working day" in text.en


def test_a_holiday_suspended_in_part_is_named_for_hours() -> None:
    """Given hours suspended from the morning of a holiday on, then it mattered before that."""
    text = explained(
        20, Unit.WORKING_HOUR, cn("2026-09-29 10:00"), ("2026-10-01 10:00", "2026-10-08 10:00")
    )

    assert "; 1–7 October are holidays; " in text.en


def test_a_make_up_day_that_takes_the_place_of_the_start_is_not_named() -> None:
    """Given a clock suspended on its first day until a make-up day, then that does not count."""
    text = explained(
        1, Unit.WORKING_DAY, cn("2026-10-08 09:00"), ("2026-10-08 10:00", "2026-10-10 10:00")
    )

    assert text.en == (
        "due 2026-10-12 because 1 working day after 2026-10-08; suspended 2 days (8–9 October)"
    )


def test_suspensions_that_overlap_are_measured_once() -> None:
    """Given suspensions that overlap, then the time in both is told once."""
    pauses = ("2026-06-01 11:00", "2026-06-01 15:00"), ("2026-06-01 12:00", "2026-06-01 16:00")

    text = explained(8, Unit.WORKING_HOUR, cn("2026-06-01 10:00"), *pauses)

    assert text.en.endswith("suspended 5 hours")


def test_holidays_on_weekends_alone_are_not_named() -> None:
    """Given a Saturday that is a holiday, then it made no difference and is left out."""
    text = explained(2, Unit.WORKING_DAY, la("2017-11-09 10:00"), calendar=LA)

    assert text.en.split("; ")[1] == "10 November is a holiday"


def test_exceptions_are_told_in_the_order_of_the_days() -> None:
    """Given a walk over Spring Festival 2026, then break and make-up days come as they fall."""
    text = explained(10, Unit.WORKING_DAY, cn("2026-02-12 10:00"))

    assert text.en.split("; ")[1] == (
        "14 February is a make-up working day, 15–23 February are holidays, "
        "28 February is a make-up working day"
    )


def test_a_walk_over_new_year_names_the_years() -> None:
    """Given a walk over two years, then each day has its year."""
    text = explained(3, Unit.WORKING_DAY, cn("2025-12-30 10:00"))

    assert text.zh.split("；")[1] == "2026年1月1日至3日为元旦假期，2026年1月4日为调休工作日"
    assert text.en.split("; ")[1] == (
        "1–3 January 2026 are holidays, 4 January 2026 is a make-up working day"
    )


def test_a_range_over_two_months_names_both() -> None:
    """Given a holiday from January to February, then both months are named."""
    text = explained(3, Unit.WORKING_DAY, cn("2025-01-27 10:00"))

    assert text.zh.split("；")[1] == "1月28日至2月4日为春节假期"
    assert text.en.split("; ")[1] == "28 January – 4 February are holidays"


def test_a_clock_that_stands_still_says_so() -> None:
    """Given an open suspension, then the date is as if the clock were resumed now."""
    rain = Suspension(cn("2026-06-02 10:00"), None, "rain")
    term = Term(Budget(3, Unit.WORKING_DAY, CN.code), cn("2026-06-01 10:00"), (rain,))

    text = explain(term, CN, cn("2026-06-03 10:00"))

    assert text.zh.endswith("暂停计时1天（6月2日），仍在暂停，按即时恢复计")
    assert text.en.endswith("suspended 1 day (2 June) and still is, so as if resumed now")


@pytest.mark.parametrize(
    ("calendar", "start", "unit", "zh", "en"),
    [
        (
            CN,
            cn("2026-12-31 10:00"),
            Unit.WORKING_DAY,
            "暂定：日历workdays仅涵盖2025-01-01至2026-12-31，其余日期按每周工作日推算",
            (
                "provisional: the calendar workdays covers 2025-01-01 to 2026-12-31 only, "
                "other days are reckoned by weekday"
            ),
        ),
        (
            LA,
            la("2020-03-08 10:00"),
            Unit.CALENDAR_DAY,
            "暂定：日历workdays-la未载明届时的时区偏移",
            "provisional: the calendar workdays-la does not know the offset from UTC then",
        ),
    ],
    ids=["days", "offset"],
)
def test_a_provisional_deadline_says_why(
    calendar: Calendar, start: datetime, unit: Unit, zh: str, en: str
) -> None:
    """Given a deadline beyond what was adopted, then the explanation names what is missing."""
    text = explained(1, unit, start, calendar=calendar)

    assert (text.zh.split("；")[-1], text.en.split("; ")[-1]) == (zh, en)
