"""The preview over the season: whatever somebody did had been allowed to them just before."""

from casesys.domain.cases.state import Case
from casesys.domain.catalogue import evolve
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.world import Loaded, World
from casesys.store.reading import recorded
from tests.demo.conftest import Stage
from tests.model.previews import was_previewed
from tests.model.record import Documents, Seen, States


def test_what_was_done_had_been_allowed(stage: Stage) -> None:
    """Given the log of a season, then each command on a case had been previewed as allowed, and open cases waited for something."""
    states = States()
    documents = Documents(states)
    seen = 0
    for stored in stage("memory").engine.log.read(0, 10_000):
        event, world = recorded(stored), World(states, documents)
        before = states.get(event.stream).state
        after = evolve(before, event)
        if isinstance(before, Case):
            assert isinstance(after, Case)
            assert event.rule is not None
            version = world.document(event.rule.digest, CharterVersion)
            was_previewed(Seen(stored.leaf, event, before, after, version, world))
            seen += 1
        states[event.stream] = Loaded(event.version, after)
    assert seen > 200
