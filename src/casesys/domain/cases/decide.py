"""Deciding a command on a case: who may, whether the lifecycle has a place for it, then the rule of the command itself.

The order is part of the contract: an unknown actor learns nothing about a case; a command out of order is told what would be in
order; only then does the rule look at particulars. What comes before the particulars is `admit`, which a preview asks, too.
"""

from datetime import datetime
from functools import cache

from casesys.domain.cases import commands as c
from casesys.domain.cases.evolve import evolve_case
from casesys.domain.cases.evolve.moving import has_moved
from casesys.domain.cases.knowing import taking_part
from casesys.domain.cases.lifecycle import may_happen, may_lead
from casesys.domain.cases.matter import Matter, Ruling
from casesys.domain.cases.naming import check_new_id, unnamed, whose
from casesys.domain.cases.rules.collection import collected
from casesys.domain.cases.rules.table import RULES
from casesys.domain.cases.state import Case, case_stream
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import (
    Authority,
    Decision,
    Envelope,
    Outcome,
    Recorded,
    message_type,
)
from casesys.domain.refusals import refuse
from casesys.domain.register.authority import (
    CLOCK,
    Permit,
    Standing,
    authorise_on_case,
    keep_duties_apart,
)
from casesys.domain.register.decide import refuse_future
from casesys.domain.register.lookups import (
    charter_in_force,
    check_subjects,
    known_grid,
    known_intake_point,
    known_person,
)
from casesys.domain.vocabulary import COMMANDS, Stage
from casesys.domain.world import World


def decide_case(command: c.CaseCommand, envelope: Envelope, world: World) -> Decision:
    """Decide a command on a case. Raises Refusal, or Missing when the world lacks what the decision needs."""
    check_actor(type(command), envelope, world)
    if isinstance(command, c.CollectCase):
        return _collect(command, envelope, world)
    case = world.state(case_stream(command.case_id), Case)
    if case is None:
        refuse("unknown-case", case=command.case_id)
    version = governing(world, case, envelope.decided_at)
    matter, permit = admit(type(command), envelope, world, case, version)
    subject = whose(command, case.initiator)
    if subject not in {case.initiator, *case.parties}:
        check_new_id(world, subject, case.case_id)
    check_subjects(world, command, {subject, case.initiator, *case.parties})
    rulings = RULES[type(command)].decide(matter, command)
    _check_moves(case.stage, rulings)
    if envelope.effective_at is not None and envelope.actor_id != CLOCK:
        _check_turn(matter, rulings, envelope.effective_at)
    return _decision(matter, permit, rulings, subject)


def check_actor(kind: type[c.CaseCommand], envelope: Envelope, world: World) -> None:
    """Keep what only time may do from people, and the rest from the clock and from who is unknown."""
    asked = COMMANDS[message_type(kind)]
    if envelope.actor_id == CLOCK:
        if not issubclass(kind, c.ClockCommand):
            refuse("time-may-not", command=asked)
        return
    known_person(world, envelope.actor_id)
    if issubclass(kind, c.ClockCommand):
        refuse("only-time-may", command=asked)


def admit(
    kind: type[c.CaseCommand],
    envelope: Envelope,
    world: World,
    case: Case,
    version: CharterVersion,
) -> tuple[Matter, Permit]:
    """Hold a command of a kind against all that does not depend on its particulars; raises Refusal."""
    permit = _permit(kind, envelope, world, version, case)
    _check_effective(envelope, case)
    _check_order(kind, case)
    keep_duties_apart(version, message_type(kind), envelope.actor_id, case.deeds)
    matter = Matter(case, envelope, world, version, permit.authority.role)
    ready = RULES[kind].ready
    if ready is not None:
        ready(matter)
    return matter, permit


def governing(world: World, case: Case, at: datetime) -> CharterVersion:
    """Give the version pinned by acceptance, before it the one in force now."""
    if case.governing is not None:
        return world.document(case.governing.digest, CharterVersion)
    return charter_in_force(world, case.path, at)


def _permit(
    kind: type[c.CaseCommand],
    envelope: Envelope,
    world: World,
    version: CharterVersion,
    case: Case,
) -> Permit:
    """Let people do what their mandates and the charter let them."""
    if issubclass(kind, c.ClockCommand):
        return Permit(Authority(CLOCK), None)
    return authorise_on_case(
        world,
        envelope,
        message_type(kind),
        version,
        Standing(
            path=case.path,
            stage=case.stage,
            case_type=case.case_type,
            category=case.category,
            lead=case.lead,
            supporting=case.supporting,
            concerned=frozenset() if envelope.on_behalf_of is None else taking_part(case),
        ),
    )


def _check_effective(envelope: Envelope, case: Case) -> None:
    refuse_future(envelope)
    if envelope.effective_at is not None and envelope.effective_at < case.collected_at:
        refuse("effective-before-collection", collected_at=case.collected_at.isoformat())


def _check_order(kind: type[c.CaseCommand], case: Case) -> None:
    if may_happen(case.stage, RULES[kind].event):
        return
    code = "case-closed" if case.stage is Stage.CLOSED else "out-of-order"
    asked = COMMANDS[message_type(kind)]
    refuse(code, command=asked, stage=case.stage.label, accepted=_in_order(case.stage))


@cache
def _in_order(stage: Stage) -> tuple[str, ...]:
    """Name the commands of people that have a place in a stage."""
    return tuple(
        sorted(
            message_type(kind)
            for kind, provision in RULES.items()
            if may_happen(stage, provision.event) and not issubclass(kind, c.ClockCommand)
        )
    )


def _check_moves(stage: Stage, rulings: tuple[Ruling, ...]) -> None:
    """Hold what a rule decided against the lifecycle table: a rule that breaks it is a fault of ours."""
    for event, _ in rulings:
        move = getattr(event, "move", None)
        to = stage if move is None else move.stage
        if not may_lead(stage, type(event), to):
            msg = f"{type(event).__name__} may not lead from {stage.value} to {to.value}"
            raise AssertionError(msg)
        stage = to


def _check_turn(matter: Matter, rulings: tuple[Ruling, ...], at: datetime) -> None:
    """Refuse what is said to have moved a case before it came to where it moves on from, or to have ended a clock before it began.

    Much is entered later than it happened, and in any order. But were what moves a case, too, it would have stayed in a stage for
    less than no time. What time brings about happened when it was due, whatever others have entered since.
    """
    before, after = matter.case, _after(matter, rulings, at)
    charters = matter.charter.time.clocks  # those of the engine are windows, and may begin later
    ended = (
        before.clocks[name].started_at
        for name in matter.running()
        if name in charters and after.clocks[name].stopped_at is not None
    )
    earliest = max(ended, default=before.collected_at)
    if has_moved(before, after):
        earliest = max(earliest, before.moved_at)
    if at < earliest:
        refuse("effective-before-last-move", moved_at=earliest.isoformat())


def _after(matter: Matter, rulings: tuple[Ruling, ...], at: datetime) -> Case:
    """Give the case as what was decided will make it."""
    case, envelope = matter.case, matter.envelope
    for event, _ in rulings:
        recorded = Recorded(
            stream=case_stream(case.case_id),
            version=case.version + 1,
            event=event,
            effective_at=at,
            actor_id=envelope.actor_id,
            channel=envelope.channel,
            rule=matter.version.rule,
            command_type=None,
        )
        case = evolve_case(case, recorded)
    return case


def _collect(command: c.CollectCase, envelope: Envelope, world: World) -> Decision:
    grid = known_grid(world, command.grid)
    version = charter_in_force(world, grid.path, envelope.decided_at)
    initiator = command.initiator or unnamed(command.case_id)
    standing = Standing(
        path=grid.path,
        stage=Stage.COLLECTION,
        case_type=command.case_type,
        category=command.category,
        concerned=frozenset({initiator}),
    )
    permit = authorise_on_case(world, envelope, "collect-case", version, standing)
    refuse_future(envelope)
    if world.state(case_stream(command.case_id), Case) is not None:
        refuse("already-exists", name=command.case_id)
    if command.intake_point is not None:
        known_intake_point(world, command.intake_point)
    blank = Case(
        case_id=command.case_id,
        version=0,
        stage=Stage.COLLECTION,
        case_type=command.case_type,
        category=command.category,
        title=command.title,
        grid=command.grid,
        path=grid.path,
        channel=envelope.channel,
        initiator=initiator,
        anonymous=command.anonymous,
        visibility="",
        collected_at=envelope.happened_at,
        moved_at=envelope.happened_at,
        facts=command.facts,
        source_ref=command.source_ref,
    )
    check_new_id(world, initiator, command.case_id)
    check_subjects(world, command, {initiator})
    matter = Matter(blank, envelope, world, version)
    return _decision(matter, permit, ((collected(matter, command), None),), initiator)


def _decision(
    matter: Matter, permit: Permit, rulings: tuple[Ruling, ...], subject: str
) -> Decision:
    stream = case_stream(matter.case.case_id)
    return Decision(
        outcomes=tuple(
            Outcome(stream, event, clause or permit.clause) for event, clause in rulings
        ),
        reads=matter.world.reads,
        authority=permit.authority,
        subject=subject,
        rule=matter.version.rule,
        calendar_digest=matter.calendar_digest,
    )
