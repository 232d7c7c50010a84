"""How resolving, calling back, closing and reopening change a case."""

from typing import assert_never

from msgspec.structs import replace

from casesys.domain.cases import events as e
from casesys.domain.cases.evolve.moving import going_on, moved
from casesys.domain.cases.state import (
    UNTOUCHED_WORK,
    Callback,
    Case,
    Ending,
    ExtensionRequest,
    resumed,
)
from casesys.domain.messages import Recorded
from casesys.domain.vocabulary import Stage
from casesys.domain.working_time import Suspension

Timing = (
    e.ClockSuspended
    | e.ClockResumed
    | e.ExtensionRequested
    | e.ExtensionGranted
    | e.ExtensionRefused
)
Ended = (
    e.CallbackRecorded
    | e.CaseClosed
    | e.ReopeningRequested
    | e.CaseReopened
    | e.ResultCorrected
    | e.ReviewLodged
    | e.ReviewDecided
)
Working = (
    e.WorkStarted
    | e.ProgressReported
    | e.ResolutionReported
    | e.ResolutionVerified
    | e.ResolutionRejected
    | e.ImplementationReported
)


def evolve_working(case: Case, event: Working, recorded: Recorded) -> Case:
    """Change a case by the work on it."""
    at = recorded.effective_at
    match event:
        case e.WorkStarted():
            return replace(case, work_started_at=case.work_started_at or at)
        case e.ResolutionReported(result=result, move=move):
            return moved(case, move, at, reported=result)
        case e.ResolutionVerified(move=move):
            return moved(case, move, at, verified=True)
        case e.ResolutionRejected(move=move):
            return moved(case, move, at, reported=None, verified=False)
        case e.ImplementationReported():
            return replace(case, implementation_reported=True)
        case e.ProgressReported():
            return case
        case _:
            assert_never(event)


def evolve_timing(case: Case, event: Timing, recorded: Recorded) -> Case:
    """Change the clocks of a case by what people ask and decide about them."""
    at = recorded.effective_at
    clocks = dict(case.clocks)
    match event:
        case e.ClockSuspended(ground=ground, clocks=names):
            for name in names:
                ledger = (*clocks[name].suspensions, Suspension(at, None, ground))
                clocks[name] = replace(clocks[name], suspensions=ledger)
            return replace(case, clocks=clocks, suspended=names)
        case e.ClockResumed(clocks=names):
            for name in names:
                ledger = resumed(clocks[name].suspensions, at)
                clocks[name] = replace(clocks[name], suspensions=ledger)
            return replace(case, clocks=clocks, suspended=())
        case e.ExtensionRequested(clock=name, amount=amount):
            return replace(case, extension=ExtensionRequest(name, amount))
        case e.ExtensionGranted(clock=name, amount=amount):
            longer = (*clocks[name].extensions, amount)
            clocks[name] = replace(clocks[name], extensions=longer)
            extended = {**case.extended, name: case.extended.get(name, 0) + 1}
            return replace(case, clocks=clocks, extended=extended, extension=None)
        case e.ExtensionRefused():
            return replace(case, extension=None)
        case _:
            assert_never(event)


def evolve_ending(case: Case, event: Ended, recorded: Recorded) -> Case:
    """Change a case by its ending and by what comes after."""
    at = recorded.effective_at
    match event:
        case e.CallbackRecorded():
            callback = Callback(event.reached, event.contacted, event.solved, event.satisfaction)
            asked = case.reopening_asked or event.asks_reopening
            return replace(case, callback=callback, reopening_asked=asked)
        case e.CaseClosed(result=result, move=move):
            return moved(case, move, at, endings=(*case.endings, Ending(result, at)))
        case e.ReopeningRequested():
            return replace(case, reopening_asked=True)
        case e.CaseReopened(count=count, move=move):
            case = replace(
                case,
                reopenings=count,
                reopening_asked=False,
                review_upset=False,
                information_asked=False,
            )
            if move.stage is Stage.DELIBERATION and case.deliberation is not None:
                # What was under way when it ended was not confirmed: it is triaged again, not taken up half-way.
                case = replace(case, deliberation=replace(case.deliberation, outcome=None))
            return moved(going_on(case, at), move, at, **UNTOUCHED_WORK)
        case e.ResultCorrected(result=result):
            return replace(case, endings=(*case.endings, Ending(result, at)))
        case e.ReviewLodged():
            return replace(case, review_open=True)
        case e.ReviewDecided(upheld=upheld):
            return replace(case, review_open=False, review_upset=not upheld)
        case _:
            assert_never(event)
