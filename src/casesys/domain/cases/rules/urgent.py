"""Deciding urgently: one officer makes safe at once, or orders more, which waits for the sides."""

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.cases.matter import Matter, Ruling
from casesys.domain.cases.rules.deliberation import asked_parties
from casesys.domain.charter.steps import OfficerDecision, Ratify
from casesys.domain.refusals import refuse
from casesys.domain.vocabulary import COMMANDS, Moment

Rulings = tuple[Ruling, ...]


def ready_for_officer(m: Matter) -> None:
    """It is the turn of an officer, who acts in a role that the step names, and each side has somebody who stands for it."""
    step: OfficerDecision = m.step(OfficerDecision)
    if m.role is not None and m.role not in step.roles:
        refuse(
            "not-authorised",
            clause=step.clause,
            accepted=step.roles,
            person=m.envelope.actor_id,
            command=COMMANDS["decide-urgently"],
        )
    asked_parties(m, m.procedure)


def decide_urgently(m: Matter, command: c.DecideUrgently) -> Rulings:
    """The officer makes safe, or orders further measures where the charter lets them; those wait for the sides that ratify."""
    step: OfficerDecision = m.step(OfficerDecision)
    if command.made_safe is None and command.further_measures is None:
        refuse("nothing-decided", clause=step.clause)
    further = command.further_measures is not None
    if further and not step.further_measures:
        refuse("only-making-safe", clause=step.clause)
    moments = [Moment.DECIDED]
    if command.made_safe is not None:
        moments.append(Moment.MADE_SAFE)
    on = m.advance() if further else m.opening(m.procedure, _past_ratifying(m, step))
    event = e.DecidedUrgently(
        further=further,
        parties=asked_parties(m, m.procedure),
        move=Move(
            on.stage, opens=on.opens, starts=on.starts, stops=(*on.stops, *m.stops(*moments))
        ),
        made_safe=command.made_safe,
        further_measures=command.further_measures,
    )
    return ((event, step.clause),)


def _past_ratifying(m: Matter, step: OfficerDecision) -> int:
    """Give the first step after this one that is not about ratifying: there is nothing to ratify."""
    index = m.procedure.index(step.id) + 1
    steps = m.procedure.steps
    while index < len(steps) and isinstance(steps[index], Ratify):
        index += 1
    return index
