"""What can be wrong with a mapping before a file is opened: commands, fields, constants, steps, codes, authority."""

from collections.abc import Iterator
from collections.abc import Mapping as Table
from typing import Any

import msgspec
from pydantic import ValidationError, create_model
from pydantic.fields import FieldInfo

from casesys.domain.cases.commands import CaseCommand, ClockCommand
from casesys.domain.catalogue import COMMANDS
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Command
from casesys.domain.register.commands import FoundRegister, RegisterCommand
from casesys.importing.mapping import COLLECT, Mapping, Step
from casesys.importing.problems import fail
from casesys.importing.values import Entries, Value

Commands = Table[str, type[Command]]

FILLED_BY_THE_IMPORT = frozenset({"case_id", "grid"})
"""Fields that the mapping's own tables `case_id` and `grids` fill."""

_CODES = {
    "case_type": "case_types",
    "category": "categories",
    "result": "results",
    "channel": "channels",
    "level": "visibility",
}
"""Fields that hold a code of the charter, and the table it has to be in."""


def step_commands(mapping: Mapping) -> dict[str, type[Command]]:
    """Give the command of each step. Raises ImportFailed `mapping-unknown-command`."""
    offered = {
        name: command
        for name, command in COMMANDS.items()
        if issubclass(command, CaseCommand) and not issubclass(command, ClockCommand)
    }
    return {
        name: _command(f"steps.{name}.command", step.command, offered)
        for name, step in mapping.steps.items()
    }


def registrations(mapping: Mapping) -> tuple[Command, ...]:
    """Give the mapping's own commands on the register. Raises ImportFailed."""
    offered = {
        name: command
        for name, command in COMMANDS.items()
        if issubclass(command, RegisterCommand) and command is not FoundRegister
    }
    found = []
    for index, registration in enumerate(mapping.register_):
        where = f"register.{index}"
        kind = _command(f"{where}.command", registration.command, offered)
        try:
            found.append(kind.model_validate(registration.fields))
        except ValidationError as error:
            fail("mapping-bad-value", where=where, detail=_message(error))
    return tuple(found)


def check(
    mapping: Mapping,
    commands: dict[str, type[Command]],
    charter: CharterVersion,
    calendars: frozenset[str],
) -> None:
    """Refuse a mapping that no row could pass. Raises ImportFailed."""
    for name, step in mapping.steps.items():
        _check_fields(f"steps.{name}", step, commands[name])
    for where, steps in mapping.lives.all():
        _check_life(where, steps, mapping)
    _check_codes(mapping, charter)
    _check_people(mapping, charter)
    for code in sorted(_calendars_of(charter) - calendars):
        fail("calendar-not-named", name=code)


def _command(where: str, name: str, offered: Commands) -> type[Command]:
    if name not in offered:
        fail("mapping-unknown-command", where=where, name=name, accepted=tuple(sorted(offered)))
    return offered[name]


def _check_fields(where: str, step: Step, command: type[Command]) -> None:
    offered = {n: f for n, f in command.model_fields.items() if n not in FILLED_BY_THE_IMPORT}
    for name, value in step.fields.items():
        if name not in offered:
            accepted = tuple(sorted(offered))
            fail(
                "mapping-unknown-field",
                where=where,
                command=step.command,
                name=name,
                accepted=accepted,
            )
        field = offered[name]
        _check_constants(f"{where}.fields.{name}", value, field)
    for name, field in offered.items():
        if field.is_required() and name not in step.fields:
            fail("mapping-missing-field", where=where, command=step.command, name=name)


def _check_constants(where: str, value: Value, field: FieldInfo) -> None:
    """Hold what will be the same for every row against the type of the field."""
    constants = list(value.constants())
    hint: Any = field.annotation
    holder = create_model("Constant", value=(hint, field)) if constants else None
    for constant in constants:
        assert holder is not None
        try:
            holder(value=constant)
        except ValidationError as error:
            fail("mapping-bad-value", where=where, detail=f"{constant!r}: {_message(error)}")


def _message(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(" ".join((*map(str, each["loc"]), each["msg"])) for each in found[:5])


def _check_life(where: str, steps: tuple[str, ...], mapping: Mapping) -> None:
    for name in steps:
        if name not in mapping.steps:
            accepted = tuple(mapping.steps)
            fail("mapping-unknown-step", where=where, name=name, accepted=accepted)
    commands = [mapping.steps[name].command for name in steps]
    first = mapping.steps[steps[0]]
    if commands[0] != COLLECT or commands.count(COLLECT) > 1 or len(set(steps)) < len(steps):
        fail("mapping-life", where=where)
    if first.at is None or first.when is not None:
        fail(
            "mapping-bad-value",
            where=f"steps.{steps[0]}",
            detail="the first step has `at` and no `when`",
        )


def _check_codes(mapping: Mapping, version: CharterVersion) -> None:
    """Hold the codes that the mapping itself writes against the charter."""
    charter = version.charter
    for where, field, code in _codes(mapping):
        table = _CODES[field]
        known = getattr(charter, table)
        if code not in known:
            accepted = tuple(sorted(known))
            fail("mapping-unknown-code", where=where, table=table, name=code, accepted=accepted)
    for name, step in mapping.steps.items():
        facts = step.fields.get("facts")
        for code in facts.entries if isinstance(facts, Entries) else ():
            if code not in charter.facts:
                where, accepted = f"steps.{name}.fields.facts", tuple(sorted(charter.facts))
                fail(
                    "mapping-unknown-code", where=where, table="facts", name=code, accepted=accepted
                )
    for index, organisation in enumerate(mapping.organisations):
        if organisation.kind not in charter.parties:
            where, accepted = f"organisations.{index}", tuple(sorted(charter.parties))
            fail(
                "mapping-unknown-code",
                where=where,
                table="parties",
                name=organisation.kind,
                accepted=accepted,
            )


def _codes(mapping: Mapping) -> Iterator[tuple[str, str, object]]:
    """Give every code that the mapping writes: where, in which field, and what."""
    for name, step in mapping.steps.items():
        collects = step.command == COLLECT  # only there the charter's channels are asked for
        values = {**step.fields, **({"channel": step.channel} if collects and step.channel else {})}
        for field, value in values.items():
            if field in _CODES:
                yield from ((f"steps.{name}.{field}", field, code) for code in value.constants())


def _check_people(mapping: Mapping, version: CharterVersion) -> None:
    roles = tuple(sorted(version.charter.roles))
    for code, person in mapping.people.items():
        if person.role not in roles:
            where = f"people.{code}.role"
            fail(
                "mapping-unknown-code", where=where, table="roles", name=person.role, accepted=roles
            )
    for name, step in mapping.steps.items():
        actor = mapping.actor_of(step)
        if actor is None:
            fail("mapping-nobody", where=f"steps.{name}.by", accepted=tuple(mapping.people))
        if not any(actor.role in grant.roles for grant in version.grants(step.command)):
            fail("mapping-role-may-not", role=actor.role, command=step.command)


def _calendars_of(version: CharterVersion) -> set[str]:
    """Name the calendars that budgets and periods of a charter count by."""
    return set(_named(msgspec.json.decode(version.document)))


def _named(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "calendar" and isinstance(item, str):
                yield item
            else:
                yield from _named(item)
    elif isinstance(value, list):
        for item in value:
            yield from _named(item)
