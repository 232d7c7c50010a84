"""The rules of the register: one function per command, each giving the events by stream, or refusing.

Whoever gives the command may: that has been decided before, so a rule may tell what it knows.
"""

from collections.abc import Collection, Iterable

from casesys.domain.charter.parse import CharterInvalid, parse_charter
from casesys.domain.messages import Envelope, Event, StreamId
from casesys.domain.refusals import refuse
from casesys.domain.register import commands as c
from casesys.domain.register import events as e
from casesys.domain.register import streams as s
from casesys.domain.register.authority import CLOCK, OPERATOR
from casesys.domain.register.lookups import (
    known_body,
    known_grid,
    known_intake_point,
    known_party,
    known_person,
    version_in_force,
)
from casesys.domain.register.places import mandate_named
from casesys.domain.register.state import AdoptedCalendar, ApiKey, Document, Mandate, Register
from casesys.domain.vocabulary import COMMANDS, TERMS
from casesys.domain.working_time import CalendarInvalid, parse_calendar
from casesys.domain.world import World

Outcomes = tuple[tuple[StreamId, Event], ...]


def not_the_clock(person_id: str) -> None:
    """Refuse a person of the clock's name: they could do what only time may."""
    if person_id == CLOCK:
        refuse("already-exists", name=CLOCK)


def unused(world: World, stream: StreamId, name: str) -> None:
    """Refuse a name that is taken."""
    if world.state(stream, object) is not None:
        refuse("already-exists", name=name)


def establish_grid(command: c.EstablishGrid, _: Envelope, world: World) -> Outcomes:
    """A grid lies below one that is known, not too deep, under a name of its own."""
    parent = known_grid(world, command.parent)
    if len(parent.path) >= 8:  # noqa: PLR2004 - a district has four levels; twice that is a mistake
        refuse("grid-too-deep", grid=command.grid_id)
    stream = s.grid_stream(command.grid_id)
    unused(world, stream, command.grid_id)
    path = (*parent.path, command.grid_id)
    event = e.GridEstablished(command.grid_id, command.kind, command.name, path)
    return ((stream, event),)


def appoint_party(command: c.AppointParty, _: Envelope, world: World) -> Outcomes:
    """Who serves a grid is known; whoever serves it already is not appointed again, and nobody ends what is not."""
    serving = known_grid(world, command.grid_id).parties.get(command.kind)
    if command.party is None and serving is None:
        refuse("nobody-appointed", grid=command.grid_id, kind=command.kind)
    if command.party is not None:
        known_party(world, command.party)
    if command.party == serving:
        refuse("nothing-to-change")
    event = e.PartyAppointed(command.kind, command.party)
    return ((s.grid_stream(command.grid_id), event),)


def register_person(command: c.RegisterPerson, _: Envelope, world: World) -> Outcomes:
    """A person is registered once, and not under the clock's name."""
    stream = s.person_stream(command.person_id)
    not_the_clock(command.person_id)
    unused(world, stream, command.person_id)
    event = e.PersonRegistered(command.person_id, command.name, command.phone)
    return ((stream, event),)


def give_mandate(command: c.GiveMandate, envelope: Envelope, world: World) -> Outcomes:
    """A mandate is given by somebody else, in a role and for what there is, for a term that ends after it begins."""
    person = known_person(world, command.person_id)
    if command.person_id == envelope.actor_id:
        refuse("own-mandate", person=command.person_id)
    version = version_in_force(world, known_grid(world, command.grid_id).path, envelope.decided_at)
    if version is not None:
        _known("role", {command.role} - {OPERATOR}, version.charter.roles)
        _known("case_type", command.case_types, version.charter.case_types)
        _known("category", command.categories, version.charter.categories)
    _known("command", command.commands, COMMANDS)
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
    return ((s.person_stream(command.person_id), event),)


def concerns_a_key(_: c.IssueApiKey | c.RevokeApiKey, __: World) -> bool:
    """Whoever issues a key can be its holder: an operator, too."""
    return True


def makes_an_operator(command: c.GiveMandate, _: World) -> bool:
    """Whoever may make operators holds everybody's keys: only operators do."""
    return command.role == OPERATOR


def ends_an_operator(command: c.RevokeMandate, world: World) -> bool:
    """Nobody but operators ends the mandate of one."""
    mandate = mandate_named(command, world)
    return mandate is not None and mandate.role == OPERATOR


def _known(what: str, codes: Iterable[str], known: Collection[str]) -> None:
    """Refuse a code that is none of those there are. `what` it should be is a term of the vocabulary."""
    for code in codes:
        if code not in known:
            refuse("unknown-code", what=TERMS[what], code=code, accepted=tuple(sorted(known)))


def revoke_mandate(command: c.RevokeMandate, envelope: Envelope, world: World) -> Outcomes:
    """A mandate that was given is revoked once, and never the last by which somebody keeps the whole register."""
    known_person(world, command.person_id)
    mandate = mandate_named(command, world)
    if mandate is None:
        refuse("unknown-mandate", mandate=command.mandate_id, person=command.person_id)
    if mandate.revoked:
        refuse("mandate-not-valid", mandate=mandate.mandate_id)
    if _keeps_all(mandate, envelope, world):
        _check_successor(command, mandate, envelope, world)
    event = e.MandateRevoked(command.mandate_id)
    return ((s.person_stream(command.person_id), event),)


def _keeps_all(mandate: Mandate, envelope: Envelope, world: World) -> bool:
    """Say whether somebody keeps the whole register by a mandate now."""
    root = world.state(s.REGISTER, Register)
    assert root is not None  # there are no mandates before the founding
    over_all = mandate.grid == root.root_grid and not mandate.commands
    return mandate.role == OPERATOR and over_all and mandate.valid(envelope.decided_at)


def _check_successor(
    command: c.RevokeMandate, ended: Mandate, envelope: Envelope, world: World
) -> None:
    """Whoever ends a mandate by which the register is kept keeps it themselves, by another, for at least as long.

    So there is always somebody who does: nobody is the last to go, and of two who end each other's only one is quicker.
    """
    actor = known_person(world, envelope.actor_id)
    for mandate in actor.mandates:
        another = actor.person_id != command.person_id or mandate.mandate_id != ended.mandate_id
        lasts = mandate.until is None or (ended.until is not None and ended.until <= mandate.until)
        if another and lasts and _keeps_all(mandate, envelope, world):
            return
    refuse("last-operator", mandate=ended.mandate_id, person=command.person_id)


def register_organisation(command: c.RegisterOrganisation, _: Envelope, world: World) -> Outcomes:
    """An organisation is registered once."""
    stream = s.organisation_stream(command.organisation_id)
    unused(world, stream, command.organisation_id)
    event = e.OrganisationRegistered(command.organisation_id, command.name, command.kind)
    return ((stream, event),)


def establish_body(command: c.EstablishBody, _: Envelope, world: World) -> Outcomes:
    """A body deliberates for a grid that is known, under a name of its own."""
    known_grid(world, command.grid_id)
    stream = s.body_stream(command.body_id)
    unused(world, stream, command.body_id)
    event = e.BodyEstablished(
        command.body_id, command.name, command.kind, command.grid_id, command.seats
    )
    return ((stream, event),)


def fill_seat(command: c.FillSeat, _: Envelope, world: World) -> Outcomes:
    """A person takes one free seat."""
    body = known_body(world, command.body_id)
    known_person(world, command.person_id)
    if command.seat > body.seats or command.seat in body.seated:
        refuse("seat-not-free", seat=command.seat, body=command.body_id)
    if command.person_id in body.members:
        refuse("already-seated", person=command.person_id, body=command.body_id)
    event = e.SeatFilled(command.seat, command.person_id)
    return ((s.body_stream(command.body_id), event),)


def vacate_seat(command: c.VacateSeat, _: Envelope, world: World) -> Outcomes:
    """Who sits in a seat leaves it."""
    body = known_body(world, command.body_id)
    person = body.seated.get(command.seat)
    if person is None:
        refuse("seat-empty", seat=command.seat, body=command.body_id)
    event = e.SeatVacated(command.seat, person)
    return ((s.body_stream(command.body_id), event),)


def open_intake_point(command: c.OpenIntakePoint, _: Envelope, world: World) -> Outcomes:
    """An intake point lies in a grid that is known, under a name of its own."""
    known_grid(world, command.grid_id)
    stream = s.intake_point_stream(command.intake_point_id)
    unused(world, stream, command.intake_point_id)
    event = e.IntakePointOpened(
        command.intake_point_id, command.name, command.grid_id, command.channel
    )
    return ((stream, event),)


def set_roster(command: c.SetRoster, _: Envelope, world: World) -> Outcomes:
    """Those on duty are known."""
    known_intake_point(world, command.intake_point_id)
    for duty in command.duties:
        known_person(world, duty.person_id)
    event = e.RosterSet(tuple((duty.day, duty.person_id) for duty in command.duties))
    return ((s.intake_point_stream(command.intake_point_id), event),)


def close_intake_point(command: c.CloseIntakePoint, _: Envelope, world: World) -> Outcomes:
    """An open intake point is closed."""
    known_intake_point(world, command.intake_point_id)
    stream = s.intake_point_stream(command.intake_point_id)
    return ((stream, e.IntakePointClosed()),)


def adopt_calendar(command: c.AdoptCalendar, _: Envelope, world: World) -> Outcomes:
    """Another edition than the one that counts is adopted, and its text is deposited once."""
    try:
        calendar = parse_calendar(command.document.encode())
    except CalendarInvalid as error:
        refuse("calendar-invalid", problem=str(error))
    stream = s.calendar_stream(calendar.code)
    counting = world.state(stream, AdoptedCalendar)
    if counting is not None and counting.digest == calendar.digest:
        refuse("calendar-counts-already", calendar=calendar.code)
    adopted = e.CalendarAdopted(
        calendar.code, calendar.digest, calendar.first_day, calendar.last_day
    )
    outcomes = _deposited(world, "calendar", calendar.digest, calendar.canonical.decode())
    return (*outcomes, (stream, adopted))


def install_charter(command: c.InstallCharter, envelope: Envelope, world: World) -> Outcomes:
    """A grid has each version once, and its text is deposited once."""
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
    return (*outcomes, (s.grid_stream(command.grid_id), installed))


def _deposited(world: World, kind: str, digest: str, text: str) -> Outcomes:
    """Deposit a document unless the log has it already."""
    stream = s.document_stream(digest)
    if world.state(stream, Document) is not None:
        return ()
    return ((stream, e.DocumentDeposited(kind, text)),)


def issue_api_key(command: c.IssueApiKey, envelope: Envelope, world: World) -> Outcomes:
    """A key that nobody has is issued to somebody known, for a term that has not ended."""
    known_person(world, command.person_id)
    stream = s.api_key_stream(command.key_hash)
    unused(world, stream, command.label)
    if command.expires_at is not None and command.expires_at <= envelope.decided_at:
        refuse("term-ends-before-it-begins")
    event = e.ApiKeyIssued(command.person_id, command.client_id, command.label, command.expires_at)
    return ((stream, event),)


def revoke_api_key(command: c.RevokeApiKey, _: Envelope, world: World) -> Outcomes:
    """A key that was issued is revoked once."""
    stream = s.api_key_stream(command.key_hash)
    key = world.state(stream, ApiKey)
    if key is None or key.revoked:
        refuse("unknown-api-key")
    return ((stream, e.ApiKeyRevoked()),)
