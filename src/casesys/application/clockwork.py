"""What time brings about: asking the clocks of cases, and fetching from the log what they need to answer."""

from datetime import datetime

from casesys.application.engine import Engine
from casesys.domain.cases.state import Case
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import StreamId
from casesys.domain.processes.deadlines import Due, upcoming
from casesys.domain.register.lookups import charter_in_force
from casesys.domain.world import Loaded, Missing, World


class Clockwork:
    """Asks the clocks of cases, over what an engine reads of the register. What it has read it keeps until told to forget."""

    def __init__(self, engine: Engine) -> None:
        """Look at the register through an engine."""
        self._engine = engine
        self._register: dict[StreamId, Loaded] = {}

    def forget(self) -> None:
        """Look at the register anew, because somebody may have changed it."""
        self._register.clear()

    def dues(self, case: Case, now: datetime, *, until: datetime | None = None) -> list[Due]:
        """Give the commands that a case's clocks will bring about, soonest first, past ones too; with `until`, those due by then."""
        while True:
            world = World(self._register, self._engine.documents)
            try:
                return upcoming(case, _governing(case, world, now), world, now, until=until)
            except Missing as missing:
                if missing.stream is not None:
                    self._register |= self._engine.load((missing.stream,))
                elif missing.document is not None:
                    self._engine.load_document(missing.document)

    def next_due(self, case: Case, until: datetime) -> Due | None:
        """Give the first command of the clock that a case is due for by an instant, as of that instant."""
        dues = self.dues(case, until, until=until)
        return dues[0] if dues else None


def _governing(case: Case, world: World, now: datetime) -> CharterVersion:
    """Give the version pinned by acceptance, before it the one in force."""
    if case.governing is None:
        return charter_in_force(world, case.path, now)
    return world.document(case.governing.digest, CharterVersion)
