"""The clocks of a case as a reader is told them: what happened to each, when it is due, and why then."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from casesys.domain.cases import state
from casesys.domain.cases.events import Move
from casesys.domain.cases.state import Case, Running
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Recorded, Text
from casesys.domain.vocabulary import Moment
from casesys.domain.working_time import Budget, Calendar, Until, deadline, explain

_OWN: Mapping[str, Text] = {
    state.STEP_CLOCK: Text("步骤期限", "time for the step"),
    state.NOTICE_CLOCK: Text("通知期", "notice period"),
    state.PUBLICATION_CLOCK: Text("公示期", "publication"),
    state.OBJECTIONS_CLOCK: Text("异议期", "time for objections"),
    state.INFORMATION_CLOCK: Text("补充信息期限", "time to supply information"),
}
"""The clocks that the engine has by itself, all of them windows; those of a charter are labelled there."""


Calendars = Callable[[str], Calendar | None]
"""The calendars that counted at a place of the log, by code."""


class Then(NamedTuple):
    """What a deadline is seen with: the charter version, the calendars that counted, and the instant."""

    charter: CharterVersion
    calendars: Calendars
    at: datetime


class Turn(StrEnum):
    """What happened to a clock."""

    STARTED = "started"
    STOPPED = "stopped"
    WENT_ON = "went_on"
    CONTINUED = "continued"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    EXTENDED = "extended"
    TIMER = "timer"
    OPEN = "open"


_TURNS = {
    Turn.STARTED: Text("开始计时", "starts"),
    Turn.STOPPED: Text("在期限内停止", "stops in time"),
    Turn.WENT_ON: Text("继续计时，如同未曾停止", "goes on as if it had not stopped"),
    Turn.CONTINUED: Text("继续计时，其间视为暂停", "goes on as if it had stood still"),
    Turn.SUSPENDED: Text("暂停", "stands still"),
    Turn.RESUMED: Text("恢复", "runs again"),
    Turn.EXTENDED: Text("延长", "runs longer"),
    Turn.TIMER: Text("计时中", "is running"),
    Turn.OPEN: Text("计时中", "is running"),
}
_LATE = Text("逾期后停止", "stops late")
_OVERDUE = Text("已逾期", "is overdue")
_ENDED_EARLY = Text("提前结束", "ends before its time")
_RUN = Text("期满", "is over")


class ClockTold(msgspec.Struct, frozen=True):
    """A clock at an instant: what happened to it, when it is due and why.

    `over` says that it had run out when it stopped, or by the instant if it runs; a `provisional` deadline, which rests on days
    that no adopted calendar covers, never is. A `window` is waited for, or open so long; any other clock is a duty to be in time.
    """

    clock: str
    label: Text
    turn: Turn
    clause: str
    budget: Budget
    due_at: datetime
    over: bool
    provisional: bool
    suspended: bool
    window: bool
    why: Text

    @property
    def happened(self) -> Text:
        """What happened to it, in words: a duty is in time or late, a window has run or not."""
        stopped = self.turn is Turn.STOPPED
        if self.window and (stopped or self.over):
            return _RUN if self.over else _ENDED_EARLY
        if self.over:
            return _LATE if stopped else _OVERDUE
        return _TURNS[self.turn]


def clock_label(version: CharterVersion, name: str) -> Text:
    """Name a clock, one of the charter's or of the engine's own."""
    clock = version.charter.time.clocks.get(name)
    return clock.label if clock is not None else _OWN.get(name, Text(name, name))


def home_calendar(version: CharterVersion) -> str:
    """Give the code of the first calendar that a charter counts by: its zone is where the case is told. "" without any."""
    clocks = version.charter.time.clocks.values()
    codes = (row.period.calendar for clock in clocks for row in clock.rows)
    return next((code for code in codes if code is not None), "")


def clock_turns(
    before: Case | None, recorded: Recorded, after: Case, then: Then
) -> tuple[ClockTold, ...]:
    """Tell each clock that an event changed, as it stood after it."""
    earlier = before.clocks if before is not None else {}
    move: Move | None = getattr(recorded.event, "move", None)
    started = {start.clock for start in move.starts} if move is not None else set[str]()
    found = []
    for name, running in after.clocks.items():
        if not _reckonable(running, then):
            continue
        if name in started:
            found.append(_told(name, running, Turn.STARTED, then))
        elif running != earlier[name]:
            found.append(_told(name, running, _turn(earlier[name], running), then))
    return tuple(found)


def open_clocks(case: Case, then: Then) -> tuple[ClockTold, ...]:
    """Tell each clock that runs, as it stands at an instant."""
    return tuple(
        _told(name, running, Turn.OPEN, then)
        for name, running in case.clocks.items()
        if running.stopped_at is None and _reckonable(running, then)
    )


def _reckonable(running: Running, then: Then) -> bool:
    """Say whether the calendar that a clock counts by had been adopted; before that nobody can tell when it is due."""
    code = running.start.calendar
    return not code or then.calendars(code) is not None


def _turn(before: Running, after: Running) -> Turn:
    """Say what happened to a clock that was not started anew."""
    if before.stopped_at != after.stopped_at:
        if after.stopped_at is not None:
            return Turn.STOPPED
        same = before.term.suspensions == after.term.suspensions
        return Turn.WENT_ON if same else Turn.CONTINUED
    if before.term.extensions != after.term.extensions:
        return Turn.EXTENDED
    if len(before.term.suspensions) < len(after.term.suspensions):
        return Turn.SUSPENDED
    if before.term.suspensions != after.term.suspensions:
        return Turn.RESUMED
    return Turn.TIMER


def _told(name: str, running: Running, turn: Turn, then: Then) -> ClockTold:
    term = running.term
    calendar = then.calendars(term.budget.calendar)
    due = deadline(term, calendar, then.at)
    return ClockTold(
        clock=name,
        label=clock_label(then.charter, name),
        turn=turn,
        clause=running.clause,
        budget=term.budget,
        due_at=due.due_at,
        over=due.due_at <= (running.stopped_at or then.at) and not due.provisional,
        provisional=due.provisional,
        suspended=due.suspended,
        window=name in _OWN,
        why=explain(term, calendar, then.at, _until(then.charter, name)),
    )


def _until(version: CharterVersion, name: str) -> Until:
    """Say what a clock runs until: the engine's own are waited for, one that reporting or closing ends is for work."""
    clock = version.charter.time.clocks.get(name)
    if clock is None:
        return Until.TIME_IS_OVER
    work = {Moment.RESOLUTION_REPORTED, Moment.CLOSED}
    return Until.DUTY_IS_DONE if work.isdisjoint(clock.stops) else Until.WORK_IS_DONE
