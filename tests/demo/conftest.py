"""Seasons played for the tests of the demo."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from casesys.application import Engine, Service
from casesys.bootstrap import create_service
from casesys.demo.player import SeasonClock
from casesys.demo.season import Season, play
from casesys.settings import store_settings
from tests.community import local

UNTIL = local("2026-11-20 18:00")


class Played(NamedTuple):
    """A season that was played, and what it was played on."""

    season: Season
    engine: Engine


def played(service: Service, clock: SeasonClock, until: datetime = UNTIL) -> Played:
    """Play a season on an empty store."""
    return Played(play(service, clock, until), service.engine)


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Played]]:
    """A season on a store of a kind, `sqlite` or `memory`, played when first asked for."""
    kept: dict[str, Played] = {}
    with ExitStack() as open_stores:

        def on(kind: str) -> Played:
            if kind not in kept:
                clock = SeasonClock(UNTIL)
                address = "memory:" if kind == "memory" else f"sqlite:///{_file(tmp_path_factory)}"
                service = create_service(store_settings(address), clock=clock)
                kept[kind] = played(open_stores.enter_context(service), clock)
            return kept[kind]

        yield on


def _file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("season") / "season.sqlite"


Stage = Callable[[str], Played]
