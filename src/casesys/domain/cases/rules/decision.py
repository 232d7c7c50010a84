"""After a decision: publishing it, objections against it, confirming or annulling it."""

from datetime import timedelta

from msgspec.structs import replace

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.cases.matter import EXECUTABLE, Matter, Ruling, clock_start
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
    late = m.expired(OBJECTIONS_CLOCK) and leads_on(m, settling=objection.number)
    move = _past_objections(m) if effect == "none" and late else _effect(m, effect)
    event = e.ObjectionSettled(objection.number, command.upheld, effect, move, command.reason)
    return ((event, step.clause),)


def _open_objection(m: Matter, number: int, clause: str) -> Objection:
    for objection in m.deliberation.objections:
        if objection.number == number and objection.upheld is None:
            return objection
    refuse("unknown-objection", clause=clause, accepted=_unsettled(m))


def _effect(m: Matter, effect: str) -> Move:
    if effect == "none":
        return m.stay()
    if effect == "recount":
        assert m.deliberation.step is not None
        before = m.procedure.steps[: m.procedure.index(m.deliberation.step)]
        *_, last = (step for step in before if isinstance(step, Meeting))
        return Move(m.case.stage, opens=last.id, stops=_hanging(m), continues=m.undecided())
    back = m.opening(m.procedure, 0, attempt=m.deliberation.attempt + 1)
    return Move(
        back.stage,
        opens=back.opens,
        attempt=back.attempt,
        starts=back.starts,
        stops=(*back.stops, *_hanging(m)),
        continues=m.undecided(),
    )


def _hanging(m: Matter) -> tuple[str, ...]:
    """Name what runs for as long as a decision hangs and may be objected to."""
    return tuple(n for n in m.running() if n in (PUBLICATION_CLOCK, OBJECTIONS_CLOCK))


def leads_on(m: Matter, *, settling: int | None = None) -> bool:
    """Say whether the end of the window lets another step begin by itself.

    That is so when one comes after it that can be carried out, and no objection is open but the one that is being settled. After the
    last step, somebody confirms the decision.
    """
    open_step = m.deliberation.step
    assert open_step is not None  # the window is open no longer than its step
    following = m.procedure.steps[m.procedure.index(open_step) + 1 :]
    others = [o for o in m.deliberation.objections if o.upheld is None and o.number != settling]
    return bool(following) and following[0].kind in EXECUTABLE and not others


def _past_objections(m: Matter) -> Move:
    """Go on to the step after. However long ago the window was over, its time counts from now: nobody could have answered before."""
    on = m.advance()
    starts = on.starts
    if m.happened_at < m.now:
        starts = tuple(replace(start, since=m.now) for start in starts)
    return Move(on.stage, opens=on.opens, starts=starts, stops=(*on.stops, *_hanging(m)))


def close_objections(m: Matter, _: c.CloseObjections) -> Rulings:
    """When nobody may object any more, and no objection is open, the step that comes after begins."""
    step: Objections = m.step(Objections)
    if not m.expired(OBJECTIONS_CLOCK):
        refuse("not-yet", clause=step.clause)
    if unsettled := _unsettled(m):
        refuse("objections-open", clause=step.clause, accepted=unsettled)
    return ((e.ObjectionsClosed(_past_objections(m)), step.clause),)


def confirm_decision(m: Matter, _: c.ConfirmDecision) -> Rulings:
    """A decision stands when it was carried, published as long as it must be, and no objection is open."""
    deliberation = m.deliberation
    if deliberation.outcome is not TallyOutcome.CARRIED:
        refuse("not-decided")
    if unsettled := _unsettled(m):
        refuse("objections-open", accepted=unsettled)
    if deliberation.step is not None:
        m.step(Objections)
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
    _check_nothing_follows(m)
    move = Move(
        m.stage_after(Stage.DELIBERATION),
        opens="",
        starts=m.starts(Moment.CONFIRMED),
        stops=(*_hanging(m), *m.stops(Moment.CONFIRMED)),
    )
    return ((e.DecisionConfirmed(move), m.procedure.clause),)


def _check_nothing_follows(m: Matter) -> None:
    """What the charter asks for after objections is not passed over; it begins by itself, if it can be carried out."""
    step = m.deliberation.step
    if step is None or step == m.procedure.steps[-1].id:
        return
    m.advance()
    open_step: Objections = m.step(Objections)
    refuse("wrong-step", clause=open_step.clause, step=open_step.label)


def annul_decision(m: Matter, command: c.AnnulDecision) -> Rulings:
    """Only what was decided can be annulled; the matter is triaged again afterwards."""
    if m.deliberation.outcome is not TallyOutcome.CARRIED:
        refuse("not-decided")
    stops = tuple(n for n in m.running() if n != INFORMATION_CLOCK)
    move = Move(Stage.DELIBERATION, opens="", stops=stops, continues=m.undecided())
    return ((e.DecisionAnnulled(move, command.reason), None),)
