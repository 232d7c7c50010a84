"""What a case waits for, by whom and until when: pure, and the same whenever it is asked.

A case may come to wait for something because time passes and nothing else happens: when a window for objections has closed, the
decision can be confirmed. So each command comes with the instants between which the case waits for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from casesys.domain.cases.preview import advancing
from casesys.domain.cases.state import Deliberation
from casesys.domain.charter.model import Grant, Relation
from casesys.domain.charter.steps import AnyStep, Consult, OfficerDecision, Ratify, Side, Study
from casesys.projections.cases import CaseNow


class Granted(msgspec.Struct, frozen=True, array_like=True):
    """Who may give a command, by a clause of the charter: these roles, if they stand to the case like that."""

    roles: tuple[str, ...]
    relation: Relation
    clause: str


class Wait(msgspec.Struct, frozen=True, array_like=True):
    """A command that a case waits for from an instant on, until another (None: until something happens).

    `granted` says who may give it in the stage the case is in, `apart` whom the separation of duties keeps from it. `voters` are the
    people whose vote it is to record, `parties` those whose answer it is: only one of the two can have anybody in it.
    """

    command: str
    since: datetime
    until: datetime | None
    granted: tuple[Granted, ...]
    apart: tuple[str, ...]
    voters: tuple[str, ...]
    parties: tuple[str, ...]


def waits(now: CaseNow) -> tuple[Wait, ...]:
    """Give all that a case waits for, now or later, if nothing happens meanwhile."""
    spans: list[tuple[str, datetime, datetime | None]] = []
    going_on: dict[str, datetime] = {}
    for instant in _instants(now):
        ready = advancing(now.world, now.case, now.charter, instant)
        over = [command for command in going_on if command not in ready]
        spans += [(command, going_on.pop(command), instant) for command in over]
        going_on |= {command: instant for command in ready if command not in going_on}
    spans += [(command, since, None) for command, since in going_on.items()]
    return tuple(_wait(now, *span) for span in spans)


def _instants(now: CaseNow) -> list[datetime]:
    """Give the instants from which on something may be different: now, when a window closes, when a meeting was called for."""
    first = now.settled_at
    later = {due.due_at for due in now.running if due.window and due.due_at is not None}
    deliberation = now.case.deliberation
    if deliberation is not None and deliberation.notice is not None:
        later.add(deliberation.notice.meets_at)
    return [first, *sorted(each for each in later if each > first)]


def _wait(now: CaseNow, command: str, since: datetime, until: datetime | None) -> Wait:
    case, step = now.case, _open_step(now)
    grants = (g for g in now.charter.grants(command) if not g.stages or case.stage in g.stages)
    earlier = {each for rule in now.charter.separations(command) for each in rule.not_after}
    return Wait(
        command,
        since,
        until,
        tuple(_granted(grant, command, step) for grant in grants),
        tuple(sorted({deed.actor for deed in case.deeds if deed.command in earlier})),
        tuple(sorted(_voters(command, case.deliberation))),
        tuple(sorted(_parties(command, case.deliberation, step))),
    )


def _open_step(now: CaseNow) -> AnyStep | None:
    case = now.case
    if case.deliberation is None or case.deliberation.step is None or case.procedure is None:
        return None
    procedure = now.charter.charter.procedures[case.procedure]
    return procedure.steps[procedure.index(case.deliberation.step)]


def _granted(grant: Grant, command: str, step: AnyStep | None) -> Granted:
    """Give a grant of the charter; the step of an officer may name fewer roles than may decide urgently at all."""
    roles = grant.roles
    if command == "decide-urgently" and isinstance(step, OfficerDecision):
        roles = tuple(role for role in roles if role in step.roles)
    return Granted(roles, grant.relation, grant.clause)


def _voters(command: str, deliberation: Deliberation | None) -> frozenset[str]:
    """Name the people who are present and have not voted, where a command records a vote."""
    if command != "cast-vote" or deliberation is None or deliberation.meeting is None:
        return frozenset()
    return deliberation.meeting.present - deliberation.recused - deliberation.votes.keys()


def _parties(
    command: str, deliberation: Deliberation | None, step: AnyStep | None
) -> Iterator[str]:
    """Name the parties whose answer a command records, as far as the rules name them and not only their role."""
    if deliberation is None:
        return
    if command == "record-consent" and isinstance(step, Consult):
        yield from _silent(step.sides, deliberation.consents, deliberation.parties)
    elif command == "ratify-decision" and isinstance(step, Ratify):
        yield from _silent(step.sides, deliberation.ratifications, deliberation.parties)
    elif command == "record-opinion" and isinstance(step, Study):
        yield deliberation.parties[step.body]


def _silent(
    sides: Iterable[Side], heard: Mapping[str, bool], parties: Mapping[str, str]
) -> set[str]:
    """Name the parties that speak for the sides not heard yet: of each, the first kind that the grid has."""
    return {
        next(parties[kind] for kind in side.who if kind in parties)
        for side in sides
        if side.code not in heard
    }
