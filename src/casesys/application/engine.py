"""The heart of the command path: everything that is pending is decided in order and committed together.

Each command sees what those before it in the batch brought about. States are kept between batches as far as memory allows; a kept
state can be old when another process has written, so a refusal stands only when it was decided on states read afresh, and an
append that finds a stream changed is decided anew, one command at a time. A conflict or refusal hurts only its own command.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from casesys.application.answers import (
    Answer,
    CommandIdReused,
    Request,
    Stale,
    answer_from_log,
)
from casesys.application.keeping import KeptStates
from casesys.application.repeating import asks_the_same
from casesys.application.writing import Drafted, draft, seal
from casesys.domain.cases.commands import CaseCommand, CollectCase
from casesys.domain.cases.state import Case, case_stream
from casesys.domain.catalogue import decide, evolve, parse_document
from casesys.domain.messages import Decision, StreamId
from casesys.domain.refusals import Refusal
from casesys.domain.register.authority import CLOCK
from casesys.domain.register.state import Document
from casesys.domain.register.streams import document_stream, grid_stream, person_stream
from casesys.domain.world import Loaded, Missing, World
from casesys.store.contract import (
    Appended,
    Conflict,
    DuplicateCommand,
    EventLog,
    StoreError,
    Unit,
)
from casesys.store.reading import state_of
from casesys.vault.fields import VaultError
from casesys.vault.vault import Vault

Verdict = Answer | Refusal | CommandIdReused | Stale | Conflict | StoreError | VaultError
"""What becomes of one request."""

OF_ONE = "subject-forgotten"
"""The one trouble of the vault that concerns a single command: it is about somebody who was erased. Any other concerns all."""

CONFLICTS_AT_MOST = 20
"""How often one command is decided anew because others were faster, before the conflict is told."""


class Engine:
    """Decides and appends. One caller at a time."""

    def __init__(self, log: EventLog, vault: Vault, *, kept: KeptStates | None = None) -> None:
        """Work on a log and its vault, keeping between batches as many states as there is room for."""
        self.log = log
        self.vault = vault
        self._kept = kept or KeptStates()
        self._documents: dict[str, object] = {}

    def perform(self, requests: Sequence[Request]) -> list[Verdict]:
        """Decide and commit requests together; give a verdict for each, in order.

        Raises StoreError or VaultError when nothing could be stored at all.
        """
        try:
            return self._together(requests)
        except Conflict as conflict:
            self._kept.forget((conflict.stream,))
        except DuplicateCommand:
            if len(requests) == 1:
                return [self._first_answer(requests[0])]
        except VaultError as error:
            if error.code != OF_ONE:
                raise
            if len(requests) == 1:
                return [self._first_answer(requests[0], error)]
        return self._one_by_one(requests)

    def _one_by_one(self, requests: Sequence[Request]) -> list[Verdict]:
        """Commit requests one after the other. What concerns all is told to those who come after it: the others are stored."""
        verdicts: list[Verdict] = []
        for request in requests:
            try:
                verdicts.append(self._alone(request))
            except (StoreError, VaultError) as trouble:
                if not any(isinstance(verdict, Answer) for verdict in verdicts):
                    raise
                return verdicts + [trouble] * (len(requests) - len(verdicts))
        return verdicts

    def _alone(self, request: Request) -> Verdict:
        for attempt in range(1, CONFLICTS_AT_MOST + 1):
            try:
                return self._together((request,))[0]
            except DuplicateCommand:
                return self._first_answer(request)
            except VaultError as error:
                if error.code != OF_ONE:
                    raise
                return self._first_answer(request, error)
            except Conflict as conflict:
                self._kept.forget((conflict.stream,))
                if attempt == CONFLICTS_AT_MOST:
                    return conflict
        raise AssertionError("the last attempt answers or raises")

    def _together(self, requests: Sequence[Request]) -> list[Verdict]:
        """Decide all, then append all. What one refuses, the others do not notice."""
        batch = _Batch(self)
        outcomes: list[Drafted | Verdict | Request] = []
        ids: set[UUID] = set()
        for request in requests:
            if request.envelope.command_id in ids:
                outcomes.append(request)  # answered from the log, when the first one is there
                continue
            try:
                decision = self._decide(request, batch)
            except (Refusal, Stale) as verdict:
                outcomes.append(self._first_answer(request, verdict))
                continue
            drafted = draft(request, decision)
            batch.apply(drafted)
            outcomes.append(drafted)
            ids.add(request.envelope.command_id)
        units = seal([each for each in outcomes if isinstance(each, Drafted)], self.vault)
        appended = iter(zip(units, self.log.append(units), strict=True) if units else ())
        self._kept.keep(batch.changed)
        return [self._verdict(outcome, appended) for outcome in outcomes]

    def _verdict(
        self, outcome: Drafted | Verdict | Request, appended: Iterator[tuple[Unit, Appended]]
    ) -> Verdict:
        """Give what becomes of a request now that the others of its batch are stored."""
        if isinstance(outcome, Drafted):
            return _answer(*next(appended))
        return self._first_answer(outcome) if isinstance(outcome, Request) else outcome

    def _decide(self, request: Request, batch: "_Batch") -> Decision:
        """Decide a request; what is refused on states that were kept is decided again on states read afresh."""
        batch.prefetch(request)
        while True:
            try:
                return batch.decide(request)
            except (Refusal, Stale):
                if not batch.read_afresh(batch.last_reads):
                    raise

    def _first_answer(
        self, request: Request, otherwise: Refusal | Stale | VaultError | None = None
    ) -> Verdict:
        """Answer a repeated command as it was answered first; without a first answer the other verdict stands."""
        events = self.log.find_command(request.envelope.command_id)
        if not events:
            if otherwise is None:
                raise AssertionError("a duplicate has left events")
            return otherwise
        if not asks_the_same(request, events[0], self.log, self.vault):
            return CommandIdReused(request.envelope.command_id)
        return answer_from_log(events)

    # -- states -------------------------------------------------------------------------------------------------------------

    def kept(self, stream: StreamId) -> Loaded | None:
        """Give the state kept of a stream."""
        return self._kept.get(stream)

    def load(self, streams: Iterable[StreamId]) -> dict[StreamId, Loaded]:
        """Read streams from the log and keep their states."""
        loaded = {s: state_of(events) for s, events in self.log.read_streams(list(streams)).items()}
        self._kept.keep(loaded)
        return loaded

    @property
    def documents(self) -> Mapping[str, object]:
        """The parsed documents, by digest. They are immutable, so they are kept for good."""
        return self._documents

    def load_document(self, digest: str) -> None:
        """Read and parse a document of the log."""
        self.keep_document(digest, self.load((document_stream(digest),))[document_stream(digest)])

    def keep_document(self, digest: str, loaded: Loaded) -> None:
        """Parse a document. Its digest names it, so it may be kept before it is committed."""
        document = loaded.state
        assert isinstance(document, Document)
        self._documents[digest] = parse_document(document.kind, document.text)


class _Batch:
    """The states that the commands of one batch see: kept or read, and as changed by those before them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seen: dict[StreamId, Loaded] = {}
        self._fresh: set[StreamId] = set()
        self.changed: dict[StreamId, Loaded] = {}
        self.last_reads: dict[StreamId, int] = {}

    def prefetch(self, request: Request) -> None:
        """Read what the command will certainly ask for in one go."""
        command, envelope = request.command, request.envelope
        wanted = [] if envelope.actor_id == CLOCK else [person_stream(envelope.actor_id)]
        if isinstance(command, CaseCommand):
            wanted.append(case_stream(command.case_id))
        if isinstance(command, CollectCase):
            wanted.append(grid_stream(command.grid))
        self._take(wanted)
        if isinstance(command, CaseCommand):
            case = self._seen[case_stream(command.case_id)].state
            if isinstance(case, Case) and case.governing is None:
                # Before acceptance the charter in force is looked for along the path of grids.
                self._take(grid_stream(grid) for grid in case.path)

    def decide(self, request: Request) -> Decision:
        """Decide, reading whatever the decision turns out to need. Raises Stale before anything is looked at."""
        self._insist(request)
        while True:
            world = World(self._seen, self._engine.documents)
            self.last_reads = world.reads
            try:
                return decide(request.command, request.envelope, world)
            except Missing as missing:
                if missing.stream is not None:
                    self._take((missing.stream,))
                elif missing.document is not None:  # an earlier command of the batch may deposit it
                    deposited = document_stream(missing.document)
                    self._take((deposited,))
                    if (
                        self._seen[deposited].state is None
                    ):  # kept from before somebody deposited it
                        self._read((deposited,))
                    self._engine.keep_document(missing.document, self._seen[deposited])

    def _insist(self, request: Request) -> None:
        """Hold the case against the versions that the sender has seen. That there is no case is for the rules to say."""
        command, expected = request.command, request.expected
        if expected is None or not isinstance(command, CaseCommand):
            return
        stream = case_stream(command.case_id)
        version = self._seen[stream].version
        if version and version not in expected:
            self.last_reads = {stream: version}
            raise Stale(stream, version)

    def _take(self, streams: Iterable[StreamId]) -> None:
        unread = []
        for stream in streams:
            if stream not in self._seen:
                kept = self._engine.kept(stream)
                if kept is None:
                    unread.append(stream)
                else:
                    self._seen[stream] = kept
        self._read(unread)

    def _read(self, streams: Iterable[StreamId]) -> None:
        streams = list(streams)
        if streams:
            self._seen.update(self._engine.load(streams))
            self._fresh.update(streams)

    def read_afresh(self, streams: Iterable[StreamId]) -> bool:
        """Read again those streams that were kept, not read; say whether any has changed since."""
        old = {s: self._seen[s].version for s in streams if s not in self._fresh}
        old = {stream: version for stream, version in old.items() if stream not in self.changed}
        self._read(old)
        return any(self._seen[stream].version != version for stream, version in old.items())

    def apply(self, drafted: Drafted) -> None:
        """Let the commands that follow see what one brought about."""
        for recorded in drafted.recorded:
            before = self._seen[recorded.stream].state
            after = Loaded(recorded.version, evolve(before, recorded))
            self._seen[recorded.stream] = self.changed[recorded.stream] = after


def _answer(unit: Unit, appended: Appended) -> Answer:
    stream = unit.drafts[0].stream
    return Answer(
        command_id=unit.command_id,
        stream=stream,
        version=max(d.stream_seq for d in unit.drafts if d.stream == stream),
        first=appended.first,
        last=appended.last,
        recorded_at=appended.recorded_at,
        events=tuple(f"{draft.type}.v{draft.schema_v}" for draft in unit.drafts),
    )
