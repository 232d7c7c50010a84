"""Taking turns."""

import asyncio

import pytest

from casesys.api.problems import Problem
from casesys.api.turns import WAITING_AT_MOST, Turns


def test_one_thing_is_done_at_a_time() -> None:
    """Given some who want to do what takes long, then they do it one after the other."""

    async def run() -> list[str]:
        turns, seen = Turns(), list[str]()

        async def work(name: str) -> None:
            async with turns.turn():
                seen.append(f"{name} begins")
                await asyncio.sleep(0.001)
                seen.append(f"{name} ends")

        await asyncio.gather(work("a"), work("b"))
        return seen

    assert asyncio.run(run()) == ["a begins", "a ends", "b begins", "b ends"]


def test_who_would_wait_behind_too_many_is_told_to_come_back() -> None:
    """Given as many as may wait, when one more comes, they are told so at once; when the others are done, there is room again."""

    async def run() -> None:
        turns, may_end = Turns(), asyncio.Event()

        async def work() -> None:
            async with turns.turn():
                await may_end.wait()

        waiting = [asyncio.create_task(work()) for _ in range(WAITING_AT_MOST)]
        await asyncio.sleep(0)
        with pytest.raises(Problem, match="overloaded"):
            await work()
        may_end.set()
        await asyncio.gather(*waiting)
        await work()

    asyncio.run(run())


def test_who_fails_makes_room_for_the_next() -> None:
    """Given one whose work fails, then the next has their turn."""

    async def run() -> None:
        turns = Turns()
        with pytest.raises(ZeroDivisionError):
            async with turns.turn():
                raise ZeroDivisionError
        async with turns.turn():
            pass

    asyncio.run(run())
