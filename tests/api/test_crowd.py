"""Fifty clients at once, on one case and on many: no change is lost, and whoever was too late is told what they have not seen."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from itertools import cycle, islice

import httpx
import pytest

from casesys.bootstrap import open_service
from casesys.settings import store_settings
from casesys.store.contract import EventLog
from tests.api.callers import Caller, Sent, answer_of, calling, told_otherwise
from tests.api.site import Site
from tests.model.chronicle import Told, anomalies, kept

CLIENTS = 50
PEOPLE = ("grid-worker-1", "secretary", "grid-lead-south", "duty-officer-1", "duty-officer-2")
NOTES = 3
"""How many notes each client has to add to a case of its own."""

Act = Callable[[list[Caller]], Awaitable[None]]


@pytest.fixture
def log(site: Site) -> Iterator[EventLog]:
    """The log behind the site, read by another process than the one that serves it."""
    with open_service(store_settings(f"sqlite:///{site.store}")) as service:
        yield service.engine.log


def together(site: Site, log: EventLog, act: Act) -> list[Told]:
    """Let fifty clients act; check that the log holds what they were told and nothing else."""
    before = log.head().size

    async def acting() -> list[Told]:
        async with calling(site, islice(cycle(PEOPLE), CLIENTS)) as callers:
            await act(callers)
            return [told for caller in callers for told in caller.told]

    told = asyncio.run(acting())
    assert anomalies(kept(log), [*told_otherwise(log, before), *told]) == []
    return told


async def insist(caller: Caller, case: str, etag: str) -> list[httpx.Response]:
    """Add a note on the version that was seen, and on the new one each time that somebody was faster; give what was too late."""
    late: list[httpx.Response] = []
    sent = Sent.note(case, f"来自{caller.name}")
    while True:
        response = await caller.send(sent, etag)
        if response.is_success:
            return late
        late.append(response)
        assert response.status_code == 412, response.text
        told, seen = response.json(), int(etag.strip('"').partition("-")[0])
        unseen = range(seen + 1, told["version"] + 1)
        assert [each["version"] for each in told["since"]] == list(unseen)
        etag = response.headers["etag"]


def test_on_one_case_no_change_is_lost(site: Site, log: EventLog) -> None:
    """Given many who change one case on the version they saw, then each change rests on what its author saw, and all are there."""
    late: list[httpx.Response] = []

    async def act(callers: list[Caller]) -> None:
        begun = await callers[0].send(Sent.collect())
        case, etag = begun.headers["location"], begun.headers["etag"]
        for responses in await asyncio.gather(*(insist(each, case, etag) for each in callers)):
            late.extend(responses)
        file = await callers[0].client.get(case)
        assert file.json()["version"] == len(callers) + 1

    told = together(site, log, act)

    notes = [each.answer for each in told if each.answer.events == ("note-added.v1",)]
    assert sorted(answer.version for answer in notes) == list(range(2, CLIENTS + 2))
    assert len(late) >= CLIENTS - 1, "they did not meet"


def test_on_many_cases_nobody_is_in_anybodys_way(site: Site, log: EventLog) -> None:
    """Given many who each work on a case of their own, then every command is carried out on the version that its author saw."""

    async def work(caller: Caller) -> None:
        answer = await caller.send(Sent.collect())
        case = answer.headers["location"]
        for number in range(NOTES):
            answer = await caller.send(Sent.note(case, f"第{number}次"), answer.headers["etag"])
            assert answer.status_code == 200, answer.text

    async def act(callers: list[Caller]) -> None:
        await asyncio.gather(*map(work, callers))

    told = together(site, log, act)

    assert len(told) == CLIENTS * (NOTES + 1)
    assert len({each.answer.stream for each in told}) == CLIENTS


def test_a_command_that_is_sent_by_many_hands_has_one_effect(site: Site, log: EventLog) -> None:
    """Given commands that each arrive five times at once under one key, then each has one effect, and all five hear the same of it."""

    async def repeat(caller: Caller, case: str) -> None:
        sent = Sent.note(case, "发了五次")
        answers = await asyncio.gather(*(caller.send(sent) for _ in range(5)))
        heard = [answer_of(each) for each in answers]
        assert Counter(each.repeated for each in heard) == {False: 1, True: 4}
        assert len({(each.command_id, each.version, each.first, each.last) for each in heard}) == 1
        assert len({each.headers["etag"] for each in answers}) == 1

    async def act(callers: list[Caller]) -> None:
        begun = await callers[0].send(Sent.collect())
        await asyncio.gather(*(repeat(each, begun.headers["location"]) for each in callers))

    told = together(site, log, act)

    assert len(told) == CLIENTS * 5 + 1
