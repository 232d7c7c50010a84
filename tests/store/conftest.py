"""Every test of the contract runs on each kind of log."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from casesys.store import EventLog
from casesys.store.memory import MemoryLog
from casesys.store.sqlite import open_log
from tests.store.units import Clock

Making = Callable[[], EventLog]


@pytest.fixture
def clock() -> Clock:
    """The clock of the log."""
    return Clock()


@pytest.fixture(params=["memory", "sqlite"])
def log(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[EventLog]:
    """A new log."""
    made: EventLog = (
        MemoryLog(clock=clock)
        if request.param == "memory"
        else open_log(tmp_path / "log.sqlite", create=True, clock=clock)
    )
    with made:
        yield made
