"""Ticking: what is due happens once, in order, and what stands in the way of one case hinders no other."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from casesys.application import Request, Service
from casesys.application.engine import Verdict
from casesys.domain.cases.commands import WithdrawCase
from casesys.domain.cases.state import case_stream
from casesys.domain.messages import Event
from casesys.domain.register.authority import CLOCK
from casesys.store import StoreError
from casesys.worker.ticking import AT_ONCE, LATER, Ticking
from tests.community import Community, founded


class Everything:
    """Asks for every case of a community, in order of their ids, however often."""

    def __init__(self, *cases: str) -> None:
        self.cases = cases
        self.limits: list[int] = []

    def __call__(self, _: datetime, limit: int) -> Sequence[str]:
        """Name the cases."""
        self.limits.append(limit)
        return self.cases[:limit]


@pytest.fixture
def community() -> Community:
    """A community."""
    return founded()


def ticking(community: Community, ask: Everything) -> Ticking:
    """Ticking over a community, by its clock."""
    return Ticking(community.service, ask, lambda: community.now)


def by_clock(community: Community, case: str) -> list[Event]:
    """What the clock brought about in a case."""
    stream = community.log.read_stream
    positions = {e.leaf.stream_seq for e in stream(case_stream(case)) if e.leaf.actor_id == CLOCK}
    return [e for number, e in enumerate(community.events(case), 1) if number in positions]


def test_what_is_due_happens_in_order(community: Community) -> None:
    """Given a case nobody accepted in time, when the clock ticks long after, then all that was due happens, each as of its instant."""
    case = community.collect()
    due = community.upcoming(case)
    community.wait(days=20)
    tick = ticking(community, Everything(case))

    count = tick.tick()

    leaves = [
        e.leaf for e in community.log.read_stream(case_stream(case)) if e.leaf.actor_id == CLOCK
    ]
    assert count == len(due) == len(leaves) > 1
    assert [leaf.effective_at for leaf in leaves] == [each.at for each in due]
    assert {leaf.decided_at for leaf in leaves} == {community.now}


def test_nothing_happens_twice(community: Community) -> None:
    """Given a read model that is behind, when the clock ticks again and again, then each command was carried out once."""
    case = community.collect()
    community.wait(days=20)
    asked = Everything(case)

    first = ticking(community, asked).tick()
    size = community.log.head().size
    again = ticking(community, asked).tick()

    assert first > 0
    assert again == 0
    assert community.log.head().size == size


def test_nothing_happens_early(community: Community) -> None:
    """Given a case that is not due for anything, when a read model says that it is, then nothing happens."""
    case = community.collect()

    assert ticking(community, Everything(case)).tick() == 0
    assert by_clock(community, case) == []


class Meddling(Service):
    """Before the first commands that it is given, somebody else is faster with one of their own."""

    first: Request | None = None

    def give_all(self, requests: Sequence[Request]) -> list[Verdict]:
        """Give the other command, then those."""
        if self.first is not None:
            super().give_all([self.first])
            self.first = None
        return super().give_all(requests)


def test_a_case_that_is_refused_hinders_no_other(
    community: Community, caplog: pytest.LogCaptureFixture
) -> None:
    """Given two cases that are due, when one is closed at the last moment, then the other's clock ticks, and the first is told of."""
    closed, due = community.collect(), community.collect()
    community.wait(days=20)
    service = Meddling(community.service.engine)
    service.first = Request(WithdrawCase(case_id=closed), community.envelope("grid_worker"))

    count = Ticking(service, Everything(closed, due), lambda: community.now).tick()

    assert count == len(by_clock(community, due)) > 1
    assert by_clock(community, closed) == []
    assert caplog.text.count("put off") == 1
    assert closed in caplog.text


def test_who_has_nothing_to_do_is_put_off_for_a_while(community: Community) -> None:
    """Given cases that a read model names in vain, then they are not asked again at once, and leave room for others until then."""
    cases = tuple(community.collect() for _ in range(3))
    asked = Everything(*cases)
    tick = ticking(community, asked)

    tick.tick()
    tick.tick()
    community.now += LATER + timedelta(seconds=1)
    tick.tick()

    assert asked.limits == [AT_ONCE, AT_ONCE + 3, AT_ONCE]


def test_trouble_of_the_store_is_raised(community: Community) -> None:
    """Given a store that cannot be written, when the clock ticks, then that is raised, for whoever ticks to try again."""
    case = community.collect()
    community.wait(days=20)
    tick = ticking(community, Everything(case))
    community.log.close()

    with pytest.raises(StoreError):
        tick.tick()
