"""What can be asked while a case is worked on, to end it, and after it has ended."""

from typing import Annotated

from pydantic import Field

from casesys.domain.cases.commands.fields import CaseCommand
from casesys.domain.messages import Code, PersonalText


class StartWork(CaseCommand):
    """Record that the lead begins."""


class ReportProgress(CaseCommand):
    """Say how far it is."""

    progress: PersonalText


class SuspendClock(CaseCommand):
    """Let the clocks of a ground stand still."""

    ground: Code
    reason: PersonalText | None = None


class ResumeClock(CaseCommand):
    """Let the clocks run again."""


class RequestExtension(CaseCommand):
    """Ask for more time, in units of the clock's budget, before it has run out."""

    clock: Code
    amount: Annotated[int, Field(ge=1, le=1000)]
    reason: PersonalText


class GrantExtension(CaseCommand):
    """Give the time that was asked for."""


class RefuseExtension(CaseCommand):
    """Do not give the time that was asked for."""

    reason: PersonalText | None = None


class ReportResolution(CaseCommand):
    """Say that it is done, and with which result."""

    result: Code
    summary: PersonalText | None = None


class VerifyResolution(CaseCommand):
    """Record that somebody else saw that it is done."""

    remarks: PersonalText | None = None


class RejectResolution(CaseCommand):
    """Record that it is not done."""

    reason: PersonalText


class ReportImplementation(CaseCommand):
    """Tell the body that decided what became of its decision."""

    report: PersonalText


class RecordCallback(CaseCommand):
    """Record what the initiator answered when called back. Who was not reached answered nothing."""

    reached: bool
    contacted: bool | None = None
    solved: bool | None = None
    satisfaction: Code | None = None
    remarks: PersonalText | None = None


class CloseCase(CaseCommand):
    """End the case with a result; without one, the reported result holds."""

    result: Code | None = None


class RequestReopening(CaseCommand):
    """Record that the initiator wants the case reopened."""

    reason: PersonalText


class ReopenCase(CaseCommand):
    """Work on a closed case again."""

    reason: PersonalText | None = None


class CorrectResult(CaseCommand):
    """Let another result hold; the earlier one stays on record."""

    result: Code
    reason: PersonalText


class LodgeReview(CaseCommand):
    """Ask for a review of the result."""

    grounds: PersonalText


class DecideReview(CaseCommand):
    """Say whether the review upholds the result; if not, the case can be reopened."""

    upheld: bool
    reason: PersonalText | None = None
