"""Random commands by random people: the fields of any command of the catalogue, and who gives it, when, through what."""

import types
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Annotated, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import ValidationError

from casesys.application import Request
from casesys.domain.cases.commands import CaseCommand, ClockCommand, CollectCase
from casesys.domain.cases.lifecycle import may_happen
from casesys.domain.cases.rules.table import RULES
from casesys.domain.cases.state import Case
from casesys.domain.catalogue import COMMANDS, decide, people_commands
from casesys.domain.charter.model import Charter
from casesys.domain.messages import Command, Envelope, Personal, Text, message_type, stored_name
from casesys.domain.refusals import Refusal
from casesys.domain.register.authority import CLOCK
from casesys.domain.register.commands import RegisterCommand
from casesys.domain.register.lookups import charter_in_force
from tests.model.pools import POOLS, STRANGERS, Scene
from tests.model.record import Record
from tests.model.town import ALL_ROUND, OPERATOR, OTHERS, Town
from tests.model.ways import SELDOM, leads_nowhere, next_on_the_way

LETTERS = "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ"
"""The alphabet of personal texts: nothing public in these tests is written in it."""

STRANGE: Sequence[object] = ("nobody", "x" * 64, "", "第一", -1, 10**9, True, None, {"a": 1}, [])
PEOPLE = [kind for _, kind in people_commands()]
ABOUT_REGISTER = [k for k in PEOPLE if issubclass(k, RegisterCommand)]
TRIES = 16
"""How many commands are thought of before one is given."""


class Asking:
    """Thinks of what somebody might ask next."""

    def __init__(self, town: Town, record: Record) -> None:
        """Look at the town and at what has happened in it."""
        self.town = town
        self.record = record
        self._ids = 0

    def next_id(self) -> UUID:
        """The id of the next command."""
        self._ids += 1
        return UUID(int=self._ids)

    def plainly(self, actor: str) -> Envelope:
        """The envelope of somebody's next command, now."""
        now = self.record.twins.clock.now
        return Envelope(command_id=self.next_id(), actor_id=actor, decided_at=now)

    # -- what ---------------------------------------------------------------------------------------------------------------

    def welcome(self, chance: Random, case: Case) -> Request | None:
        """One of the commands that would be accepted now, mostly one that moves the case; else one that will be refused."""
        possible = [k for k, known in RULES.items() if may_happen(case.stage, known.event)]
        kinds = [kind for kind in possible if not issubclass(kind, ClockCommand)]
        if chance.random() < 0.75:
            ways = (COMMANDS[name] for name in next_on_the_way(case, self._charter(case)))
            kinds = [kind for kind in ways if issubclass(kind, CaseCommand)]
        return self._likely(chance, kinds, case)

    def change(self, chance: Random) -> Request | None:
        """A command on the register that would be accepted now; else one that will be refused."""
        return self._likely(chance, ABOUT_REGISTER, None)

    def _likely(
        self, chance: Random, kinds: Sequence[type[Command]], case: Case | None
    ) -> Request | None:
        thought = (self.request(chance, kind, case) for kind in chance.choices(kinds, k=TRIES))
        requests = [request for request in thought if request is not None]
        worth = [self._worth(request, case) for request in requests]
        return chance.choices(requests, worth)[0] if any(worth) else chance.choice(requests)

    def _worth(self, request: Request, case: Case | None) -> float:
        """How likely a command is given: not at all if it would be refused, less the more often such has happened in this life."""
        try:
            decision = decide(request.command, request.envelope, self.record.world())
        except Refusal:
            return 0
        first = decision.outcomes[0].event
        seldom = SELDOM.get(message_type(type(request.command)), 1)
        if leads_nowhere(first, self._charter(case)):
            seldom *= 0.05
        return seldom / (1 + self.record.counts[stored_name(type(first))])

    def request(
        self, chance: Random, kind: type[Command], case: Case | None, *, strange: float = 0
    ) -> Request | None:
        """A command of a kind by somebody; None when its fields are too strange to be read."""
        charter = self._charter(None if issubclass(kind, CollectCase) else case)
        cases = list(self.record.cases)
        world, now = self.record.world(), self.record.twins.clock.now
        scene = Scene(chance, self.town, world, now, kind, case, charter, cases)
        fields = {
            name: chance.choice(STRANGE)
            if chance.random() < strange
            else _value(scene, name, info.annotation)
            for name, info in kind.model_fields.items()
            if info.is_required() or chance.random() < 0.6
        }
        try:
            command = kind.model_validate(fields)
        except ValidationError:
            assert strange, fields
            return None
        return Request(command, self._envelope(chance, kind, charter))

    def _charter(self, case: Case | None) -> Charter:
        if case is not None:
            return self.record.governing(case).charter
        world, now = self.record.world(), self.record.twins.clock.now
        return charter_in_force(world, ("town",), now).charter

    # -- who, when, through what --------------------------------------------------------------------------------------------

    def _envelope(self, chance: Random, kind: type[Command], charter: Charter) -> Envelope:
        now = self.record.twins.clock.now
        channels = [*charter.channels] * 10 + ["by-pigeon"]
        return Envelope(
            command_id=self.next_id(),
            actor_id=_actor(chance, kind),
            decided_at=now,
            effective_at=_effective(chance, now),
            mandate_id=f"mandate-{chance.randint(0, 99)}" if chance.random() < 0.05 else None,
            channel=chance.choice(channels),
            client_id=chance.choice(("local", "phone")),
            reason_code=chance.choice((None, None, "rain")),
            correlation_id=chance.choice((None, None, "wave-1")),
        )


def _actor(chance: Random, kind: type[Command]) -> str:
    """Mostly somebody who may."""
    if issubclass(kind, ClockCommand):
        return CLOCK if chance.random() < 0.8 else "ann"
    if issubclass(kind, RegisterCommand) and chance.random() < 0.7:
        return OPERATOR
    if chance.random() < 0.8:
        return chance.choice(ALL_ROUND)
    return chance.choice((*OTHERS, *STRANGERS, OPERATOR, CLOCK, "resident-1"))


def _effective(chance: Random, now: datetime) -> datetime | None:
    """Mostly now; sometimes earlier, because notes are entered later; seldom later, which nobody may say."""
    if chance.random() < 0.75:
        return None
    ago = chance.choice((1, 5, 60, 600, 3_000, 20_000, -1))
    return now - timedelta(minutes=ago)


# -- the value of a field -----------------------------------------------------------------------------------------------------


def _value(scene: Scene, name: str, hint: object) -> object:
    pool = POOLS.get(name)
    return typed(scene, hint) if pool is None else pool(scene)


def typed(scene: Scene, hint: object) -> object:
    """A value of a type, for fields that no pool is for."""
    chance, origin = scene.chance, get_origin(hint)
    if origin is Annotated:
        return typed(scene, get_args(hint)[0])
    if origin in {Union, types.UnionType}:
        return typed(scene, next(part for part in get_args(hint) if part is not type(None)))
    if origin is Literal:
        return chance.choice(get_args(hint))
    if origin is tuple:
        return [typed(scene, get_args(hint)[0]) for _ in range(chance.randint(0, 2))]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return chance.choice(list(hint))
    return _plain(scene, hint)


def _plain(scene: Scene, hint: object) -> object:
    chance = scene.chance
    if hint is bool:
        return chance.random() < 0.75
    if hint is int:
        return chance.randint(1, 5)
    if hint is str:
        return chance.choice(("路灯不亮", "the lift 🛗", "third floor"))
    if hint is Text:
        return {"zh": "某处", "en": "somewhere"}
    if hint is Personal:
        return personal(chance)
    assert hint is datetime, f"no value is known for {hint} in {scene.name}"
    return scene.now + timedelta(days=chance.choice((-1, 0, 1, 30)))


def personal(chance: Random) -> object:
    """A personal text, sometimes long, sometimes about somebody else than the initiator."""
    length = chance.choice((3, 8, 20, 2_000)) if chance.random() < 0.1 else 8
    text = "".join(chance.choices(LETTERS, k=length))
    if chance.random() < 0.1:
        return Personal(text, chance.choice((*STRANGERS, *ALL_ROUND)))
    return text
