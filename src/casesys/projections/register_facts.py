"""The kinds of facts that the register holds, and what each says."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from casesys.domain.messages import Text


class Kind(StrEnum):
    """What a fact is about, in the words that streams have for it."""

    GRID = "grid"
    PARTY = "party"
    CHARTER = "charter"
    PERSON = "person"
    MANDATE = "mandate"
    ORGANISATION = "organisation"
    BODY = "body"
    SEAT = "seat"
    INTAKE_POINT = "intake-point"
    ROSTER = "roster"
    CALENDAR = "calendar"
    API_KEY = "api-key"


OF_PEOPLE = frozenset({Kind.PERSON, Kind.MANDATE, Kind.SEAT, Kind.ROSTER})
"""What says something about persons: for those who have a mandate over its grid."""

OF_OPERATORS = frozenset({Kind.API_KEY})
"""What is for operators alone."""


class _Fact(msgspec.Struct, frozen=True, tag_field="is", omit_defaults=True):
    """What a fact says; `is` names its kind."""


class GridFact(_Fact, frozen=True, tag=Kind.GRID.value):
    """A grid of the tree."""

    kind: str
    name: Text


class PartyFact(_Fact, frozen=True, tag=Kind.PARTY.value):
    """The party of a kind that serves a grid and those below without one."""

    kind: str
    party: str


class CharterFact(_Fact, frozen=True, tag=Kind.CHARTER.value):
    """The charter version in force for a grid and those below without one."""

    code: str
    version: str
    digest: str


class PersonFact(_Fact, frozen=True, tag=Kind.PERSON.value):
    """Somebody is known, by their id."""


class MandateFact(_Fact, frozen=True, tag=Kind.MANDATE.value):
    """What somebody may act as, in a grid and below, for whom, on which matters, with which commands (none: any)."""

    person: str
    mandate_id: str
    role: str
    principal: str | None = None
    case_types: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


class OrganisationFact(_Fact, frozen=True, tag=Kind.ORGANISATION.value):
    """An organisation."""

    name: Text
    kind: str


class BodyFact(_Fact, frozen=True, tag=Kind.BODY.value):
    """A deliberating body with so many seats."""

    name: Text
    kind: str
    seats: int


class SeatFact(_Fact, frozen=True, tag=Kind.SEAT.value):
    """Who sits on a seat of a body."""

    body: str
    seat: int
    person: str


class IntakePointFact(_Fact, frozen=True, tag=Kind.INTAKE_POINT.value):
    """A place or line where cases are collected."""

    name: Text
    channel: str


class RosterFact(_Fact, frozen=True, tag=Kind.ROSTER.value):
    """Who is on duty on which day at an intake point."""

    duties: tuple[tuple[date, str], ...]


class CalendarFact(_Fact, frozen=True, tag=Kind.CALENDAR.value):
    """The edition of a calendar that counts."""

    digest: str
    first_day: date
    last_day: date


class ApiKeyFact(_Fact, frozen=True, tag=Kind.API_KEY.value):
    """A key: whose, and through which client. Its subject is the beginning of its hash."""

    person: str
    client_id: str
    label: str


Fact = (
    GridFact
    | PartyFact
    | CharterFact
    | PersonFact
    | MandateFact
    | OrganisationFact
    | BodyFact
    | SeatFact
    | IntakePointFact
    | RosterFact
    | CalendarFact
    | ApiKeyFact
)


class RegisterFact(msgspec.Struct, frozen=True):
    """A fact of the register with its validity, from `since` until `until`, None for no end in sight.

    `subject` names it among its kind: an id, or two with a slash between (grid and kind of party, person and mandate, body and
    seat). `grid` is where it belongs. `position` and `event_id` are those of the event that it began by, in the audit trail;
    `ended_position` and `ended_event_id` those of the event that set the end, which may be the same one.
    """

    subject: str
    grid: str
    since: datetime
    until: datetime | None
    fact: Fact
    position: int
    event_id: str
    ended_position: int | None
    ended_event_id: str | None
