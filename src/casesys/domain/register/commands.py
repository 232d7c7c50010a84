"""What can be asked of the register."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field

from casesys.domain.messages import (
    Code,
    Command,
    Identifier,
    Instant,
    Name,
    PersonalText,
    ShortText,
)

KeyHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class RegisterCommand(Command):
    """A command whose authority is a mandate over a grid, not a standing to a case."""


class FoundRegister(RegisterCommand):
    """Set up the store: the root grid, the first operator and their key. Possible once."""

    grid_id: Identifier
    grid_kind: Code = "community"
    grid_name: Name
    person_id: Identifier
    person_name: PersonalText
    key_hash: KeyHash
    key_label: ShortText = "first operator"


class EstablishGrid(RegisterCommand):
    """Add a grid below another."""

    grid_id: Identifier
    parent: Identifier
    kind: Code = "grid"
    name: Name


class AppointParty(RegisterCommand):
    """Say which organisation, body or person of a kind serves a grid and all below it; none ends it."""

    grid_id: Identifier
    kind: Code
    party: Identifier | None = None


class RegisterPerson(RegisterCommand):
    """Make a person known."""

    person_id: Identifier
    name: PersonalText
    phone: PersonalText | None = None


class GiveMandate(RegisterCommand):
    """Let a person act in a role, in a grid and all below it, for a principal, on some matters only, for a term."""

    person_id: Identifier
    mandate_id: Identifier
    role: Code
    grid_id: Identifier
    since: Instant | None = None
    until: Instant | None = None
    principal: Identifier | None = None
    case_types: tuple[Code, ...] = ()
    categories: tuple[Code, ...] = ()
    commands: tuple[Code, ...] = ()


class RevokeMandate(RegisterCommand):
    """End a mandate now."""

    person_id: Identifier
    mandate_id: Identifier


class RegisterOrganisation(RegisterCommand):
    """Make an organisation known."""

    organisation_id: Identifier
    name: Name
    kind: Code


class EstablishBody(RegisterCommand):
    """Establish a deliberating body for a grid."""

    body_id: Identifier
    name: Name
    kind: Code
    grid_id: Identifier
    seats: Annotated[int, Field(ge=1, le=2000)]


class FillSeat(RegisterCommand):
    """Seat a person in a body."""

    body_id: Identifier
    seat: Annotated[int, Field(ge=1)]
    person_id: Identifier


class VacateSeat(RegisterCommand):
    """Free a seat of a body."""

    body_id: Identifier
    seat: Annotated[int, Field(ge=1)]


class OpenIntakePoint(RegisterCommand):
    """Open a place or line where cases are collected."""

    intake_point_id: Identifier
    name: Name
    grid_id: Identifier
    channel: Code


@dataclass(frozen=True, slots=True)
class Duty:
    """One person's duty on one day."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    day: date
    person_id: Identifier


class SetRoster(RegisterCommand):
    """Say who is on duty when at an intake point."""

    intake_point_id: Identifier
    duties: Annotated[tuple[Duty, ...], Field(max_length=400)]


class CloseIntakePoint(RegisterCommand):
    """Close an intake point."""

    intake_point_id: Identifier


class AdoptCalendar(RegisterCommand):
    """Adopt an edition of a calendar, given as its document."""

    document: Annotated[str, Field(max_length=1_000_000)]


class InstallCharter(RegisterCommand):
    """Put a charter version, given as its document, in force for a grid; a body has decided on it before."""

    grid_id: Identifier
    document: Annotated[str, Field(max_length=1_000_000)]
    in_force_from: Instant | None = None


class IssueApiKey(RegisterCommand):
    """Give a person a key, by the hash of its secret."""

    key_hash: KeyHash
    person_id: Identifier
    client_id: Identifier
    label: ShortText
    expires_at: Instant | None = None


class RevokeApiKey(RegisterCommand):
    """Make a key useless."""

    key_hash: KeyHash
