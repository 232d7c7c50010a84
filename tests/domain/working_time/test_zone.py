"""Zones as data: where local days begin when the clocks are changed."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.domain.working_time import Zone
from casesys.domain.working_time.zone import BEGINNING, DAY, HOUR, instant, ticks

DAY_OF_CHANGE = date(2018, 11, 4).toordinal()


def at(text: str) -> int:
    """The tick of an instant in UTC."""
    return ticks(datetime.fromisoformat(text).replace(tzinfo=UTC))


def zone_changing(when: str, before: int, after: int) -> Zone:
    """A zone whose offset changes once, in whole hours."""
    return Zone((BEGINNING, at(when)), (before * HOUR, after * HOUR))


@pytest.mark.parametrize(
    ("zone", "starts"),
    [
        (zone_changing("2018-11-04 03:00", -3, -2), "2018-11-04 03:00"),
        (zone_changing("2018-11-04 02:00", -3, -2), "2018-11-04 02:00"),
        (zone_changing("2018-11-04 02:00", -2, -3), "2018-11-04 03:00"),
        (zone_changing("2018-11-04 05:00", -4, -5), "2018-11-04 04:00"),
        (zone_changing("2018-11-04 10:00", -7, -8), "2018-11-04 07:00"),
    ],
    ids=[
        "forward at midnight: midnight is the change",
        "forward an hour before: the last hour is left out",
        "back at midnight: it strikes again",
        "back to midnight: the first strike counts",
        "back later in the day",
    ],
)
def test_a_day_starts_once_when_clocks_are_changed(zone: Zone, starts: str) -> None:
    """Given a change near midnight, then the day starts when its date has come to stay."""
    assert instant(zone.start_of(DAY_OF_CHANGE)) == instant(at(starts))


def test_an_hour_that_strikes_again_belongs_to_the_day_before() -> None:
    """Given clocks put back over midnight, then the minutes before belong to the ending day."""
    zone = zone_changing("2018-11-04 02:30", -2, -3)

    assert zone.day_of(at("2018-11-04 02:15")) == DAY_OF_CHANGE - 1
    assert zone.day_of(at("2018-11-04 02:45")) == DAY_OF_CHANGE - 1
    assert zone.day_of(at("2018-11-04 03:00")) == DAY_OF_CHANGE


def test_a_zone_knows_only_what_it_was_told() -> None:
    """Given a first and a last known instant, then before and after them it does not know."""
    zone = Zone((100, 200), (0, HOUR), until=300)

    assert [zone.knows(tick) for tick in (99, 100, 300, 301)] == [False, True, True, False]
    assert [zone.shift_at(tick) for tick in (0, 100, 199, 200, 400)] == [0, 0, 0, HOUR, HOUR]


@given(
    st.lists(st.tuples(st.integers(1, 400), st.integers(-14, 14)), min_size=1, max_size=4),
    st.integers(0, 500 * 24),
)
def test_each_instant_lies_in_exactly_one_day(steps: list[tuple[int, int]], hour: int) -> None:
    """Given any zone and instant, then the instant lies between the start and end of its day."""
    since = [BEGINNING, *sorted({DAY * 1000 + days * DAY for days, _ in steps})]
    shifts = [hours * HOUR for _, hours in steps]
    zone = Zone(tuple(since), tuple(shifts[i % len(shifts)] for i in range(len(since))))
    tick = DAY * 1000 + hour * HOUR

    day = zone.day_of(tick)

    assert zone.start_of(day) <= tick < zone.start_of(day + 1)
