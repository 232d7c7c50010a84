"""The board shows each case as it stands, in every order, to whom it may; filters and searches leave out nothing else."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache, partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.domain.register.knowledge import Sight
from casesys.domain.vocabulary import Stage, Status, Track
from casesys.projections import board_queries
from casesys.projections.board import BOARD
from casesys.projections.board_queries import BoardFilter, BoardRow, Order
from casesys.projections.contract import Value
from casesys.projections.paging import Page
from casesys.projections.walking import LOOKED_AT_MOST
from tests.community import STOCK, Community, founded, hire
from tests.projections.built import everything, plan
from tests.projections.heyuan import heyuan
from tests.projections.seasons import season
from tests.projections.served import served
from tests.projections.truths import (
    Truth,
    board,
    board_page,
    board_shows_what_may_be_known,
    truth_of,
)


@cache
def lived() -> Truth:
    """Many lives, several grids, levels and charters."""
    return truth_of(season().log)


@cache
def all_rows() -> list[BoardRow]:
    """All that the secretary sees of them, which is all."""
    return board(lived(), "secretary", season().now)


def test_board_equals_what_the_log_says() -> None:
    """Given a season, then everybody sees each case that they may know of as replay says that it stands, and no other."""
    assert len(all_rows()) == len(lived().cases)
    board_shows_what_may_be_known(lived(), season().now)


@pytest.mark.parametrize("upto", range(150, 450, 25))
def test_board_follows_the_log(upto: int) -> None:
    """Given a season that is not over, then the board is right about it."""
    board_shows_what_may_be_known(truth_of(heyuan().log, upto), heyuan().now)


# -- orders ---------------------------------------------------------------------------------------------------------------------

KEYS: dict[Order, Callable[[BoardRow], float]] = {
    Order.NEWEST: lambda row: -row.collected_at.timestamp(),
    Order.OLDEST: lambda row: row.collected_at.timestamp(),
    Order.CHANGED: lambda row: -row.position,
    Order.DUE: lambda row: 0 if row.due_at is None else row.due_at.timestamp(),
}


@pytest.mark.parametrize("order", Order)
def test_cases_come_in_the_order_asked_for(order: Order) -> None:
    """Given an order, then all cases come in it; by their deadlines, all that have one."""
    rows = board(lived(), "secretary", season().now, order=order)

    assert rows == sorted(rows, key=KEYS[order])
    expected = [row for row in all_rows() if order is not Order.DUE or row.due_at is not None]
    assert {row.case_id for row in rows} == {row.case_id for row in expected}


def test_a_missed_deadline_is_overdue() -> None:
    """Given a case whose deadline passes, then it is overdue from that instant on, not before."""
    community = founded()
    case = community.collect()
    truth = truth_of(community.log)
    (row,) = board(truth, "secretary", community.now)
    assert row.due_at is not None

    assert (row.case_id, row.clock, row.overdue) == (case, "accept", False)
    assert board(truth, "secretary", row.due_at, overdue=True) == []
    (late,) = board(truth, "secretary", row.due_at + timedelta(seconds=1), overdue=True)
    assert late.overdue


# -- filters --------------------------------------------------------------------------------------------------------------------


def choices(name: str) -> st.SearchStrategy[object]:
    """What a filter may ask of a field: nothing, or a value that some case has."""
    values = {getattr(row, name) for row in all_rows()} - {None}
    return st.sampled_from((None, *sorted(values)))


@st.composite
def filters(draw: st.DrawFn) -> BoardFilter:
    """Filters of one or a few conditions."""
    plain = ("direct", "priority", "case_type", "category", "result", "visibility", "procedure")
    some = {
        "open": st.sampled_from((None, True, False)),
        "overdue": st.sampled_from((None, True, False)),
        "stage": st.sampled_from((None, *Stage)),
        "status": st.sampled_from((None, *Status)),
        "track": st.sampled_from((None, *Track)),
        "grid": st.sampled_from((None, "community", "grid-1", "grid-2", "grid-21", "nowhere")),
        "lead": choices("lead"),
        "collected_since": choices("collected_at"),
        "collected_until": choices("collected_at"),
        **{name: choices(name) for name in plain},
    }
    names = draw(st.sets(st.sampled_from(sorted(some)), min_size=1, max_size=3))
    order = draw(st.sampled_from((Order.NEWEST, Order.OLDEST, Order.CHANGED)))
    return BoardFilter(**{name: draw(some[name]) for name in sorted(names)}, order=order)


def meets(row: BoardRow, wanted: BoardFilter) -> Iterator[bool]:
    """Each condition of a filter, asked of a case."""
    for name in ("stage", "status", "track", "procedure", "direct", "priority", "case_type"):
        yield getattr(wanted, name) in {None, getattr(row, name)}
    for name in ("result", "visibility", "lead", "overdue"):
        yield getattr(wanted, name) in {None, getattr(row, name)}
    yield wanted.open in {None, row.stage != "closed"}
    yield wanted.category in {None, row.category, STOCK.charter.categories[row.category].parent}
    yield wanted.grid is None or wanted.grid in row.path
    yield wanted.collected_since is None or wanted.collected_since <= row.collected_at
    yield wanted.collected_until is None or row.collected_at < wanted.collected_until


@given(wanted=filters())
def test_a_filter_leaves_the_cases_that_meet_it(wanted: BoardFilter) -> None:
    """Given any conditions, then the cases that meet all of them are left, no others, in the order asked for."""
    fields = {name: getattr(wanted, name) for name in wanted.__struct_fields__}

    rows = board(lived(), "secretary", season().now, **fields)

    assert rows == sorted(rows, key=KEYS[wanted.order])
    left = [row.case_id for row in rows]
    assert sorted(left) == sorted(row.case_id for row in all_rows() if all(meets(row, wanted)))


def test_a_category_means_those_below_it() -> None:
    """Given a category of the upper level, then the cases of its own and of those below it are found."""
    community = founded()
    for category in ("courtyard_lamp", "lift_failure"):
        community.collect(category)
    truth = truth_of(community.log)

    (row,) = board(truth, "secretary", community.now, category="lighting")
    assert row.category == "courtyard_lamp"


@pytest.mark.parametrize(
    ("party", "found"), [("aunt-liu", 2), ("zhang-san", 1), ("property_company", 1), ("nobody", 0)]
)
def test_a_party_is_found_by_its_id(party: str, found: int) -> None:
    """Given an initiator, a party that was added or who works on a case, then the cases that they have to do with are found."""
    community = founded()
    case = community.collect(initiator="aunt-liu")
    community.do(case, "add-party", "grid_worker", party="zhang-san", role="co_reporter")
    community.collect(initiator="aunt-liu")
    community.do(case, "accept-case", "duty_officer")
    community.do(case, "triage-case", "duty_officer", to="direct", reason="…")
    community.do(case, "dispatch-case", "dispatcher", lead="property_company", reason="…")
    truth = truth_of(community.log)

    assert len(board(truth, "secretary", community.now, party=party)) == found
    leads = board(truth, "secretary", community.now, lead=party)
    assert len(leads) == (party == "property_company")
    assert len(board(truth, "secretary", community.now, party=party, query="路灯")) == found


def test_who_reports_is_not_found_by_their_id() -> None:
    """Given a report, which is shielded, or an initiator who stays anonymous, then nobody finds by an id whose case it is."""
    community = founded()
    report = community.collect("conduct", "反映的问题", case_type="report", initiator="aunt-liu")
    community.do(report, "add-party", "secretary", party="zhang-san", role="co_reporter")
    community.collect(initiator="aunt-liu", anonymous=True)
    truth = truth_of(community.log)

    for party in ("aunt-liu", "zhang-san"):
        assert board(truth, "secretary", community.now, party=party) == []


# -- searching ------------------------------------------------------------------------------------------------------------------


@cache
def searched() -> tuple[Community, Truth, dict[str, str]]:
    """Some cases with their titles, one of them called what another is."""
    community = founded()
    cases = {
        "lamp": community.collect(title="3号楼前路灯不亮", source_ref="12345-0001"),
        "lift": community.collect("lift_addition", "5号楼加装电梯", grid="grid-1"),
        "bench": community.collect("courtyard", "A bench for case-01, please", grid="grid-2"),
        "amended": community.collect("courtyard", "长椅", grid="grid-2"),
        "secret": community.collect("conduct", "反映路灯承包人", case_type="report"),
    }
    community.do(cases["amended"], "amend-case", "grid_worker", title="凉亭漏雨")
    community.do(cases["amended"], "reclassify-case", "duty_officer", category="drainage")
    return community, truth_of(community.log), cases


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("路灯", ["secret", "lamp"]),
        ("电梯", ["lift"]),
        ("lamp", ["lamp"]),
        ("courtyard lamps", ["lamp"]),
        ("照明", ["lamp"]),
        ("roads", ["amended", "bench"]),
        ("长椅", []),
        ("凉亭", ["amended"]),
        ("flooding", ["amended"]),
        ("民情诉求 电梯", ["lift"]),
        ("case-01", ["lamp", "bench"]),
        (" 12345-0001 ", ["lamp"]),
        ("grid-2", ["amended", "bench"]),
        ("没有", []),
        ("?", []),
        ("\ud800", []),
    ],
)
def test_a_search_finds_what_public_words_say(query: str, found: list[str]) -> None:
    """Given a query in Chinese or English, then the cases that it names come first, then those with its words, the newest first."""
    community, truth, cases = searched()

    rows = board(truth, "secretary", community.now, query=query)

    assert [row.case_id for row in rows] == [cases[name] for name in found]


def test_a_search_finds_only_what_may_be_known() -> None:
    """Given somebody who may not know of a report, or only looks into one grid, then they find no more by searching."""
    community, truth, cases = searched()
    held = (Sight("grid_worker", "grid-1"),)
    pages = board_page

    by_worker = board(truth, "grid_worker", community.now, query="路灯")
    assert [row.case_id for row in by_worker] == [cases["lamp"]]
    for query in ("路灯", cases["lamp"], "12345-0001"):
        wanted = BoardFilter(query=query)
        page = pages(truth.db, held, wanted, now=community.now, after=None, limit=9)
        assert page.items == ()


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_a_search_gives_each_case_once(limit: int) -> None:
    """Given pages of any size, then what a query names is on the first of them only."""
    community, truth, cases = searched()
    held, wanted = (Sight("secretary", "community"),), BoardFilter(query="case-01")

    rows = everything(
        lambda key: board_page(truth.db, held, wanted, now=community.now, after=key, limit=limit)
    )

    assert [row.case_id for row in rows] == [cases["lamp"], cases["bench"]]


# -- who sees what, and at what cost --------------------------------------------------------------------------------------------


def test_somebody_for_one_grid_or_type_sees_no_more() -> None:
    """Given mandates for a grid, a type or a category, then only such cases are seen; two mandates show no case twice."""
    community = founded()
    for grid, category in (("grid-1", "courtyard_lamp"), ("grid-2", "lift_failure")):
        community.collect(category, grid=grid)
    truth = truth_of(community.log)

    def seen(*held: Sight) -> list[str]:
        page = board_page(truth.db, held, BoardFilter(), now=community.now, after=None, limit=9)
        return [row.case_id for row in page.items]

    worker = Sight("grid_worker", "grid-1")
    assert seen(worker) == ["case-01"]
    assert seen(worker, Sight("grid_lead", "community")) == ["case-02", "case-01"]
    assert seen(Sight("grid_lead", "community", categories=("lift_failure",))) == ["case-02"]
    assert seen(Sight("grid_lead", "community", case_types=("report",))) == []
    assert seen(Sight("operator", "community")) == seen() == []


def test_a_case_made_confidential_is_seen_no_more() -> None:
    """Given a grid worker who sees a case, when it becomes confidential, then neither list nor search shows it to them."""
    community = founded()
    hire(community, "newcomer", "新人", "grid_worker")
    case = community.collect()
    assert board(truth_of(community.log), "newcomer", community.now)

    community.do(case, "change-visibility", "secretary", level="confidential")

    truth = truth_of(community.log)
    assert board(truth, "newcomer", community.now) == []
    assert board(truth, "newcomer", community.now, query="路灯") == []


@pytest.mark.parametrize("query", board_queries._LISTED, ids=str)  # noqa: SLF001 - whatever is asked
def test_a_page_is_read_off_an_index_in_order(query: tuple[Order, bool, bool]) -> None:
    """Given any order, then SQLite finds the page in an index, and sorts and scans nothing."""
    db = served(founded().log, BOARD)
    given = {"place": "grid-1", "open": 1, "key": 0, "born": 0, "now": "", "until": 0}

    steps = plan(db, board_queries._LISTED[query], given)  # noqa: SLF001 - the statement itself

    assert "SCAN" not in steps
    assert "TEMP B-TREE" not in steps
    column = {Order.CHANGED: "position", Order.DUE: "due_at"}.get(query[0], "collected_at")
    assert ("(place=? AND open=?" if query[1] else "(place=?") in steps
    assert f"({column},born)" in steps


def test_what_is_rare_is_found_however_far_away() -> None:
    """Given more cases than are looked at for one page, then one that differs is found behind all others, by list and by search."""
    community = founded()
    rare, usual = community.collect("lift_failure"), community.collect()
    db = truth_of(community.log).db
    copied(db, usual, LOOKED_AT_MOST + 10)
    held = (Sight("grid_worker", "grid-3"),)

    for query in (None, "路灯"):
        wanted = BoardFilter(category="lift_failure", query=query)
        ask = partial(board_page, db, held, wanted, now=community.now, limit=2)
        first = ask(after=None)
        assert first.items == ()
        assert first.following is not None
        assert [row.case_id for row in everything(partial(_behind, ask))] == [rare]


def _behind(ask: Callable[..., Page[BoardRow]], key: tuple[Value, ...] | None) -> Page[BoardRow]:
    return ask(after=key)


def copied(db: sqlite3.Connection, case_id: str, times: int) -> None:
    """Put a case on the board so many times more, each entered later."""
    (born,) = db.execute("SELECT born FROM board WHERE case_id = ?", (case_id,)).fetchone()
    for table in ("board", "board_place"):
        rows = db.execute(f"SELECT * FROM {table} WHERE born = ?", (born,)).fetchall()  # noqa: S608 - our own names
        places = ", ".join("?" * len(rows[0]))
        copies = ((born + n, *row[1:]) for n in range(1, times + 1) for row in rows)
        db.executemany(f"INSERT INTO {table} VALUES ({places})", copies)  # noqa: S608 - our own names
    (words,) = db.execute("SELECT words FROM board_words WHERE rowid = ?", (born,)).fetchone()
    copies = ((born + n, words) for n in range(1, times + 1))
    db.executemany("INSERT INTO board_words(rowid, words) VALUES (?, ?)", copies)


def test_naming_a_case_scans_nothing() -> None:
    """Given a query that may be the id of a case or its number in its source, then both are looked up."""
    statement = board_queries._NAMED  # noqa: SLF001 - the statement itself
    steps = plan(served(founded().log, BOARD), statement, {"query": "case-01", "now": ""})

    assert "SCAN" not in steps
