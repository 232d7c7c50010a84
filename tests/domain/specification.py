"""Given what was done before, when somebody gives a command, then exactly these events, or this refusal.

Everything happens in memory: a scene holds states of streams, which `decide` reads and `evolve` makes. There is no log, no clock and
no vault; a test says who acts, and when.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple, TypeVar
from uuid import NAMESPACE_OID, uuid5
from zoneinfo import ZoneInfo

from casesys.domain.catalogue import decide, fold, parse_document, recordings
from casesys.domain.messages import Command, Decision, Envelope, Outcome, Recorded, StreamId
from casesys.domain.refusals import Refusal
from casesys.domain.register.state import Document
from casesys.domain.register.streams import document_stream
from casesys.domain.world import Loaded, Missing, World

LOCAL = ZoneInfo("Asia/Shanghai")

S = TypeVar("S")


def at(text: str) -> datetime:
    """The instant of a local time in 2026, month first: `03-02 09:00`, with seconds if need be."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=LOCAL).astimezone(UTC)


class Act(NamedTuple):
    """Somebody gives a command."""

    command: Command
    envelope: Envelope

    def but(self, **particulars: object) -> "Act":
        """The same with other particulars of its envelope."""
        given = {name: getattr(self.envelope, name) for name in self.envelope.__struct_fields__}
        return Act(self.command, Envelope(**given | particulars))


def by(actor: str, command: Command, when: str | datetime, **particulars: object) -> Act:
    """Let somebody give a command at a local time; `particulars` are the other fields of the envelope."""
    instant = when if isinstance(when, datetime) else at(when)
    command_id = uuid5(NAMESPACE_OID, f"{actor} {instant} {command!r}")
    envelope = Envelope(command_id=command_id, actor_id=actor, decided_at=instant)
    return Act(command, envelope).but(**particulars)


class Verdict:
    """What came of a command: a decision, or a refusal. `then` and `refused` say which it has to be."""

    def __init__(self, decision: Decision | None, refusal: Refusal | None) -> None:
        """Keep whichever there is."""
        self._decision = decision
        self._refusal = refusal

    def then(self, *outcomes: Outcome) -> Decision:
        """Exactly these events, on these streams, under these clauses, in this order."""
        assert self.decision.outcomes == outcomes
        return self.decision

    def refused(
        self, code: str, clause: str | None = None, accepted: Iterable[str] = ()
    ) -> Refusal:
        """A refusal with this code, this clause, and just this as what would have been accepted."""
        refusal = self.refusal
        assert (refusal.code, refusal.clause) == (code, clause)
        assert refusal.accepted == tuple(accepted)
        return refusal

    @property
    def decision(self) -> Decision:
        """The decision; fails with the refusal if there is one."""
        assert self._decision is not None, self._refusal
        return self._decision

    @property
    def refusal(self) -> Refusal:
        """The refusal; fails with the events if there are any."""
        assert self._refusal is not None, self._decision
        return self._refusal

    @property
    def code(self) -> str | None:
        """The code of the refusal, None for a decision."""
        return None if self._refusal is None else self._refusal.code


class Happening(NamedTuple):
    """A command that was given, what was decided, and the events as they were recorded."""

    act: Act
    decision: Decision
    events: tuple[Recorded, ...]


class Scene:
    """The states that events have made so far, and how they came about. What happens next is another scene."""

    def __init__(
        self,
        states: Mapping[StreamId, Loaded] | None = None,
        history: tuple[Happening, ...] = (),
    ) -> None:
        """Begin with states, or before anything has happened."""
        self.states: Mapping[StreamId, Loaded] = states or {}
        self.history = history

    def given(self, *acts: Act) -> "Scene":
        """The scene after some commands, none of which may be refused."""
        scene = self
        for act in acts:
            decision = scene.when(act).decision
            events = recordings(act.command, act.envelope, decision)
            history = (*scene.history, Happening(act, decision, events))
            scene = Scene(fold(scene.states, events), history)
        return scene

    def when(self, act: Act) -> Verdict:
        """What comes of a command."""
        world = self.world()
        try:
            return Verdict(decide(act.command, act.envelope, world), None)
        except Refusal as refusal:
            return Verdict(None, refusal)

    def world(self) -> World:
        """All there is, to decide in."""
        return _Whole(self.states)

    def state(self, stream: StreamId, kind: type[S]) -> S:
        """The state of a stream that has events."""
        state = self.states[stream].state
        assert isinstance(state, kind)
        return state


class _Whole(World):
    """A world that lacks nothing: streams that nobody has written to are empty, documents are parsed when asked for."""

    def state(self, stream: StreamId, kind: type[S]) -> S | None:
        try:
            return super().state(stream, kind)
        except Missing:
            self.reads[stream] = 0
            return None

    def document(self, digest: str, kind: type[S]) -> S:
        deposited = self._states[document_stream(digest)].state
        assert isinstance(deposited, Document)
        parsed = _parsed(deposited.kind, deposited.text)
        return World({}, {digest: parsed}).document(digest, kind)


@cache
def _parsed(kind: str, text: str) -> object:
    return parse_document(kind, text)
