"""The rules alone: decide two commands on plain values. No store, no clock, no framework, nothing is fetched."""

from datetime import UTC, datetime
from uuid import UUID

from casesys.domain.catalogue import decide, fold, recordings
from casesys.domain.messages import Command, Envelope, Personal, StreamId, Text
from casesys.domain.register.commands import EstablishGrid, FoundRegister
from casesys.domain.world import Loaded, Missing, World

states: dict[StreamId, Loaded] = {}
heyuan, east = Text("和苑社区", "Heyuan"), Text("东片网格", "East")
wang = Personal("王敏")
commands: list[Command] = [
    FoundRegister(
        grid_id="heyuan", grid_name=heyuan, person_id="wang", person_name=wang, key_hash="0" * 64
    ),
    EstablishGrid(grid_id="east", parent="heyuan", name=east),
]
at = datetime(2026, 9, 1, tzinfo=UTC)
while commands:
    envelope = Envelope(command_id=UUID(int=len(commands)), actor_id="wang", decided_at=at)
    try:
        decision = decide(commands[0], envelope, World(states))
    except Missing as missing:  # the rules ask for one more stream; here it is empty
        states[missing.stream or StreamId("")] = Loaded(0, None)
        continue
    states = fold(states, recordings(commands.pop(0), envelope, decision))
    print([f"{outcome.stream}: {type(outcome.event).__name__}" for outcome in decision.outcomes])
