"""The clause a refusal rests on, as the command line asks for it: with a store that nobody else is using the engine of."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from casesys.application import Service, citing
from casesys.application.citing import Cited
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Command, StreamId
from casesys.domain.refusals import Refusal
from casesys.domain.world import Loaded, Missing, World

T = TypeVar("T")


class Refused(Exception):
    """A refusal together with the clause it rests on."""

    def __init__(self, refusal: Refusal, cited: Cited | None) -> None:
        """Keep both."""
        super().__init__(str(refusal))
        self.refusal = refusal
        self.cited = cited


def cite(service: Service, command: Command, at: datetime, clause: str | None) -> Cited | None:
    """Find a clause in the charter that governs a command at an instant; None if there is neither."""
    return _asked(service, lambda world: citing.cited(world, command, at, clause))


def in_force(service: Service, grid_id: str | None, at: datetime) -> CharterVersion:
    """Give the charter in force for a grid, by default the root. Raises Refusal `unknown-grid` or `no-charter`."""
    return _asked(service, lambda world: citing.in_force(world, grid_id, at))


def _asked(service: Service, question: Callable[[World], T]) -> T:
    """Answer a question about the world, loading whatever it turns out to need."""
    states: dict[StreamId, Loaded] = {}
    while True:
        try:
            return question(World(states, service.engine.documents))
        except Missing as missing:
            if missing.stream is not None:
                states.update(service.engine.load((missing.stream,)))
            elif missing.document is not None:
                service.engine.load_document(missing.document)
