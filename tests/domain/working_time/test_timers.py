"""Timers along a term: at a share of the budget, so long before its end, so long after."""

from datetime import datetime, timedelta

import pytest

from casesys.domain.working_time import (
    After,
    Before,
    Budget,
    Deadline,
    Share,
    Suspension,
    Term,
    Trigger,
    Unit,
    moment,
)
from tests.domain.working_time.stock import CN, cn

LATER = cn("2026-12-31 00:00")
START = cn("2026-09-28 10:00")


def fires(amount: int, unit: Unit, trigger: Trigger, *pauses: tuple[str, str]) -> datetime:
    """When a timer fires on a budget that started on Monday, 28 September 2026, at ten."""
    suspensions = tuple(Suspension(cn(since), cn(until), "rain") for since, until in pauses)
    found = moment(Term(Budget(amount, unit, CN.code), START, suspensions), CN, LATER, trigger)
    assert not found.provisional
    return found.due_at


@pytest.mark.parametrize(
    ("amount", "unit", "share", "instant"),
    [
        (7, Unit.WORKING_DAY, Share(1, 1), "2026-10-14 00:00"),
        (7, Unit.WORKING_DAY, Share(1, 2), "2026-10-10 00:00"),
        (7, Unit.WORKING_DAY, Share(3, 7), "2026-10-09 00:00"),
        (7, Unit.WORKING_DAY, Share(1, 100), "2026-09-30 00:00"),
        (7, Unit.WORKING_DAY, Share(0, 1), "2026-09-28 10:00"),
        (8, Unit.WORKING_HOUR, Share(1, 8), "2026-09-28 11:00"),
        (1, Unit.CLOCK_HOUR, Share(1, 3), "2026-09-28 10:20"),
    ],
)
def test_a_share_fires_when_it_is_consumed(
    amount: int, unit: Unit, share: Share, instant: str
) -> None:
    """Given a share of the budget, then days are rounded up and hours exact; none is the start."""
    assert fires(amount, unit, share) == cn(instant)


def test_a_share_is_of_the_extended_budget() -> None:
    """Given 4 working days extended by 4, then half is the end of the fourth."""
    extended = Term(Budget(4, Unit.WORKING_DAY, CN.code), START, extensions=(4,))

    assert moment(extended, CN, LATER, Share(1, 2)).due_at == cn("2026-10-10 00:00")


@pytest.mark.parametrize(
    ("amount", "unit", "before", "instant"),
    [
        (7, Unit.WORKING_DAY, Before(1, Unit.WORKING_DAY), "2026-10-13 00:00"),
        (7, Unit.WORKING_DAY, Before(3, Unit.WORKING_DAY), "2026-10-10 00:00"),
        (7, Unit.WORKING_DAY, Before(5, Unit.WORKING_DAY), "2026-10-08 00:00"),
        (7, Unit.WORKING_DAY, Before(7, Unit.WORKING_DAY), "2026-09-29 00:00"),
        (7, Unit.WORKING_DAY, Before(8, Unit.WORKING_DAY), "2026-09-28 10:00"),
        (7, Unit.WORKING_DAY, Before(4, Unit.CALENDAR_DAY), "2026-10-10 00:00"),
        (7, Unit.WORKING_DAY, Before(2, Unit.CLOCK_HOUR), "2026-10-13 22:00"),
        (7, Unit.WORKING_DAY, Before(8, Unit.WORKING_HOUR), "2026-10-12 16:30"),
        (8, Unit.WORKING_HOUR, Before(3, Unit.WORKING_HOUR), "2026-09-28 16:30"),
        (8, Unit.WORKING_HOUR, Before(9, Unit.WORKING_HOUR), "2026-09-28 10:00"),
        (50, Unit.CLOCK_HOUR, Before(1, Unit.WORKING_DAY), "2026-09-29 00:00"),
        (50, Unit.CLOCK_HOUR, Before(50, Unit.CLOCK_HOUR), "2026-09-28 10:00"),
    ],
)
def test_before_fires_when_so_much_is_left(
    amount: int, unit: Unit, before: Before, instant: str
) -> None:
    """Given a timer before the deadline, then so much still runs until it; at the earliest, all."""
    assert fires(amount, unit, before) == cn(instant)


@pytest.mark.parametrize(
    ("amount", "unit", "after", "instant"),
    [
        (2, Unit.WORKING_DAY, After(1, Unit.WORKING_DAY), "2026-10-09 00:00"),
        (2, Unit.WORKING_DAY, After(1, Unit.CALENDAR_DAY), "2026-10-02 00:00"),
        (2, Unit.WORKING_DAY, After(1, Unit.WORKING_HOUR), "2026-10-08 10:00"),
        (2, Unit.WORKING_DAY, After(1, Unit.CLOCK_HOUR), "2026-10-01 01:00"),
        (8, Unit.WORKING_HOUR, After(1, Unit.WORKING_DAY), "2026-10-01 00:00"),
        (14, Unit.CLOCK_HOUR, After(1, Unit.WORKING_DAY), "2026-09-30 00:00"),
    ],
)
def test_after_fires_when_so_much_has_run_since(
    amount: int, unit: Unit, after: After, instant: str
) -> None:
    """Given a timer after the deadline, then the calendar goes on; a day that begins then counts."""
    assert fires(amount, unit, after) == cn(instant)


def test_suspensions_hold_up_timers_too() -> None:
    """Given a suspension before the deadline and one after, then each moves what comes later."""
    before, after = (
        ("2026-09-29 12:00", "2026-09-30 12:00"),
        ("2026-10-09 12:00", "2026-10-10 12:00"),
    )

    assert fires(2, Unit.WORKING_DAY, Share(1, 2), before) == cn("2026-10-01 00:00")
    assert fires(2, Unit.WORKING_DAY, Share(1, 1), before) == cn("2026-10-09 00:00")
    assert fires(2, Unit.WORKING_DAY, After(1, Unit.WORKING_DAY), before, after) == cn(
        "2026-10-11 00:00"
    )


@pytest.mark.parametrize(
    ("unit", "amount", "passed"),
    [(Unit.WORKING_DAY, 2, "2026-09-29 00:00"), (Unit.CLOCK_HOUR, 40, "2026-09-28 10:00")],
)
def test_a_reminder_that_has_passed_stays_where_it_was(
    unit: Unit, amount: int, passed: str
) -> None:
    """Given a reminder that fired, when the clock is suspended after it, then it does not move."""
    pause = ("2026-09-29 08:00", "2026-09-30 12:00")

    assert fires(amount, unit, Before(amount, unit), pause) == cn(passed)


def test_a_timer_is_provisional_by_itself() -> None:
    """Given a deadline beyond the calendar, then what falls inside it is certain where it can be."""
    term = Term(Budget(4, Unit.WORKING_DAY, CN.code), cn("2026-12-28 10:00"))

    share, before, after = (
        moment(term, CN, LATER, trigger)
        for trigger in (Share(1, 2), Before(2, Unit.WORKING_DAY), After(1, Unit.CLOCK_HOUR))
    )

    assert (share.provisional, before.provisional, after.provisional) == (False, True, True)


def test_a_timer_after_a_certain_deadline_can_be_provisional() -> None:
    """Given a deadline on the last day covered, then a working day after it is provisional."""
    term = Term(Budget(3, Unit.WORKING_DAY, CN.code), cn("2026-12-28 10:00"))

    assert moment(term, CN, LATER, After(1, Unit.WORKING_DAY)).provisional
    assert not moment(term, CN, LATER, After(1, Unit.CLOCK_HOUR)).provisional


@pytest.mark.parametrize("unit", [Unit.WORKING_DAY, Unit.WORKING_HOUR])
def test_a_timer_before_the_last_midnight_covered_is_certain(unit: Unit) -> None:
    """Given a deadline at the end of the last day covered, then looking back touches no other."""
    term = Term(Budget(3, Unit.WORKING_DAY, CN.code), cn("2026-12-28 10:00"))

    assert not moment(term, CN, LATER, Before(1, unit)).provisional


def test_looking_back_over_days_nobody_adopted_is_provisional() -> None:
    """Given clock hours that began before the calendar, then only what lies within it is certain."""
    term = Term(Budget(72, Unit.CLOCK_HOUR), cn("2024-12-30 10:00"))

    certain, *provisional = (
        moment(term, CN, LATER, Before(amount, unit))
        for amount, unit in (
            (1, Unit.WORKING_HOUR),
            (2, Unit.WORKING_HOUR),
            (1, Unit.WORKING_DAY),
            (5, Unit.WORKING_DAY),
        )
    )

    assert certain == Deadline(cn("2025-01-02 09:00"), provisional=False, suspended=False)
    assert all(each.provisional for each in provisional)


def test_looking_back_where_the_offset_is_unknown_is_provisional() -> None:
    """Given clock hours in a year whose offset nobody adopted, then its local days are a guess."""
    term = Term(Budget(72, Unit.CLOCK_HOUR), cn("1990-01-01 10:00"))

    assert moment(term, CN, LATER, Before(1, Unit.CALENDAR_DAY)).provisional


def test_a_timer_in_working_days_needs_a_calendar() -> None:
    """Given clock hours without a calendar, when a timer counts working days, that is refused."""
    term = Term(Budget(72, Unit.CLOCK_HOUR), START)

    assert moment(term, None, LATER, Before(2, Unit.CLOCK_HOUR)).due_at == START + timedelta(
        hours=70
    )
    with pytest.raises(ValueError, match="working_day needs a calendar"):
        moment(term, None, LATER, Before(2, Unit.WORKING_DAY))


@pytest.mark.parametrize(("numerator", "denominator"), [(-1, 2), (3, 2), (0, 0), (-1, -2)])
def test_a_share_is_between_nothing_and_all(numerator: int, denominator: int) -> None:
    """Given a fraction that is not from 0 to 1, then it is no share."""
    with pytest.raises(ValueError, match="is not a share from 0 to 1"):
        Share(numerator, denominator)


@pytest.mark.parametrize("trigger", [Before, After])
def test_a_distance_is_at_least_one_unit(trigger: type[Before | After]) -> None:
    """Given no distance from the deadline, then there is no such timer."""
    with pytest.raises(ValueError, match="1 to 100000 units"):
        trigger(0, Unit.WORKING_DAY)
