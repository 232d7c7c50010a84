"""The commands that set Heyuan up, in order: the operator gives all of them, at one moment before the season begins."""

from collections.abc import Iterator, Sequence
from datetime import date

from casesys.demo import heyuan
from casesys.demo.days import Days
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Personal
from casesys.domain.register import commands as r

NOBODYS_KEY = "0" * 64
"""The hash of no secret: where nobody is to act by a key of the operator."""


def setting_up(
    charter: CharterVersion, days: Days, season: Sequence[date], operator_key: str
) -> Iterator[r.RegisterCommand]:
    """Give the commands. `operator_key` is the hash of the operator's secret; rosters cover the days of the season."""
    yield r.FoundRegister(
        grid_id=heyuan.COMMUNITY,
        grid_name=heyuan.COMMUNITY_NAME,
        person_id=heyuan.OPERATOR,
        person_name=Personal(heyuan.OPERATOR_NAME),
        key_hash=operator_key,
    )
    yield r.AdoptCalendar(document=days.calendar.canonical.decode())
    yield r.InstallCharter(grid_id=heyuan.COMMUNITY, document=charter.document.decode())
    for grid, name in heyuan.GRIDS.items():
        yield r.EstablishGrid(grid_id=grid, parent=heyuan.COMMUNITY, name=name)
    for organisation_id, (kind, name) in heyuan.ORGANISATIONS.items():
        yield r.RegisterOrganisation(organisation_id=organisation_id, name=name, kind=kind)
        yield _appointed(kind, organisation_id)
    for person_id, person in heyuan.PEOPLE.items():
        yield r.RegisterPerson(person_id=person_id, name=Personal(person.name))
    for body_id, body in heyuan.BODIES.items():
        yield from _body(body_id, body)
    for person_id, person in heyuan.PEOPLE.items():
        yield from _mandates(person_id, person.posts)
    for point_id, point in heyuan.INTAKE_POINTS.items():
        yield from _intake_point(point_id, point, days, season)


def _appointed(kind: str, party: str) -> r.AppointParty:
    return r.AppointParty(grid_id=heyuan.COMMUNITY, kind=kind, party=party)


def _body(body_id: str, body: heyuan.Body) -> Iterator[r.RegisterCommand]:
    yield r.EstablishBody(
        body_id=body_id,
        name=body.name,
        kind=body.kind,
        grid_id=heyuan.COMMUNITY,
        seats=len(body.members),
    )
    for seat, person_id in enumerate(body.members, 1):
        yield r.FillSeat(body_id=body_id, seat=seat, person_id=person_id)
    yield _appointed(body.kind, body_id)


def _mandates(person_id: str, posts: Sequence[heyuan.Post]) -> Iterator[r.RegisterCommand]:
    for number, post in enumerate(posts, 1):
        yield r.GiveMandate(
            person_id=person_id,
            mandate_id=f"{person_id}.{number}",
            role=post.role,
            grid_id=post.grid,
            principal=post.principal,
        )


def _intake_point(
    point_id: str, point: heyuan.IntakePoint, days: Days, season: Sequence[date]
) -> Iterator[r.RegisterCommand]:
    """Open an intake point and say who is on duty: on reception days there, on working days elsewhere, taking turns."""
    yield r.OpenIntakePoint(
        intake_point_id=point_id,
        name=point.name,
        grid_id=heyuan.COMMUNITY,
        channel=point.channel,
    )
    if point_id == heyuan.RECEPTION_ROOM:
        open_on = days.receptions(season[0], season[-1])
    else:
        open_on = [day for day in season if days.works(day)]
    turns = len(point.on_duty)
    duties = (r.Duty(day, point.on_duty[n % turns]) for n, day in enumerate(open_on))
    yield r.SetRoster(intake_point_id=point_id, duties=tuple(duties))
