"""The state of a case: frozen values, built from its events alone.

Personal data is not in it: no rule may depend on it. Clocks are budgets with their ledgers, never instants.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from casesys.domain.cases.events import ClockStart
from casesys.domain.messages import Rule, StreamId, Value
from casesys.domain.vocabulary import Choice, Stage, Status, TallyOutcome, Track
from casesys.domain.working_time import Budget, Suspension, Term

STEP_CLOCK = "step"
"""The clock of the step that is open: notice, silence, ratification."""

PUBLICATION_CLOCK = "publication"
OBJECTIONS_CLOCK = "objections"
NOTICE_CLOCK = "notice"
INFORMATION_CLOCK = "information"

DECIDED = "decided"
"""The ground of a suspension for as long as a decision stood that does not stand any more. All other grounds are the charter's."""


def case_stream(case_id: str) -> StreamId:
    """One case."""
    return StreamId(f"case/{case_id}")


class Running(msgspec.Struct, frozen=True, gc=False):
    """A clock of the case: its budget and ledger, the clause it runs under, whether it has ended, and which timers have come."""

    start: ClockStart
    started_at: datetime
    suspensions: tuple[Suspension, ...] = ()
    extensions: tuple[int, ...] = ()
    stopped_at: datetime | None = None
    fired: frozenset[str] = frozenset()

    @property
    def clause(self) -> str:
        """The clause it runs under."""
        return self.start.clause

    @property
    def term(self) -> Term:
        """The budget and the ledger, for computing with."""
        start = self.start
        budget = Budget(start.amount, start.unit, start.calendar)
        return Term(budget, self.started_at, self.suspensions, self.extensions)


class Notice(msgspec.Struct, frozen=True):
    """The notice that was given for the attempt going on."""

    given_at: datetime
    meets_at: datetime


class Attendance(msgspec.Struct, frozen=True):
    """Who sat in the body when it met at a step, and who of them came."""

    step: str | None
    members: frozenset[str]
    present: frozenset[str]


class Objection(msgspec.Struct, frozen=True):
    """An objection; `upheld` is None until it is settled."""

    number: int
    objector: str
    upheld: bool | None = None


class Deliberation(msgspec.Struct, frozen=True, gc=False):
    """How far the deliberation is. `step` is the open step of the procedure, None before it is convened and between ways.

    Attendance, votes, `counted` and `minuted` are of the last meeting, consents and ratifications of the step that is open.
    `short` are the steps whose meeting was without quorum, and is held a second time. `ended` are the clocks that deciding ended.
    """

    step: str | None = None
    attempt: int = 1
    moderator: str | None = None
    parties: Mapping[str, str] = {}
    proposals: int = 0
    short: frozenset[str] = frozenset()
    notice: Notice | None = None
    attendance: Attendance | None = None
    recused: frozenset[str] = frozenset()
    votes: Mapping[str, Choice] = {}
    counted: bool = False
    minuted: bool = False
    consents: Mapping[str, bool] = {}
    ratifications: Mapping[str, bool] = {}
    outcome: TallyOutcome | None = None
    ended: frozenset[str] = frozenset()
    urgent: bool = False
    further_measures: bool = False
    lapsed: bool = False
    published_at: datetime | None = None
    objections: tuple[Objection, ...] = ()
    confirmed: bool = False

    @property
    def meeting(self) -> Attendance | None:
        """The meeting of the step that is open, None before it has begun."""
        attendance = self.attendance
        return attendance if attendance is not None and attendance.step == self.step else None

    @property
    def convened(self) -> bool:
        """Whether it was called, or an officer has decided without that."""
        return self.moderator is not None or self.urgent


class Assignment(msgspec.Struct, frozen=True, gc=False):
    """Who leads. `lead` is None only where the charter takes it away while it is disputed or returned."""

    lead: str | None
    supporting: tuple[str, ...] = ()
    status: Status = Status.DISPATCHED
    binding: bool = False


class Callback(msgspec.Struct, frozen=True):
    """The initiator's answers."""

    reached: bool
    contacted: bool | None
    solved: bool | None
    satisfaction: str | None


class Ending(msgspec.Struct, frozen=True):
    """A way the case ended, or was corrected to have ended. Earlier ones stay and count."""

    result: str
    at: datetime


class Deed(NamedTuple):
    """Who gave which command on the case: what the separation of duties looks at."""

    command: str
    actor: str


class ExtensionRequest(msgspec.Struct, frozen=True):
    """More time that was asked for and not yet given or refused."""

    clock: str
    amount: int


class Case(msgspec.Struct, frozen=True, gc=False):
    """One case. `contacted` says whether the initiator was reached, since the last dispatch if there was one.

    `moved_at` is the latest effective instant at which its stage, status, open step or result changed.
    """

    case_id: str
    version: int
    stage: Stage
    case_type: str
    category: str
    title: str
    grid: str
    path: tuple[str, ...]
    channel: str
    initiator: str
    anonymous: bool
    visibility: str
    collected_at: datetime
    moved_at: datetime
    facts: Mapping[str, Value]
    source_ref: str | None
    governing: Rule | None = None
    accepted_at: datetime | None = None
    made_safe_at: datetime | None = None
    evidence: frozenset[str] = frozenset()
    parties: Mapping[str, str] = {}
    information_asked: bool = False
    contacted: bool = False
    urgings: int = 0
    returns: int = 0
    procedure: str | None = None
    track: Track | None = None
    direct: bool = False
    priority: int = 3
    deliberation: Deliberation | None = None
    assignment: Assignment | None = None
    work_started_at: datetime | None = None
    reported: str | None = None
    verified: bool = False
    implementation_reported: bool = False
    callback: Callback | None = None
    clocks: Mapping[str, Running] = {}
    suspended: tuple[str, ...] = ()
    extension: ExtensionRequest | None = None
    extended: Mapping[str, int] = {}
    endings: tuple[Ending, ...] = ()
    reopenings: int = 0
    reopening_asked: bool = False
    review_open: bool = False
    review_upset: bool = False
    escalated_to: tuple[str, ...] = ()
    deeds: tuple[Deed, ...] = ()

    @property
    def lead(self) -> str | None:
        """The party that leads now."""
        return self.assignment.lead if self.assignment is not None else None

    @property
    def supporting(self) -> tuple[str, ...]:
        """The parties that support the lead."""
        return self.assignment.supporting if self.assignment is not None else ()

    @property
    def result(self) -> str | None:
        """The result that holds, None while the case goes on."""
        return self.endings[-1].result if self.endings and self.stage is Stage.CLOSED else None

    @property
    def status(self) -> Status:
        """The finer standing, which follows from the rest."""
        if self.stage is Stage.CLOSED:
            return Status.CLOSED
        if self.suspended:
            return Status.SUSPENDED
        if self.information_asked:
            return Status.INFORMATION_REQUESTED
        return self._standing()

    def _standing(self) -> Status:
        if self.stage is Stage.COLLECTION:
            return Status.COLLECTED if self.accepted_at is None else Status.ACCEPTED
        if self.stage is Stage.DELIBERATION:
            carried = self.deliberation and self.deliberation.outcome is TallyOutcome.CARRIED
            return Status.DECIDED if carried else Status.DELIBERATING
        if self.stage is Stage.ASSIGNMENT:
            return self.assignment.status if self.assignment else Status.AWAITING_DISPATCH
        if self.verified:
            return Status.VERIFIED
        if self.reported is not None:
            return Status.REPORTED
        return Status.ASSIGNED if self.work_started_at is None else Status.WORKING


UNTOUCHED_WORK: Mapping[str, object] = MappingProxyType(
    {
        "work_started_at": None,
        "reported": None,
        "verified": False,
        "implementation_reported": False,
        "callback": None,
        "extension": None,
        "suspended": (),
    }
)
"""The fields of a case on which nobody has worked yet in this round."""


def resumed(suspensions: tuple[Suspension, ...], at: datetime) -> tuple[Suspension, ...]:
    """End the open suspensions of a ledger."""
    return tuple(
        Suspension(s.since, max(at, s.since), s.ground) if s.until is None else s
        for s in suspensions
    )
