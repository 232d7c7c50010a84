"""Who may know what, said a second time: by the rules themselves, over the states at the end of a log."""

from collections.abc import Iterable
from datetime import datetime

from casesys.domain.cases.state import Case
from casesys.domain.refusals import Refusal
from casesys.domain.register.authority import OPERATOR
from casesys.domain.register.knowledge import KnownMatter, Sight, knowers, may_know
from casesys.domain.register.lookups import charter_in_force
from casesys.domain.register.state import Person
from casesys.domain.world import World
from casesys.projections.cases import CaseNow
from casesys.projections.contract import Batch
from casesys.projections.whereabouts import Path, place_of


def people_of(batch: Batch) -> list[Person]:
    """Everybody in the register, as they are at the end."""
    last = {step.recorded.stream: step.after for step in batch.steps}
    return [state for state in last.values() if isinstance(state, Person)]


def matter_of(now: CaseNow) -> KnownMatter:
    """What knowing a case depends on."""
    case = now.case
    roles = knowers(now.charter, case.visibility)
    return KnownMatter(case.path, case.case_type, case.category, roles, parties_of(now))


def parties_of(now: CaseNow) -> frozenset[str]:
    """The parties that may know of a case because they take part."""
    case = now.case
    known_types = now.charter.charter.case_types
    working = {party for party in (case.lead, *case.supporting) if party is not None}
    if case.case_type not in known_types or known_types[case.case_type].shielded:
        return frozenset(each for each in working if case.parties.get(each) != "respondent")
    asked = set() if case.deliberation is None else set(case.deliberation.parties.values())
    named = not case.anonymous and not case.initiator.startswith("initiator:")
    return frozenset(working | asked | set(case.parties) | ({case.initiator} if named else set()))


def known(held: Iterable[Sight], now: CaseNow) -> bool:
    """Say whether somebody may know of a case."""
    return may_know(held, matter_of(now))


def is_shown(now: CaseNow) -> bool:
    """Say whether the bulletin may show a case. What the charter does not define, it does not show."""
    charter, case = now.charter.charter, now.case
    if case.visibility not in charter.visibility or case.case_type not in charter.case_types:
        return False
    shielded = charter.case_types[case.case_type].shielded
    return charter.visibility[case.visibility].bulletin and not shielded


def matters_of(batch: Batch, at: datetime) -> dict[int, KnownMatter]:
    """What reading of each event depends on: on its case, or on who reads the register where it belongs, at an instant."""
    return {
        step.position: matter_of(batch.cases[step.after.case_id])
        if isinstance(step.after, Case)
        else _of_register(place_of(step, batch.world), batch.world, at)
        for step in batch.steps
    }


def may_read(held: Iterable[Sight], matter: KnownMatter) -> bool:
    """Say whether somebody may read of an event; of the register, which no party takes part in, its keepers for whomever they act."""
    if not matter.case_type:
        held = [each._replace(principal=None) if each.role == OPERATOR else each for each in held]
    return may_know(held, matter)


def _of_register(path: Path, world: World, at: datetime) -> KnownMatter:
    return KnownMatter(path, "", "", _auditors(path, world, at) | {OPERATOR})


def _auditors(path: Path, world: World, at: datetime) -> frozenset[str]:
    try:
        levels = charter_in_force(world, path, at).charter.visibility.values()
    except Refusal:  # there is none yet
        return frozenset()
    return frozenset.intersection(*(frozenset(level.roles) for level in levels))
