"""A crowd: members who give commands to one store at the same time, in several threads, and in processes that this module is run as.

All fight for one case; each has cases of its own; some want to begin the same cases, and some give the very same commands.
"""

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from random import Random
from uuid import NAMESPACE_OID, UUID, uuid5

import msgspec

from casesys.application import Answer, Request, Service
from casesys.bootstrap import create_service, open_service
from casesys.domain.cases import commands as c
from casesys.domain.messages import Command, Envelope, Personal
from casesys.domain.refusals import Refusal
from casesys.settings import StoreSettings, store_settings
from casesys.store import Conflict
from tests.domain.charter.stock import stock
from tests.model.chronicle import Told
from tests.model.town import OPERATOR, Town, founding

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
HOT = "hot"
"""The case that all fight for."""

THREADS = 2
READY = "ready"
TOGETHER = 4
"""How many commands a member gives in one go at the most."""

CASE = {"case_type": "issue", "category": "street_lamp", "title": "路灯不亮", "grid": "north"}


def clock() -> datetime:
    """The time, which stands still: what happens here happens at once."""
    return NOW


def envelope(command_id: UUID, actor: str = "ann") -> Envelope:
    """The envelope of a command."""
    return Envelope(command_id=command_id, actor_id=actor, decided_at=NOW, channel="patrol")


def found_a_town(settings: StoreSettings) -> list[Told]:
    """Found a town with the case that all will fight for; tell what was answered."""
    town = Town((stock(),), {kind: f"the-{kind}" for kind in stock().charter.parties})
    given = [
        Request(command, envelope(UUID(int=number), OPERATOR))
        for number, command in enumerate(founding(town, Random(0), NOW), 1)  # noqa: S311 - a game, no secret
    ]
    hot = c.CollectCase.model_validate({"case_id": HOT, **CASE})
    given.append(Request(hot, envelope(UUID(int=len(given) + 1))))
    with create_service(settings, clock=clock) as service:
        verdicts = service.give_all(given)
    answers = [verdict for verdict in verdicts if isinstance(verdict, Answer)]
    assert len(answers) == len(given), verdicts
    return [Told("founder", answer) for answer in answers]


class Member:
    """One member of the crowd, with a chance of its own."""

    def __init__(self, service: Service, name: str) -> None:
        """Sit down before a store; others may sit before the same."""
        self.service = service
        self.name = name
        self._chance = Random(name)  # noqa: S311 - no secret is made of it
        self._asked = 0

    def act(self, commands: int) -> list[Told]:
        """Give so many commands, a few at a time, and tell what was answered; what was refused is of no interest."""
        told = []
        until = self._asked + commands
        while self._asked < until:
            requests = [self._next() for _ in range(self._chance.randint(1, TOGETHER))]
            told += [Told(self.name, answer) for answer in self._give(requests)]
        return told

    def _give(self, requests: Sequence[Request]) -> list[Answer]:
        while True:
            verdicts = self.service.give_all(requests)
            if any(isinstance(verdict, Conflict) for verdict in verdicts):
                continue  # others were faster too often: ask again, under the same ids
            other = [v for v in verdicts if not isinstance(v, Answer | Refusal)]
            assert not other, other
            return [verdict for verdict in verdicts if isinstance(verdict, Answer)]

    def _next(self) -> Request:
        self._asked += 1
        own, number = f"{self.name}-{self._asked}", self._asked
        kinds: dict[str, Command] = {
            own: c.RecordUrging(case_id=HOT),
            f"{own}-facts": c.EstablishFacts(case_id=HOT, facts={"households_affected": number}),
            f"{own}-case": c.CollectCase.model_validate({"case_id": own, **CASE}),
            f"{own}-wanted": c.CollectCase.model_validate({"case_id": f"wanted-{number}", **CASE}),
            f"same-{number}": c.AddNote(case_id=HOT, note=Personal("同一句话")),
        }
        name = self._chance.choice(list(kinds))
        return Request(kinds[name], envelope(uuid5(NAMESPACE_OID, name)))


def main(address: str, name: str) -> None:
    """Be a process of the crowd: give as many commands as each line asks for, and tell all answers as JSON when there are no more."""
    with (
        open_service(store_settings(address), clock=clock) as service,
        ThreadPoolExecutor(THREADS) as threads,
    ):
        members = [Member(service, f"{name}-{thread}") for thread in range(THREADS)]
        told: list[Told] = []
        _say(READY)
        for line in sys.stdin:
            rounds = threads.map(Member.act, members, [int(line)] * THREADS)
            told += [each for of_one in rounds for each in of_one]
            _say(READY)
        _say(msgspec.json.encode(told).decode())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
