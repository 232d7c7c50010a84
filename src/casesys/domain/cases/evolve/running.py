"""How notes and the clock change a case."""

from typing import assert_never

from msgspec.structs import replace

from casesys.domain.cases import events as e
from casesys.domain.cases.state import Case
from casesys.domain.messages import Recorded


def evolve_running(case: Case, event: e.RunningEvent, _: Recorded) -> Case:
    """Change a case by what can happen in any stage. A timer comes once for each run of its clock."""
    match event:
        case e.NoteAdded():
            return case
        case e.DeadlineReminded(clock=clock, timer=timer):
            return _fired(case, clock, timer)
        case e.DeadlineMissed(clock=clock, timer=timer):
            return _fired(case, clock, timer)
        case e.CaseEscalated(clock=clock, timer=timer, to=to):
            case = replace(case, escalated_to=(*case.escalated_to, to))
            return case if clock is None or timer is None else _fired(case, clock, timer)
        case _:
            assert_never(event)


def _fired(case: Case, clock: str, timer: str) -> Case:
    running = case.clocks[clock]
    fired = replace(running, fired=running.fired | {timer})
    return replace(case, clocks={**case.clocks, clock: fired})
