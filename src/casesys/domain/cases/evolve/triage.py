"""How triage changes a case."""

from casesys.domain.cases import events as e
from casesys.domain.cases.evolve.moving import going_on, moved
from casesys.domain.cases.state import UNTOUCHED_WORK, Case, Deliberation
from casesys.domain.messages import Recorded

DIRECT = "direct"
"""What triage answers when the duty is clear and there is nothing to deliberate."""


def evolve_triage(case: Case, event: e.TriageEvent, recorded: Recorded) -> Case:
    """Change a case by an answer of triage, the first or a later one; what was under way is over."""
    direct = event.to == DIRECT
    at = recorded.effective_at
    return moved(
        going_on(case, at),
        event.move,
        at,
        direct=direct,
        procedure=None if direct else event.to,
        track=event.track,
        priority=event.priority,
        deliberation=None if direct else Deliberation(),
        assignment=None,
        **UNTOUCHED_WORK,
    )
