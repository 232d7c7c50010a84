"""Where an event takes its case: the stage it leads to, the step it opens, the clocks it starts and stops."""

from datetime import datetime

import msgspec

from casesys.domain.vocabulary import Stage
from casesys.domain.working_time import Unit


class ClockStart(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A clock starts with a budget, under a clause; from the event's effective instant unless another is given."""

    clock: str
    amount: int
    unit: Unit
    clause: str
    calendar: str = ""
    since: datetime | None = None


class Move(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where an event takes its case. `opens` is the step of the procedure that is opened, "" when none is open any more.

    `stops` names clocks that end. Of those that had ended, `resumes` go on as if they never had, `continues` as if they had only
    stood still since: the time between is neither used nor lost.
    """

    stage: Stage
    opens: str | None = None
    attempt: int | None = None
    starts: tuple[ClockStart, ...] = ()
    stops: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    continues: tuple[str, ...] = ()
