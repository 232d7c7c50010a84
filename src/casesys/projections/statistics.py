"""What statistics are counted from: the facts of each case, its ways from stage to stage, its callbacks, the charters' metrics.

What counts is how things stand: a case that was reopened is open, one whose result was corrected has the corrected one, and one that
was closed twice took until the second time. A later callback takes the place of an earlier one before the same closing.
"""

from collections.abc import Iterator

import msgspec

from casesys.domain.cases.events import CallbackRecorded
from casesys.domain.cases.state import Case
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.register.events import CharterInstalled
from casesys.domain.working_time.zone import ticks
from casesys.projections.cases import CaseNow
from casesys.projections.contract import Batch, Rows, Step, Table, Value
from casesys.projections.matters import written

CASES = Table(
    "statistics_case",
    "case_id TEXT PRIMARY KEY, matter TEXT NOT NULL, case_type TEXT NOT NULL, category TEXT NOT NULL, grid TEXT NOT NULL,"
    " stage TEXT NOT NULL, track TEXT, result TEXT, kind TEXT, collected_at INTEGER NOT NULL",
    ("matter",),
)
"""The facts of a case as it stands. `result` and its `kind` are null while it goes on; instants are microseconds (`ticks`)."""

PARTIES = Table(
    "statistics_party",
    "case_id TEXT NOT NULL, party TEXT NOT NULL, matter TEXT NOT NULL, PRIMARY KEY (case_id, party)",
    ("party, matter, case_id",),
)
"""The parties that may know of a case because they take part. Its matter is kept without them, so that there are few matters."""

MOVES = Table(
    "statistics_move",
    "position INTEGER PRIMARY KEY, case_id TEXT NOT NULL, stage TEXT NOT NULL, at INTEGER NOT NULL",
    ("case_id, position",),
)
"""When a case came into a stage; it left it when it came into the next."""

CALLBACKS = Table(
    "statistics_callback",
    "callback TEXT PRIMARY KEY, case_id TEXT NOT NULL, round INTEGER NOT NULL, at INTEGER NOT NULL, reached INTEGER NOT NULL,"
    " contacted INTEGER, solved INTEGER, satisfaction TEXT, digest TEXT NOT NULL",
    ("at, callback",),
)
"""The last callback of each round of a case (round 0 ends with the first closing), and the charter version it was made under."""

METRICS = Table(
    "statistics_metric",
    "digest TEXT NOT NULL, charter TEXT NOT NULL, version TEXT NOT NULL, code TEXT NOT NULL, clause TEXT NOT NULL,"
    " answer TEXT NOT NULL, weights TEXT NOT NULL, excludes TEXT NOT NULL, month_starts_on INTEGER NOT NULL",
    ("digest",),
)
"""The metrics of each charter version: weights of answers as a JSON object of fractions, excluded results as a JSON array."""


class Statistics:
    """Keeps the facts."""

    name = "statistics"
    revision = 2
    tables = (CASES, PARTIES, MOVES, CALLBACKS, METRICS)
    by_calendar = None

    def changes(self, batch: Batch) -> Iterator[Rows]:
        """Bring the facts up to date."""
        for step in batch.steps:
            if isinstance(step.after, Case):
                yield from _of_case(step, step.before, step.after)
            elif isinstance(event := step.recorded.event, CharterInstalled):
                version = batch.world.document(event.digest, CharterVersion)
                yield Rows(METRICS.name, event.digest, _metrics(version))
        for case_id, now in batch.cases.items():
            matter = written(now.known._replace(parties=frozenset()))
            parties = [(case_id, party, matter) for party in sorted(now.known.parties)]
            yield Rows(CASES.name, case_id, (_facts(now, matter),))
            yield Rows(PARTIES.name, case_id, parties)


STATISTICS = Statistics()


def _of_case(step: Step, before: object | None, case: Case) -> Iterator[Rows]:
    at = ticks(step.recorded.effective_at)
    if not isinstance(before, Case) or before.stage is not case.stage:
        row = (step.position, case.case_id, case.stage.value, at)
        yield Rows(MOVES.name, step.position, (row,))
    event, rule = step.recorded.event, step.recorded.rule
    if isinstance(event, CallbackRecorded):
        assert rule is not None  # every event of a case applies a charter
        key = f"{case.case_id}/{case.reopenings}"
        answers = (event.reached, event.contacted, event.solved, event.satisfaction)
        row_of_callback = (key, case.case_id, case.reopenings, at, *answers, rule.digest)
        yield Rows(CALLBACKS.name, key, (row_of_callback,))


def _facts(now: CaseNow, matter: str) -> tuple[Value, ...]:
    case, results = now.case, now.charter.charter.results
    result = None if case.result is None else results.get(case.result)
    return (
        case.case_id,
        matter,
        case.case_type,
        case.category,
        case.grid,
        case.stage.value,
        None if case.track is None else case.track.value,
        case.result,
        None if result is None else result.kind.value,
        ticks(case.collected_at),
    )


def _metrics(version: CharterVersion) -> list[tuple[Value, ...]]:
    charter = version.charter
    return [
        (
            version.digest,
            charter.code,
            charter.version,
            code,
            metric.clause,
            metric.answer,
            msgspec.json.encode({a: str(w) for a, w in metric.weights.items()}).decode(),
            msgspec.json.encode(metric.excludes).decode(),
            metric.month_starts_on,
        )
        for code, metric in charter.metrics.items()
    ]
