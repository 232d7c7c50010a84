"""The season of the demo, played once in memory, for tests of read models to look at."""

from datetime import datetime
from functools import cache
from typing import NamedTuple

from casesys.application import Engine, Service
from casesys.demo.player import SeasonClock
from casesys.demo.season import play
from casesys.store.contract import EventLog
from casesys.store.memory import MemoryLog
from casesys.vault import Vault
from tests.community import local


class Played(NamedTuple):
    """The log of a season, and the instant at which its clock stopped."""

    log: EventLog
    now: datetime


@cache
def heyuan() -> Played:
    """Three months of Heyuan. Tests only read them."""
    until = local("2026-11-20 18:00")
    clock = SeasonClock(until)
    log = MemoryLog(clock=clock)
    play(Service(Engine(log, Vault.in_memory(log.log_id))), clock, until)
    return Played(log, until)
