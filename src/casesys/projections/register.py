"""The register with its validity: each fact about grids, parties, mandates, seats, calendars, charters and keys, from when until when.

An event begins a fact, changes it or ends it, and has a row of its own; of the rows of one subject that have begun by an instant,
the last one is how the register stood then. Without the rows behind a position it is what the register said when it stood there:
rows are only ever added. Names of people are not in it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, assert_never, get_args

import msgspec

from casesys.domain.register import events as e
from casesys.domain.register.events import RegisterEvent
from casesys.domain.working_time import Calendar
from casesys.domain.working_time.zone import ticks
from casesys.projections import register_facts as f
from casesys.projections.audit_trail import KEY_SHOWN
from casesys.projections.contract import Batch, Rows, Step, Table, Value
from casesys.projections.register_facts import Kind
from casesys.projections.whereabouts import place_of

FACTS = Table(
    "register",
    "position INTEGER NOT NULL, kind TEXT NOT NULL, event_id TEXT NOT NULL, subject TEXT NOT NULL, rank INTEGER NOT NULL,"
    " since INTEGER NOT NULL, until INTEGER, path TEXT NOT NULL, fact TEXT, PRIMARY KEY (position, kind)",
    ("kind, subject, rank, position",),
)
"""A row for each change of a fact, in the order of `rank`, then of the log. `until` is an end set beforehand; `fact` is what is so
from then on, as JSON, or null for no more. Instants are microseconds (`ticks`)."""

ZONES = Table(
    "register_zone", "position INTEGER PRIMARY KEY, code TEXT NOT NULL, zone TEXT NOT NULL"
)
"""The zone of each adopted edition of a calendar, as JSON."""


OF_REGISTER = frozenset(get_args(RegisterEvent))
"""The types of its events. Most events are of cases, and found not to be among these at once."""


class Change(NamedTuple):
    """What an event does to a fact: None ends it. It is so from when the event took effect, unless `since` says otherwise."""

    kind: Kind
    subject: str
    fact: f.Fact | None
    since: datetime | None = None
    until: datetime | None = None


class RegisterAtADate:
    """Follows the register event by event."""

    name = "register"
    revision = 2
    tables = (FACTS, ZONES)
    by_calendar = None

    def changes(self, batch: Batch) -> Iterator[Rows]:
        """Add what each event changes."""
        for step in batch.steps:
            event = step.recorded.event
            if type(event) not in OF_REGISTER:
                continue
            assert isinstance(event, RegisterEvent)
            path = " ".join(place_of(step, batch.world))
            rows = [_row(step, change, path) for change in _changes(step, event)]
            if rows:
                yield Rows(FACTS.name, step.position, rows)
            if isinstance(event, e.CalendarAdopted):
                zone = batch.world.document(event.digest, Calendar).zone
                text = msgspec.json.encode(zone).decode()
                yield Rows(ZONES.name, step.position, ((step.position, event.code, text),))


REGISTER = RegisterAtADate()


def _row(step: Step, change: Change, path: str) -> tuple[Value, ...]:
    since = ticks(change.since or step.recorded.effective_at)
    return (
        step.position,
        change.kind.value,
        step.leaf.event_id,
        change.subject,
        # Of two charter versions the one that is in force from later on counts, whichever was installed first.
        since if change.kind is Kind.CHARTER else 0,
        since,
        None if change.until is None else ticks(change.until),
        path,
        None if change.fact is None else msgspec.json.encode(change.fact).decode(),
    )


def _changes(step: Step, event: RegisterEvent) -> Iterator[Change]:
    """Give what an event of the register changes, by the stream it belongs to."""
    of = step.recorded.stream.partition("/")[2]
    match event:
        case e.RegisterFounded() | e.DocumentDeposited():
            pass
        case e.GridEstablished() | e.PartyAppointed() | e.CharterInstalled():
            yield _of_grid(of, event)
        case e.PersonRegistered() | e.MandateGiven() | e.MandateRevoked():
            yield _of_person(of, event)
        case e.OrganisationRegistered():
            yield Change(Kind.ORGANISATION, of, f.OrganisationFact(event.name, event.kind))
        case e.BodyEstablished() | e.SeatFilled() | e.SeatVacated():
            yield _of_body(of, event)
        case e.IntakePointOpened() | e.RosterSet() | e.IntakePointClosed():
            yield from _of_intake_point(of, event)
        case e.CalendarAdopted():
            fact = f.CalendarFact(event.digest, event.first_day, event.last_day)
            yield Change(Kind.CALENDAR, event.code, fact)
        case e.ApiKeyIssued():
            key = f.ApiKeyFact(event.person, event.client_id, event.label)
            yield Change(Kind.API_KEY, of[:KEY_SHOWN], key, until=event.expires_at)
        case e.ApiKeyRevoked():
            yield Change(Kind.API_KEY, of[:KEY_SHOWN], None)
        case _:
            assert_never(event)


def _of_grid(grid: str, event: e.GridEvent) -> Change:
    match event:
        case e.GridEstablished():
            return Change(Kind.GRID, grid, f.GridFact(event.kind, event.name))
        case e.PartyAppointed(kind=kind, party=party):
            fact = None if party is None else f.PartyFact(kind, party)
            return Change(Kind.PARTY, f"{grid}/{kind}", fact)
        case e.CharterInstalled():
            charter = f.CharterFact(event.code, event.version, event.digest)
            return Change(Kind.CHARTER, grid, charter, since=event.in_force_from)
        case _:
            assert_never(event)


def _of_person(person: str, event: e.PersonEvent) -> Change:
    match event:
        case e.PersonRegistered():
            return Change(Kind.PERSON, person, f.PersonFact())
        case e.MandateGiven():
            fact = f.MandateFact(
                person=person,
                mandate_id=event.mandate_id,
                role=event.role,
                principal=event.principal,
                case_types=event.case_types,
                categories=event.categories,
                commands=event.commands,
            )
            subject = f"{person}/{event.mandate_id}"
            return Change(Kind.MANDATE, subject, fact, since=event.since, until=event.until)
        case e.MandateRevoked():
            return Change(Kind.MANDATE, f"{person}/{event.mandate_id}", None)
        case _:
            assert_never(event)


def _of_body(body: str, event: e.BodyEvent) -> Change:
    match event:
        case e.BodyEstablished():
            return Change(Kind.BODY, body, f.BodyFact(event.name, event.kind, event.seats))
        case e.SeatFilled(seat=seat, person=person):
            return Change(Kind.SEAT, _seat(body, seat), f.SeatFact(body, seat, person))
        case e.SeatVacated(seat=seat):
            return Change(Kind.SEAT, _seat(body, seat), None)
        case _:
            assert_never(event)


def _seat(body: str, seat: int) -> str:
    """Name a seat so that names are in the order of numbers."""
    return f"{body}/{seat:04}"


def _of_intake_point(point: str, event: e.IntakePointEvent) -> Iterator[Change]:
    match event:
        case e.IntakePointOpened():
            yield Change(Kind.INTAKE_POINT, point, f.IntakePointFact(event.name, event.channel))
        case e.RosterSet(duties=duties):
            yield Change(Kind.ROSTER, point, f.RosterFact(duties))
        case e.IntakePointClosed():
            yield Change(Kind.INTAKE_POINT, point, None)
            yield Change(Kind.ROSTER, point, None)
        case _:
            assert_never(event)
