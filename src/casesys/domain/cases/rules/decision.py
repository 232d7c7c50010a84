"""After a decision: publishing it, objections against it, confirming or annulling it."""

from datetime import timedelta

from msgspec.structs import replace

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.cases.matter import Matter, Ruling, clock_start
from casesys.domain.cases.rules.deliberation import check_proofs
from casesys.domain.cases.state import (
    INFORMATION_CLOCK,
    OBJECTIONS_CLOCK,
    PUBLICATION_CLOCK,
    Objection,
)
from casesys.domain.charter.steps import Meeting, Objections, Publish
from casesys.domain.refusals import refuse
from casesys.domain.vocabulary import Moment, Stage, TallyOutcome
from casesys.domain.working_time import Term

Rulings = tuple[Ruling, ...]


def ready_to_publish(m: Matter) -> None:
    """It is the turn of publishing."""
    m.step(Publish)
    m.advance()


def publish_decision(m: Matter, command: c.PublishDecision) -> Rulings:
    """The decision hangs in every place the charter names. Objections are heard from now until their own window ends."""
    step: Publish = m.step(Publish)
    where = command.where or step.where
    for place in where:
        if place not in m.charter.channels:
            m.unknown("channel", place, m.charter.channels)
    missing = tuple(place for place in step.where if place not in where)
    if missing:
        refuse("publication-incomplete", clause=step.clause, accepted=missing)
    check_proofs(m, command.proofs)
    on = m.advance()
    starts = (clock_start(PUBLICATION_CLOCK, step.period, step.clause), *_after(m, step, on))
    move = Move(on.stage, opens=on.opens, starts=starts, stops=on.stops)
    return ((e.DecisionPublished(where, move, command.proofs), step.clause),)


def _after(m: Matter, publish: Publish, on: Move) -> tuple[e.ClockStart, ...]:
    """Give the clocks of the next step; a window for objections begins where publication ends.

    One that counts days begins with the last instant of publication, so that the day after is its first.
    """
    ends = m.term_due(Term(publish.period.budget, m.happened_at)).due_at
    last = ends - timedelta(microseconds=1)
    return tuple(
        replace(start, since=last if start.unit.in_days else ends)
        if start.clock == OBJECTIONS_CLOCK
        else start
        for start in on.starts
    )


def ready_for_objections(m: Matter) -> None:
    """An objection comes in time or not at all."""
    step: Objections = m.step(Objections)
    if m.expired(OBJECTIONS_CLOCK):
        refuse("too-late", clause=step.clause, what=step.label)


def raise_objection(m: Matter, command: c.RaiseObjection) -> Rulings:
    """Objections are numbered in the order in which they come."""
    step: Objections = m.step(Objections)
    number = len(m.deliberation.objections) + 1
    return ((e.ObjectionRaised(number, command.objector, command.grounds), step.clause),)


def ready_to_settle(m: Matter) -> None:
    """An objection waits to be settled."""
    step: Objections = m.step(Objections)
    if not _unsettled(m):
        refuse("unknown-objection", clause=step.clause)


def _unsettled(m: Matter) -> tuple[str, ...]:
    return tuple(str(o.number) for o in m.deliberation.objections if o.upheld is None)


def settle_objection(m: Matter, command: c.SettleObjection) -> Rulings:
    """Dismissed, nothing changes; upheld, the step's effect happens."""
    step: Objections = m.step(Objections)
    objection = _open_objection(m, command.number, step.clause)
    effect = step.effect if command.upheld else "none"
    event = e.ObjectionSettled(
        objection.number, command.upheld, effect, _effect(m, effect), command.reason
    )
    return ((event, step.clause),)


def _open_objection(m: Matter, number: int, clause: str) -> Objection:
    for objection in m.deliberation.objections:
        if objection.number == number and objection.upheld is None:
            return objection
    refuse("unknown-objection", clause=clause, accepted=_unsettled(m))


def _effect(m: Matter, effect: str) -> Move:
    if effect == "none":
        return m.stay()
    hanging = tuple(n for n in m.running() if n in (PUBLICATION_CLOCK, OBJECTIONS_CLOCK))
    if effect == "recount":
        assert m.deliberation.step is not None
        before = m.procedure.steps[: m.procedure.index(m.deliberation.step)]
        *_, last = (step for step in before if isinstance(step, Meeting))
        return Move(m.case.stage, opens=last.id, stops=hanging, continues=m.undecided())
    back = m.opening(m.procedure, 0, attempt=m.deliberation.attempt + 1)
    return Move(
        back.stage,
        opens=back.opens,
        attempt=back.attempt,
        starts=back.starts,
        stops=(*back.stops, *hanging),
        continues=m.undecided(),
    )


def confirm_decision(m: Matter, _: c.ConfirmDecision) -> Rulings:
    """A decision stands when it was carried, published as long as it must be, and no objection is open."""
    deliberation = m.deliberation
    if deliberation.outcome is not TallyOutcome.CARRIED:
        refuse("not-decided")
    if unsettled := _unsettled(m):
        refuse("objections-open", accepted=unsettled)
    if deliberation.step is not None:
        step: Objections = m.step(Objections)
        if (
            step is not m.procedure.steps[-1]
        ):  # what the charter asks for after them is not passed over
            refuse("wrong-step", clause=step.clause, step=step.label)
    for name in (PUBLICATION_CLOCK, OBJECTIONS_CLOCK):
        running = m.case.clocks.get(name)
        if name in m.running() and running is not None and not m.expired(name):
            due = m.due(running)
            if due.provisional:
                calendar = running.start.calendar
                accepted = ("adopt-calendar",)
                refuse(
                    "calendar-too-short",
                    clause=running.clause,
                    accepted=accepted,
                    calendar=calendar,
                )
            refuse("too-early", clause=running.clause, until=due.due_at.isoformat())
    hanging = tuple(n for n in m.running() if n in (PUBLICATION_CLOCK, OBJECTIONS_CLOCK))
    move = Move(
        m.stage_after(Stage.DELIBERATION),
        opens="",
        starts=m.starts(Moment.CONFIRMED),
        stops=(*hanging, *m.stops(Moment.CONFIRMED)),
    )
    return ((e.DecisionConfirmed(move), m.procedure.clause),)


def annul_decision(m: Matter, command: c.AnnulDecision) -> Rulings:
    """Only what was decided can be annulled; the matter is triaged again afterwards."""
    if m.deliberation.outcome is not TallyOutcome.CARRIED:
        refuse("not-decided")
    stops = tuple(n for n in m.running() if n != INFORMATION_CLOCK)
    move = Move(Stage.DELIBERATION, opens="", stops=stops, continues=m.undecided())
    return ((e.DecisionAnnulled(move, command.reason), None),)
