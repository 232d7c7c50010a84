"""Who may: mandates held against grants of the charter, and the separation of duties.

A mandate says in which role, grid, matter and term a person may act, and for whom. A grant of the charter says what a role may do, in
which stages and in which relation to the case. A command needs one of each that fit.
"""

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import assert_never

import msgspec

from casesys.domain.charter.model import Relation
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Authority, Envelope
from casesys.domain.refusals import refuse
from casesys.domain.register.lookups import known_person
from casesys.domain.register.state import Mandate, Person
from casesys.domain.vocabulary import COMMANDS, Stage
from casesys.domain.world import World

CLOCK = "clock"
"""The actor of what time alone brings about."""

OPERATOR = "operator"
"""The one role the engine knows by itself: who keeps the register, also before there is a charter."""


class Standing(msgspec.Struct, frozen=True):
    """What authority over a case depends on. `concerned` are all who take part: whoever may act on it may say that it is for them."""

    path: tuple[str, ...]
    stage: Stage
    case_type: str
    category: str
    lead: str | None = None
    supporting: tuple[str, ...] = ()
    concerned: AbstractSet[str] = frozenset()


class Permit(msgspec.Struct, frozen=True):
    """The authority somebody acts by and the clause that grants it (None: the engine itself does)."""

    authority: Authority
    clause: str | None


def valid_mandates(person: Person, envelope: Envelope) -> tuple[Mandate, ...]:
    """Give the mandates somebody can act by now, or only the one they named; refuse when that one does not count.

    Those that are held for the party they say they act for come first.
    """
    if envelope.mandate_id is None:
        valid = person.valid(envelope.decided_at)
        if envelope.on_behalf_of is None:
            return valid
        return tuple(sorted(valid, key=lambda m: m.principal != envelope.on_behalf_of))
    named = next((m for m in person.mandates if m.mandate_id == envelope.mandate_id), None)
    if named is None:
        refuse("unknown-mandate", mandate=envelope.mandate_id, person=person.person_id)
    if not named.valid(envelope.decided_at):
        refuse("mandate-not-valid", mandate=named.mandate_id)
    return (named,)


def authorise_on_case(
    world: World, envelope: Envelope, command: str, version: CharterVersion, standing: Standing
) -> Permit:
    """Find a mandate and a grant that allow a command on a case, or refuse and name the roles that could."""
    person = known_person(world, envelope.actor_id)
    grants = version.grants(command)
    at = envelope.decided_at
    for mandate in valid_mandates(person, envelope):
        for grant in grants:
            if (
                covers(mandate, command, standing)
                and mandate.role in grant.roles
                and (not grant.stages or standing.stage in grant.stages)
                and stands(grant.relation, person, mandate, standing, at)[0]
            ):
                return _permit(mandate, envelope, grant.clause, standing.concerned)
    refuse(
        "not-authorised",
        clause=grants[0].clause if grants else None,
        accepted=tuple(sorted({role for grant in grants for role in grant.roles})),
        person=person.person_id,
        command=COMMANDS[command],
    )


def authorise_on_register(
    world: World,
    envelope: Envelope,
    command: str,
    path: tuple[str, ...],
    version: CharterVersion | None,
) -> Permit:
    """Find a mandate over a grid that allows a command on the register: an operator's, or one the charter grants it to."""
    person = known_person(world, envelope.actor_id)
    grants = version.grants(command) if version is not None else ()
    for mandate in valid_mandates(person, envelope):
        if mandate.grid not in path or (mandate.commands and command not in mandate.commands):
            continue
        if mandate.role == OPERATOR:
            return _permit(mandate, envelope, None)
        for grant in grants:
            if mandate.role in grant.roles:
                return _permit(mandate, envelope, grant.clause)
    roles = {OPERATOR, *(role for grant in grants for role in grant.roles)}
    refuse(
        "not-authorised",
        clause=grants[0].clause if grants else None,
        accepted=tuple(sorted(roles)),
        person=person.person_id,
        command=COMMANDS[command],
    )


def keep_duties_apart(
    version: CharterVersion, command: str, actor: str, deeds: Collection[tuple[str, str]]
) -> None:
    """Refuse a command to somebody who did on this case (`deeds`: command, actor) what the charter keeps apart from it."""
    for rule in version.separations(command):
        for earlier in rule.not_after:
            if (earlier, actor) in deeds:
                refuse(
                    "separation-of-duties",
                    clause=rule.clause,
                    person=actor,
                    command=COMMANDS[command],
                    earlier=COMMANDS[earlier],
                )


def covers(mandate: Mandate, command: str, standing: Standing) -> bool:
    """Say whether a mandate is for a command and for the place and matter of a case."""
    return (
        mandate.grid in standing.path
        and (not mandate.commands or command in mandate.commands)
        and (not mandate.case_types or standing.case_type in mandate.case_types)
        and (not mandate.categories or standing.category in mandate.categories)
    )


def acts_for(person: Person, mandate: Mandate) -> tuple[str, ...]:
    """Name those for whom somebody acts by a mandate: its principal, and themselves."""
    myself = person.person_id
    return (myself,) if mandate.principal is None else (mandate.principal, myself)


def stands(
    relation: Relation, person: Person, mandate: Mandate, standing: Standing, at: datetime
) -> tuple[bool, str | None]:
    """Say whether somebody stands to a case as a grant asks, and which of those they act for is of the case if it asks that.

    Who has nothing to do with the lead belongs to it by none of the mandates that are valid at an instant.
    """
    match relation:
        case "grid":
            return True, None
        case "not_lead":
            belong = (party for each in person.valid(at) for party in acts_for(person, each))
            return standing.lead not in {person.person_id, *belong}, None
        case "lead":
            of_the_case: tuple[str | None, ...] = (standing.lead,)
        case "supporting":
            of_the_case = standing.supporting
        case _:
            assert_never(relation)
    party = next((each for each in acts_for(person, mandate) if each in of_the_case), None)
    return party is not None, party


def _permit(
    mandate: Mandate, envelope: Envelope, clause: str | None, concerned: Collection[str] = ()
) -> Permit:
    """Give the authority of a mandate; refuse if it is said to be used for others than its principal and those `concerned`.

    Whether there is anybody of the name is not looked at, so that nobody learns it.
    """
    behalf = envelope.on_behalf_of
    if behalf is not None and behalf != mandate.principal and behalf not in concerned:
        accepted = () if mandate.principal is None else (mandate.principal,)
        refuse("not-their-principal", accepted=accepted, party=behalf, mandate=mandate.mandate_id)
    authority = Authority(mandate.role, mandate.mandate_id, behalf or mandate.principal)
    return Permit(authority, clause)
