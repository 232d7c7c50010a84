"""What can be asked in any stage, and what only the clock may ask."""

from casesys.domain.cases.commands.fields import CaseCommand, ClockCommand
from casesys.domain.messages import Code, PersonalText


class AddNote(CaseCommand):
    """Add a note for those who may see the case."""

    note: PersonalText


class RemindOfDeadline(ClockCommand):
    """A timer of a clock has come: remind."""

    clock: Code
    timer: Code


class RecordMissedDeadline(ClockCommand):
    """A clock has run out."""

    clock: Code
    timer: Code


class EscalateCase(ClockCommand):
    """A timer of a clock has come: put the case on a higher role's table."""

    clock: Code
    timer: Code


class LapseInformationRequest(ClockCommand):
    """Nobody answered what was asked."""


class PresumeConsent(ClockCommand):
    """Who was silent so long counts as agreeing."""


class CloseObjections(ClockCommand):
    """The window for objections is over, and none is open: the step that comes after it begins."""


class LapseDecision(ClockCommand):
    """What was not ratified in time lapses."""
