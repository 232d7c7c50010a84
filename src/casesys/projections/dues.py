"""When the clocks of a case run out, as its last event left them: pure, and the same whenever it is asked.

A clock of the charter is a deadline: something has to be done by then. The engine's own clocks are windows (notice, publication,
objections, a question to the initiator, the silence of a side): when one closes, something else may be done, and nobody is late.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from casesys.domain.cases.state import Case, Running
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.register.state import AdoptedCalendar
from casesys.domain.register.streams import calendar_stream
from casesys.domain.vocabulary import Stage
from casesys.domain.working_time import Calendar, Deadline, deadline
from casesys.domain.world import World


class Due(NamedTuple):
    """A clock that runs: `window` unless it is a deadline, and when it runs out.

    `due_at` is None while it is suspended, and where its calendar is not adopted. A `provisional` one rests on days that nobody has
    announced yet.
    """

    clock: str
    running: Running
    window: bool
    due_at: datetime | None
    provisional: bool
    suspended: bool

    @property
    def calendar(self) -> str:
        """The code of the calendar it is counted in, "" for none."""
        return self.running.start.calendar


def dues(case: Case, version: CharterVersion, world: World) -> Iterator[Due]:
    """Give the clocks of a case that run, by their codes; none of a closed case."""
    if case.stage is Stage.CLOSED:
        return
    deadlines = version.charter.time.clocks
    for clock, running in sorted(case.clocks.items()):
        if running.stopped_at is None:
            suspended = any(each.until is None for each in running.suspensions)
            end = None if suspended else _end(running, world)
            due_at = None if end is None else end.due_at
            provisional = not suspended and (end is None or end.provisional)
            yield Due(clock, running, clock not in deadlines, due_at, provisional, suspended)


def _end(running: Running, world: World) -> Deadline | None:
    code = running.start.calendar
    if not code:
        return _reckoned(running, None)
    adopted = world.state(calendar_stream(code), AdoptedCalendar)
    if adopted is None:
        return None
    return _reckoned(running, world.document(adopted.digest, Calendar))


@lru_cache(maxsize=20_000)
def _reckoned(running: Running, calendar: Calendar | None) -> Deadline:
    """Give when a clock runs out that nothing suspends now, so that it does not matter when one asks."""
    term = running.term
    return deadline(term, calendar, term.started_at)


def soonest(running: Iterable[Due]) -> Due | None:
    """Give the deadline that comes first."""
    known = (due for due in running if due.due_at is not None and not due.window)
    return min(known, key=lambda due: (due.due_at, due.clock), default=None)


def calendars(running: Iterable[Due]) -> str:
    """Name the calendars that clocks wait for dates of, each between spaces (see `Projection.by_calendar`)."""
    codes = sorted({due.calendar for due in running if due.calendar})
    return f" {' '.join(codes)} " if codes else ""
