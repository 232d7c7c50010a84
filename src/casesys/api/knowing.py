"""Which cases an actor may know of. To all others it is as if the case did not exist, down to the last byte of the answer."""

from typing import NamedTuple

from casesys.api.parts import Actor
from casesys.domain.cases.decide import governing
from casesys.domain.cases.knowing import known_matter
from casesys.domain.cases.state import Case, case_stream
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.refusals import refuse
from casesys.domain.register.knowledge import may_know
from casesys.domain.world import World


class KnownCase(NamedTuple):
    """A case that an actor may know of, and the charter version that governs it."""

    case: Case
    charter: CharterVersion


def known_case(world: World, actor: Actor, case_id: str) -> KnownCase:
    """Give a case as it is in a world. Raises Refusal `unknown-case`, also for a case that the actor may not know of."""
    case = world.state(case_stream(case_id), Case)
    if case is not None:
        charter = governing(world, case, actor.at)
        if may_know(actor.sights, known_matter(case, charter)):
            return KnownCase(case, charter)
    refuse("unknown-case", case=case_id)
