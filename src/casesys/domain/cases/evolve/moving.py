"""What a `Move` does to a case: its stage, its open step, its clocks."""

from datetime import datetime

from msgspec.structs import replace

from casesys.domain.cases.events import ClockStart, Move
from casesys.domain.cases.state import DECIDED, Case, Deliberation, Running, resumed
from casesys.domain.vocabulary import TallyOutcome
from casesys.domain.working_time import Suspension


def has_moved(before: Case, after: Case) -> bool:
    """Say whether a case is elsewhere than before: in another stage, status or step, or ended with another result."""
    return (
        before.stage is not after.stage
        or before.endings is not after.endings
        or (before.deliberation is not after.deliberation and _step(before) != _step(after))
        or before.status is not after.status
    )


def _step(case: Case) -> tuple[str | None, int] | None:
    now = case.deliberation
    return None if now is None else (now.step, now.attempt)


def moved(case: Case, move: Move, at: datetime, **changes: object) -> Case:
    """Take the case where a move says, at the event's effective instant, and change some of its fields with it."""
    clocks = case.clocks
    if move.starts or move.stops or move.resumes or move.continues:
        clocks = dict(clocks)
        for name in move.stops:
            clocks[name] = replace(clocks[name], stopped_at=at)
        for name in move.resumes:
            clocks[name] = replace(clocks[name], stopped_at=None)
        for name in move.continues:
            clocks[name] = _stood_still(clocks[name], at)
        for start in move.starts:
            clocks[start.clock] = _started(clocks.get(start.clock), start, start.since or at)
    if move.opens is not None:
        now = changes.get("deliberation", case.deliberation)
        assert now is None or isinstance(now, Deliberation)
        changes["deliberation"] = opened(now or Deliberation(), move)
    return replace(case, stage=move.stage, clocks=clocks, **changes)


def _stood_still(ended: Running, at: datetime) -> Running:
    """Let a clock go on that had ended, as if it had been suspended meanwhile."""
    since = ended.stopped_at
    assert since is not None
    # What made it end and what undoes that may be entered later than they happened, in any order.
    meanwhile = Suspension(since, max(at, since), DECIDED)
    return replace(ended, stopped_at=None, suspensions=(*ended.suspensions, meanwhile))


def _started(before: Running | None, start: ClockStart, since: datetime) -> Running:
    """Start a clock. What stood still since then still counts; from the same past moment it is the same deadline as before."""
    if before is None:
        return Running(start, since)
    kept = tuple(s for s in before.suspensions if s.until is None or s.until > since)
    if (before.start, before.started_at) != (start, since):
        return Running(start, since, kept)
    return Running(start, since, kept, before.extensions, fired=before.fired)


def going_on(case: Case, at: datetime) -> Case:
    """End the suspensions of a case: a round of work that is over keeps no clock standing."""
    clocks = {
        name: replace(running, suspensions=resumed(running.suspensions, at))
        if running.suspensions
        else running
        for name, running in case.clocks.items()
    }
    return replace(case, clocks=clocks)


def opened(deliberation: Deliberation, move: Move) -> Deliberation:
    """Open a step, which is asked anew; a new attempt forgets the votes, attendance and consents of the one before."""
    step = move.opens or None
    attempt = move.attempt or deliberation.attempt
    if attempt == deliberation.attempt:
        if step is None:
            return replace(deliberation, step=None)
        return replace(deliberation, step=step, consents={}, ratifications={})
    without_quorum = {deliberation.step} if deliberation.step is not None else set()
    again = deliberation.outcome is TallyOutcome.NO_QUORUM
    return Deliberation(
        step=step,
        attempt=attempt,
        moderator=deliberation.moderator,
        parties=deliberation.parties,
        proposals=deliberation.proposals,
        short=deliberation.short | without_quorum if again else frozenset(),
        objections=deliberation.objections,
    )
