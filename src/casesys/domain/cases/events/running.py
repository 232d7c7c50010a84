"""What can happen in any stage, and what time alone brings about."""

from datetime import datetime

from casesys.domain.messages import Event, Personal


class NoteAdded(Event):
    """A note for those who may see the case."""

    note: Personal


class DeadlineReminded(Event):
    """A role is reminded of a deadline."""

    clock: str
    timer: str
    to: str
    due_at: datetime
    provisional: bool = False


class DeadlineMissed(Event):
    """A clock ran out."""

    clock: str
    timer: str
    to: str
    due_at: datetime


class CaseEscalated(Event):
    """A higher role has the case on its table; by a timer along a clock, or because something happened too often."""

    to: str
    timer: str | None = None
    clock: str | None = None
    counted: str | None = None
    count: int | None = None


RunningEvent = NoteAdded | DeadlineReminded | DeadlineMissed | CaseEscalated
