"""What a `Move` does to a case: its stage, its open step, its clocks."""

from datetime import datetime

from msgspec.structs import replace

from casesys.domain.cases.events import ClockStart, Move
from casesys.domain.cases.state import Case, Deliberation, Running
from casesys.domain.vocabulary import TallyOutcome


def moved(case: Case, move: Move, at: datetime, **changes: object) -> Case:
    """Take the case where a move says, at the event's effective instant, and change some of its fields with it."""
    clocks = case.clocks
    if move.starts or move.stops or move.resumes:
        clocks = dict(clocks)
        for name in move.stops:
            clocks[name] = replace(clocks[name], stopped_at=at)
        for name in move.resumes:
            clocks[name] = replace(clocks[name], stopped_at=None)
        for start in move.starts:
            clocks[start.clock] = _started(clocks.get(start.clock), start, start.since or at)
    if move.opens is not None:
        now = changes.get("deliberation", case.deliberation)
        assert now is None or isinstance(now, Deliberation)
        changes["deliberation"] = opened(now or Deliberation(), move)
    return replace(case, stage=move.stage, clocks=clocks, **changes)


def _started(before: Running | None, start: ClockStart, since: datetime) -> Running:
    """Start a clock. One that starts again from the same past moment is the same deadline: its timers do not come twice."""
    if before is None or (before.start, before.started_at) != (start, since):
        return Running(start, since)
    return Running(start, since, fired=before.fired)


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
        second=deliberation.outcome is TallyOutcome.NO_QUORUM,
        objections=deliberation.objections,
    )
