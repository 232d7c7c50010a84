"""What holds for every term: random starts, budgets and suspensions against a slow, simple walk.

Instants lie on quarter hours, as all working hours and clock changes of the two calendars do, so that
the walk may take steps of that size.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from casesys.domain.working_time import (
    After,
    Before,
    Budget,
    Calendar,
    Share,
    Suspension,
    Term,
    Unit,
    deadline,
    moment,
    used,
)
from tests.domain.working_time.stock import CN, LA, LOS_ANGELES, SHANGHAI

QUARTER = timedelta(minutes=15)
LATER = datetime(2030, 1, 1, tzinfo=UTC)
# Both begin some weeks before a change of clocks or a make-up day, so that most walks meet one.
BEGINNINGS = {CN: datetime(2026, 8, 20, tzinfo=UTC), LA: datetime(2017, 10, 5, tzinfo=UTC)}
ZONES = {CN: SHANGHAI, LA: LOS_ANGELES}

calendars = st.sampled_from([CN, LA])
units = st.sampled_from(list(Unit))
amounts = st.integers(1, 20)


@st.composite
def terms(draw: st.DrawFn, calendar: Calendar, unit: Unit, *, most: int = 3) -> Term:
    """A term with up to so many suspensions, near the start or within the days after it."""

    def instant(quarters: int) -> datetime:
        return BEGINNINGS[calendar] + quarters * QUARTER

    start = draw(st.integers(0, 60 * 96))
    suspensions = []
    for _ in range(draw(st.integers(0, most))):
        since = start + draw(st.integers(-200, 20 * 96))
        until = since + draw(st.integers(0, 600))
        suspensions.append(Suspension(instant(since), instant(until), "rain"))
    budget = Budget(draw(amounts), unit, calendar.code)
    return Term(budget, instant(start), tuple(suspensions))


@st.composite
def cases(draw: st.DrawFn, *, most: int = 3) -> tuple[Term, Calendar]:
    """A term of any unit, with its calendar."""
    calendar = draw(calendars)
    return draw(terms(calendar, draw(units), most=most)), calendar


def counts(calendar: Calendar, unit: Unit, day: date) -> bool:
    """Whether a local day is one that the unit counts or works on."""
    by_weekday = day.isoweekday() in calendar.weekdays and day not in calendar.holidays
    return unit in {Unit.CALENDAR_DAY, Unit.CLOCK_HOUR} or (
        day in calendar.make_up_days or by_weekday
    )


def stands_still(term: Term, begin: datetime, end: datetime) -> bool:
    """Whether some suspension covers a stretch of time."""
    return any(
        pause.since <= begin and pause.until is not None and end <= pause.until
        for pause in term.suspensions
    )


def quarters_that_run(term: Term, calendar: Calendar) -> Iterator[datetime]:
    """The ends of all quarter hours in which a clock of hours runs."""
    unit, at = term.budget.unit, term.started_at
    while True:
        local = at.astimezone(ZONES[calendar])
        minute = local.hour * 60 + local.minute
        in_hours = any(begin <= minute < end for begin, end in calendar.hours)
        works = counts(calendar, unit, local.date()) and in_hours
        runs = unit is Unit.CLOCK_HOUR or works
        if runs and not stands_still(term, at, at + QUARTER):
            yield at + QUARTER
        at += QUARTER


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a local day begins."""
    return datetime.combine(day, datetime.min.time(), tzinfo=zone).astimezone(UTC)


def days_that_count(term: Term, calendar: Calendar) -> Iterator[datetime]:
    """The ends of all days that a clock of days counts."""
    zone = ZONES[calendar]
    day = term.started_at.astimezone(zone).date()
    under_way = False
    while True:
        end = midnight(day + timedelta(days=1), zone)
        lost = any(
            pause.since < end and pause.until is not None and end <= pause.until
            for pause in term.suspensions
        )
        if not lost and under_way and counts(calendar, term.budget.unit, day):
            yield end
        under_way = under_way or not lost
        day += timedelta(days=1)


def consumed(term: Term, calendar: Calendar) -> Iterator[datetime]:
    """The instants at which one unit more has been consumed, found by walking."""
    if term.budget.unit.in_days:
        yield from days_that_count(term, calendar)
        return
    for number, at in enumerate(quarters_that_run(term, calendar), start=1):
        if number % 4 == 0:
            yield at


@given(cases())
def test_a_deadline_is_where_walking_step_by_step_arrives(case: tuple[Term, Calendar]) -> None:
    """Given any term, then its deadline is the instant at which its last unit is consumed."""
    term, calendar = case
    walk = consumed(term, calendar)

    *_, last = (next(walk) for _ in range(term.total))

    assert deadline(term, calendar, LATER).due_at == last


@given(cases(), st.integers(-10, 20 * 96))
def test_used_is_what_walking_step_by_step_has_passed(
    case: tuple[Term, Calendar], quarters: int
) -> None:
    """Given any term and instant, then so many units have been consumed by then."""
    term, calendar = case
    at = term.started_at + quarters * QUARTER

    passed = 0
    for reached in consumed(term, calendar):
        if reached > at:
            break
        passed += 1

    counted = used(term, calendar, at)
    assert (counted if term.budget.unit.in_days else counted // 3600) == passed


@given(cases(most=0), st.integers(0, 20 * 96), st.integers(0, 600))
def test_resuming_neither_shortens_nor_lengthens_beyond_the_suspension(
    case: tuple[Term, Calendar], quarters: int, length: int
) -> None:
    """Given a running clock, when it is suspended and resumed, then what was left is left still."""
    term, calendar = case
    since = term.started_at + quarters * QUARTER
    until = since + length * QUARTER
    due = deadline(term, calendar, LATER).due_at
    suspended = replace(term, suspensions=(Suspension(since, until, "rain"),))

    moved = deadline(suspended, calendar, LATER).due_at

    assert used(suspended, calendar, since) == used(term, calendar, since)
    assert used(suspended, calendar, until) == used(term, calendar, since)
    if due <= since:
        assert moved == due
    else:
        assert moved > until
        given_back = used(term, calendar, moved) - used(term, calendar, due)
        assert given_back == cost(term, calendar, since, until)


def cost(term: Term, calendar: Calendar, since: datetime, until: datetime) -> int:
    """What would have run between two instants; in days, those from the one day to the other."""
    if not term.budget.unit.in_days:
        return used(term, calendar, until) - used(term, calendar, since)
    zone = ZONES[calendar]
    first, last, start = (at.astimezone(zone).date() for at in (since, until, term.started_at))
    # The day of the start does not count, so neither does the one that takes its place.
    skipped = int(first == start)
    days = (first + timedelta(days=day + skipped) for day in range((last - first).days))
    return sum(counts(calendar, term.budget.unit, day) for day in days)


@given(cases())
def test_no_deadline_passes_while_the_clock_stands_still(case: tuple[Term, Calendar]) -> None:
    """Given any term, then its deadline lies in none of its suspensions."""
    term, calendar = case

    due = deadline(term, calendar, LATER).due_at

    assert not any(
        pause.since < due and pause.until is not None and due <= pause.until
        for pause in term.suspensions
    )


@given(cases(), st.integers(0, 3000))
def test_a_clock_that_stands_still_is_as_if_resumed_at_once(
    case: tuple[Term, Calendar], quarters: int
) -> None:
    """Given an open suspension, then asking is as if it had ended at that instant."""
    term, calendar = case
    since = term.started_at + 50 * QUARTER
    at = since + quarters * QUARTER

    standing, resumed = (
        replace(term, suspensions=(*term.suspensions, Suspension(since, until, "rain")))
        for until in (None, at)
    )

    assert deadline(standing, calendar, at).due_at == deadline(resumed, calendar, at).due_at
    assert used(standing, calendar, at) == used(resumed, calendar, at)
    assert deadline(standing, calendar, at).suspended


@given(cases(), amounts)
def test_budgets_add_up(case: tuple[Term, Calendar], more: int) -> None:
    """Given more of the same unit, then a larger budget, an extension and a timer after agree."""
    term, calendar = case
    unit = term.budget.unit
    larger = replace(term, budget=replace(term.budget, amount=term.budget.amount + more))
    extended = replace(term, extensions=(more,))

    due = deadline(larger, calendar, LATER)

    assert due == deadline(extended, calendar, LATER)
    assert due == moment(term, calendar, LATER, After(more, unit))
    assert due.due_at > deadline(term, calendar, LATER).due_at


@given(cases(), st.integers(0, 300))
def test_a_later_start_is_never_due_earlier(case: tuple[Term, Calendar], quarters: int) -> None:
    """Given the same budget and ledger, then starting later never ends earlier."""
    term, calendar = case
    later = replace(term, started_at=term.started_at + quarters * QUARTER)

    assert deadline(term, calendar, LATER).due_at <= deadline(later, calendar, LATER).due_at


@given(cases(), st.integers(0, 12), st.integers(0, 12))
def test_shares_come_in_order_up_to_the_deadline(
    case: tuple[Term, Calendar], one: int, other: int
) -> None:
    """Given two shares, then the smaller comes no later, and the whole is the deadline."""
    term, calendar = case
    less, more = sorted((one, other))

    first, second, whole = (
        moment(term, calendar, LATER, Share(share, 12)) for share in (less, more, 12)
    )

    assert term.started_at <= first.due_at <= second.due_at <= whole.due_at
    assert whole == deadline(term, calendar, LATER)


@given(cases(), amounts, units)
def test_before_a_deadline_so_much_is_left(
    case: tuple[Term, Calendar], amount: int, unit: Unit
) -> None:
    """Given a timer before the deadline, then from its instant on just so much runs, or all did."""
    term, calendar = case
    due = deadline(term, calendar, LATER).due_at
    in_unit = replace(term, budget=Budget(1, unit, calendar.code))

    fires = moment(term, calendar, LATER, Before(amount, unit)).due_at

    whole = 1 if unit.in_days else 3600
    left = used(in_unit, calendar, due) - used(in_unit, calendar, fires)
    assert term.started_at <= fires < due
    if fires > term.started_at:
        assert left == amount * whole
    else:
        assert left <= amount * whole
