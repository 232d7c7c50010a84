"""Triage: which way a case goes, by the charter's rows, or overruled with a reason that is kept beside them."""

from typing import NamedTuple, TypeVar

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.evolve.triage import DIRECT
from casesys.domain.cases.matter import Matter, Ruling
from casesys.domain.cases.state import INFORMATION_CLOCK
from casesys.domain.charter.model import Procedure
from casesys.domain.charter.steps import OfficerDecision
from casesys.domain.charter.triage import FactsNeeded, Triaged, triage
from casesys.domain.messages import Personal, Text
from casesys.domain.refusals import refuse
from casesys.domain.vocabulary import Moment, Stage
from casesys.domain.working_time.wording import listed

Rulings = tuple[Ruling, ...]
TriageT = TypeVar("TriageT", e.CaseTriaged, e.CaseRetriaged)


_AFTER_TRIAGE = frozenset(
    {
        Moment.CONFIRMED,
        Moment.DECIDED,
        Moment.DISPATCHED,
        Moment.LEAD_ACCEPTED,
        Moment.RESOLUTION_REPORTED,
        Moment.VERIFIED,
    }
)
"""The moments that come after triage: what they started ends when a case is triaged again."""


class Way(NamedTuple):
    """Where a case goes, by which row and clause, and what was overruled."""

    to: str
    row: str
    priority: int
    clause: str
    because: Text | None = None
    overruled: e.Overruling | None = None
    reason: Personal | None = None


def ready_for_triage(m: Matter) -> None:
    """The case is accepted."""
    if m.case.accepted_at is None:
        refuse("not-accepted", accepted=("accept-case",))


def triage_case(m: Matter, command: c.TriageCase) -> Rulings:
    """A case is triaged once it is accepted."""
    way = _way(m, command)
    return ((go(m, way, e.CaseTriaged), way.clause),)


def retriage_case(m: Matter, command: c.RetriageCase) -> Rulings:
    """Triage is asked again as long as the case is open."""
    way = _way(m, command)
    return ((go(m, way, e.CaseRetriaged), way.clause),)


def _way(m: Matter, command: c.TriageCase | c.RetriageCase) -> Way:
    answer = triage(m.version, m.features())
    if command.to is None:
        if isinstance(answer, FactsNeeded):
            facts = listed([m.charter.facts[fact].label for fact in answer.facts])
            refuse("facts-needed", facts=facts, accepted=answer.facts)
        priority = command.priority or answer.priority
        answered = priority == answer.priority
        return Way(
            answer.to,
            answer.row,
            priority,
            answer.clause,
            answer.because,
            None if answered else _overruling(answer, command),
            command.reason,
        )
    overruled = _overruling(answer, command)
    _check_allowed(m, command.to)
    if isinstance(answer, FactsNeeded):
        clause, priority = m.case_type.clause, 3
    else:
        clause, priority = answer.clause, answer.priority
    return Way(
        command.to, "", command.priority or priority, clause, None, overruled, command.reason
    )


def _overruling(
    answer: Triaged | FactsNeeded, command: c.TriageCase | c.RetriageCase
) -> e.Overruling:
    """Keep what the rows answered; whoever departs from it has to say why."""
    if command.reason is None:
        refuse("reason-needed")
    if isinstance(answer, FactsNeeded):
        return e.Overruling(None, None)
    return e.Overruling(answer.row, answer.to, answer.priority)


def _check_allowed(m: Matter, to: str) -> None:
    allowed = (*m.case_type.procedures, *((DIRECT,) if m.case_type.direct else ()))
    if to not in allowed:
        m.unknown("procedure", to, allowed)


def go(m: Matter, way: Way, event: type[TriageT]) -> TriageT:
    """Send a case on its way."""
    return event(
        to=way.to,
        row=way.row,
        priority=way.priority,
        move=_move(m, way),
        track=None if way.to == DIRECT else m.charter.procedures[way.to].track,
        because=way.because,
        overruled=way.overruled,
        reason=way.reason,
    )


def _move(m: Matter, way: Way) -> e.Move:
    direct = way.to == DIRECT
    procedure = None if direct else m.charter.procedures[way.to]
    course = m.course()._replace(
        direct=direct,
        priority=way.priority,
        procedure=None if direct else way.to,
        track=procedure.track if procedure is not None else None,
    )
    starts = m.starts(Moment.TRIAGED, course)
    again = {start.clock for start in starts}
    stops = tuple(n for n in _triage_stops(m) if n not in again)
    if procedure is None:
        stage = m.stage_after(Stage.COLLECTION, skip_deliberation=True)
        return e.Move(stage, starts=starts, stops=stops)
    opened = _first_step(m, procedure)
    return e.Move(
        Stage.DELIBERATION,
        opens=opened.opens,
        attempt=1,
        starts=(*starts, *opened.starts),
        stops=stops,
    )


def _triage_stops(m: Matter) -> tuple[str, ...]:
    """Stop what triage stops, and every clock of the deliberation or work that is over with it."""
    clocks = m.charter.time.clocks
    over = (
        name
        for name in m.running()
        if name != INFORMATION_CLOCK
        and (name not in clocks or clocks[name].starts in _AFTER_TRIAGE)
    )
    return tuple(dict.fromkeys((*m.stops(Moment.TRIAGED), *over)))


def _first_step(m: Matter, procedure: Procedure) -> e.Move:
    """Open an urgent procedure's first step at once; any other waits until it is convened."""
    if isinstance(procedure.steps[0], OfficerDecision):
        return m.opening(procedure, 0)
    return e.Move(Stage.DELIBERATION)
