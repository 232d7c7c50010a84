"""A case at the end of a stretch of the log, and what several read models say of it, which is worked out once for all of them."""

from datetime import datetime
from functools import cached_property

import msgspec

from casesys.domain.cases.knowing import known_matter
from casesys.domain.cases.state import Case
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.register.knowledge import KnownMatter
from casesys.domain.world import World
from casesys.projections.dues import Due, dues
from casesys.projections.matters import written
from casesys.projections.places import party_place


class CaseNow(msgspec.Struct, frozen=True, dict=True):
    """A case at the end of a batch.

    `born` and `position` are the log positions of its first and last event; `changed_at` is when the last one took effect; `charter`
    is the version that governs it: pinned by acceptance, before it the one that its last event applied. `world` is the batch's.
    """

    case: Case
    born: int
    position: int
    changed_at: datetime
    charter: CharterVersion
    world: World

    @cached_property
    def running(self) -> tuple[Due, ...]:
        """The clocks that run, by their codes; none of a closed case."""
        return tuple(dues(self.case, self.charter, self.world))

    @cached_property
    def settled_at(self) -> datetime:
        """An instant by which all that the case tells has happened: its last event may be a note of something earlier."""
        suspensions = (each for clock in self.case.clocks.values() for each in clock.suspensions)
        ends = (each.until for each in suspensions if each.until is not None)
        return max([self.changed_at, *ends])

    @cached_property
    def known(self) -> KnownMatter:
        """What knowing it depends on."""
        return known_matter(self.case, self.charter)

    @cached_property
    def matter(self) -> str:
        """The same as rows keep it."""
        return written(self.known)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Its places: its grids, and the parties that may know of it because they take part."""
        return (*self.case.path, *map(party_place, sorted(self.known.parties)))
