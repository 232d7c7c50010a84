"""The audit trail: one row for each event of the log, with who did it, by which right, when, and under which clause.

Who may read of a case depends on the case as it is now, so that a case made confidential hides its past as well: that stands in one
row per case. Events of the register are for operators, and for the roles that may know of every level of the charter in force where
the event belongs; in the stock charter the supervisor is one of them. What an event changed is told by replay, not by rows.
"""

from collections.abc import Iterator
from functools import reduce

from casesys.domain.cases.state import Case, case_stream
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.register.events import CharterInstalled
from casesys.domain.register.state import Grid
from casesys.domain.working_time.zone import ticks
from casesys.domain.world import World
from casesys.projections.contract import Batch, Rows, Step, Table, Value
from casesys.projections.whereabouts import place_of

EVENTS = Table(
    "audit_event",
    "position INTEGER PRIMARY KEY, event_id TEXT NOT NULL, stream TEXT NOT NULL, version INTEGER NOT NULL,"
    " type TEXT NOT NULL, schema_v INTEGER NOT NULL, actor_id TEXT NOT NULL, actor_role TEXT NOT NULL, mandate_id TEXT,"
    " on_behalf_of TEXT, channel TEXT NOT NULL, client_id TEXT NOT NULL, command TEXT, clause TEXT, charter_version TEXT,"
    " causation_id TEXT, correlation_id TEXT, reason_code TEXT, recorded_at INTEGER NOT NULL, decided_at INTEGER NOT NULL,"
    " effective_at INTEGER NOT NULL, path TEXT",
    (
        "stream, position",
        "actor_id, position",
        "type, position",
        "command, position",
        "clause, position",
        "actor_role, position",
    ),
)
"""`path` is where an event of the register belongs, null for one of a case. Instants are microseconds (`ticks`)."""

PLACES = Table(
    "audit_place",
    "position INTEGER NOT NULL, place TEXT NOT NULL, PRIMARY KEY (position, place)",
    ("place, position",),
)
"""The grids that an event lies in, but for the root, in which all lie; one of the register has the kind of its stream, too."""

CASES = Table("audit_case", "stream TEXT PRIMARY KEY, matter TEXT NOT NULL")
"""What knowing a case depends on now."""

READERS = Table(
    "audit_reader", "grid TEXT NOT NULL, since INTEGER NOT NULL, roles TEXT NOT NULL", ("grid",)
)
"""The roles that may read what happens in the register of a grid, by the charter in force there since an instant."""

KEY_SHOWN = 12
"""So many digits of a key's hash name it; the whole hash is nobody's business."""


class AuditTrail:
    """Follows the log event by event."""

    name = "audit_trail"
    revision = 2
    tables = (EVENTS, PLACES, CASES, READERS)
    by_calendar = None

    def changes(self, batch: Batch) -> Iterator[Rows]:
        """Add each event, and bring up to date who may read of which case."""
        for step in batch.steps:
            case = step.after if isinstance(step.after, Case) else None
            path = place_of(step, batch.world) if case is None else case.path
            row = _row(step, " ".join(path) if case is None else None)
            yield Rows(EVENTS.name, step.position, (row,))
            places = path[1:] if case is not None else (*path[1:], kind_place(step.leaf.stream))
            if places:
                yield Rows(PLACES.name, step.position, [(step.position, p) for p in places])
            if isinstance(step.recorded.event, CharterInstalled):
                assert isinstance(step.after, Grid)
                yield Rows(READERS.name, path[-1], _readers(step.after, batch.world))
        for case_id, now in batch.cases.items():
            stream = case_stream(case_id)
            yield Rows(CASES.name, stream, ((stream, now.matter),))


AUDIT_TRAIL = AuditTrail()


def _row(step: Step, path: str | None) -> tuple[Value, ...]:
    leaf = step.leaf
    return (
        step.position,
        leaf.event_id,
        named(leaf.stream),
        leaf.stream_seq,
        leaf.type,
        leaf.schema_v,
        leaf.actor_id,
        leaf.actor_role,
        leaf.mandate_id,
        leaf.on_behalf_of,
        leaf.channel,
        leaf.client_id,
        None if leaf.command is None else leaf.command.type,
        leaf.rule_id,
        leaf.charter_version,
        leaf.causation_id,
        leaf.correlation_id,
        leaf.reason_code,
        ticks(leaf.recorded_at),
        ticks(leaf.decided_at),
        ticks(leaf.effective_at),
        path,
    )


def kind_place(stream: str) -> str:
    """Give the place that all events of a kind of stream have: `person/`. No grid is named like that."""
    return stream.partition("/")[0] + "/"


def named(stream: str) -> str:
    """Name a stream for readers: as it is, but that of a key by the beginning of its hash."""
    kind, _, rest = stream.partition("/")
    return f"{kind}/{rest[:KEY_SHOWN]}" if kind == "api-key" else stream


def _readers(grid: Grid, world: World) -> list[tuple[Value, ...]]:
    """Give, for each charter version of a grid, since when it counts and who reads the register by it."""
    return [
        (
            grid.path[-1],
            ticks(installed.since),
            " ".join(sorted(_knowing_all(world.document(installed.digest, CharterVersion)))),
        )
        for installed in grid.charters
    ]


def _knowing_all(version: CharterVersion) -> frozenset[str]:
    """Give the roles that may know of every level: who may know everything about cases may read the register."""
    levels = [frozenset(level.roles) for level in version.charter.visibility.values()]
    return reduce(frozenset.intersection, levels)
