"""Verifying: a read model held against one made anew."""

from collections.abc import Iterator

import pytest

from casesys.projections.database import Views, open_views
from casesys.projections.running import Runner
from casesys.projections.verifying import NotServing, verify
from tests.community import Community, founded
from tests.projections.ledgers import Ledger, Stumbling
from tests.replay.lives import lamp


@pytest.fixture
def community() -> Community:
    """A community with the life of one case."""
    made = founded()
    lamp(made)
    return made


@pytest.fixture
def views(community: Community) -> Iterator[Views]:
    """Read models that are up to date."""
    with open_views(None) as opened:
        runner = Runner(community.log, opened, (Ledger(), Stumbling()))
        assert runner.begin()
        runner.catch_up()
        yield opened


def test_untouched_rows_are_the_same(community: Community, views: Views) -> None:
    """Given rows that nobody touched, when they are verified, then every table is the same."""
    found = verify(community.log, views, Ledger())

    assert found.same
    assert found.position == community.log.head().size
    rows = {table.table: table.rows for table in found.tables}
    assert rows["ledger_entry"] == found.position
    assert rows["ledger_words"] == rows["ledger_case"] == 1


def test_what_is_newer_than_the_rows_is_no_difference(community: Community, views: Views) -> None:
    """Given a log that has gone on since, when rows are verified, then they are held against the log as far as they tell of it."""
    before = community.log.head().size
    community.collect()

    found = verify(community.log, views, Ledger())

    assert (found.same, found.position) == (True, before)


@pytest.mark.parametrize(
    ("change", "table", "counts"),
    [
        ("UPDATE ledger_entry SET type = 'forged' WHERE position = 7", "ledger_entry", (1, 1)),
        ("DELETE FROM ledger_entry WHERE position = 7", "ledger_entry", (0, 1)),
        ("INSERT INTO ledger_case VALUES ('forged', 1, 1, 1, '', '', '')", "ledger_case", (1, 0)),
        ("UPDATE ledger_words SET text = 'forged'", "ledger_words", (1, 1)),
        ("DELETE FROM ledger_words", "ledger_words", (0, 1)),
    ],
)
def test_a_planted_difference_is_found(
    community: Community, views: Views, change: str, table: str, counts: tuple[int, int]
) -> None:
    """Given a row that was changed, removed or slipped in, when the rows are verified, then just that one is told."""
    views.db.execute(change)

    found = verify(community.log, views, Ledger())

    differing = [each for each in found.tables if each.differing]
    assert not found.same
    assert [each.table for each in differing] == [table]
    assert (differing[0].only_serving, differing[0].only_beside) == counts
    assert len(differing[0].told_serving + differing[0].told_beside) == sum(counts)
    assert verify(community.log, views, Ledger()) == found


def test_a_row_that_is_there_twice_is_found(community: Community, views: Views) -> None:
    """Given a table without a key of its own, when a row is doubled, then its count tells."""
    community.collect()
    runner = Runner(community.log, views, (Ledger(), Stumbling()))
    assert runner.begin()
    runner.catch_up()
    views.db.execute("INSERT INTO ledger_clock SELECT * FROM ledger_clock LIMIT 1")

    found = verify(community.log, views, Ledger())

    assert not found.same
    assert sum(each.differing for each in found.tables) == 1


def test_many_differences_are_counted_and_some_are_told(community: Community, views: Views) -> None:
    """Given hundreds of wrong rows, when they are verified, then all are counted, and only the first are told."""
    views.db.execute("UPDATE ledger_entry SET type = 'forged'")

    (entries, *_) = verify(community.log, views, Ledger()).tables

    assert entries.only_serving == entries.rows
    assert len(entries.told_serving) == 5


def test_what_cannot_be_made_anew_says_where_it_stopped(community: Community, views: Views) -> None:
    """Given a read model that can no longer take an old event, when it is verified, then that is told, and it is not the same."""
    found = verify(community.log, views, Stumbling(over={50}))

    assert not found.same
    assert found.stopped is not None
    assert found.stopped.position == 50


@pytest.mark.parametrize("other", [Ledger(revision=2), Stumbling(name="never built")])
def test_what_does_not_serve_cannot_be_verified(
    community: Community, views: Views, other: Ledger | Stumbling
) -> None:
    """Given a read model that was never built, or by another revision, when it is verified, then it is refused."""
    with pytest.raises(NotServing):
        verify(community.log, views, other)


def test_rows_of_another_log_cannot_be_verified(views: Views) -> None:
    """Given another log than the one that rows were read off, when they are verified over it, then it is refused."""
    with pytest.raises(NotServing):
        verify(founded().log, views, Ledger())
