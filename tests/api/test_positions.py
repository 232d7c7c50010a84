"""Waiting for the read models."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread
from time import monotonic

import pytest

from casesys.api.positions import LOOK_SECONDS, Progress
from casesys.projections.database import Views, open_views
from casesys.projections.reader import Reader
from casesys.projections.standing import Slot, Standing, put


@pytest.fixture
def views(tmp_path: Path) -> Iterator[Views]:
    """An empty file of read models."""
    with open_views(tmp_path / "views") as opened:
        yield opened


@pytest.fixture
def reader(views: Views) -> Iterator[Reader]:
    """What reads it."""
    with closing(Reader(views)) as opened:
        yield opened


def change(views: Views) -> None:
    """Change something, as whoever runs the read models does."""
    views.wish("board", "retry")


def test_who_waits_is_woken_by_whoever_changes_the_file(views: Views, reader: Reader) -> None:
    """Given two who wait, when the file changes by another connection, then both wake at once."""

    async def run() -> float:
        progress = Progress(reader)
        sign = progress.sign()
        began = monotonic()
        waiting = [asyncio.create_task(progress.woken(sign, 60)) for _ in range(2)]
        Thread(target=change, args=(views,)).start()
        await asyncio.gather(*waiting)
        assert sign.is_set()
        assert not progress.sign().is_set()
        return monotonic() - began

    assert asyncio.run(run()) < LOOK_SECONDS


def test_a_change_between_looking_and_waiting_is_not_lost(views: Views, reader: Reader) -> None:
    """Given a sign taken before looking, when the change comes before the waiting begins, it is seen all the same."""

    async def run() -> None:
        progress = Progress(reader)
        sign = progress.sign()
        change(views)
        await progress.woken(sign, 60)
        assert sign.is_set()

    asyncio.run(run())


def test_what_changed_before_is_no_sign(views: Views, reader: Reader) -> None:
    """Given a change before the sign is taken, then it does not wake who waits for the next; nor does another's waiting end."""

    async def run() -> None:
        progress = Progress(reader)
        change(views)
        sign = progress.sign()
        await progress.woken(sign, 0.05)
        assert not sign.is_set()
        change(views)
        await progress.woken(sign, 60)
        assert sign.is_set()

    asyncio.run(run())


def test_nobody_is_asked_while_nobody_waits(views: Views, reader: Reader) -> None:
    """Given that nobody waits any more, then the file is not asked either."""
    asked: list[str] = []

    async def run() -> None:
        progress = Progress(reader)
        await progress.woken(progress.sign(), 0.02)
        await asyncio.sleep(0.02)
        reader.now().set_trace_callback(asked.append)
        change(views)
        await asyncio.sleep(0.05)

    asyncio.run(run())
    assert asked == []


def test_who_waits_looks_again_without_a_sign(reader: Reader) -> None:
    """Given read models that stand still, then who waits looks again by themself."""

    async def run() -> None:
        progress = Progress(reader)
        sign = progress.sign()
        await progress.woken(sign, 60)
        assert not sign.is_set()

    began = monotonic()
    asyncio.run(run())
    assert LOOK_SECONDS <= monotonic() - began < 60


def test_the_end_wakes_who_waits(reader: Reader) -> None:
    """Given somebody who waits, when the server is to stop, then they wake and see it."""

    async def run() -> float:
        progress = Progress(reader)
        sign = progress.sign()
        began = monotonic()
        Thread(target=progress.end).start()
        await progress.woken(sign, 60)
        assert progress.ended
        return monotonic() - began

    assert asyncio.run(run()) < LOOK_SECONDS


def test_a_file_that_cannot_be_read_wakes_who_waits(views: Views) -> None:
    """Given a file that cannot be read any more, then who waits wakes, and is told why where they look."""

    async def run() -> None:
        reader = Reader(views)
        progress = Progress(reader)
        sign = progress.sign()
        reader.close()
        await progress.woken(sign, 60)
        assert sign.is_set()

    asyncio.run(run())


def test_another_file_in_its_place_wakes_who_waits(views: Views, reader: Reader) -> None:
    """Given somebody who waits, when the file is made anew and filled, then they wake, though it has not changed since."""

    async def run() -> float:
        progress = Progress(reader)
        sign = progress.sign()
        views.path.unlink()
        views.renew()
        with views.transaction() as db:
            put(db, Standing("board", Slot.SERVING, 1, 1, ()))
        began = monotonic()
        await progress.woken(sign, 60)
        assert sign.is_set()
        return monotonic() - began

    assert asyncio.run(run()) < LOOK_SECONDS
