"""`casesys demo`: it plays, tells every story, says where the store is, and never plays twice into one store."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casesys.demo.heyuan import STAFF
from casesys.demo.programme import PROGRAMME
from tests.cli.shell import Ended, Store, casesys

UNTIL = ("--until", "2026-11-20", "--no-serve")


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Ended]:
    """A store in which a season was played, and what was said."""
    store = Store(tmp_path_factory.mktemp("demo") / "demo.sqlite")
    return store, store.run("demo", *UNTIL, "--language", "en")


def test_every_story_is_told_and_the_table_ends_it(after: tuple[Store, Ended]) -> None:
    """Given a demo, then each case is told in order, with what was refused on it, and listed with its way, result and days."""
    _, ended = after

    assert ended.status == 0
    places = [ended.out.index(f"Case heyuan-{n:03}:") for n in range(1, len(PROGRAMME) + 1)]
    assert places == sorted(places)
    assert "Refused, and so without an event:" in ended.out
    assert "(separation-of-duties)" in ended.out
    table = ended.out[ended.out.index("case        way") :]
    assert "heyuan-008  urgent matter → small matter" in table
    assert "resolved (callback not reached), resolved" in table
    assert "Heyuan Community, 2026-08-20 to 2026-11-20: 17 cases" in ended.out


def test_the_readme_tells_it_as_the_demo_does(after: tuple[Store, Ended]) -> None:
    """Given the story in the README, then the demo tells each of its paragraphs in these words, in this order."""
    _, ended = after
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    story = readme.partition("## A story")[2].partition("```text")[2].partition("```")[0]
    paragraphs = [" ".join(each.split()) for each in story.strip().split("\n\n")]
    told = " ".join(ended.out.split())

    places = [told.index(each) for each in paragraphs]

    assert len(places) > 3
    assert places == sorted(places)


def test_it_is_told_in_chinese_too(tmp_path: Path) -> None:
    """Given --language zh, then stories, refusals and table are in Chinese."""
    ended = Store(tmp_path / "zh.sqlite").run("demo", *UNTIL, "--language", "zh")

    assert ended.status == 0
    assert "事项heyuan-001" in ended.out
    assert "被拒绝的命令（不留下事件）：" in ended.out
    assert "急事快议 → 小事小议" in ended.out


def test_the_store_can_be_used_afterwards(after: tuple[Store, Ended]) -> None:
    """Given a demo, then its store is sound, a case can be replayed, and the operator's key is kept beside it, said loudly."""
    store, ended = after

    assert store.run("replay", "heyuan-001", "--json").status == 0
    assert str(store.keys) in ended.err
    assert (store.keys / "operator.key").stat().st_mode & 0o777 == 0o600


def test_no_name_is_in_the_file(after: tuple[Store, Ended]) -> None:
    """Given a demo, when its database file is searched, then no name of a person is found in it."""
    store, _ = after
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = store.path.read_bytes()

    assert "和苑社区".encode() in content
    for person in STAFF.values():
        for name in person.name.split(" ", 1):
            assert name.encode() not in content


def test_it_is_not_played_into_a_store_that_has_events(after: tuple[Store, Ended]) -> None:
    """Given a store with events, when the demo is to be played in it, then it refuses, says why, and doubles nothing."""
    store, _ = after
    before, key = store.fingerprint(), (store.keys / "operator.key").read_text()

    ended = store.run("demo", *UNTIL)

    assert (ended.status, ended.code) == (4, "store-in-use")
    assert "name a file that does not exist yet" in ended.err
    assert (store.fingerprint(), (store.keys / "operator.key").read_text()) == (before, key)


def test_a_demo_cut_short_needs_another_file(empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a demo that was cut short, when it is run again, then it says that it cannot be taken up again."""
    with monkeypatch.context() as cut:
        cut.setattr("casesys.demo.season._run", _cut_short)
        assert empty.run("demo", *UNTIL).status == 5

    ended = empty.run("demo", *UNTIL)

    assert ended.code == "store-in-use"
    assert "cannot be taken up again" in ended.err


def _cut_short(*_: object) -> None:
    raise RuntimeError("cut short")


def test_without_a_store_it_makes_a_folder_and_says_where(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Given no --store, then the season is played into a new folder, whose path is told."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    ended = casesys("demo", *UNTIL)

    (folder,) = tmp_path.glob("casesys-demo-*")
    assert f"The store: sqlite:///{folder / 'demo.sqlite'}" in ended.out


@pytest.mark.parametrize("until", ["2025-04-02", "2027-01-01"])
def test_an_end_beyond_the_calendar_is_refused(empty: Store, until: str) -> None:
    """Given an end that the calendar does not cover, then it is refused, with the days that are possible, and makes nothing."""
    ended = empty.run("demo", "--until", until)

    assert (ended.status, ended.code) == (2, "season-not-covered")
    assert "from 2025-04-03 to 2026-12-31" in ended.err
    assert not empty.path.exists()


@pytest.mark.parametrize(
    ("now", "ends"), [("2026-06-30T06:06:00", "2026-06-30"), ("2029-03-05T06:06:00", "2026-12-31")]
)
def test_by_default_it_ends_now_or_where_the_calendar_does(
    empty: Store, monkeypatch: pytest.MonkeyPatch, now: str, ends: str
) -> None:
    """Given no --until, then the season ends now; where the calendar has ended before, it ends with it and says so."""
    instant = datetime.fromisoformat(now).replace(tzinfo=UTC)
    monkeypatch.setattr("casesys.cli.playing.utc_now", lambda: instant)

    ended = empty.run("demo", "--no-serve")

    assert f"to {ends}: 17 cases" in ended.out
    assert ("The calendar covers" in ended.err) == (ends == "2026-12-31")
    with_last = empty.leaves()[-1]
    assert datetime.fromisoformat(with_last["recorded_at"]) <= instant


def test_an_end_in_the_future_is_said(empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an end that is yet to come, then it is played, and it says that the store takes nothing else until then."""
    instant = datetime(2026, 11, 1, 6, tzinfo=UTC)
    monkeypatch.setattr("casesys.cli.playing.utc_now", lambda: instant)

    ended = empty.run("demo", *UNTIL)

    assert ended.status == 0
    assert "The season ends in the future" in ended.err
