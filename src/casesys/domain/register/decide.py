"""Deciding a command on the register: who may, over which grid, then the rule of the command itself.

Who may not learns nothing of what is there: what nobody knows is told to those who could have made it known, over the root grid.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from casesys.domain.messages import (
    Authority,
    Decision,
    Envelope,
    Outcome,
    message_type,
)
from casesys.domain.refusals import refuse
from casesys.domain.register import commands as c
from casesys.domain.register import events as e
from casesys.domain.register import places, rules
from casesys.domain.register import streams as s
from casesys.domain.register.authority import OPERATOR, authorise_on_register
from casesys.domain.register.lookups import check_subjects, known_person, version_in_force
from casesys.domain.register.rules import Outcomes, not_the_clock, unused
from casesys.domain.register.state import Grid, Register
from casesys.domain.world import World


def decide_register(command: c.RegisterCommand, envelope: Envelope, world: World) -> Decision:
    """Decide a command on the register."""
    refuse_future(envelope)
    if isinstance(command, c.FoundRegister):
        return _found(command, envelope, world)
    root = world.state(s.REGISTER, Register)
    if root is None:
        refuse("not-founded")
    known_person(world, envelope.actor_id)
    provision = HANDLERS[type(command)]
    grid_id, path = _place(provision.place(command, world), world, root.root_grid)
    subject = getattr(command, "person_id", grid_id)
    version = version_in_force(world, path, envelope.decided_at)
    entrusted = None if provision.reserved(command, world) else version
    permit = authorise_on_register(world, envelope, message_type(type(command)), path, entrusted)
    check_subjects(world, command, {subject})
    outcomes = provision.decide(command, envelope, world)
    for stream, _ in outcomes:  # what is written to is read, so that its version is checked
        world.state(stream, object)
    return Decision(
        outcomes=tuple(Outcome(stream, event, permit.clause) for stream, event in outcomes),
        reads=world.reads,
        authority=permit.authority,
        subject=subject,
        rule=version.rule if version is not None and permit.clause is not None else None,
    )


def _place(grid_id: str | None, world: World, root: str) -> tuple[str, tuple[str, ...]]:
    """Give the grid that a mandate is needed for, and its path: the root where there is no such grid."""
    grid = None if grid_id is None else world.state(s.grid_stream(grid_id), Grid)
    return (root, (root,)) if grid is None else (grid.path[-1], grid.path)


def refuse_future(envelope: Envelope) -> None:
    """Refuse what is said to happen later than it is decided."""
    if envelope.happened_at > envelope.decided_at:
        refuse("effective-in-future", effective_at=envelope.happened_at.isoformat())


def _found(command: c.FoundRegister, envelope: Envelope, world: World) -> Decision:
    if world.state(s.REGISTER, Register) is not None:
        refuse("already-founded")
    if envelope.actor_id != command.person_id:
        refuse("founder-acts", person=command.person_id)
    not_the_clock(command.person_id)
    check_subjects(world, command, {command.person_id})
    unused(world, s.grid_stream(command.grid_id), command.grid_id)
    unused(world, s.person_stream(command.person_id), command.person_id)
    unused(world, s.api_key_stream(command.key_hash), command.key_label)
    person = s.person_stream(command.person_id)
    mandate = e.MandateGiven(
        mandate_id="founding", role=OPERATOR, grid=command.grid_id, since=envelope.happened_at
    )
    outcomes: Outcomes = (
        (s.REGISTER, e.RegisterFounded(command.grid_id, command.person_id)),
        (
            s.grid_stream(command.grid_id),
            e.GridEstablished(
                command.grid_id, command.grid_kind, command.grid_name, (command.grid_id,)
            ),
        ),
        (person, e.PersonRegistered(command.person_id, command.person_name)),
        (person, mandate),
        (
            s.api_key_stream(command.key_hash),
            e.ApiKeyIssued(command.person_id, envelope.client_id, command.key_label),
        ),
    )
    return Decision(
        outcomes=tuple(Outcome(stream, event) for stream, event in outcomes),
        reads=world.reads,
        authority=Authority(OPERATOR, mandate.mandate_id),
        subject=command.person_id,
    )


class Provision(NamedTuple):
    """Over which grid a command needs a mandate, None standing for the root, and the rule that decides it.

    What is `reserved` is for operators, whatever the charter grants.
    """

    place: Callable[[Any, World], str | None]
    decide: Callable[[Any, Envelope, World], Outcomes]
    reserved: Callable[[Any, World], bool] = lambda _, __: False


HANDLERS: Mapping[type[c.RegisterCommand], Provision] = {
    c.EstablishGrid: Provision(places.of_parent, rules.establish_grid),
    c.AppointParty: Provision(places.named, rules.appoint_party),
    c.RegisterPerson: Provision(places.root, rules.register_person),
    c.GiveMandate: Provision(places.named, rules.give_mandate, rules.makes_an_operator),
    c.RevokeMandate: Provision(places.of_mandate, rules.revoke_mandate, rules.ends_an_operator),
    c.RegisterOrganisation: Provision(places.root, rules.register_organisation),
    c.EstablishBody: Provision(places.named, rules.establish_body),
    c.FillSeat: Provision(places.of_body, rules.fill_seat),
    c.VacateSeat: Provision(places.of_body, rules.vacate_seat),
    c.OpenIntakePoint: Provision(places.named, rules.open_intake_point),
    c.SetRoster: Provision(places.of_intake_point, rules.set_roster),
    c.CloseIntakePoint: Provision(places.of_intake_point, rules.close_intake_point),
    c.AdoptCalendar: Provision(places.root, rules.adopt_calendar),
    c.InstallCharter: Provision(places.named, rules.install_charter),
    c.IssueApiKey: Provision(places.root, rules.issue_api_key, rules.concerns_a_key),
    c.RevokeApiKey: Provision(places.root, rules.revoke_api_key, rules.concerns_a_key),
}
"""Every command on the register but the founding, which has no authority before it."""
