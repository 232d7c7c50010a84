"""The log in memory and the log in a file are one machine: whatever is done to both, they answer alike."""

from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from casesys.domain.messages import StreamId
from casesys.store import Conflict, DuplicateCommand, EventLog, StoreError, Unit
from casesys.store.memory import MemoryLog
from casesys.store.sqlite import open_log
from tests.store.units import Clock, draft, unit

STREAMS = [StreamId(name) for name in ("case/1", "case/2", "person/1")]
COMMANDS = st.integers(0, 40).map(lambda n: UUID(int=n))


class Plan(msgspec.Struct):
    """One unit in relation to what the log holds: how far off each version is, mostly 0."""

    command_id: UUID
    drafts: list[tuple[StreamId, int]]
    reads: dict[StreamId, int]
    sealed: bytes


OFF = st.sampled_from([0, 0, 0, 0, 0, 0, 1, -1])
PLANS = st.builds(
    Plan,
    command_id=COMMANDS,
    drafts=st.lists(st.tuples(st.sampled_from(STREAMS), OFF), min_size=1, max_size=3),
    reads=st.dictionaries(st.sampled_from(STREAMS), OFF, max_size=2),
    sealed=st.binary(max_size=3),
)


class Logs(RuleBasedStateMachine):
    """Does everything to both logs and compares."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name, "log")
        self.clock = Clock()
        self.file = open_log(self.path, create=True, clock=self.clock)
        self.memory = MemoryLog(clock=self.clock, log_id=self.file.log_id)

    def teardown(self) -> None:
        """Clean up."""
        self.file.close()
        self.folder.cleanup()

    def units_of(self, plans: list[Plan]) -> list[Unit]:
        """Turn plans into units on top of what is there and of each other."""
        versions = {s: len(events) for s, events in self.memory.read_streams(STREAMS).items()}
        units = []
        for plan in plans:
            reads: dict[str, int] = {s: versions[s] + off for s, off in plan.reads.items()}
            drafts = []
            for stream, off in plan.drafts:
                versions[stream] += 1
                drafts.append(draft(stream, versions[stream] + off, sealed=(plan.sealed,)))
            units.append(unit(*drafts, reads=reads, command_id=plan.command_id))
        return units

    @rule(plans=st.lists(PLANS, min_size=1, max_size=4))
    def append(self, plans: list[Plan]) -> None:
        """Append, or be refused, alike."""
        units = self.units_of(plans)
        assert outcome(self.memory, units) == outcome(self.file, units)

    @rule(seconds=st.sampled_from([0.5, 1, 30, -1, -30, -70, 200]))
    def clock_moves(self, seconds: float) -> None:
        """Move the clock of both."""
        self.clock.advance(seconds)

    @rule()
    def reopen(self) -> None:
        """Close the file and open it again."""
        self.file.close()
        self.file = open_log(self.path, clock=self.clock)

    @rule(seconds=st.integers(-300, 300), command_id=COMMANDS, bound=st.integers(0, 6))
    def look(self, seconds: int, command_id: UUID, bound: int) -> None:
        """Ask both the same."""
        at = Clock()
        at.advance(seconds)
        for ask in (
            lambda log: log.position_at(at()),
            lambda log: log.find_command(command_id),
            lambda log: log.read(bound, 3),
            lambda log: [log.read_stream(s, upto_version=bound) for s in STREAMS],
            lambda log: [log.read_stream(s, upto_position=bound) for s in STREAMS],
            lambda log: log.stream_ids("case/", "", bound),
            lambda log: log.ciphertexts(range(bound)),
        ):
            assert ask(self.memory) == ask(self.file)

    @invariant()
    def they_are_alike(self) -> None:
        """Both hold the same bytes under the same head, and versions count 1, 2, 3."""
        assert self.memory.head() == self.file.head()
        assert self.memory.read(0, 1_000) == self.file.read(0, 1_000)
        assert self.memory.read_streams(STREAMS) == self.file.read_streams(STREAMS)
        for events in self.memory.read_streams(STREAMS).values():
            assert [e.leaf.stream_seq for e in events] == list(range(1, len(events) + 1))


def outcome(log: EventLog, units: list[Unit]) -> object:
    """What an append comes to."""
    try:
        return log.append(units)
    except Conflict as told:
        return ("conflict", told.stream, told.expected, told.actual, told.unit)
    except DuplicateCommand as told:
        return ("duplicate", told.command_id, told.unit)
    except StoreError as told:
        return told.code


TestLogs = Logs.TestCase
TestLogs.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
