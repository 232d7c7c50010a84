"""What can happen while a case is worked on, when it ends, and after it has ended."""

from casesys.domain.cases.events.moving import Move
from casesys.domain.messages import Event, Personal


class WorkStarted(Event):
    """The lead began."""


class ProgressReported(Event):
    """The lead says how far it is."""

    progress: Personal


class ClockSuspended(Event):
    """Clocks stand still, on a ground of the charter."""

    ground: str
    clocks: tuple[str, ...]
    reason: Personal | None = None


class ClockResumed(Event):
    """The clocks run again."""

    clocks: tuple[str, ...]


class ExtensionRequested(Event):
    """The lead asks for more time, in units of the clock's budget."""

    clock: str
    amount: int
    reason: Personal


class ExtensionGranted(Event):
    """The clock runs longer; the initiator is told."""

    clock: str
    amount: int


class ExtensionRefused(Event):
    """The clock runs as before."""

    clock: str
    reason: Personal | None = None


class ResolutionReported(Event):
    """The lead says that it is done, and with which result."""

    result: str
    move: Move
    summary: Personal | None = None


class ResolutionVerified(Event):
    """Somebody else saw that it is done."""

    move: Move
    remarks: Personal | None = None


class ResolutionRejected(Event):
    """It is not done; the clock goes on as if it had not been reported."""

    move: Move
    reason: Personal


class ImplementationReported(Event):
    """The body that decided was told what became of its decision."""

    body: str
    report: Personal


class CallbackRecorded(Event):
    """What the initiator answered when called back."""

    reached: bool
    contacted: bool | None = None
    solved: bool | None = None
    satisfaction: str | None = None
    asks_reopening: bool = False
    remarks: Personal | None = None


class CaseClosed(Event):
    """The case has ended, with this result."""

    result: str
    move: Move


class ReopeningRequested(Event):
    """The initiator wants the case reopened."""

    reason: Personal


class CaseReopened(Event):
    """The case is worked on again; its earlier results stay and count."""

    count: int
    move: Move
    reason: Personal | None = None


class ResultCorrected(Event):
    """Another result holds; the earlier one stays on record."""

    before: str
    result: str
    reason: Personal


class ReviewLodged(Event):
    """A review of the result is asked for."""

    grounds: Personal


class ReviewDecided(Event):
    """The review upheld the result, or not."""

    upheld: bool
    reason: Personal | None = None


ResolutionEvent = (
    WorkStarted
    | ProgressReported
    | ClockSuspended
    | ClockResumed
    | ExtensionRequested
    | ExtensionGranted
    | ExtensionRefused
    | ResolutionReported
    | ResolutionVerified
    | ResolutionRejected
    | ImplementationReported
    | CallbackRecorded
    | CaseClosed
    | ReopeningRequested
    | CaseReopened
    | ResultCorrected
    | ReviewLodged
    | ReviewDecided
)
