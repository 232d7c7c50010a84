"""What can happen in the register."""

from datetime import date, datetime

from casesys.domain.messages import Event, Personal, Text


class RegisterFounded(Event):
    """The store was set up: its root grid and its first operator."""

    root_grid: str
    operator: str


class GridEstablished(Event):
    """A grid stands in the tree. `path` runs from the root to the grid itself."""

    grid_id: str
    kind: str
    name: Text
    path: tuple[str, ...]


class PartyAppointed(Event):
    """A party of this kind serves the grid and all below it that have none of their own. None ends it."""

    kind: str
    party: str | None


class CharterInstalled(Event):
    """A charter version governs the grid, and those below it without one, from this instant on."""

    code: str
    version: str
    digest: str
    in_force_from: datetime


class DocumentDeposited(Event):
    """The canonical text of a charter or calendar, kept once under its digest."""

    kind: str
    text: str


class PersonRegistered(Event):
    """A person is known."""

    person_id: str
    name: Personal
    phone: Personal | None = None


class MandateGiven(Event):
    """A person may act in a role, in a grid and all below it, for a term."""

    mandate_id: str
    role: str
    grid: str
    since: datetime
    until: datetime | None = None
    principal: str | None = None
    case_types: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


class MandateRevoked(Event):
    """A mandate ends before its term."""

    mandate_id: str


class OrganisationRegistered(Event):
    """An organisation is known; its name is public."""

    organisation_id: str
    name: Text
    kind: str


class BodyEstablished(Event):
    """A deliberating body exists, with so many seats."""

    body_id: str
    name: Text
    kind: str
    grid: str
    seats: int


class SeatFilled(Event):
    """A person takes a seat."""

    seat: int
    person: str


class SeatVacated(Event):
    """A seat is empty again."""

    seat: int
    person: str


class IntakePointOpened(Event):
    """Cases can be collected here."""

    intake_point_id: str
    name: Text
    grid: str
    channel: str


class RosterSet(Event):
    """Who is on duty on which day, from now on."""

    duties: tuple[tuple[date, str], ...]


class IntakePointClosed(Event):
    """Cases are no longer collected here."""


class CalendarAdopted(Event):
    """A calendar in this edition is the one that counts from now on."""

    code: str
    digest: str
    first_day: date
    last_day: date


class ApiKeyIssued(Event):
    """A key was given out. Its secret was shown once and is stored nowhere; the stream is named by its hash."""

    person: str
    client_id: str
    label: str
    expires_at: datetime | None = None


class ApiKeyRevoked(Event):
    """The key opens nothing any more."""


GridEvent = GridEstablished | PartyAppointed | CharterInstalled
PersonEvent = PersonRegistered | MandateGiven | MandateRevoked
BodyEvent = BodyEstablished | SeatFilled | SeatVacated
IntakePointEvent = IntakePointOpened | RosterSet | IntakePointClosed
ApiKeyEvent = ApiKeyIssued | ApiKeyRevoked
RegisterEvent = (
    RegisterFounded
    | GridEvent
    | PersonEvent
    | OrganisationRegistered
    | BodyEvent
    | IntakePointEvent
    | CalendarAdopted
    | DocumentDeposited
    | ApiKeyEvent
)
