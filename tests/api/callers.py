"""Clients that act at the same time over HTTP, each with its own connection, and remember what they were told.

Every command has an `Idempotency-Key`. A caller who gets no answer, because the server is gone, keeps the command, and sends it again.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx
import msgspec

from casesys.application import Answer
from casesys.application.answers import answer_from_log
from casesys.demo import heyuan
from casesys.domain.register.authority import CLOCK
from casesys.store.contract import EventLog, Stored
from tests.api.plain import PLAIN
from tests.api.site import SECONDS, Site
from tests.model.chronicle import Told

LAMP = {
    "case_type": "issue",
    "category": "courtyard_lamp",
    "title": "3号楼前路灯不亮",
    "grid": heyuan.RIVERSIDE,
    "circumstances": {"channel": "patrol"},
}


class Sent(NamedTuple):
    """A command as it is sent: always under the same key."""

    path: str
    body: dict[str, Any]
    key: str

    @classmethod
    def collect(cls) -> "Sent":
        """Collect a case."""
        return cls("/v1/cases", LAMP, f'"{uuid4()}"')

    @classmethod
    def note(cls, case: str, text: str) -> "Sent":
        """Add a note to a case, which is named by its address."""
        return cls(f"{case}/add-note", {"note": text}, f'"{uuid4()}"')


class Caller:
    """One of many. Sends one command after the other."""

    def __init__(self, name: str, client: httpx.AsyncClient) -> None:
        """Call by a connection."""
        self.name = name
        self.client = client
        self.told: list[Told] = []

    async def send(self, sent: Sent, if_match: str = "*") -> httpx.Response:
        """Send a command, and remember the answer if it was carried out."""
        headers = {"if-match": if_match, "idempotency-key": sent.key}
        response = await self.client.post(sent.path, json=sent.body, headers=headers)
        if response.is_success:
            self.told.append(Told(self.name, answer_of(response)))
        return response


def answer_of(response: httpx.Response) -> Answer:
    """Give what a command was answered with."""
    return msgspec.json.decode(response.content, type=Answer)


@asynccontextmanager
async def calling(site: Site, people: Iterable[str]) -> AsyncIterator[list[Caller]]:
    """Let so many people call at once, each over a connection of their own."""
    clients = [
        httpx.AsyncClient(
            base_url=site.address,
            headers={"authorization": f"Bearer {site.secrets[person]}"},
            timeout=SECONDS,
            verify=PLAIN,
        )
        for person in people
    ]
    try:
        yield [Caller(f"caller-{number}", client) for number, client in enumerate(clients)]
    finally:
        await asyncio.gather(*(client.aclose() for client in clients))


def as_first_heard(told: Sequence[Told]) -> list[Told]:
    """Take the first answer heard of a command for its first, where the server was killed before it told the real one."""
    heard = {each.answer.command_id for each in told if not each.answer.repeated}
    found = []
    for each in told:
        repeated = each.answer.command_id in heard and each.answer.repeated
        heard.add(each.answer.command_id)
        found.append(Told(each.member, msgspec.structs.replace(each.answer, repeated=repeated)))
    return found


def told_otherwise(log: EventLog, before: int) -> list[Told]:
    """Give the answers of the commands that are no caller's: those up to a position, and those that only time gave."""
    by_command: defaultdict[UUID, list[Stored]] = defaultdict(list)
    for stored in log.read(0, 10**9):
        if stored.position <= before or stored.leaf.actor_id == CLOCK:
            by_command[stored.leaf.command_id].append(stored)
    answers = map(answer_from_log, by_command.values())
    return [Told("others", msgspec.structs.replace(answer, repeated=False)) for answer in answers]
