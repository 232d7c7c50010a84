"""One look at the log serves all requests of a turn of the event loop, and none that came later."""

import asyncio

import pytest

from casesys.api.looking import CurrentByTurns
from casesys.domain.register.commands import RevokeMandate
from casesys.domain.register.state import Person
from casesys.domain.register.streams import person_stream
from casesys.store.contract import Stored, StoreError
from tests.community import Community, founded


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> tuple[Community, CurrentByTurns, list[int]]:
    """A community, what is current in it, and the positions from which its log was read on."""
    community = founded()
    current, positions = CurrentByTurns(community.log), []
    read = community.log.read

    def counting(after: int, limit: int) -> list[Stored]:
        positions.append(after)
        return read(after, limit)

    monkeypatch.setattr(community.log, "read", counting)
    return community, current, positions


def test_the_requests_of_a_turn_share_a_look(
    looks: tuple[Community, CurrentByTurns, list[int]],
) -> None:
    """Given three tasks of one turn, when each asks what is current, then the log is read once, and each is told the same position."""
    _, current, positions = looks

    async def asks() -> int:
        return current.this_turn().position

    async def run() -> tuple[int, int, int]:
        return await asyncio.gather(asks(), asks(), asks())

    assert len(set(asyncio.run(run()))) == 1
    assert len(positions) == 1


def test_a_later_turn_looks_anew(looks: tuple[Community, CurrentByTurns, list[int]]) -> None:
    """Given a mandate that was revoked after a turn had looked, then the next turn finds it revoked."""
    community, current, _ = looks
    worker = person_stream("grid_worker")

    def revoked() -> list[bool]:
        person = current.this_turn().world.state(worker, Person)
        assert person is not None
        return [mandate.revoked for mandate in person.mandates]

    async def run() -> tuple[list[bool], list[bool]]:
        before = revoked()
        community.register(RevokeMandate(person_id="grid_worker", mandate_id="mandate-grid_worker"))
        await asyncio.sleep(0)
        return before, revoked()

    assert asyncio.run(run()) == ([False], [True])


def test_a_look_that_failed_is_no_look(
    looks: tuple[Community, CurrentByTurns, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a look that failed, when another request of the same turn asks, then it looks itself."""
    community, current, _ = looks

    def failing(after: int, limit: int) -> list[Stored]:
        raise StoreError("store-busy", f"{after}, {limit}", "try again")

    async def run() -> int:
        community.collect()
        with monkeypatch.context() as patch:
            patch.setattr(community.log, "read", failing)
            with pytest.raises(StoreError):
                current.this_turn()
        return current.this_turn().position

    assert asyncio.run(run()) == community.log.head().size


def test_whoever_compares_looks_for_themselves(
    looks: tuple[Community, CurrentByTurns, list[int]],
) -> None:
    """Given a turn that has looked, when something is recorded, then a look of one's own in the same turn finds it."""
    community, current, _ = looks

    async def run() -> tuple[int, int]:
        first = current.this_turn().position
        community.collect()
        return first, current.now().position

    before, after = asyncio.run(run())
    assert before < after == community.log.head().size
