"""Budgets of working time over adopted calendars: deadlines, timers, and why they fall then.

A deadline is a budget and a ledger of suspensions, never a stored instant; `running` says how days
and hours are counted.
"""

from casesys.domain.working_time.calendar import Calendar, CalendarInvalid
from casesys.domain.working_time.calendar_document import parse_calendar
from casesys.domain.working_time.deadlines import Deadline, deadline, moment, suspended, used
from casesys.domain.working_time.explanation import explain
from casesys.domain.working_time.term import (
    After,
    Before,
    Budget,
    Share,
    Suspension,
    Term,
    Trigger,
    Unit,
)
from casesys.domain.working_time.wording import Until
from casesys.domain.working_time.zone import Zone

__all__ = [
    "After",
    "Before",
    "Budget",
    "Calendar",
    "CalendarInvalid",
    "Deadline",
    "Share",
    "Suspension",
    "Term",
    "Trigger",
    "Unit",
    "Until",
    "Zone",
    "deadline",
    "explain",
    "moment",
    "parse_calendar",
    "suspended",
    "used",
]
