"""Every read model there is: its rows depend on the log alone, not on where pages were cut or who was stopped in between."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casesys.domain.register import commands as r
from casesys.projections.contract import Projection
from casesys.projections.database import open_views
from casesys.projections.registry import all_of
from casesys.projections.running import Runner
from tests.community import Community, founded, workdays
from tests.projections.built import Held, held
from tests.projections.ledgers import Ledger
from tests.replay.lives import LIVES

Built = dict[str, Held]


@pytest.fixture(scope="module")
def community() -> Community:
    """A community in which every kind of event has happened; half-way, another edition of its calendar was adopted."""
    made = founded()
    for number, live in enumerate(LIVES):
        made.wait(hours=1)
        live(made)
        if number == len(LIVES) // 2:
            made.collect()
            longer = workdays().replace("13:30-17:30", "13:30-18:00")
            made.register(r.AdoptCalendar(document=longer))
    return made


@pytest.fixture(scope="module")
def everything(community: Community) -> tuple[Projection, ...]:
    """Every read model there is, and that of the tests."""
    return (*all_of(community.log, community.vault), Ledger())


def built(community: Community, projections: tuple[Projection, ...], ends: list[int]) -> Built:
    """What the read models hold when they stopped at each of some positions on the way."""
    with open_views(None) as views:
        for until in ends:
            # A small memory, so that much has to be read again.
            runner = Runner(community.log, views, projections, page=100, kept_states=5)
            assert runner.begin()
            runner.catch_up(until=until)
        return {each.name: held(views.db, each) for each in projections}


@pytest.fixture(scope="module")
def at_once(community: Community, everything: tuple[Projection, ...]) -> Built:
    """What the read models hold when they took in the whole log as one page."""
    with open_views(None) as views:
        end = community.log.head().size
        runner = Runner(community.log, views, everything, page=end)
        assert runner.begin()
        runner.catch_up()
        return {each.name: held(views.db, each) for each in everything}


def test_every_read_model_takes_every_event(at_once: Built, community: Community) -> None:
    """Given a log with every kind of event, when all read models are built, then none is parked, and all have rows."""
    assert all(any(rows for rows in tables.values()) for tables in at_once.values())
    assert len(at_once["ledger"]["ledger_entry"]) == community.log.head().size


def test_rows_are_the_same_event_by_event(
    community: Community, everything: tuple[Projection, ...], at_once: Built
) -> None:
    """Given pages of one event, when all read models are built, then they hold what one page for the whole log gives."""
    with open_views(None) as views:
        runner = Runner(community.log, views, everything, page=1)
        assert runner.begin()
        runner.catch_up()
        for each in everything:
            assert held(views.db, each) == at_once[each.name], each.name


@settings(max_examples=5)
@given(cuts=st.sets(st.integers(min_value=1, max_value=400), max_size=12))
def test_rows_do_not_depend_on_cuts(
    community: Community, everything: tuple[Projection, ...], at_once: Built, cuts: set[int]
) -> None:
    """Given any positions at which the program ended, and another went on, then all read models hold the same."""
    end = community.log.head().size
    ends = sorted({cut for cut in cuts if cut < end} | {end})

    found = built(community, everything, ends)

    for name, tables in at_once.items():
        assert found[name] == tables, name


@pytest.mark.parametrize("seed", range(2))
def test_copies_that_meet_hold_the_same(
    community: Community, everything: tuple[Projection, ...], at_once: Built, seed: int
) -> None:
    """Given rebuilds asked for at any moment, when all has caught up, then every read model was replaced by its equal."""
    random = Random(seed)  # noqa: S311 - any moments will do
    with open_views(None) as views:
        runner = Runner(community.log, views, everything, page=37)
        assert runner.begin()
        moments = sorted(random.sample(range(1, community.log.head().size), 6))
        for until in moments:
            runner.catch_up(until=until)
            views.wish(random.choice(everything).name, "rebuild")
            runner.step(until=until)
        runner.catch_up()
        for each in everything:
            assert held(views.db, each) == at_once[each.name], each.name
