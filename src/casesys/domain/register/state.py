"""The states of the register's streams and how events change them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import assert_never

import msgspec
from msgspec.structs import replace

from casesys.domain.messages import Recorded, Text
from casesys.domain.register import events as e


class Register(msgspec.Struct, frozen=True):
    """The founding."""

    root_grid: str


class InForce(msgspec.Struct, frozen=True):
    """A charter version that governs from an instant on."""

    since: datetime
    code: str
    version: str
    digest: str


class Grid(msgspec.Struct, frozen=True):
    """A grid: its path from the root, the party of each kind that serves it, its charter versions in order of their instants."""

    path: tuple[str, ...]
    kind: str
    name: Text
    parties: Mapping[str, str] = {}
    charters: tuple[InForce, ...] = ()


class Mandate(msgspec.Struct, frozen=True):
    """The right to act in a role, in a grid and below, until it ends."""

    mandate_id: str
    role: str
    grid: str
    since: datetime
    until: datetime | None
    principal: str | None
    case_types: tuple[str, ...]
    categories: tuple[str, ...]
    commands: tuple[str, ...]
    revoked: bool = False

    def valid(self, at: datetime) -> bool:
        """Say whether the mandate counts at an instant."""
        return not self.revoked and self.since <= at and (self.until is None or at < self.until)


class Person(msgspec.Struct, frozen=True):
    """A person as rules know them: by their mandates. Names are personal data and stay in the log."""

    person_id: str
    mandates: tuple[Mandate, ...] = ()

    def valid(self, at: datetime) -> tuple[Mandate, ...]:
        """Give the mandates that count at an instant."""
        return tuple(mandate for mandate in self.mandates if mandate.valid(at))


class Organisation(msgspec.Struct, frozen=True):
    """An organisation."""

    organisation_id: str
    name: Text
    kind: str


class Body(msgspec.Struct, frozen=True):
    """A deliberating body: who sits on which seat."""

    body_id: str
    kind: str
    grid: str
    seats: int
    seated: Mapping[int, str] = {}

    @property
    def members(self) -> frozenset[str]:
        """The people who hold a seat."""
        return frozenset(self.seated.values())


class IntakePoint(msgspec.Struct, frozen=True):
    """A place or line where cases are collected."""

    grid: str
    channel: str
    duties: tuple[tuple[date, str], ...] = ()
    open: bool = True


class AdoptedCalendar(msgspec.Struct, frozen=True):
    """The edition of a calendar that counts."""

    code: str
    digest: str


class Document(msgspec.Struct, frozen=True):
    """The canonical text of a charter or calendar."""

    kind: str
    text: str


class ApiKey(msgspec.Struct, frozen=True):
    """A key: whose, through which client, until when."""

    person: str
    client_id: str
    expires_at: datetime | None
    revoked: bool = False


def evolve_register(_: Register | None, recorded: Recorded) -> Register:
    """Change the founding: it happens once."""
    event = recorded.event
    assert isinstance(event, e.RegisterFounded)
    return Register(event.root_grid)


def evolve_grid(grid: Grid | None, recorded: Recorded) -> Grid:
    """Change a grid."""
    event = recorded.event
    assert isinstance(event, e.GridEvent)
    if isinstance(event, e.GridEstablished):
        return Grid(path=event.path, kind=event.kind, name=event.name)
    assert grid is not None
    match event:
        case e.PartyAppointed(kind=kind, party=party):
            parties = {k: v for k, v in grid.parties.items() if k != kind}
            return replace(grid, parties=parties if party is None else {**parties, kind: party})
        case e.CharterInstalled():
            new = InForce(event.in_force_from, event.code, event.version, event.digest)
            in_order = sorted((*grid.charters, new), key=lambda charter: charter.since)
            return replace(grid, charters=tuple(in_order))
        case _:
            assert_never(event)


def evolve_person(person: Person | None, recorded: Recorded) -> Person:
    """Change a person."""
    event = recorded.event
    assert isinstance(event, e.PersonEvent)
    if isinstance(event, e.PersonRegistered):
        return Person(event.person_id)
    assert person is not None
    match event:
        case e.MandateGiven():
            mandate = Mandate(
                mandate_id=event.mandate_id,
                role=event.role,
                grid=event.grid,
                since=event.since,
                until=event.until,
                principal=event.principal,
                case_types=event.case_types,
                categories=event.categories,
                commands=event.commands,
            )
            return replace(person, mandates=(*person.mandates, mandate))
        case e.MandateRevoked(mandate_id=ended):
            kept = (
                replace(m, revoked=True) if m.mandate_id == ended else m for m in person.mandates
            )
            return replace(person, mandates=tuple(kept))
        case _:
            assert_never(event)


def evolve_organisation(_: Organisation | None, recorded: Recorded) -> Organisation:
    """Change an organisation: it is registered once."""
    event = recorded.event
    assert isinstance(event, e.OrganisationRegistered)
    return Organisation(event.organisation_id, event.name, event.kind)


def evolve_body(body: Body | None, recorded: Recorded) -> Body:
    """Change a body."""
    event = recorded.event
    assert isinstance(event, e.BodyEvent)
    if isinstance(event, e.BodyEstablished):
        return Body(event.body_id, event.kind, event.grid, event.seats)
    assert body is not None
    match event:
        case e.SeatFilled(seat=seat, person=person):
            return replace(body, seated={**body.seated, seat: person})
        case e.SeatVacated(seat=seat):
            return replace(body, seated={k: v for k, v in body.seated.items() if k != seat})
        case _:
            assert_never(event)


def evolve_intake_point(point: IntakePoint | None, recorded: Recorded) -> IntakePoint:
    """Change an intake point."""
    event = recorded.event
    assert isinstance(event, e.IntakePointEvent)
    if isinstance(event, e.IntakePointOpened):
        return IntakePoint(event.grid, event.channel)
    assert point is not None
    match event:
        case e.RosterSet(duties=duties):
            return replace(point, duties=duties)
        case e.IntakePointClosed():
            return replace(point, open=False)
        case _:
            assert_never(event)


def evolve_calendar(_: AdoptedCalendar | None, recorded: Recorded) -> AdoptedCalendar:
    """Change which edition of a calendar counts."""
    event = recorded.event
    assert isinstance(event, e.CalendarAdopted)
    return AdoptedCalendar(event.code, event.digest)


def evolve_document(_: Document | None, recorded: Recorded) -> Document:
    """Keep a document: it is deposited once."""
    event = recorded.event
    assert isinstance(event, e.DocumentDeposited)
    return Document(event.kind, event.text)


def evolve_api_key(key: ApiKey | None, recorded: Recorded) -> ApiKey:
    """Change a key."""
    event = recorded.event
    assert isinstance(event, e.ApiKeyEvent)
    match event:
        case e.ApiKeyIssued():
            return ApiKey(event.person, event.client_id, event.expires_at)
        case e.ApiKeyRevoked():
            assert key is not None
            return replace(key, revoked=True)
        case _:
            assert_never(event)
