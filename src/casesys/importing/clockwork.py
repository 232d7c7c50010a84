"""What the clock brings about between two steps of a life, at the instants it is due."""

from collections.abc import Mapping
from datetime import datetime

from casesys.application import Engine
from casesys.domain.cases.state import Case
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import StreamId
from casesys.domain.processes.deadlines import Due, upcoming
from casesys.domain.register.lookups import charter_in_force
from casesys.domain.world import Loaded, Missing, World


class Clockwork:
    """Asks the clocks of cases, over what the engine knows of the register."""

    def __init__(self, engine: Engine) -> None:
        """Look at states through an engine."""
        self._engine = engine
        self._register: dict[StreamId, Loaded] = {}

    def forget(self) -> None:
        """Look at the register anew, because somebody may have changed it."""
        self._register.clear()

    def next_due(self, case: Case, until: datetime) -> Due | None:
        """Give the first command of the clock that a case is due for by an instant."""
        due = self._asked(self._register, case, until)
        return due[0] if due else None

    def _asked(self, states: Mapping[StreamId, Loaded], case: Case, now: datetime) -> list[Due]:
        while True:
            world = World(states, self._engine.documents)
            try:
                return upcoming(case, _governing(case, world, now), world, now, until=now)
            except Missing as missing:
                if missing.stream is not None:
                    self._register |= self._engine.load((missing.stream,))
                elif missing.document is not None:
                    self._engine.load_document(missing.document)


def _governing(case: Case, world: World, now: datetime) -> CharterVersion:
    """Give the version pinned by acceptance, before it the one in force."""
    if case.governing is None:
        return charter_in_force(world, case.path, now)
    return world.document(case.governing.digest, CharterVersion)
