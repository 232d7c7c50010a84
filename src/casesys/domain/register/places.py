"""The grid over which a command on the register needs a mandate; None where it belongs to none, or what it names is not known."""

from casesys.domain.register import commands as c
from casesys.domain.register import streams as s
from casesys.domain.register.state import Body, IntakePoint, Mandate, Person
from casesys.domain.world import World


def root(_: c.RegisterCommand, __: World) -> None:
    """What belongs to the whole register."""


def named(
    command: c.AppointParty
    | c.GiveMandate
    | c.EstablishBody
    | c.OpenIntakePoint
    | c.InstallCharter,
    _: World,
) -> str:
    """The grid that the command names."""
    return command.grid_id


def of_parent(command: c.EstablishGrid, _: World) -> str:
    """The grid above the new one."""
    return command.parent


def of_mandate(command: c.RevokeMandate, world: World) -> str | None:
    """The grid that the mandate was given for."""
    mandate = mandate_named(command, world)
    return None if mandate is None else mandate.grid


def mandate_named(command: c.RevokeMandate, world: World) -> Mandate | None:
    """The mandate that the command names."""
    person = world.state(s.person_stream(command.person_id), Person)
    mandates = () if person is None else person.mandates
    return next((m for m in mandates if m.mandate_id == command.mandate_id), None)


def of_body(command: c.FillSeat | c.VacateSeat, world: World) -> str | None:
    """The grid that the body deliberates for."""
    body = world.state(s.body_stream(command.body_id), Body)
    return None if body is None else body.grid


def of_intake_point(command: c.SetRoster | c.CloseIntakePoint, world: World) -> str | None:
    """The grid that the intake point lies in."""
    point = world.state(s.intake_point_stream(command.intake_point_id), IntakePoint)
    return None if point is None else point.grid
