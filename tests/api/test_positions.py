"""Waiting for the read models."""

import asyncio
from threading import Thread
from time import monotonic

from casesys.api.positions import LOOK_SECONDS, Progress, woken


def test_who_waits_is_woken_by_any_thread() -> None:
    """Given somebody who waits, when another thread says that the read models have moved, they wake at once."""

    async def run() -> float:
        progress = Progress()
        sign = progress.sign()
        Thread(target=progress.moved, args=(7,)).start()
        began = monotonic()
        await woken(sign, 60)
        assert sign.is_set()
        assert not progress.sign().is_set()
        return monotonic() - began

    assert asyncio.run(run()) < LOOK_SECONDS


def test_a_move_between_looking_and_waiting_is_not_lost() -> None:
    """Given a sign taken before looking, when the move comes before the waiting begins, it is seen all the same."""

    async def run() -> None:
        progress = Progress()
        sign = progress.sign()
        progress.moved(1)
        await asyncio.sleep(0.01)
        assert sign.is_set()

    asyncio.run(run())


def test_who_waits_looks_again_without_a_sign() -> None:
    """Given that another process runs the read models, when nobody gives a sign, who waits looks again by themself."""

    async def run() -> None:
        sign = Progress().sign()
        await woken(sign, 60)
        assert not sign.is_set()

    began = monotonic()
    asyncio.run(run())
    assert LOOK_SECONDS <= monotonic() - began < 60


def test_a_move_after_the_end_of_the_loop_harms_nobody() -> None:
    """Given that the loop has ended, when the read models go on, nothing happens."""
    progress = Progress()

    async def run() -> None:
        progress.sign()

    asyncio.run(run())
    progress.moved(1)
    progress.end()
    assert progress.ended
