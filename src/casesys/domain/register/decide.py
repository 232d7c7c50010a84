"""The rules of the register: one function per command, each giving the events per stream or refusing."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from casesys.domain.charter.parse import CharterInvalid, CharterVersion, parse_charter
from casesys.domain.messages import (
    Authority,
    Decision,
    Envelope,
    Event,
    Outcome,
    StreamId,
    message_type,
)
from casesys.domain.refusals import Refusal, refuse
from casesys.domain.register import commands as c
from casesys.domain.register import events as e
from casesys.domain.register import streams as s
from casesys.domain.register.authority import CLOCK, OPERATOR, authorise_on_register
from casesys.domain.register.lookups import charter_in_force, known_grid, known_person
from casesys.domain.register.state import (
    ApiKey,
    Body,
    Document,
    IntakePoint,
    Organisation,
    Person,
    Register,
)
from casesys.domain.vocabulary import TERMS
from casesys.domain.working_time import CalendarInvalid, parse_calendar
from casesys.domain.world import World

Outcomes = tuple[tuple[StreamId, Event], ...]
Where = tuple[str, Outcomes]
"""The grid a mandate is needed for, and the events by stream."""


def decide_register(command: c.RegisterCommand, envelope: Envelope, world: World) -> Decision:
    """Decide a command on the register."""
    refuse_future(envelope)
    if isinstance(command, c.FoundRegister):
        return _found(command, envelope, world)
    root = world.state(s.REGISTER, Register)
    if root is None:
        refuse("not-founded")
    known_person(world, envelope.actor_id)
    grid_id, outcomes = HANDLERS[type(command)](command, envelope, world, root)
    for stream, _ in outcomes:  # what is written to is read, so that its version is checked
        world.state(stream, object)
    path = known_grid(world, grid_id).path
    version = _version(world, path, envelope.decided_at)
    permit = authorise_on_register(world, envelope, message_type(type(command)), path, version)
    return Decision(
        outcomes=tuple(Outcome(stream, event, permit.clause) for stream, event in outcomes),
        reads=world.reads,
        authority=permit.authority,
        subject=getattr(command, "person_id", grid_id),
        rule=version.rule if version is not None and permit.clause is not None else None,
    )


def refuse_future(envelope: Envelope) -> None:
    """Refuse what is said to happen later than it is decided."""
    if envelope.happened_at > envelope.decided_at:
        refuse("effective-in-future", effective_at=envelope.happened_at.isoformat())


def _version(world: World, path: tuple[str, ...], at: datetime) -> CharterVersion | None:
    try:
        return charter_in_force(world, path, at)
    except Refusal:  # none yet: the operator sets up the register before there is a charter
        return None


def _found(command: c.FoundRegister, envelope: Envelope, world: World) -> Decision:
    if world.state(s.REGISTER, Register) is not None:
        refuse("already-founded")
    if envelope.actor_id != command.person_id:
        refuse("founder-acts", person=command.person_id)
    _not_the_clock(command.person_id)
    _unused(world, s.grid_stream(command.grid_id), command.grid_id)
    _unused(world, s.person_stream(command.person_id), command.person_id)
    _unused(world, s.api_key_stream(command.key_hash), command.key_label)
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


def _not_the_clock(person_id: str) -> None:
    """Refuse a person of the clock's name: they could do what only time may."""
    if person_id == CLOCK:
        refuse("already-exists", name=CLOCK)


def _unused(world: World, stream: StreamId, name: str) -> None:
    if world.state(stream, object) is not None:
        refuse("already-exists", name=name)


def _establish_grid(command: c.EstablishGrid, _: Envelope, world: World, __: Register) -> Where:
    parent = known_grid(world, command.parent)
    if len(parent.path) >= 8:  # noqa: PLR2004 - a district has four levels; twice that is a mistake
        refuse("grid-too-deep", grid=command.grid_id)
    stream = s.grid_stream(command.grid_id)
    _unused(world, stream, command.grid_id)
    path = (*parent.path, command.grid_id)
    event = e.GridEstablished(command.grid_id, command.kind, command.name, path)
    return command.parent, ((stream, event),)


def _appoint_party(command: c.AppointParty, _: Envelope, world: World, __: Register) -> Where:
    known_grid(world, command.grid_id)
    if command.party is not None:
        known_party(world, command.party)
    event = e.PartyAppointed(command.kind, command.party)
    return command.grid_id, ((s.grid_stream(command.grid_id), event),)


def known_party(world: World, party: str) -> None:
    """Refuse unless the party is a known organisation, body or person."""
    for stream, kind in (
        (s.organisation_stream(party), Organisation),
        (s.body_stream(party), Body),
        (s.person_stream(party), Person),
    ):
        if world.state(stream, kind) is not None:
            return
    refuse("unknown-party", party=party)


def _register_person(command: c.RegisterPerson, _: Envelope, world: World, root: Register) -> Where:
    stream = s.person_stream(command.person_id)
    _not_the_clock(command.person_id)
    _unused(world, stream, command.person_id)
    event = e.PersonRegistered(command.person_id, command.name, command.phone)
    return root.root_grid, ((stream, event),)


def _give_mandate(command: c.GiveMandate, envelope: Envelope, world: World, _: Register) -> Where:
    person = known_person(world, command.person_id)
    if command.person_id == envelope.actor_id:
        refuse("own-mandate", person=command.person_id)
    version = _version(world, known_grid(world, command.grid_id).path, envelope.decided_at)
    if version is not None and command.role not in {*version.charter.roles, OPERATOR}:
        known = tuple(sorted(version.charter.roles))
        refuse("unknown-code", what=TERMS["role"], code=command.role, accepted=known)
    if any(m.mandate_id == command.mandate_id for m in person.mandates):
        refuse("already-exists", name=command.mandate_id)
    if command.principal is not None:
        known_party(world, command.principal)
    since = command.since or envelope.happened_at
    if command.until is not None and command.until <= since:
        refuse("term-ends-before-it-begins")
    event = e.MandateGiven(
        mandate_id=command.mandate_id,
        role=command.role,
        grid=command.grid_id,
        since=since,
        until=command.until,
        principal=command.principal,
        case_types=command.case_types,
        categories=command.categories,
        commands=command.commands,
    )
    return command.grid_id, ((s.person_stream(command.person_id), event),)


def _revoke_mandate(command: c.RevokeMandate, _: Envelope, world: World, __: Register) -> Where:
    person = known_person(world, command.person_id)
    mandate = next((m for m in person.mandates if m.mandate_id == command.mandate_id), None)
    if mandate is None:
        refuse("unknown-mandate", mandate=command.mandate_id, person=command.person_id)
    if mandate.revoked:
        refuse("mandate-not-valid", mandate=mandate.mandate_id)
    event = e.MandateRevoked(command.mandate_id)
    return mandate.grid, ((s.person_stream(command.person_id), event),)


def _register_organisation(
    command: c.RegisterOrganisation, _: Envelope, world: World, root: Register
) -> Where:
    stream = s.organisation_stream(command.organisation_id)
    _unused(world, stream, command.organisation_id)
    event = e.OrganisationRegistered(command.organisation_id, command.name, command.kind)
    return root.root_grid, ((stream, event),)


def _establish_body(command: c.EstablishBody, _: Envelope, world: World, __: Register) -> Where:
    stream = s.body_stream(command.body_id)
    _unused(world, stream, command.body_id)
    event = e.BodyEstablished(
        command.body_id, command.name, command.kind, command.grid_id, command.seats
    )
    return command.grid_id, ((stream, event),)


def known_body(world: World, body_id: str) -> Body:
    """Give a body, or refuse."""
    body = world.state(s.body_stream(body_id), Body)
    if body is None:
        refuse("unknown-body", body=body_id)
    return body


def _fill_seat(command: c.FillSeat, _: Envelope, world: World, __: Register) -> Where:
    body = known_body(world, command.body_id)
    known_person(world, command.person_id)
    if command.seat > body.seats or command.seat in body.seated:
        refuse("seat-not-free", seat=command.seat, body=command.body_id)
    if command.person_id in body.members:
        refuse("already-seated", person=command.person_id, body=command.body_id)
    event = e.SeatFilled(command.seat, command.person_id)
    return body.grid, ((s.body_stream(command.body_id), event),)


def _vacate_seat(command: c.VacateSeat, _: Envelope, world: World, __: Register) -> Where:
    body = known_body(world, command.body_id)
    person = body.seated.get(command.seat)
    if person is None:
        refuse("seat-empty", seat=command.seat, body=command.body_id)
    event = e.SeatVacated(command.seat, person)
    return body.grid, ((s.body_stream(command.body_id), event),)


def _open_intake_point(
    command: c.OpenIntakePoint, _: Envelope, world: World, __: Register
) -> Where:
    stream = s.intake_point_stream(command.intake_point_id)
    _unused(world, stream, command.intake_point_id)
    event = e.IntakePointOpened(
        command.intake_point_id, command.name, command.grid_id, command.channel
    )
    return command.grid_id, ((stream, event),)


def open_intake_point(world: World, intake_point_id: str) -> IntakePoint:
    """Give an intake point that is open, or refuse."""
    point = world.state(s.intake_point_stream(intake_point_id), IntakePoint)
    if point is None or not point.open:
        refuse("unknown-intake-point", intake_point=intake_point_id)
    return point


def _set_roster(command: c.SetRoster, _: Envelope, world: World, __: Register) -> Where:
    point = open_intake_point(world, command.intake_point_id)
    for duty in command.duties:
        known_person(world, duty.person_id)
    event = e.RosterSet(tuple((duty.day, duty.person_id) for duty in command.duties))
    return point.grid, ((s.intake_point_stream(command.intake_point_id), event),)


def _close_intake_point(
    command: c.CloseIntakePoint, _: Envelope, world: World, __: Register
) -> Where:
    point = open_intake_point(world, command.intake_point_id)
    stream = s.intake_point_stream(command.intake_point_id)
    return point.grid, ((stream, e.IntakePointClosed()),)


def _adopt_calendar(command: c.AdoptCalendar, _: Envelope, world: World, root: Register) -> Where:
    try:
        calendar = parse_calendar(command.document.encode())
    except CalendarInvalid as error:
        refuse("calendar-invalid", problem=str(error))
    adopted = e.CalendarAdopted(
        calendar.code, calendar.digest, calendar.first_day, calendar.last_day
    )
    outcomes = _deposited(world, "calendar", calendar.digest, calendar.canonical.decode())
    return root.root_grid, (*outcomes, (s.calendar_stream(calendar.code), adopted))


def _install_charter(
    command: c.InstallCharter, envelope: Envelope, world: World, _: Register
) -> Where:
    grid = known_grid(world, command.grid_id)
    try:
        version = parse_charter(command.document.encode())
    except CharterInvalid as error:
        refuse("charter-invalid", problem=error.says)
    if any(c.digest == version.digest for c in grid.charters):
        refuse("already-exists", name=f"{version.charter.code} {version.charter.version}")
    installed = e.CharterInstalled(
        version.charter.code,
        version.charter.version,
        version.digest,
        command.in_force_from or envelope.happened_at,
    )
    outcomes = _deposited(world, "charter", version.digest, version.document.decode())
    return command.grid_id, (*outcomes, (s.grid_stream(command.grid_id), installed))


def _deposited(world: World, kind: str, digest: str, text: str) -> Outcomes:
    """Deposit a document unless the log has it already."""
    stream = s.document_stream(digest)
    if world.state(stream, Document) is not None:
        return ()
    return ((stream, e.DocumentDeposited(kind, text)),)


def _issue_api_key(
    command: c.IssueApiKey, envelope: Envelope, world: World, root: Register
) -> Where:
    known_person(world, command.person_id)
    stream = s.api_key_stream(command.key_hash)
    _unused(world, stream, command.label)
    if command.expires_at is not None and command.expires_at <= envelope.decided_at:
        refuse("term-ends-before-it-begins")
    event = e.ApiKeyIssued(command.person_id, command.client_id, command.label, command.expires_at)
    return root.root_grid, ((stream, event),)


def _revoke_api_key(command: c.RevokeApiKey, _: Envelope, world: World, root: Register) -> Where:
    stream = s.api_key_stream(command.key_hash)
    key = world.state(stream, ApiKey)
    if key is None or key.revoked:
        refuse("unknown-api-key")
    return root.root_grid, ((stream, e.ApiKeyRevoked()),)


Handler = Callable[[Any, Envelope, World, Register], Where]

HANDLERS: Mapping[type[c.RegisterCommand], Handler] = {
    c.EstablishGrid: _establish_grid,
    c.AppointParty: _appoint_party,
    c.RegisterPerson: _register_person,
    c.GiveMandate: _give_mandate,
    c.RevokeMandate: _revoke_mandate,
    c.RegisterOrganisation: _register_organisation,
    c.EstablishBody: _establish_body,
    c.FillSeat: _fill_seat,
    c.VacateSeat: _vacate_seat,
    c.OpenIntakePoint: _open_intake_point,
    c.SetRoster: _set_roster,
    c.CloseIntakePoint: _close_intake_point,
    c.AdoptCalendar: _adopt_calendar,
    c.InstallCharter: _install_charter,
    c.IssueApiKey: _issue_api_key,
    c.RevokeApiKey: _revoke_api_key,
}
"""The rule of every command on the register but the founding, which has no authority before it."""
