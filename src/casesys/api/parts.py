"""What every route works with: the parts of the site that it belongs to, and who is asking.

Routes are coroutines on one event loop and read inline: a read of SQLite costs less than a hop to a thread. Whatever writes
goes through `Service.submit`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from starlette.requests import Request

from casesys.api.logins import Logins
from casesys.api.looking import CurrentByTurns
from casesys.api.meters import Meters
from casesys.api.paging import Cursors
from casesys.api.positions import Progress
from casesys.application import Service
from casesys.attachments import Attachments
from casesys.domain.register.knowledge import Sight
from casesys.domain.register.state import Mandate
from casesys.domain.world import World
from casesys.notary.notary import Notary
from casesys.projections.reader import Reader
from casesys.settings import SiteSettings
from casesys.store.contract import Clock, EventLog
from casesys.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of a site, all but the service, the notary and the clock for the event loop alone.

    `current` gives states never older than the log's end. `reader` is what to read the read models by, and `progress` wakes who
    waits for them. `notary` proves, and never signs. `troubles` tells what stands in the worker's way, by code, and None of a worker
    that others run. `logins` are there in development only.
    """

    service: Service
    current: CurrentByTurns
    reader: Reader
    progress: Progress
    cursors: Cursors
    attachments: Attachments
    notary: Notary
    meters: Meters
    settings: SiteSettings
    clock: Clock
    troubles: Callable[[], Mapping[str, str] | None]
    logins: Logins | None = None

    @property
    def log(self) -> EventLog:
        """The log."""
        return self.service.engine.log

    @property
    def vault(self) -> Vault:
        """The vault of the log's personal data."""
        return self.service.engine.vault


class Actor(NamedTuple):
    """Who asks: a person, by which client, and what their mandates let them know, at the instant of the request.

    `mandates` are those valid at that instant, `sights` what they let their holder look at; all as the register is in `world`, at
    that position of the log. The world counts until something is awaited.
    """

    person_id: str
    client_id: str
    mandates: tuple[Mandate, ...]
    sights: tuple[Sight, ...]
    at: datetime
    position: int
    world: World


def parts_of(request: Request) -> Parts:
    """Give the parts of the site that a request came to."""
    parts: Parts = request.app.state.parts
    return parts
