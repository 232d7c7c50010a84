"""Why a deadline falls when it does, in Chinese and English, for readers to count along.

Of the calendar's exceptions only those are named that changed the count: make-up days, and holidays
on what would have been working days, after the start and up to the deadline, unless they were
suspended anyway.
"""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from casesys.domain.messages import Text
from casesys.domain.working_time.calendar import Calendar
from casesys.domain.working_time.deadlines import deadline
from casesys.domain.working_time.running import DayClock, Stretch, pauses, running
from casesys.domain.working_time.term import Term, Unit
from casesys.domain.working_time.wording import Until, days, duration, listed, local_time, plural
from casesys.domain.working_time.zone import UTC_ZONE, Zone, ticks


class _Walk(NamedTuple):
    """What a deadline was counted over: ticks, days (both ends included), and what was lost."""

    zone: Zone
    start: int
    due: int
    first: int
    last: int
    paused: Sequence[Stretch]
    lost: frozenset[int]

    @property
    def with_year(self) -> bool:
        return date.fromordinal(self.first).year != date.fromordinal(self.last).year


def explain(
    term: Term, calendar: Calendar | None, at: datetime, until: Until = Until.WORK_IS_DONE
) -> Text:
    """Say when a term is due and why, in the words for what it lasts until. Takes and raises what `deadline` does."""
    found = deadline(term, calendar, at)
    walk = _walk(term, calendar, ticks(found.due_at), at)
    parts = [_due(term, walk, until)]
    if calendar and term.budget.unit in {Unit.WORKING_DAY, Unit.WORKING_HOUR}:
        parts += _exceptions(calendar, walk)
    parts.append(_suspension(term, walk, still=found.suspended))
    if calendar and found.provisional:
        parts.append(_doubt(term.budget.unit, calendar))
    return Text("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def _walk(term: Term, calendar: Calendar | None, due: int, at: datetime) -> _Walk:
    zone = calendar.zone if calendar else UTC_ZONE
    start, paused = ticks(term.started_at), pauses(term, at)
    first, last = zone.day_of(start), zone.day_of(due - 1)
    clock = running(term.budget.unit, calendar, paused)
    if isinstance(clock, DayClock):
        lost, walked_from = clock.lost(), clock.start_day(start) + 1
    else:  # to a count of hours a day is lost only if all of it is
        lost = [(zone.day_of(since - 1) + 1, zone.day_of(until)) for since, until in paused]
        walked_from = first
    within = (range(max(begin, first), min(end, last + 1)) for begin, end in lost)
    return _Walk(zone, start, due, walked_from, last, paused, frozenset[int]().union(*within))


def _due(term: Term, walk: _Walk, until: Until) -> Text:
    """Say when, how much and from when on."""
    unit, more = term.budget.unit, sum(term.extensions)
    zh = f"{term.budget.amount}个{unit.label.zh}"
    en = plural(term.budget.amount, unit.label.en)
    if more:
        zh, en = f"{zh}，另延期{more}个{unit.label.zh}", f"{en}, extended by {more},"
    if unit.in_days:
        due = date.fromordinal(walk.last)
        start = date.fromordinal(walk.zone.day_of(walk.start))
        says = until.says
        return Text(
            f"{says.zh.format(due)}（含当日），因自{start}次日起算{zh}",
            f"{says.en.format(due)} because {en} after {start}",
        )
    due_time, start_time = local_time(walk.zone, walk.due), local_time(walk.zone, walk.start)
    return Text(
        f"{until.says.zh.format(due_time)}，因自{start_time}起算{zh}",
        f"{until.says.en.format(due_time)} because {en} after {start_time}",
    )


def _exceptions(calendar: Calendar, walk: _Walk) -> list[Text]:
    """Name the holidays and make-up days that mattered; consecutive ones of one label together."""

    def label(day: int) -> tuple[bool, Text | None]:
        the_date = date.fromordinal(day)
        made_up = calendar.make_up_days.get(the_date)
        return made_up is not None, made_up or calendar.holidays.get(the_date)

    told = []
    for (made_up, name), group in groupby(range(walk.first, walk.last + 1), label):
        run = list(group)
        kept = [day for day in run if day not in walk.lost]
        if name and any(made_up or calendar.works_by_weekday(day) for day in kept):
            when = days(run[0], run[-1], with_year=walk.with_year)
            told.append(_make_up(when, len(run)) if made_up else _holiday(when, len(run), name))
    return [listed(told)] if told else []


def _holiday(when: Text, length: int, name: Text) -> Text:
    en = "is a holiday" if length == 1 else "are holidays"
    return Text(f"{when.zh}为{name.zh}假期", f"{when.en} {en}")


def _make_up(when: Text, length: int) -> Text:
    en = "is a make-up working day" if length == 1 else "are make-up working days"
    return Text(f"{when.zh}为调休工作日", f"{when.en} {en}")


def _suspension(term: Term, walk: _Walk, *, still: bool) -> Text:
    """Say how long the clock stood still, and whether it still does."""
    stood = _days_lost(walk) if term.budget.unit.in_days else _time_lost(walk)
    zh, en = f"暂停计时{stood.zh}", f"suspended {stood.en}"
    if still:
        zh, en = f"{zh}，仍在暂停，按即时恢复计", f"{en} and still is, so as if resumed now"
    return Text(zh, en)


def _days_lost(walk: _Walk) -> Text:
    """Count the days that a suspension cost, and name them."""
    zh, en = f"{len(walk.lost)}天", plural(len(walk.lost), "day")
    if not walk.lost:
        return Text(zh, en)
    # Consecutive days have the same distance from their place in the order.
    runs = groupby(enumerate(sorted(walk.lost)), lambda pair: pair[1] - pair[0])
    ordered = [[day for _, day in run] for _, run in runs]
    which = listed([days(run[0], run[-1], with_year=walk.with_year) for run in ordered])
    return Text(f"{zh}（{which.zh}）", f"{en} ({which.en})")


def _time_lost(walk: _Walk) -> Text:
    """Measure the time suspended between start and deadline."""
    stood = ((max(since, walk.start), min(until, walk.due)) for since, until in walk.paused)
    return duration(sum(until - since for since, until in stood if since < until))


def _doubt(unit: Unit, calendar: Calendar) -> Text:
    """Say why a deadline is provisional."""
    if unit is Unit.CALENDAR_DAY:
        return Text(
            f"暂定：日历{calendar.code}未载明届时的时区偏移",
            f"provisional: the calendar {calendar.code} does not know the offset from UTC then",
        )
    first, last = calendar.first_day.isoformat(), calendar.last_day.isoformat()
    return Text(
        f"暂定：日历{calendar.code}仅涵盖{first}至{last}，其余日期按每周工作日推算",
        f"provisional: the calendar {calendar.code} covers {first} to {last} only, "
        "other days are reckoned by weekday",
    )
