"""Assigning: dispatch by the charter's routing or by hand, accepting, returning, disputing, ruling, handing over."""

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.knowing import respondents
from casesys.domain.cases.matter import Matter, Ruling
from casesys.domain.cases.rules.collection import counted
from casesys.domain.cases.state import Assignment
from casesys.domain.charter.routing import Routed, route
from casesys.domain.refusals import refuse
from casesys.domain.register.lookups import known_party
from casesys.domain.vocabulary import Moment, Stage, Status

Rulings = tuple[Ruling, ...]


def ready_for_dispatch(m: Matter) -> None:
    """Nobody has the case: it was not dispatched, or it was returned."""
    assignment = m.case.assignment
    if assignment is not None and assignment.status is not Status.RETURNED:
        refuse("already-dispatched", lead=assignment.lead)


def dispatch_case(m: Matter, command: c.DispatchCase) -> Rulings:
    """A case without an open assignment gets one lead. By hand needs a reason; by routing needs a row that fits.

    Supporting parties that are named take the place of the row's; the charter's lead stays.
    """
    move = m.stay(starts=m.starts(Moment.DISPATCHED), stops=m.stops(Moment.DISPATCHED))
    if command.lead is None:
        routed, lead, supporting = _routed(m)
        if command.supporting:
            supporting = command.supporting
            _check_parties(m, lead, supporting)
        event = e.CaseDispatched(lead, move, supporting, routed.row, command.reason)
        return ((event, routed.clause),)
    if command.reason is None:
        refuse("reason-needed")
    _check_parties(m, command.lead, command.supporting)
    event = e.CaseDispatched(command.lead, move, command.supporting, None, command.reason)
    return ((event, None),)


def _routed(m: Matter) -> tuple[Routed, str, tuple[str, ...]]:
    routed = route(m.version, m.features())
    if routed is None:
        refuse("no-route", accepted=("lead", "reason"))
    kinds = (routed.lead, *routed.supporting)
    parties = m.parties(dict.fromkeys(kinds))
    if routed.lead not in parties:
        side = m.charter.parties[routed.lead].label
        refuse("nobody-stands-for-side", clause=routed.clause, side=side, accepted=kinds)
    lead = parties[routed.lead]
    supporting = tuple(parties[k] for k in routed.supporting if k in parties)
    _not_against_itself(m, lead, *supporting)
    return routed, lead, tuple(p for p in dict.fromkeys(supporting) if p != lead)


def _check_parties(m: Matter, lead: str, supporting: tuple[str, ...]) -> None:
    for party in (lead, *supporting):
        known_party(m.world, party)
    _not_its_own_support(lead, supporting)
    _not_against_itself(m, lead, *supporting)


def _not_against_itself(m: Matter, *parties: str) -> None:
    """Whoever a case of a shielded type is against does not get to work on it."""
    against = sorted(respondents(m.case).intersection(parties))
    if against and m.case_type.shielded:
        refuse("respondent-may-not-work", clause=m.case_type.clause, party=against[0])


def _not_its_own_support(lead: str, supporting: tuple[str, ...]) -> None:
    if lead in supporting or len(set(supporting)) < len(supporting):
        refuse("lead-supports-itself", lead=lead)


def _assignment(m: Matter, *statuses: Status) -> Assignment:
    assignment = m.case.assignment
    if assignment is None or assignment.status not in statuses:
        refuse(
            "wrong-status",
            status=m.case.status.label,
            accepted=tuple(status.value for status in statuses),
        )
    return assignment


def accept_assignment(m: Matter, _: c.AcceptAssignment) -> Rulings:
    """The lead accepts what it was given. Who was reached before, or is anonymous, need not be contacted again."""
    _assignment(m, Status.DISPATCHED)
    moments = [Moment.LEAD_ACCEPTED]
    if m.case.contacted or m.case.anonymous:
        moments.append(Moment.INITIATOR_CONTACTED)
    move = e.Move(
        m.stage_after(Stage.ASSIGNMENT),
        starts=m.starts(Moment.LEAD_ACCEPTED),
        stops=m.stops(*moments),
    )
    return ((e.AssignmentAccepted(move), None),)


def ready_to_be_turned_down(m: Matter) -> None:
    """The lead has not taken the case, and it was not ruled that it leads."""
    assignment = _assignment(m, Status.DISPATCHED)
    if assignment.binding:
        refuse("ruling-binds", lead=assignment.lead)


def return_assignment(m: Matter, command: c.ReturnAssignment) -> Rulings:
    """The lead gives back on a ground of the charter."""
    assignment = _assignment(m, Status.DISPATCHED)
    grounds = m.charter.assignment.return_grounds
    ground = grounds.get(command.ground)
    if ground is None:
        m.unknown("return_ground", command.ground, grounds)
    assert assignment.lead is not None
    count = m.case.returns + 1
    event = e.AssignmentReturned(assignment.lead, command.ground, count, m.stay(), command.reason)
    return ((event, ground.clause), *counted(m, "returns", count))


def dispute_assignment(m: Matter, command: c.DisputeAssignment) -> Rulings:
    """The lead says that another has the duty; whether it keeps the case meanwhile is the charter's."""
    assignment = _assignment(m, Status.DISPATCHED)
    if command.proposed is not None:
        known_party(m.world, command.proposed)
    assert assignment.lead is not None
    stays = m.charter.assignment.lead_stays_while_disputed
    event = e.AssignmentDisputed(assignment.lead, stays, command.proposed, command.reason)
    return ((event, None),)


def ready_for_ruling(m: Matter) -> None:
    """The assignment was returned or is disputed."""
    _assignment(m, Status.DISPUTED, Status.RETURNED)


def rule_on_dispute(m: Matter, command: c.RuleOnDispute) -> Rulings:
    """A return or a dispute is ruled on; the lead so named is bound."""
    _check_parties(m, command.lead, command.supporting)
    event = e.DisputeRuled(command.lead, m.stay(), command.supporting, command.reason)
    return ((event, None),)


def ready_to_hand_over(m: Matter) -> None:
    """Somebody has the case."""
    _assignment(m, Status.DISPATCHED, Status.ASSIGNED)


def hand_over(m: Matter, command: c.HandOver) -> Rulings:
    """There is always one lead: the new one begins where the old one ends."""
    assignment = _assignment(m, Status.DISPATCHED, Status.ASSIGNED)
    known_party(m.world, command.to)
    if command.to == assignment.lead:
        refuse("nothing-to-change")
    _not_its_own_support(command.to, assignment.supporting)
    _not_against_itself(m, command.to)
    assert assignment.lead is not None
    return ((e.HandedOver(assignment.lead, command.to, command.reason), None),)
