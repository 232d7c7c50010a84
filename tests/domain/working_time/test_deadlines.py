"""Deadlines: when a budget is due, given its start, its suspensions and a calendar."""

from datetime import UTC, datetime, timedelta

import pytest

from casesys.domain.working_time import (
    Budget,
    Calendar,
    Deadline,
    Suspension,
    Term,
    Unit,
    deadline,
    used,
)
from tests.domain.working_time.stock import CN, LA, cn, la

LATER = datetime(2030, 1, 1, tzinfo=UTC)


def term(
    amount: int,
    unit: Unit,
    start: datetime,
    *suspended: tuple[datetime, datetime | None],
    calendar: Calendar = CN,
    extensions: tuple[int, ...] = (),
) -> Term:
    """A term that was suspended for rain."""
    rain = tuple(Suspension(since, until, "rain") for since, until in suspended)
    return Term(Budget(amount, unit, calendar.code), start, rain, extensions)


def due(the_term: Term, calendar: Calendar = CN, at: datetime = LATER) -> datetime:
    """When a term is due, where that is certain."""
    found = deadline(the_term, calendar, at)
    assert not found.provisional
    return found.due_at


def test_the_national_day_example() -> None:
    """Given 7 working days from 28 September 2026, then holidays are skipped and 10 October not."""
    assert due(term(7, Unit.WORKING_DAY, cn("2026-09-28 10:00"))) == cn("2026-10-14 00:00")


@pytest.mark.parametrize(
    ("start", "last_day_ends"),
    [
        ("2026-09-23 00:00", "2026-09-25 00:00"),
        ("2026-09-23 23:59:59.999999", "2026-09-25 00:00"),
        ("2026-09-24 08:00", "2026-09-29 00:00"),
        ("2026-09-19 12:00", "2026-09-21 00:00"),
        ("2026-10-03 12:00", "2026-10-09 00:00"),
    ],
    ids=["from midnight", "to midnight", "over a holiday", "to a make-up Sunday", "in a holiday"],
)
def test_the_day_of_the_start_does_not_count(start: str, last_day_ends: str) -> None:
    """Given 1 working day, then it is the first working day after the local day of the start."""
    assert due(term(1, Unit.WORKING_DAY, cn(start))) == cn(last_day_ends)


def test_calendar_days_count_every_day() -> None:
    """Given 10 calendar days over National Day, then all of them count."""
    start = cn("2026-09-28 10:00")

    assert due(term(10, Unit.CALENDAR_DAY, start)) == cn("2026-10-09 00:00")


@pytest.mark.parametrize(
    ("hours", "start", "ends"),
    [
        (2, "2026-09-24 10:00", "2026-09-24 12:00"),
        (3, "2026-09-24 10:00", "2026-09-24 14:30"),
        (7, "2026-09-24 09:00", "2026-09-24 17:30"),
        (8, "2026-09-24 09:00", "2026-09-28 10:00"),
        (1, "2026-09-24 20:00", "2026-09-28 10:00"),
        (1, "2026-09-24 11:59:59.000001", "2026-09-24 14:29:59.000001"),
    ],
    ids=["to noon", "over noon", "a day", "over a holiday", "from the evening", "to a microsecond"],
)
def test_working_hours_run_in_the_calendars_hours(hours: int, start: str, ends: str) -> None:
    """Given working hours, then only the hours of working days are used, exactly."""
    assert due(term(hours, Unit.WORKING_HOUR, cn(start))) == cn(ends)


def test_clock_hours_always_run_and_need_no_calendar() -> None:
    """Given 48 clock hours without a calendar, then they end 48 hours later, for certain."""
    start = datetime(2031, 1, 1, 3, 4, 5, 6, tzinfo=UTC)

    found = deadline(Term(Budget(48, Unit.CLOCK_HOUR), start), None, LATER)

    assert found == Deadline(start + timedelta(hours=48), provisional=False, suspended=False)


def test_extensions_add_to_the_budget() -> None:
    """Given 5 working days and extensions of 1 and 1, then it is as if there had been 7."""
    start = cn("2026-09-28 10:00")

    extended = term(5, Unit.WORKING_DAY, start, extensions=(1, 1))

    assert due(extended) == due(term(7, Unit.WORKING_DAY, start))


@pytest.mark.parametrize(
    ("since", "until", "ends"),
    [
        ("2026-06-03 10:00", "2026-06-03 16:00", "2026-06-06 00:00"),
        ("2026-06-03 10:00", "2026-06-04 00:00", "2026-06-09 00:00"),
        ("2026-06-03 10:00", "2026-06-05 10:00", "2026-06-10 00:00"),
        ("2026-06-05 10:00", "2026-06-08 10:00", "2026-06-09 00:00"),
        ("2026-06-01 16:00", "2026-06-02 09:00", "2026-06-09 00:00"),
        ("2026-06-06 00:00", "2026-06-20 00:00", "2026-06-06 00:00"),
        ("2026-05-01 00:00", "2026-05-20 00:00", "2026-06-06 00:00"),
        ("2026-06-05 10:00", "2026-06-24 10:00", "2026-06-25 00:00"),
    ],
    ids=[
        "within a day",
        "to the next midnight",
        "over two midnights",
        "on the last day, over a weekend",
        "on the day of the start",
        "when it is over",
        "before it started",
        "over a weekend and a holiday",
    ],
)
def test_the_day_of_resuming_takes_the_place_of_the_day_suspended(
    since: str, until: str, ends: str
) -> None:
    """Given 4 working days from Monday, 1 June, then days at whose end the clock stood are lost."""
    suspended = term(4, Unit.WORKING_DAY, cn("2026-06-01 09:00"), (cn(since), cn(until)))

    assert due(suspended) == cn(ends)


def test_overlapping_suspensions_count_once() -> None:
    """Given suspensions that overlap, touch and repeat in any order, then their union counts."""
    start = cn("2026-06-01 09:00")
    days = [cn(f"2026-06-0{day} 12:00") for day in range(1, 7)]
    pieces = ((days[2], days[4]), (days[1], days[3]), (days[2], days[3]), (days[4], days[5]))

    for unit, amount in ((Unit.WORKING_DAY, 5), (Unit.WORKING_HOUR, 30), (Unit.CLOCK_HOUR, 90)):
        assert due(term(amount, unit, start, *pieces)) == due(
            term(amount, unit, start, (days[1], days[5]))
        )


def test_hours_do_not_run_while_suspended() -> None:
    """Given 8 working hours suspended over a night and a lunch, then only working time is lost."""
    start = cn("2026-06-01 09:00")
    nights = (cn("2026-06-01 17:30"), cn("2026-06-02 09:00"))
    lunch = (cn("2026-06-02 09:30"), cn("2026-06-02 13:30"))

    suspended = term(8, Unit.WORKING_HOUR, start, nights, lunch)

    assert due(suspended) == cn("2026-06-02 14:00")


def test_clock_hours_move_by_the_suspension() -> None:
    """Given 24 clock hours suspended for 90 minutes, then they end 90 minutes later."""
    start = cn("2026-06-01 09:00")
    pause = (cn("2026-06-01 23:00"), cn("2026-06-02 00:30"))

    assert due(term(24, Unit.CLOCK_HOUR, start, pause)) == cn("2026-06-02 10:30")


@pytest.mark.parametrize("unit", Unit)
def test_an_open_suspension_is_taken_as_if_it_ended_now(unit: Unit) -> None:
    """Given a clock that stands still, when asked at some instant, then as if resumed then."""
    start, since, now = (cn(f"2026-06-0{day} 10:00") for day in (1, 2, 8))
    standing = term(40, unit, start, (since, None))

    found = deadline(standing, CN, now)

    assert found.due_at == due(term(40, unit, start, (since, now)))
    assert found.suspended
    assert found.due_at > now


def test_a_suspension_yet_to_come_changes_nothing() -> None:
    """Given an open suspension from tomorrow on, when asked today, then nothing is lost yet."""
    start, now = cn("2026-06-01 10:00"), cn("2026-06-01 12:00")
    standing = term(7, Unit.WORKING_DAY, start, (cn("2026-06-02 10:00"), None))

    assert deadline(standing, CN, now) == deadline(term(7, Unit.WORKING_DAY, start), CN, now)


def test_suspended_says_whether_the_clock_stands_still_at_the_instant() -> None:
    """Given a suspension that ended, then the clock stood still from its start up to its end."""
    since, until = cn("2026-06-02 10:00"), cn("2026-06-03 10:00")
    suspended = term(7, Unit.WORKING_DAY, cn("2026-06-01 10:00"), (since, until))
    moment = timedelta(microseconds=1)

    asked = [since - moment, since, until - moment, until]

    assert [deadline(suspended, CN, at).suspended for at in asked] == [False, True, True, False]


@pytest.mark.parametrize(
    ("amount", "unit", "start", "ends"),
    [
        (1, Unit.CALENDAR_DAY, "2017-03-11 12:00", "2017-03-13 00:00"),
        (1, Unit.CALENDAR_DAY, "2017-11-04 12:00", "2017-11-06 00:00"),
        (2, Unit.WORKING_DAY, "2017-11-03 12:00", "2017-11-08 00:00"),
        (1, Unit.WORKING_DAY, "2017-03-10 12:00", "2017-03-14 00:00"),
        (24, Unit.CLOCK_HOUR, "2017-03-11 12:00", "2017-03-12 13:00"),
        (24, Unit.CLOCK_HOUR, "2017-11-04 12:00", "2017-11-05 11:00"),
        (8, Unit.WORKING_HOUR, "2017-11-03 09:00", "2017-11-06 09:00"),
    ],
)
def test_days_end_at_local_midnight_when_clocks_are_changed(
    amount: int, unit: Unit, start: str, ends: str
) -> None:
    """Given daylight saving time begins or ends on the way, then a day ends at its own 24:00."""
    assert due(term(amount, unit, la(start), calendar=LA), LA) == la(ends)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "provisional"),
    [
        ("2026-12-28 10:00", 3, Unit.WORKING_DAY, False),
        ("2026-12-28 10:00", 4, Unit.WORKING_DAY, True),
        ("2026-12-31 10:00", 1, Unit.WORKING_DAY, True),
        ("2024-12-31 10:00", 1, Unit.WORKING_DAY, False),
        ("2024-12-30 10:00", 1, Unit.WORKING_DAY, True),
        ("2024-12-30 10:00", 2, Unit.WORKING_DAY, True),
        ("2026-12-31 09:00", 7, Unit.WORKING_HOUR, False),
        ("2026-12-31 09:00", 8, Unit.WORKING_HOUR, True),
        ("2024-12-31 20:00", 1, Unit.WORKING_HOUR, True),
        ("2025-01-01 00:00", 1, Unit.WORKING_HOUR, False),
        ("2026-12-31 10:00", 90, Unit.CALENDAR_DAY, False),
        ("1990-01-01 10:00", 1, Unit.CALENDAR_DAY, True),
        ("1990-01-01 10:00", 1, Unit.CLOCK_HOUR, False),
    ],
)
def test_a_deadline_over_days_nobody_adopted_is_provisional(
    start: str, amount: int, unit: Unit, *, provisional: bool
) -> None:
    """Given a count that touches a day outside the calendar, then the deadline says so."""
    assert deadline(term(amount, unit, cn(start)), CN, LATER).provisional is provisional


def test_outside_the_calendar_weekdays_count() -> None:
    """Given a count into a year nobody announced, then it goes by weekday, provisionally."""
    found = deadline(term(5, Unit.WORKING_DAY, cn("2026-12-29 10:00")), CN, LATER)

    assert found == Deadline(cn("2027-01-06 00:00"), provisional=True, suspended=False)


@pytest.mark.parametrize(
    ("unit", "start", "since"),
    [
        (Unit.WORKING_DAY, "2024-12-20 10:00", "2024-12-20 09:00"),
        (Unit.WORKING_HOUR, "2024-12-20 10:00", "2024-12-20 09:00"),
        (Unit.WORKING_DAY, "2024-12-20 10:00", "2024-12-21 09:00"),
    ],
    ids=["days", "hours", "days from the next day on"],
)
def test_days_lost_to_a_suspension_need_no_calendar(unit: Unit, start: str, since: str) -> None:
    """Given a start before the calendar that is suspended until it begins, then all is certain."""
    pause = (cn(since), cn("2025-01-02 09:00"))

    assert not deadline(term(7, unit, cn(start), pause), CN, LATER).provisional


def test_a_calendar_day_past_the_known_offsets_is_provisional() -> None:
    """Given a zone known until the clocks change again, then days beyond are provisional."""
    start = la("2020-03-05 10:00")

    certain, beyond = (
        deadline(term(days, Unit.CALENDAR_DAY, start, calendar=LA), LA, LATER) for days in (2, 3)
    )

    assert (certain.provisional, beyond.provisional) == (False, True)


@pytest.mark.parametrize(
    ("amount", "unit", "at", "expected"),
    [
        (5, Unit.WORKING_DAY, "2026-05-01 00:00", 0),
        (5, Unit.WORKING_DAY, "2026-06-02 23:59", 0),
        (5, Unit.WORKING_DAY, "2026-06-03 00:00", 1),
        (5, Unit.WORKING_DAY, "2026-06-08 09:00", 4),
        (5, Unit.WORKING_DAY, "2026-06-30 09:00", 19),
        (5, Unit.CALENDAR_DAY, "2026-06-08 09:00", 6),
        (9, Unit.WORKING_HOUR, "2026-06-01 10:00", 0),
        (9, Unit.WORKING_HOUR, "2026-06-02 09:00:59.9", 6 * 3600 + 59),
        (9, Unit.WORKING_HOUR, "2026-06-03 09:00", 13 * 3600),
        (9, Unit.CLOCK_HOUR, "2026-06-01 22:00", 12 * 3600),
    ],
)
def test_used_is_what_has_run_by_then(amount: int, unit: Unit, at: str, expected: int) -> None:
    """Given a start on Monday, 1 June, at ten, then ended days or whole seconds count, on and on."""
    assert used(term(amount, unit, cn("2026-06-01 10:00")), CN, cn(at)) == expected


def test_another_calendar_than_the_budgets_is_an_error() -> None:
    """Given the wrong calendar, or none, when a deadline is asked for, then that is refused."""
    start = cn("2026-06-01 10:00")

    with pytest.raises(ValueError, match="the budget is in workdays, the calendar given is"):
        deadline(term(7, Unit.WORKING_DAY, start), LA, LATER)
    with pytest.raises(ValueError, match="working_day needs a calendar"):
        deadline(term(7, Unit.WORKING_DAY, start), None, LATER)


@pytest.mark.parametrize("amount", [0, -1, 100_001])
def test_an_amount_is_at_least_one_unit(amount: int) -> None:
    """Given no amount, or one beyond any office, then neither budget nor extension is made."""
    start = cn("2026-06-01 10:00")

    with pytest.raises(ValueError, match="1 to 100000 units"):
        term(amount, Unit.WORKING_DAY, start)
    with pytest.raises(ValueError, match="1 to 100000 units"):
        term(1, Unit.WORKING_DAY, start, extensions=(amount,))


def test_all_but_clock_hours_name_their_calendar() -> None:
    """Given a budget without a calendar, then only clock hours can do without."""
    for unit in set(Unit) - {Unit.CLOCK_HOUR}:
        with pytest.raises(ValueError, match="needs a calendar"):
            Budget(1, unit)


def test_a_suspension_does_not_end_before_it_begins() -> None:
    """Given an end before the beginning, then there is no such suspension."""
    with pytest.raises(ValueError, match="ends before it begins"):
        Suspension(cn("2026-06-02 10:00"), cn("2026-06-01 10:00"), "rain")
