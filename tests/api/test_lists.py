"""The lists, asked of a real server: paging, cursors, positions, bad input."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice, pairwise
from time import monotonic

import httpx
import pytest

from casesys.api.figures import LISTINGS as OF_FIGURES
from casesys.api.listings import LISTINGS, OF_REGISTER
from casesys.domain.register import commands as r
from tests.api.plain import PLAIN
from tests.api.town import Town, served
from tests.community import OPERATOR, stock_charter

PATHS = {
    each.name: each.path.format(figure="cases", metric="response_rate")
    for each in (*LISTINGS, *OF_FIGURES, OF_REGISTER[0])
}
"""An address of every list there is."""

SECRETARY = "secretary"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A community with a dozen cases, served; tests only add to it."""
    with served(tmp_path_factory.mktemp("town")) as town:
        for number in range(12):
            town.community.wait(minutes=1)
            title = f"{number}号楼前路灯不亮"
            town.community.collect(title=title, grid=f"grid-{number % 3 + 1}")
        yield town


@contextmanager
def moved_back(town: Town, model: str) -> Iterator[None]:
    """Let a read model say that it is behind the log, as if nobody ran it."""
    statement = "UPDATE projections SET position = position + ? WHERE name = ?"
    with town.views.transaction() as db:
        db.execute(statement, (-1, model))
    yield
    with town.views.transaction() as db:
        db.execute(statement, (1, model))


PAGES = 30
"""How many pages of a list are read at most: small ones of a long list are many."""


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("limit", [1, 7, 200])
def test_every_list_gives_each_item_once(town: Town, name: str, limit: int) -> None:
    """Given any list, when it is read on in pages of any size, it gives what one large page gives."""
    path = f"/v1{PATHS[name]}"
    whole = town.told(path, SECRETARY, limit=200)["items"]
    pages = islice(town.pages(path, SECRETARY, limit=limit), PAGES)
    items = [item for page in pages for item in page]
    read = min(len(whole), len(items))
    assert read >= min(len(whole), PAGES * limit)
    assert items[:read] == whole[:read]
    assert len({repr(item) for item in items}) == len(items)


@pytest.mark.parametrize("order", ["newest", "oldest", "changed"])
def test_what_is_added_meanwhile_neither_shifts_nor_doubles(town: Town, order: str) -> None:
    """Given that cases are added between two pages, when reading goes on, each case that was there stands in it exactly once."""
    there = {item["case_id"] for item in town.items("/v1/board", SECRETARY)}
    found: list[str] = []
    path: str | None = f"/v1/board?limit=3&order={order}"
    while path is not None:
        answer = town.get(path, SECRETARY).json()
        found += [item["case_id"] for item in answer["items"]]
        path = answer["next"]
        town.community.wait(minutes=1).collect()
        town.settle()
        assert len(found) < 1_000
        if order != "newest" and len(found) > len(there):
            break
    assert there <= set(found)
    assert len(found) == len(set(found))


def test_the_next_page_stands_in_the_link_header(town: Town) -> None:
    """Given a page that is not the last, its `Link` and its `next` are the same address; the last page has neither."""
    town.settle()
    first = town.get("/v1/board", SECRETARY, limit=1, fields="case_id")
    assert first.headers["link"] == f'<{first.json()["next"]}>; rel="next"'
    assert "fields=case_id" in first.json()["next"]
    last = town.get("/v1/board", SECRETARY, query="nothing bears this name")
    assert last.json()["next"] is None
    assert "link" not in last.headers


def test_only_the_fields_asked_for(town: Town) -> None:
    """Given that some fields are asked for, the items have just those."""
    items = town.told("/v1/board", SECRETARY, fields="title,case_id")["items"]
    assert {tuple(sorted(item)) for item in items} == {("case_id", "title")}


def test_every_answer_says_which_position_it_tells_of(town: Town) -> None:
    """Given an answer, its position stands in header and body; and a question for that position is answered at once."""
    end = town.community.log.head().size
    told = town.told("/v1/board", SECRETARY)
    assert told["position"] == end
    again = town.get("/v1/board", SECRETARY, min_position=end)
    assert again.headers["casesys-position"] == str(end)
    assert again.headers["cache-control"] == "no-store"


def test_whoever_wrote_reads_their_own_write(town: Town) -> None:
    """Given a command's answer, when a list is asked for its position, what was written stands in it."""
    for _ in range(20):
        case_id = town.community.collect()
        position = town.community.log.head().size
        answer = town.get("/v1/board", SECRETARY, min_position=position, limit=1, order="changed")
        assert answer.json()["items"][0]["case_id"] == case_id


def test_a_read_model_that_is_behind_is_not_waited_for_for_ever(town: Town) -> None:
    """Given a read model that is behind, when a list is asked for a later position, two seconds later it says to try again."""
    town.settle()
    with moved_back(town, "board"):
        began = monotonic()
        end = town.community.log.head().size
        answer = town.get("/v1/board", SECRETARY, min_position=end)
        town.problem(answer, 503, "not-there-yet")
        assert int(answer.headers["retry-after"]) > 0
        assert 1.5 < monotonic() - began < 6


def test_a_position_that_the_log_does_not_have_is_not_waited_for(town: Town) -> None:
    """Given a position behind the end of the log, when a list is asked for it, it is refused at once."""
    for path in ("/v1/board", "/v1/bulletin", "/v1/statistics"):
        answer = town.get(path, SECRETARY, min_position=10**9)
        town.problem(answer, 400, "position-ahead")


def test_cases_are_the_board(town: Town) -> None:
    """Given the two addresses of the board, they give the same."""
    assert town.told("/v1/cases", SECRETARY) == town.told("/v1/board", SECRETARY) | {
        "next": town.get("/v1/cases", SECRETARY).json()["next"]
    }


def test_search_finds_in_both_languages(town: Town) -> None:
    """Given cases with Chinese titles, when words of either language are searched for, they are found."""
    case_id = town.community.collect(title="2号楼电梯困人", category="lift_failure")
    for query in ("电梯", "lift", case_id):
        found = town.items("/v1/board", SECRETARY, query=query)
        assert case_id in {item["case_id"] for item in found}, query


def test_deadlines_come_soonest_first(town: Town) -> None:
    """Given open cases, their clocks are listed in the order in which they run out."""
    items = town.items("/v1/deadlines", SECRETARY, limit=5)
    assert items
    assert all(one["due_at"] <= other["due_at"] for one, other in pairwise(items))


def test_the_worklist_says_why(town: Town) -> None:
    """Given a case that waits to be accepted, it stands on the worklist of who may accept it, with the reason."""
    items = town.items("/v1/worklist", "duty_officer")
    commands = {task["command"] for item in items for task in item["tasks"]}
    assert "accept-case" in commands
    assert town.items("/v1/worklist", "volunteer") == []


def test_the_audit_trail_tells_who_did_what(town: Town) -> None:
    """Given a case, its events say who did what under which clause, and filters hold."""
    case_id = town.community.collect(by="grid_worker")
    (event,) = town.items("/v1/audit/events", SECRETARY, case_id=case_id)
    assert event["actor_id"] == "grid_worker"
    assert event["command"] == "collect-case"
    assert event["clause"]
    assert town.items("/v1/audit/events", SECRETARY, case_id=case_id, actor_id="moderator") == []


def test_a_case_nobody_accepted_goes_by_the_charter_in_force_then(town: Town) -> None:
    """Given a case that is not accepted, when a charter is installed, then its file as of each position is the one served there."""
    community = town.community
    case_id = community.collect(grid="grid-2")
    seen = {}
    for version in (None, "2026.7", "2026.8"):
        if version is not None:
            community.wait(minutes=1)
            document = stock_charter({'version = "2026.1"': f'version = "{version}"'})
            community.register(r.InstallCharter(grid_id="grid-2", document=document))
        file = town.told(f"/v1/cases/{case_id}", SECRETARY)
        seen[file["position"]] = file

    assert [f["case"]["charter"]["version"] for f in seen.values()] == [
        "2026.1",
        "2026.7",
        "2026.8",
    ]
    for position, then in seen.items():
        asked = town.told(f"/v1/cases/{case_id}", SECRETARY, position=position)
        history = town.told(f"/v1/cases/{case_id}/history", SECRETARY, position=position)
        for name in ("case", "version", "position", "deadlines"):
            assert asked[name] == then[name]
        assert history["deadlines"] == then["deadlines"]


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("type", "case-acepted", "case-accepted.v1"),
        ("type", "case-accepted.v9", "case-accepted"),
        ("command", "AcceptCase", "accept-case"),
        ("kind", "api_key", "api-key"),
        ("kind", "cases", "case"),
    ],
)
def test_a_filter_that_nothing_can_meet_is_refused(
    town: Town, name: str, value: str, accepted: str
) -> None:
    """Given a name that the catalogue does not have, when the trail is asked for it, then it is refused, with those that there are."""
    answer = town.get("/v1/audit/events", OPERATOR, **{name: value})

    told = town.problem(answer, 400, "invalid-query")
    assert accepted in told["accepted"]


def test_an_event_is_found_by_its_name_as_it_is_shown(town: Town) -> None:
    """Given the events of the trail, when they are filtered by what they show, then they are found, those of keys as well."""
    (first,) = town.told("/v1/audit/events", OPERATOR, kind="api-key", limit=1)["items"]
    versioned = {"type": first["type"]}
    of_all = {"type": first["type"].partition(".")[0], "client_id": first["client_id"]}
    for wanted in (versioned, of_all, {"mandate_id": first["mandate_id"]}):
        found = town.items("/v1/audit/events", OPERATOR, **wanted)
        assert first in found
        assert all(item[k] == v for item in found for k, v in wanted.items() if k != "type")
    assert town.items("/v1/audit/events", OPERATOR, on_behalf_of="nobody") == []


def test_the_register_as_it_was(town: Town) -> None:
    """Given an instant before the founding, the register held nothing; now it holds the community's grids."""
    names = {item["subject"] for item in town.items("/v1/register/grid", SECRETARY)}
    assert {"community", "grid-1"} <= names
    assert town.items("/v1/register/grid", SECRETARY, at="2020-01-01T00:00:00Z") == []


def test_what_the_register_said_at_a_position_is_said_for_ever(town: Town) -> None:
    """Given an answer as of a position, when a mandate is given from before it, then the answer stays; what is known now has it."""
    community = town.community
    known = community.log.head().size
    asked = {"position": known, "of": "volunteer"}
    then = town.told("/v1/register/mandate", SECRETARY, **asked)
    given = community.register(
        r.GiveMandate(
            person_id="volunteer",
            mandate_id="earlier",
            role="volunteer",
            grid_id="grid-1",
            since=community.now,
        )
    )
    community.wait(days=1)

    again = town.told("/v1/register/mandate", SECRETARY, **asked)

    assert again["items"] == then["items"]
    at = (community.now - timedelta(days=1)).isoformat()
    now = town.items("/v1/register/mandate", SECRETARY, of="volunteer/earlier", at=at)
    assert [item["position"] for item in now] == [given.first]
    first = given.first
    (event,) = town.items("/v1/audit/events", OPERATOR, first=first, last=first)
    assert [item["event_id"] for item in now] == [event["event_id"]]
    answer = town.get("/v1/register/mandate", SECRETARY, position=given.first + 1000)
    town.problem(answer, 400, "position-ahead")


def test_behind_a_figure_stand_its_cases(town: Town) -> None:
    """Given the figures, when the cases behind one are listed, they are as many as it says."""
    figures = town.told("/v1/statistics", SECRETARY)["figures"]
    assert figures["cases"] == len(town.items("/v1/statistics/figures/cases/cases", SECRETARY))
    for code, count in figures["stages"].items():
        behind = town.items("/v1/statistics/figures/stages/cases", SECRETARY, code=code)
        assert len(behind) == count


def test_metrics_have_their_clauses(town: Town) -> None:
    """Given the charter's metrics, each says by which clause it is counted."""
    metrics = town.told("/v1/statistics/metrics", SECRETARY)["metrics"]
    assert metrics
    assert all(metric["clauses"] and metric["unit"] for metric in metrics)


def test_the_bulletin_takes_no_key(town: Town) -> None:
    """Given nobody's key, the bulletin can be read; it names nobody."""
    items = town.items("/v1/bulletin", None)
    assert items
    assert "grid_worker" not in repr(items)


# -- bad input ----------------------------------------------------------------------------------------------------------------

BAD: dict[str, Callable[[str], str]] = {
    "unknown": lambda _: "nmae=x",
    "twice": lambda _: "limit=3&limit=4",
    "none": lambda _: "limit=0",
    "too many": lambda _: "limit=201",
    "offset": lambda _: "offset=10",
    "no number": lambda _: "limit=many",
    "empty": lambda _: "limit=",
    "broken UTF-8": lambda _: "fields=%ff",
    "unknown field": lambda _: "fields=password",
    "negative": lambda _: "min_position=-1",
    "huge": lambda _: f"min_position={10**30}",
    "made up": lambda _: "cursor=AAAA",
    "not base64": lambda _: "cursor=%2F%2F%F0%9F%92%A5",
    "injection": lambda _: "cursor=1'%20OR%20'1'='1",
}


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("bad", BAD)
def test_a_bad_query_is_refused_by_every_list(town: Town, name: str, bad: str) -> None:
    """Given a query that is not as documented, every list refuses it, and nothing else happens."""
    query = BAD[bad](name)
    answer = town.get(f"/v1{PATHS[name]}?{query}", SECRETARY)
    town.problem(answer, 400, "cursor-not-valid" if "cursor" in query else "invalid-query")


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/v1/board", "/v1/board?order=oldest"),
        ("/v1/board", "/v1/board?open=true"),
        ("/v1/board", "/v1/cases"),
        ("/v1/board", "/v1/deadlines"),
        ("/v1/register/person", "/v1/register/mandate"),
    ],
)
def test_a_cursor_of_another_query_is_refused(town: Town, path: str, other: str) -> None:
    """Given the cursor of one query, when another is asked with it, it is refused; page size and fields may differ."""
    town.settle()
    following = town.get(path, OPERATOR, limit=1).json()["next"] or ""
    if not following:
        following = town.get(path, SECRETARY, limit=1).json()["next"]
    cursor = httpx.URL(following).params["cursor"]
    assert town.get(path, SECRETARY, cursor=cursor, limit=9).status_code == 200
    answer = town.get(httpx.URL(other).copy_merge_params({"cursor": cursor}).raw_path.decode())
    town.problem(answer, 400, "cursor-not-valid")


def test_unknown_kinds_are_not_there(town: Town) -> None:
    """Given a kind of the register or a figure that there is not, it is not there; the figures that are there are named."""
    told = town.problem(
        town.get("/v1/statistics/figures/nothing/cases", SECRETARY), 404, "unknown-path"
    )
    assert "cases" in told["accepted"]
    assert town.get("/v1/register/password", SECRETARY).status_code in {404, 405}


def test_every_kind_of_the_register_is_a_list(town: Town) -> None:
    """Given a founded community, each kind of fact that it has can be listed, and each fact says of which kind it is."""
    for listing in OF_REGISTER:
        kind = listing.path.rpartition("/")[2]
        items = town.items(f"/v1{listing.path}", OPERATOR)
        assert {item["fact"]["is"] for item in items} <= {kind}
        assert items or kind in {"intake-point", "roster"}, kind


def test_every_address_that_reads_asks_for_a_key(town: Town) -> None:
    """Given nobody's key, or one that was never issued, everything but the bulletin is refused, whatever else is wrong."""
    paths = [path for name, path in PATHS.items() if name != "bulletin"]
    others = ["/statistics", "/statistics/metrics", "/events", "/cases/case-01/attachments/x"]
    for path in (*paths, *others):
        for query in ("", "?nmae=x"):
            answer = httpx.get(f"{town.address}/v1{path}{query}", verify=PLAIN)
            town.problem(answer, 401, "key-missing")
            assert answer.headers["www-authenticate"].startswith("Bearer")
            headers = {"Authorization": "Bearer ck_nobody"}
            answer = httpx.get(f"{town.address}/v1{path}{query}", headers=headers, verify=PLAIN)
            town.problem(answer, 401, "key-not-valid")


def test_nothing_that_was_asked_is_written_down(town: Town) -> None:
    """Given questions that hold names, when they were answered, the log of the server holds none of what was asked."""
    town.get("/v1/board", SECRETARY, query="李建国")
    town.get("/v1/board", SECRETARY, lijianguo="x")
    logged = town.logged.getvalue().decode()
    assert "/board" in logged
    assert "李" not in logged
    assert "lijianguo" not in logged
    assert "ck_" not in logged
