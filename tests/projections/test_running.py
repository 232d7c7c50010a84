"""The runner: pages, parking, building beside, and what it finds when it begins."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace as changed
from pathlib import Path

import pytest

from casesys.domain.register import commands as r
from casesys.projections.contract import Projection, Table
from casesys.projections.database import Views, open_views
from casesys.projections.failures import ViewsError
from casesys.projections.running import Runner
from casesys.projections.standing import Slot, Standing, position_of, standings
from casesys.store.memory import MemoryLog
from tests.community import Community, founded, workdays
from tests.projections.built import Held, held
from tests.projections.ledgers import NOTES, Ledger, Stumbling
from tests.replay.lives import lamp

Making = Callable[..., Runner]


@pytest.fixture
def views() -> Iterator[Views]:
    """An empty file of read models."""
    with open_views(None) as opened:
        yield opened


@pytest.fixture
def db(views: Views) -> Iterator[sqlite3.Connection]:
    """A reader of the read models."""
    with closing(views.reader()) as connection:
        yield connection


@pytest.fixture
def community() -> Community:
    """A community with the life of one case."""
    made = founded()
    lamp(made)
    return made


def begun(community: Community, views: Views, *projections: Projection, page: int = 50) -> Runner:
    """A runner that has begun."""
    runner = Runner(community.log, views, projections, page=page, clock=lambda: community.now)
    assert runner.begin()
    return runner


def standing(db: sqlite3.Connection, name: str, slot: Slot = Slot.SERVING) -> Standing:
    """How a copy stands."""
    (found,) = (each for each in standings(db) if (each.name, each.slot) == (name, slot))
    return found


def ledger_of(community: Community, page: int = 500) -> Held:
    """The ledger of a community, built at once."""
    with open_views(None) as views:
        begun(community, views, Ledger(), page=page).catch_up()
        return held(views.db, Ledger())


def test_rows_follow_the_log(community: Community, views: Views, db: sqlite3.Connection) -> None:
    """Given a ledger that is up to date, when something happens, then one step brings the rows up to date and tells how far."""
    told: list[int] = []
    runner = Runner(community.log, views, (Ledger(),), on_progress=told.append)
    assert runner.begin()
    runner.catch_up()
    before = position_of(db, "ledger")
    community.collect(title="电梯停了")

    runner.step()

    end = community.log.head().size
    assert before < position_of(db, "ledger") == end == told[-1]
    (row,) = db.execute("SELECT * FROM ledger_entry WHERE position = ?", (end,))
    assert row == (end, "case/case-02", "case-collected")
    assert db.execute(
        "SELECT count(*) FROM ledger_words WHERE ledger_words MATCH ?", ('"电 梯"',)
    ).fetchone() == (1,)
    assert not runner.step()


def test_a_case_that_waits_for_a_calendar_is_brought_up_to_date_with_it(
    community: Community, views: Views, db: sqlite3.Connection
) -> None:
    """Given cases that wait for days of a calendar, when another edition is adopted, then their rows name it, the others' do not."""
    waiting, closed = community.collect(), community.collect()
    community.do(closed, "withdraw-case", "grid_worker")
    runner = begun(community, views, Ledger())
    runner.catch_up()
    asked = "SELECT adopted FROM ledger_case WHERE case_id = ?"
    before, done = (db.execute(asked, (case,)).fetchone() for case in (waiting, closed))

    community.register(r.AdoptCalendar(document=workdays().replace("09:00-12:00", "09:00-11:30")))
    runner.catch_up()

    after = db.execute(asked, (waiting,)).fetchone()
    assert before != ("",)
    assert after != before
    assert db.execute(asked, (closed,)).fetchone() == done == ("",)
    assert held(views.db, Ledger()) == ledger_of(community, page=3)


# -- parking ----------------------------------------------------------------------------------------------------------------


def test_an_event_parks_only_what_cannot_take_it(
    community: Community, views: Views, db: sqlite3.Connection
) -> None:
    """Given a read model that fails at one event, then it stops before just that one, tells no secret, and the others go on."""
    begun(community, views, Ledger(), Stumbling(over={101})).catch_up()

    parked = standing(db, "stumbling")
    assert parked.position == 100
    assert parked.parked is not None
    assert (parked.parked.position, parked.parked.since) == (101, community.now)
    assert parked.parked.error.startswith("LookupError in changes, ledgers.py:")
    assert "secret" not in parked.parked.error
    assert db.execute("SELECT count(*), max(position) FROM stumbling_note").fetchone() == (100, 100)
    assert position_of(db, "ledger") == community.log.head().size
    assert held(views.db, Ledger()) == ledger_of(community)


def test_several_that_cannot_take_an_event_hold_up_nobody_else(
    community: Community, views: Views, db: sqlite3.Connection
) -> None:
    """Given two read models that fail within one page, then each is parked before its own event, and a third goes on at once."""
    notes = NOTES._replace(name="second_note")
    first, second = Stumbling(over={101}), Stumbling(name="second", over={120}, tables=(notes,))
    runner = begun(community, views, first, Ledger(), second, page=500)

    assert runner.step()
    assert position_of(db, "ledger") == community.log.head().size
    runner.catch_up()

    assert [standing(db, name).position for name in ("stumbling", "second")] == [100, 119]
    assert db.execute("SELECT count(*) FROM stumbling_note").fetchone() == (100,)
    assert held(views.db, Ledger()) == ledger_of(community)


def test_a_parked_one_stays_parked_until_somebody_says_otherwise(
    community: Community, views: Views, db: sqlite3.Connection
) -> None:
    """Given a parked read model that was mended, when it is run again, then it waits; when a retry is asked for, it catches up."""
    begun(community, views, Stumbling(over={101})).catch_up()
    mended = begun(community, views, Stumbling())
    mended.catch_up()
    assert position_of(db, "stumbling") == 100

    views.wish("stumbling", "retry")
    mended.catch_up()

    assert standing(db, "stumbling").parked is None
    assert position_of(db, "stumbling") == community.log.head().size


def test_a_retry_of_what_still_fails_parks_again(
    community: Community, views: Views, db: sqlite3.Connection
) -> None:
    """Given a parked read model that is not mended, when a retry is asked for, then it is parked before the same event."""
    runner = begun(community, views, Stumbling(over={101}))
    runner.catch_up()

    views.wish("stumbling", "retry")
    runner.catch_up()

    parked = standing(db, "stumbling")
    assert parked.parked is not None
    assert (parked.position, parked.parked.position) == (100, 101)


def test_skipping_leaves_out_one_event_and_says_so(
    community: Community, views: Views, db: sqlite3.Connection
) -> None:
    """Given two events that stop a read model, when it is told to skip twice, then it goes on without both, and its standing tells."""
    runner = begun(community, views, Stumbling(over={101, 150}))
    runner.catch_up()

    for stopped in (101, 150):
        parked = standing(db, "stumbling").parked
        assert parked is not None
        assert parked.position == stopped
        views.wish("stumbling", "skip")
        runner.catch_up()

    end = community.log.head().size
    assert standing(db, "stumbling").skipped == (101, 150)
    assert db.execute("SELECT count(*) FROM stumbling_note").fetchone() == (end - 2,)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ("position INTEGER PRIMARY KEY, case_id TEXT CHECK (position < 101)", "CHECK constraint"),
        ("other INTEGER PRIMARY KEY", "uses 1, and there are 2"),
    ],
)
def test_rows_that_their_table_refuses_park_whoever_gave_them(
    community: Community, views: Views, db: sqlite3.Connection, columns: str, told: str
) -> None:
    """Given rows that do not go into their table, then their read model is parked, and says what SQLite said."""
    wrong = changed(Stumbling(), tables=(Table("stumbling_note", columns),))

    begun(community, views, wrong, Ledger()).catch_up()

    parked = standing(db, "stumbling").parked
    assert parked is not None
    assert told in parked.error
    assert position_of(db, "ledger") == community.log.head().size


def test_what_the_machine_refuses_parks_nobody(
    community: Community, views: Views, db: sqlite3.Connection
) -> None:
    """Given no room for more rows, when a step fails, then nothing is parked or half done, and with room it goes on."""
    runner = begun(community, views, Ledger())
    pages = views.db.execute("PRAGMA page_count").fetchone()[0]
    views.db.execute(f"PRAGMA max_page_count = {pages + 2:d}")

    with pytest.raises(ViewsError) as caught:
        runner.catch_up()

    assert caught.value.code == "views-full"
    assert standing(db, "ledger").parked is None
    stands = position_of(db, "ledger")
    assert db.execute("SELECT count(*) FROM ledger_entry").fetchone() == (stands,)
    views.db.execute(f"PRAGMA max_page_count = {2**30:d}")
    assert runner.begin()
    runner.catch_up()
    assert held(views.db, Ledger()) == ledger_of(community)


# -- building beside --------------------------------------------------------------------------------------------------------


def test_the_old_one_serves_and_goes_on_while_the_new_one_is_built(
    community: Community, views: Views, db: sqlite3.Connection
) -> None:
    """Given a rebuild under way, when cases live on, then what serves is never behind or empty, until the new one takes its place."""
    runner = begun(community, views, Ledger(), page=7)
    runner.catch_up()
    views.wish("ledger", "rebuild")
    steps = 0
    while runner.step():
        steps += 1
        if steps < 30:
            community.collect()
            runner.step()
        serving = standing(db, "ledger")
        counted = db.execute("SELECT count(*) FROM ledger_entry").fetchone()
        assert counted == (serving.position,)
        assert serving.position >= community.log.head().size - 7

    assert steps > 10
    served = standing(db, "ledger")
    assert (served.generation, served.differed) == (2, 0)
    assert len(standings(db)) == 1
    assert held(views.db, Ledger()) == ledger_of(community)
    tables = db.execute(
        "SELECT count(*) FROM sqlite_schema WHERE name LIKE '%\\_\\_next%' ESCAPE '\\'"
    )
    assert tables.fetchone() == (0,)


def test_rebuilding_mends_and_counts_what_was_wrong(
    community: Community, views: Views, db: sqlite3.Connection
) -> None:
    """Given rows that somebody changed, when they are rebuilt, then they are right again, and the standing says how many differed."""
    runner = begun(community, views, Ledger())
    runner.catch_up()
    views.db.execute("UPDATE ledger_entry SET type = 'forged' WHERE position = 42")
    views.db.execute("DELETE FROM ledger_entry WHERE position = 43")

    views.wish("ledger", "rebuild")
    runner.catch_up()

    assert standing(db, "ledger").differed == 3
    assert held(views.db, Ledger()) == ledger_of(community)


def test_a_new_one_that_fails_leaves_the_old_one_in_service(
    community: Community, views: Views, db: sqlite3.Connection
) -> None:
    """Given a read model that can no longer take an old event, when it is rebuilt, then the copy is parked and the old one goes on."""
    model = Stumbling()
    runner = begun(community, views, model)
    runner.catch_up()
    model.over = {101}
    views.wish("stumbling", "rebuild")
    runner.catch_up()
    community.collect()
    runner.catch_up()

    assert standing(db, "stumbling", Slot.BUILDING).parked is not None
    assert position_of(db, "stumbling") == community.log.head().size

    model.over = set()
    views.wish("stumbling", "rebuild")
    runner.catch_up()
    assert standing(db, "stumbling").generation == 2
    assert len(standings(db)) == 1


def test_a_new_one_takes_the_place_of_one_that_is_parked(
    community: Community, views: Views, db: sqlite3.Connection
) -> None:
    """Given a parked read model that was mended, when it is rebuilt, then the new one serves once it is at the end of the log."""
    begun(community, views, Stumbling(over={101})).catch_up()
    runner = begun(community, views, Stumbling())

    views.wish("stumbling", "rebuild")
    runner.catch_up()

    served = standing(db, "stumbling")
    assert (served.parked, served.differed, served.generation) == (None, None, 2)
    assert served.position == community.log.head().size


# -- what the runner finds --------------------------------------------------------------------------------------------------


def test_another_revision_is_built_anew(
    community: Community, views: Views, db: sqlite3.Connection
) -> None:
    """Given rows of revision 1, when a program runs that makes others, then its rows are built anew, the others' stay."""
    begun(community, views, Ledger(), Stumbling()).catch_up()
    wider = Table("stumbling_note", "position INTEGER PRIMARY KEY, case_id TEXT", ("case_id",))

    runner = begun(community, views, Ledger(), changed(Stumbling(), revision=2, tables=(wider,)))

    assert position_of(db, "stumbling") == 0
    assert position_of(db, "ledger") == community.log.head().size
    runner.catch_up()
    found = standing(db, "stumbling")
    assert (found.revision, found.generation, found.position) == (2, 2, position_of(db, "ledger"))


def test_what_no_program_knows_any_more_is_dropped(
    community: Community, views: Views, db: sqlite3.Connection
) -> None:
    """Given rows of a read model that was given up, when a program without it runs, then they are gone."""
    begun(community, views, Ledger(), Stumbling()).catch_up()

    begun(community, views, Ledger())

    assert [each.name for each in standings(db)] == ["ledger"]
    tables = db.execute("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'stumbling%'")
    assert tables.fetchone() == (0,)


def test_rows_of_another_log_are_dropped(views: Views, db: sqlite3.Connection) -> None:
    """Given the read models of one store, when they are run over another, then nothing of the first is left."""
    first, second = founded(), founded()
    first.collect()
    begun(first, views, Ledger()).catch_up()

    begun(second, views, Ledger()).catch_up()

    assert position_of(db, "ledger") == second.log.head().size
    assert held(views.db, Ledger()) == ledger_of(second)


@pytest.mark.parametrize("lost", [1, 40])
def test_rows_ahead_of_the_log_are_built_anew(
    community: Community, views: Views, db: sqlite3.Connection, lost: int
) -> None:
    """Given a log that lost its end, when other events come in its place or not, then rows of what was lost do not stay."""
    begun(community, views, Ledger()).catch_up()
    end = community.log.head().size
    shorter = founded()
    shorter.log = cut(community.log, end - lost)

    begun(shorter, views, Ledger()).catch_up()

    assert (position_of(db, "ledger"), standing(db, "ledger").generation) == (end - lost, 2)
    assert held(views.db, Ledger()) == ledger_of(shorter)


def cut(log: MemoryLog, size: int) -> MemoryLog:
    """A log as it was when it had so many events."""
    earlier = MemoryLog(log_id=log.log_id)
    for stored in log.read(0, size):
        earlier._events.append(stored)  # noqa: SLF001 - a log that lost its end, as no method makes it
        earlier._streams.setdefault(stored.leaf.stream, []).append(stored)  # noqa: SLF001 - likewise
    return earlier


def test_only_one_runs_the_read_models(community: Community, tmp_path: Path) -> None:
    """Given one that runs the read models of a file, then another does not begin until the first lets go."""
    with open_views(tmp_path / "views") as first, open_views(tmp_path / "views") as second:
        begun(community, first, Ledger()).catch_up()
        waiting = Runner(community.log, second, (Ledger(),))

        assert not waiting.begin()
        first.let_go()
        assert waiting.begin()
        assert not waiting.step()
