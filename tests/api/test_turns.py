"""Taking turns."""

import asyncio

import pytest

from casesys.api.problems import Problem
from casesys.api.turns import EACH_AT_MOST, WAITING_AT_MOST, Turns


def test_one_thing_is_done_at_a_time() -> None:
    """Given some who want to do what takes long, then they do it one after the other."""

    async def run() -> list[str]:
        turns, seen = Turns(), list[str]()

        async def work(name: str) -> None:
            async with turns.turn(name):
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

        async def work(name: str) -> None:
            async with turns.turn(name):
                await may_end.wait()

        waiting = [asyncio.create_task(work(f"{n}")) for n in range(WAITING_AT_MOST)]
        await asyncio.sleep(0)
        with pytest.raises(Problem, match="overloaded"):
            await work("one more")
        may_end.set()
        await asyncio.gather(*waiting)
        await work("one more")

    asyncio.run(run())


def test_nobody_takes_the_turns_of_all() -> None:
    """Given somebody who has as many turns as one may, when they ask for one more, they are told so; others have theirs."""

    async def run() -> None:
        turns, may_end = Turns(), asyncio.Event()

        async def work(name: str) -> None:
            async with turns.turn(name):
                await may_end.wait()

        waiting = [asyncio.create_task(work("greedy")) for _ in range(EACH_AT_MOST)]
        await asyncio.sleep(0)
        with pytest.raises(Problem, match="overloaded"):
            await work("greedy")
        other = asyncio.create_task(work("other"))
        await asyncio.sleep(0)
        assert not other.done()
        may_end.set()
        await asyncio.gather(*waiting, other)
        await work("greedy")

    asyncio.run(asyncio.wait_for(run(), 5))


def test_who_fails_makes_room_for_the_next() -> None:
    """Given one whose work fails, then the next has their turn."""

    async def run() -> None:
        turns = Turns()
        with pytest.raises(ZeroDivisionError):
            async with turns.turn("a"):
                raise ZeroDivisionError
        async with turns.turn("b"):
            pass

    asyncio.run(run())
