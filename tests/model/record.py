"""The record of a life: the log of both stores read leaf by leaf, folded by hand, and shown to everybody who watches an invariant.

What the engines keep is never asked for the truth; it is held against what follows from the leaves.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from msgspec.structs import replace

from casesys.application import Engine
from casesys.domain.cases.events import CaseEvent
from casesys.domain.cases.state import Case, case_stream
from casesys.domain.catalogue import evolve, parse_document
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Recorded, StreamId, stored_name
from casesys.domain.register.lookups import charter_in_force
from casesys.domain.register.state import Document
from casesys.domain.register.streams import document_stream
from casesys.domain.world import Loaded, World
from casesys.evidence.leaf import Leaf
from casesys.evidence.merkle import Peaks, leaf_hash
from casesys.store.contract import EventLog, Stored
from casesys.store.reading import recorded
from tests.model.twins import Twins

EMPTY = Loaded(0, None)


class States(dict[StreamId, Loaded]):
    """States by stream; a stream without events is there, too."""

    def get(self, stream: StreamId, _: object = None) -> Loaded:
        """Look, without making room."""
        return super().get(stream, EMPTY)


class Documents(dict[str, object]):
    """Documents by digest, parsed when they are first asked for."""

    def __init__(self, states: States) -> None:
        """Read them from the states of their streams."""
        super().__init__()
        self._states = states

    def get(self, digest: str, _: object = None) -> object:
        """Parse, once in the life of this process."""
        document = self._states.get(document_stream(digest)).state
        assert isinstance(document, Document)
        return parsed(document.kind, document.text)


@cache
def parsed(kind: str, text: str) -> object:
    """A document; parsing a charter takes longer than everything else that a step does."""
    return parse_document(kind, text)


class Seen(NamedTuple):
    """One event of a case as a witness sees it: its leaf, itself, the case before and after, and the charter that was applied."""

    leaf: Leaf
    recorded: Recorded
    before: Case | None
    after: Case
    version: CharterVersion
    world: World

    @property
    def event(self) -> CaseEvent:
        """What happened."""
        event = self.recorded.event
        assert isinstance(event, CaseEvent)
        return event


Witness = Callable[[Seen], None]


class Record:
    """What has happened so far on both stores."""

    def __init__(self, twins: Twins, witnesses: Sequence[Witness]) -> None:
        """Begin with empty stores."""
        self.twins = twins
        self.witnesses = witnesses
        self.states = States()
        self.documents = Documents(self.states)
        self.peaks = Peaks()
        self.tips: dict[StreamId, bytes] = {}
        self.served: defaultdict[str, list[tuple[int, Case]]] = defaultdict(list)
        self.counts: Counter[str] = Counter()

    def world(self) -> World:
        """What a decision made now may look at."""
        return World(self.states, self.documents)

    @property
    def cases(self) -> dict[str, Case]:
        """All cases by their ids, in the order in which they began."""
        found = (loaded.state for loaded in self.states.values())
        return {state.case_id: state for state in found if isinstance(state, Case)}

    def governing(self, case: Case) -> CharterVersion:
        """The charter that governs a case now."""
        if case.governing is not None:
            return self.world().document(case.governing.digest, CharterVersion)
        return charter_in_force(self.world(), case.path, self.twins.clock.now)

    def take(self) -> None:
        """Read what is new in both logs, and show each event to the witnesses."""
        in_memory = _news(self.twins.memory.engine.log, self.peaks.size)
        in_file = _news(self.twins.file.engine.log, self.peaks.size)
        assert len(in_memory) == len(in_file)
        changed = set()
        for kept, stored in zip(in_memory, in_file, strict=True):
            assert alike(kept.leaf, stored.leaf)
            changed.add(self._take(stored))
        if changed:
            assert self.twins.file.engine.log.head().peaks == self.peaks
        for engine in (self.twins.memory.engine, *(d.engine for d in self.twins.desks.values())):
            self._compare(engine, changed)

    def _take(self, stored: Stored) -> StreamId:
        """Fold one event. Invariant 1: a stream's versions count 1, 2, 3, and each leaf names the one before it by its hash."""
        leaf, event = stored.leaf, recorded(stored)
        stream, position = event.stream, stored.position
        before = self.states.get(stream)
        assert (position, event.version) == (self.peaks.size + 1, before.version + 1)
        assert stored.leaf_hash == leaf_hash(stored.leaf_bytes)
        previous = self.tips.get(stream)
        assert leaf.prev_stream_leaf == (None if previous is None else previous.hex())
        self.tips[stream] = stored.leaf_hash
        self.peaks = self.peaks.push(stored.leaf_hash)
        self.counts[stored_name(type(event.event))] += 1
        after = evolve(before.state, event)
        if isinstance(after, Case):
            self._show(leaf, event, before.state, after)
            self.served[after.case_id].append((position, after))
        self.states[stream] = Loaded(event.version, after)
        return stream

    def _show(self, leaf: Leaf, event: Recorded, before: object, after: Case) -> None:
        assert event.rule is not None
        assert before is None or isinstance(before, Case)
        version = self.world().document(event.rule.digest, CharterVersion)
        assert leaf.rule_id is None or leaf.rule_id in version.charter.clauses
        for witness in self.witnesses:
            witness(Seen(leaf, event, before, after, version, self.world()))

    def _compare(self, engine: Engine, changed: set[StreamId]) -> None:
        """Invariant 2: a state that an engine keeps is the one that follows from the leaves, if it is not an old one."""
        for stream in changed:
            kept, folded = engine.kept(stream), self.states[stream]
            assert kept is None or kept.version < folded.version or kept == folded


def _news(log: EventLog, after: int) -> list[Stored]:
    return log.read(after, 10_000)


def alike(one: Leaf, other: Leaf) -> bool:
    """Whether two leaves say the same. Their ciphertexts differ, as each vault has keys of its own, and so do the links."""
    return _without_sealing(one) == _without_sealing(other)


def _without_sealing(leaf: Leaf) -> Leaf:
    sealed = tuple(replace(field, digest="") for field in leaf.pd)
    return replace(leaf, pd=sealed, prev_stream_leaf=None)


def of_case(states: States, case_id: str) -> Case:
    """The state of a case."""
    case = states[case_stream(case_id)].state
    assert isinstance(case, Case)
    return case
