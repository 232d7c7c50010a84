"""How events change a case. It never refuses and never guesses: what an event does not say, it does not change."""

from collections.abc import Callable, Mapping
from typing import Any, get_args

from msgspec.structs import replace

from casesys.domain.cases import events as e
from casesys.domain.cases.evolve.assignment import evolve_assignment
from casesys.domain.cases.evolve.collection import begin, evolve_collection
from casesys.domain.cases.evolve.deliberation import evolve_deliberation
from casesys.domain.cases.evolve.resolution import evolve_resolution
from casesys.domain.cases.evolve.running import evolve_running
from casesys.domain.cases.evolve.triage import evolve_triage
from casesys.domain.cases.state import Case, Deed
from casesys.domain.messages import Event, Recorded

_Evolve = Callable[[Case, Any, Recorded], Case]

_BY_EVENT: Mapping[type[Event], _Evolve] = {
    event: evolve
    for group, evolve in (
        (e.CollectionEvent, evolve_collection),
        (e.TriageEvent, evolve_triage),
        (e.DeliberationEvent, evolve_deliberation),
        (e.AssignmentEvent, evolve_assignment),
        (e.ResolutionEvent, evolve_resolution),
        (e.RunningEvent, evolve_running),
    )
    for event in get_args(group)
}


def evolve_case(case: Case | None, recorded: Recorded) -> Case:
    """Give the case after an event. The first event must be `CaseCollected`."""
    if case is None:
        assert isinstance(recorded.event, e.CaseCollected)
        case = begin(recorded.event, recorded)
    else:
        case = _BY_EVENT[type(recorded.event)](case, recorded.event, recorded)
    command = recorded.command_type
    deeds = case.deeds
    if command is not None:
        deeds = (*deeds, Deed(command, recorded.actor_id))
    return replace(case, version=recorded.version, deeds=deeds)
