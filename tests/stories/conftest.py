"""The season that ends on 20 November 2026, played once; each story of it is a fixture away."""

from collections.abc import Callable

import pytest

from casesys.application import Engine, Service
from casesys.demo.days import Days
from casesys.demo.player import SeasonClock
from casesys.demo.season import play, stock_calendar
from casesys.store.memory import MemoryLog
from casesys.vault import Vault
from tests.community import local
from tests.stories.told import Told

UNTIL = local("2026-11-20 18:00")

Tell = Callable[[str], Told]
"""Gives a story by its name."""


@pytest.fixture(scope="session")
def tell() -> Tell:
    """The stories of the season."""
    clock = SeasonClock(UNTIL)
    log = MemoryLog(clock=clock)
    engine = Engine(log, Vault.in_memory(log.log_id))
    season = play(Service(engine), clock, UNTIL)
    days = Days(stock_calendar())
    told = {
        name: Told(engine, case_id, season.turned_away[case_id], days)
        for name, case_id in season.cases.items()
    }
    return told.__getitem__
