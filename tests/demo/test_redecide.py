"""Invariants 2 and 15 over the season: the same states on every store, and every decision made anew is the recorded one."""

import pytest

from casesys.application import Engine
from casesys.domain.messages import StreamId
from casesys.domain.world import Loaded
from casesys.replay.redecide import redecide
from casesys.store.reading import state_of
from tests.demo.conftest import Stage


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_every_decision_made_anew_is_the_recorded_one(stage: Stage, store: str) -> None:
    """Given the log of a season, when every command is decided again on what it read, then it gives the recorded events."""
    engine = stage(store).engine

    report = redecide(engine.log, engine.vault)

    assert report.differences == ()
    assert report.events == engine.log.head().size
    assert report.commands > 300


def test_the_states_are_the_same_on_every_store(stage: Stage) -> None:
    """Given the same season on SQLite and in memory, then every stream has the same state at the same version."""
    memory, sqlite = (_states(stage(kind).engine) for kind in ("memory", "sqlite"))

    assert len(memory) > 80
    assert memory == sqlite


def _states(engine: Engine) -> dict[StreamId, Loaded]:
    streams = engine.log.stream_ids("", "", 10_000)
    return {stream: state_of(engine.log.read_stream(stream)) for stream in streams}
