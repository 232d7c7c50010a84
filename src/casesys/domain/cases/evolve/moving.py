"""What a `Move` does to a case: its stage, its open step, its clocks."""

from datetime import datetime

from msgspec.structs import replace

from casesys.domain.cases.events import ClockStart, Move
from casesys.domain.cases.state import Case, Deliberation, Running
from casesys.domain.working_time import Budget, Term


def moved(case: Case, move: Move, at: datetime) -> Case:
    """Take the case where a move says, at the event's effective instant."""
    clocks = case.clocks
    if move.starts or move.stops or move.resumes:
        clocks = dict(clocks)
        for name in move.stops:
            clocks[name] = replace(clocks[name], stopped_at=at)
        for name in move.resumes:
            clocks[name] = replace(clocks[name], stopped_at=None)
        for start in move.starts:
            clocks[start.clock] = Running(started(start, at), start.clause)
    if move.opens is None:
        return replace(case, stage=move.stage, clocks=clocks)
    return replace(
        case,
        stage=move.stage,
        clocks=clocks,
        deliberation=opened(case.deliberation or Deliberation(), move),
    )


def started(start: ClockStart, at: datetime) -> Term:
    """Give the term of a clock that starts."""
    return Term(Budget(start.amount, start.unit, start.calendar), start.since or at)


def opened(deliberation: Deliberation, move: Move) -> Deliberation:
    """Open a step; a new attempt forgets the votes, attendance and consents of the one before."""
    step = move.opens or None
    attempt = move.attempt or deliberation.attempt
    if attempt == deliberation.attempt:
        return replace(deliberation, step=step)
    return Deliberation(
        step=step,
        attempt=attempt,
        moderator=deliberation.moderator,
        parties=deliberation.parties,
        proposals=deliberation.proposals,
        objections=deliberation.objections,
    )
