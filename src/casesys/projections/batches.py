"""Pages of the log as read models get them: each leaf decoded once, the states around each event, every case as it is at the end."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from casesys.domain.cases.state import Case, case_stream
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Rule
from casesys.domain.register.events import CalendarAdopted
from casesys.domain.world import World
from casesys.projections.cases import CaseNow
from casesys.projections.contract import Batch, Step
from casesys.projections.unfolding import Unfolding
from casesys.store.contract import EventLog, Stored
from casesys.store.reading import told_by

KEPT_STATES = 10_000
"""How many streams' states a walk keeps in memory (a case is about 2 kB)."""


class _Trace(NamedTuple):
    """What the log says of a case beside its state: its first and last event, when that took effect and what it applied."""

    born: int
    position: int
    changed_at: datetime
    rule: Rule | None


class Walk:
    """A walk through the log that makes a batch of each stretch it goes over. `leaf_hash` is that of the last event."""

    def __init__(self, log: EventLog, position: int, *, kept_states: int = KEPT_STATES) -> None:
        """Begin behind a position."""
        self.leaf_hash = b""
        self._log = log
        self._kept_at_most = kept_states
        self._unfolding = Unfolding(log, kept_states, position=position)
        self._traces: OrderedDict[str, _Trace] = OrderedDict()

    @property
    def position(self) -> int:
        """Where the walk stands."""
        return self._unfolding.position

    def advance(self, limit: int) -> Batch:
        """Go over at most so many events; without steps, the batch says that the log has no more.

        Raises whatever an event does that cannot be read; the walk is then of no use any more.
        """
        steps: list[Step] = []
        touched: dict[str, Case] = {}
        for stored in self._log.read(self.position, limit):
            step = self._over(stored)
            steps.append(step)
            if isinstance(step.after, Case):
                touched[step.after.case_id] = step.after
            self.leaf_hash = stored.leaf_hash
        world = self._unfolding.world()
        return Batch(steps, {name: self._now(case, world) for name, case in touched.items()}, world)

    def widened(self, batch: Batch, cases: Iterable[str]) -> Batch:
        """Give the batch that ends where the walk stands with more cases in it, by their ids."""
        added = {}
        for case_id in cases:
            if case_id not in batch.cases:
                case = batch.world.state(case_stream(case_id), Case)
                assert case is not None, f"a read model names a case {case_id} that the log lacks"
                added[case_id] = self._now(case, batch.world)
        return batch._replace(cases={**batch.cases, **added}) if added else batch

    def _over(self, stored: Stored) -> Step:
        leaf = stored.leaf
        recorded = told_by(leaf)
        before, after = self._unfolding.take(stored, recorded)
        if isinstance(after, Case):
            trace = self._traces.get(after.case_id)
            born = self._born(stored, after) if trace is None else trace.born
            changed = _Trace(born, stored.position, leaf.effective_at, recorded.rule)
            self._keep(after.case_id, changed)
        return Step(stored.position, leaf, recorded, before, after)

    def _born(self, stored: Stored, case: Case) -> int:
        if case.version == 1:
            return stored.position
        return self._log.read_stream(case_stream(case.case_id), upto_version=1)[0].position

    def _now(self, case: Case, world: World) -> CaseNow:
        born, position, changed_at, applied = self._traces.get(case.case_id) or self._found(case)
        rule = case.governing or applied
        assert rule is not None  # every event of a case applies a charter
        charter = world.document(rule.digest, CharterVersion)
        return CaseNow(case, born, position, changed_at, charter, world)

    def _found(self, case: Case) -> _Trace:
        """Read off the log what was not kept of a case, as of where the walk stands."""
        events = self._log.read_stream(case_stream(case.case_id), upto_position=self.position)
        first, last = events[0], events[-1]
        trace = _Trace(first.position, last.position, last.leaf.effective_at, last.leaf.rule)
        self._keep(case.case_id, trace)
        return trace

    def _keep(self, case_id: str, trace: _Trace) -> None:
        self._traces[case_id] = trace
        self._traces.move_to_end(case_id)
        if len(self._traces) > self._kept_at_most:
            self._traces.popitem(last=False)


def calendars_adopted(batch: Batch) -> set[str]:
    """Give the codes of the calendars of which an edition is adopted in a batch."""
    events = (step.recorded.event for step in batch.steps)
    return {event.code for event in events if isinstance(event, CalendarAdopted)}
