"""Worker and server killed while many write, again and again: what was acknowledged is there, once, and read models agree with it."""

import asyncio
import os
from pathlib import Path
from random import Random
from signal import SIGKILL

import httpx
import pytest

from casesys.bootstrap import open_service
from casesys.projections.database import open_views
from casesys.projections.registry import all_of
from casesys.projections.running import Runner
from casesys.projections.verifying import verify
from casesys.settings import SiteSettings, store_settings
from tests.api.callers import Caller, Sent, as_first_heard, calling, told_otherwise
from tests.api.plain import PLAIN
from tests.api.site import Played, Site, children_of, played, served
from tests.model.chronicle import Told, anomalies, kept

KILLS = 100 if "CASESYS_SOAK" in os.environ else 5
CALLERS = 8
LOAD_SECONDS = (0.05, 0.4)
"""How long a server may work between its first answer and its end."""


class Persistent(Caller):
    """A caller who sends until there is nobody to answer, and keeps the command that was not answered."""

    waiting: Sent | None = None
    cases: tuple[str, ...] = ()

    async def act(self, chance: Random, answered: asyncio.Event) -> None:
        """Send commands until the server is gone."""
        while True:
            sent = self.waiting or self._next(chance)
            self.waiting = sent
            try:
                response = await self.send(sent)
            except httpx.TransportError:
                return
            assert response.is_success, response.text
            answered.set()
            self.waiting = None
            if sent.path == "/v1/cases":
                self.cases += (response.headers["location"],)

    def _next(self, chance: Random) -> Sent:
        if not self.cases or chance.random() < 0.3:
            return Sent.collect()
        return Sent.note(chance.choice(self.cases), "还没有修好")


@pytest.fixture
def town(tmp_path: Path) -> Played:
    """A community of its own."""
    return played(tmp_path)


async def until_killed(site: Site, callers: list[Persistent], chance: Random) -> None:
    """Let all call, and kill the worker and then the server in the midst of it."""
    answered = asyncio.Event()
    calls = [asyncio.create_task(caller.act(chance, answered)) for caller in callers]
    await answered.wait()
    await asyncio.sleep(chance.uniform(*LOAD_SECONDS))
    for worker in children_of(site.process):
        os.kill(worker, SIGKILL)
    await asyncio.sleep(chance.uniform(*LOAD_SECONDS))
    site.process.kill()
    await asyncio.gather(*calls)


async def one_life(town: Played, callers: list[Persistent], chance: Random, *, kill: bool) -> None:
    """Serve once: to callers who go on where they were, until the server is killed, or until nothing waits any more."""
    with served(*town) as site:
        async with calling(site, ["grid-worker-1"] * CALLERS) as fresh:
            for caller, connected in zip(callers, fresh, strict=True):
                caller.client = connected.client
            if kill:
                await until_killed(site, callers, chance)
                return
            waiting = [(each, each.waiting) for each in callers if each.waiting is not None]
            again = await asyncio.gather(*(each.send(sent) for each, sent in waiting * 2))
            assert all(response.is_success for response in again)


def test_killed_under_load_nothing_is_lost_or_doubled(town: Played) -> None:
    """Given a server that is killed while many write, when all that was not answered is sent again, then everything is there once."""
    chance = Random(KILLS)  # noqa: S311 - no secret is made of it
    callers = [Persistent(f"caller-{n}", httpx.AsyncClient(verify=PLAIN)) for n in range(CALLERS)]
    before, unanswered = head_of(town), 0
    for _ in range(KILLS):
        asyncio.run(one_life(town, callers, chance, kill=True))
        unanswered += sum(caller.waiting is not None for caller in callers)
    asyncio.run(one_life(town, callers, chance, kill=False))

    told = [each for caller in callers for each in caller.told]
    assert len(told) > KILLS * CALLERS, "they hardly got to speak"
    assert unanswered > KILLS, "the kills hit nobody"
    fits_the_log(town, before, told)


def head_of(town: Played) -> int:
    """Give how many events the log has."""
    with open_service(store_settings(f"sqlite:///{town.store}")) as service:
        return service.engine.log.head().size


def fits_the_log(town: Played, before: int, told: list[Told]) -> None:
    """Check that log, answers and read models are of one mind; up to `before`, the log is older than the callers."""
    settings = SiteSettings(store_settings(f"sqlite:///{town.store}"))
    with open_service(settings.store) as service, open_views(settings.views) as views:
        log, vault = service.engine.log, service.engine.vault
        assert anomalies(kept(log), [*told_otherwise(log, before), *as_first_heard(told)]) == []
        runner = Runner(log, views, all_of(log, vault))
        assert runner.begin()
        runner.catch_up()
        for projection in all_of(log, vault):
            found = verify(log, views, projection)
            assert found.same, found
            assert found.position == log.head().size
