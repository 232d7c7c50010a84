"""Statistics over all cases: how many there are of each kind, and how long the resolved ones took.

A pure fold: each event changes the facts of its case, and the figures are counted from the facts at any position of the log. Of a
case only its facts are kept, about 200 bytes. What counts is how things stand: a case that was reopened is open, one whose result
was corrected has the corrected one, and one that was closed twice took until the second time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import msgspec
from msgspec.structs import replace

from casesys.domain.cases import events as e
from casesys.domain.catalogue import read_event
from casesys.domain.messages import Event, StreamId
from casesys.domain.register.events import DocumentDeposited
from casesys.domain.vocabulary import ResultKind, Stage
from casesys.store.contract import EventLog, Stored

PAGE = 1_000
"""How many events are read from the log at once."""

CASE = "case/"
DOCUMENT = "document/"
DAY = timedelta(days=1)

MEDIAN = Fraction(1, 2)
NINETIETH = Fraction(9, 10)

KindsOfResults = Mapping[str, str]
"""The kind of each result of a charter version."""


class CaseFacts(msgspec.Struct, frozen=True, gc=False):
    """What the figures need to know of one case. `result` and `kind` hold while it is closed; `ended_at` is when it was."""

    case_type: str
    category: str
    collected_at: datetime
    stage: Stage
    result: str | None = None
    kind: str | None = None
    ended_at: datetime | None = None


class Quantile(msgspec.Struct, frozen=True):
    """The `rank`-th of `of` durations in ascending order (nearest rank, ⌈p n⌉), in days of 24 hours."""

    days: float
    rank: int
    of: int


class Share(msgspec.Struct, frozen=True):
    """So many of so many."""

    numerator: int
    denominator: int


class Durations(msgspec.Struct, frozen=True):
    """From collection to closing, by effective time, of the cases whose result is of the kind `resolved`.

    `resolved` says how many of all cases those are; the quantiles are None when there are none.
    """

    resolved: Share
    median: Quantile | None
    p90: Quantile | None


class Figures(msgspec.Struct, frozen=True):
    """The figures as of a log position: each table counts cases by code, most frequent first."""

    position: int
    cases: int
    stages: dict[str, int]
    results: dict[str, int]
    result_kinds: dict[str, int]
    case_types: dict[str, int]
    categories: dict[str, int]
    days_to_resolution: Durations


class _View(msgspec.Struct, frozen=True, gc=False):
    """The part of a leaf that the fold looks at."""

    effective_at: datetime
    public_data: msgspec.Raw
    rule_digest: str | None
    schema_v: int
    stream: StreamId
    type: str


_view = msgspec.json.Decoder(_View)


class Statistics:
    """Folds a log, in order and from its beginning."""

    def __init__(self) -> None:
        """Begin before the first event."""
        self.position = 0
        self._cases: dict[StreamId, CaseFacts] = {}
        self._kinds: dict[str, KindsOfResults] = {}

    def take(self, events: Iterable[Stored]) -> None:
        """Fold the events that follow."""
        for stored in events:
            view = _view.decode(stored.leaf_bytes)
            stream = view.stream
            if stream.startswith(CASE):
                event = read_event(f"{view.type}.v{view.schema_v}", view.public_data)
                kinds = self._kinds.get(view.rule_digest or "", {})
                facts = after(self._cases.get(stream), event, view.effective_at, kinds)
                self._cases[stream] = facts
            elif stream.startswith(DOCUMENT):
                event = read_event(f"{view.type}.v{view.schema_v}", view.public_data)
                assert isinstance(event, DocumentDeposited)
                self._kinds[stream.removeprefix(DOCUMENT)] = kinds_of_results(event)
            self.position = stored.position

    def figures(self) -> Figures:
        """Count."""
        return figures(self.position, self._cases.values())


def of_log(log: EventLog) -> Figures:
    """Give the figures of a whole log as it is now, read in pages."""
    statistics = Statistics()
    while events := log.read(statistics.position, PAGE):
        statistics.take(events)
    return statistics.figures()


def after(
    facts: CaseFacts | None, event: Event, effective_at: datetime, kinds: KindsOfResults
) -> CaseFacts:
    """Give the facts of a case after an event; `kinds` are those of the charter version that the event applied."""
    if facts is None:
        assert isinstance(event, e.CaseCollected)
        return CaseFacts(event.case_type, event.category, effective_at, event.move.stage)
    match event:
        case e.CaseReclassified():
            return replace(facts, case_type=event.case_type, category=event.category)
        case e.ResultCorrected(result=result):
            return replace(facts, result=result, kind=kinds.get(result))
        case _:
            return _moved(facts, event, effective_at, kinds)


def _moved(facts: CaseFacts, event: Event, at: datetime, kinds: KindsOfResults) -> CaseFacts:
    """Follow a case from stage to stage: every event that leads on says where, and the last says with which result."""
    move: e.Move | None = getattr(event, "move", None)
    if move is None:
        return facts
    if move.stage is not Stage.CLOSED:
        return replace(facts, stage=move.stage, result=None, kind=None, ended_at=None)
    result: str | None = getattr(event, "result", None)
    assert result is not None, f"{type(event).__name__} closes a case without a result"
    return replace(facts, stage=move.stage, result=result, kind=kinds.get(result), ended_at=at)


def kinds_of_results(document: DocumentDeposited) -> KindsOfResults:
    """Read the kinds of results off a document that the log holds; a calendar has none."""
    if document.kind != "charter":
        return {}
    results: dict[str, dict[str, Any]] = msgspec.json.decode(document.text).get("results", {})
    return {code: result["kind"] for code, result in results.items()}


def figures(position: int, cases: Iterable[CaseFacts]) -> Figures:
    """Count cases by their facts."""
    everything = list(cases)
    durations = sorted(
        facts.ended_at - facts.collected_at
        for facts in everything
        if facts.kind == ResultKind.RESOLVED and facts.ended_at is not None
    )
    return Figures(
        position=position,
        cases=len(everything),
        stages=_counted(facts.stage for facts in everything),
        results=_counted(facts.result for facts in everything),
        result_kinds=_counted(facts.kind for facts in everything),
        case_types=_counted(facts.case_type for facts in everything),
        categories=_counted(facts.category for facts in everything),
        days_to_resolution=Durations(
            Share(len(durations), len(everything)),
            quantile(durations, MEDIAN),
            quantile(durations, NINETIETH),
        ),
    )


def quantile(ascending: Sequence[timedelta], share: Fraction) -> Quantile | None:
    """Give the nearest-rank quantile of durations in ascending order, to a thousandth of a day; None of none."""
    count = len(ascending)
    if not count:
        return None
    rank = max(1, -(-share.numerator * count // share.denominator))
    return Quantile(round(ascending[rank - 1] / DAY, 3), rank, count)


def _counted(codes: Iterable[str | None]) -> dict[str, int]:
    """Count codes, the most frequent first and equals in order of their names."""
    counts = Counter(str(code) for code in codes if code is not None)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
