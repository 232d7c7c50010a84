"""Every event has its row in the audit trail, and everybody reads of what they may know, and of nothing else."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.domain.register.authority import OPERATOR
from casesys.domain.register.knowledge import KnownMatter, Sight
from casesys.evidence.leaf import Leaf
from casesys.projections.audit_queries import QUERIES, AuditFilter, AuditRow, page
from casesys.projections.audit_trail import AUDIT_TRAIL
from casesys.projections.batches import Walk
from tests.community import COMMUNITY, GRIDS, STAFF, Community, founded
from tests.projections.built import everything, plan
from tests.projections.knowing import matters_of, may_read
from tests.projections.seasons import season
from tests.projections.served import served

AUDITOR = (Sight("supervisor", COMMUNITY), Sight(OPERATOR, COMMUNITY))
SAME = (
    *("event_id", "actor_id", "actor_role", "mandate_id", "on_behalf_of", "channel", "client_id"),
    *("charter_version", "causation_id", "correlation_id", "reason_code"),
    *("recorded_at", "decided_at", "effective_at"),
)
"""What a row names as its leaf does."""
ALL_GRIDS = (COMMUNITY, *GRIDS, "grid-21")


class Told(NamedTuple):
    """A season's audit trail, the leaf of each event, and what knowing each event depends on."""

    db: sqlite3.Connection
    leaves: Mapping[int, Leaf]
    matters: Mapping[int, KnownMatter]
    now: datetime


@cache
def told() -> Told:
    """The season, read once more without the read model."""
    community = season()
    batch = Walk(community.log, 0).advance(community.log.head().size)
    leaves = {step.position: step.leaf for step in batch.steps}
    matters = matters_of(batch, community.now)
    return Told(served(community.log, AUDIT_TRAIL), leaves, matters, community.now)


def shown(
    wanted: AuditFilter, held: tuple[Sight, ...] = AUDITOR, *, limit: int = 50
) -> list[AuditRow]:
    """All that somebody reads of the season, page by page."""
    db, _, _, now = told()
    return list(everything(lambda after: page(db, held, wanted, at=now, after=after, limit=limit)))


def test_every_event_has_a_row_that_says_what_its_leaf_says() -> None:
    """Given a season, when somebody who may know all reads the trail, then each event is there, newest first, as recorded."""
    rows = shown(AuditFilter())

    assert [row.position for row in rows] == sorted(told().leaves, reverse=True)
    for row in rows:
        leaf = told().leaves[row.position]
        for name in SAME:
            assert getattr(row, name) == getattr(leaf, name), name
        assert (row.version, row.clause) == (leaf.stream_seq, leaf.rule_id)
        assert row.type == f"{leaf.type}.v{leaf.schema_v}"
        assert row.command_id == str(leaf.command_id)
        assert row.command == (None if leaf.command is None else leaf.command.type)
        assert row.grid == told().matters[row.position].path[-1]


FILTERS = st.builds(
    AuditFilter,
    actor_id=st.sampled_from((None, None, "grid_worker", "clock", "nobody")),
    case_id=st.sampled_from((None, None, "case-01", "case-09", "case-99")),
    kind=st.sampled_from((None, None, "case", "person", "api-key", "grid", "document", "strange")),
    type=st.sampled_from(
        (None, None, "case-collected", "mandate-given", "case-collected.v1", "mandate-given.v2")
    ),
    command=st.sampled_from((None, None, None, "collect-case", "close-case", "give-mandate")),
    clause=st.sampled_from((None, None, None, "art-08", "art-35")),
    role=st.sampled_from((None, None, "grid_worker", OPERATOR)),
    mandate_id=st.sampled_from((None, None, None, "mandate-grid_worker", "founding")),
    on_behalf_of=st.sampled_from((None, None, None, "property_company", "nobody")),
    client_id=st.sampled_from((None, None, "local", "desk")),
    grid=st.sampled_from((None, *ALL_GRIDS, "nowhere")),
    first=st.sampled_from((None, 1, 50, 300)),
    last=st.sampled_from((None, 1, 250, 310, 9_999)),
    newest_first=st.booleans(),
)
SIGHTS = st.lists(
    st.builds(
        Sight,
        st.sampled_from((*STAFF, OPERATOR, "lead")),
        st.sampled_from(ALL_GRIDS),
        st.sampled_from(((), (), ("report",), ("issue", "inquiry"))),
        st.sampled_from(((), (), ("courtyard_lamp",))),
        st.sampled_from((None, None, "municipal_lighting", "property_company", "nobody")),
    ),
    max_size=3,
).map(tuple)


def wants(wanted: AuditFilter, position: int) -> bool:
    """Say of an event whether it is wanted, by its leaf."""
    leaf, matter = told().leaves[position], told().matters[position]
    command = None if leaf.command is None else leaf.command.type
    kind, _, rest = leaf.stream.partition("/")
    return (
        wanted.actor_id in {None, leaf.actor_id}
        and (wanted.case_id is None or (kind, rest) == ("case", wanted.case_id))
        and wanted.kind in {None, kind}
        and wanted.type in {None, leaf.type, f"{leaf.type}.v{leaf.schema_v}"}
        and wanted.mandate_id in {None, leaf.mandate_id}
        and wanted.on_behalf_of in {None, leaf.on_behalf_of}
        and wanted.client_id in {None, leaf.client_id}
        and (wanted.command is None or wanted.command == command)
        and wanted.clause in {None, leaf.rule_id}
        and wanted.role in {None, leaf.actor_role}
        and (wanted.grid is None or wanted.grid in matter.path)
        and (wanted.first is None or position >= wanted.first)
        and (wanted.last is None or position <= wanted.last)
    )


@given(wanted=FILTERS, held=SIGHTS, limit=st.integers(1, 40))
def test_everybody_reads_what_they_may_know_of_what_they_want(
    wanted: AuditFilter, held: tuple[Sight, ...], limit: int
) -> None:
    """Given any sights and any filter, then the pages together hold each event that is wanted and may be known, once, and no other."""
    expected = [
        position
        for position, matter in told().matters.items()
        if may_read(held, matter) and wants(wanted, position)
    ]

    positions = [row.position for row in shown(wanted, held, limit=limit)]

    assert positions == sorted(expected, reverse=wanted.newest_first)


@given(st.data())
def test_instants_of_recording_bound_the_trail(data: st.DataObject) -> None:
    """Given two instants, then the events are those recorded from the one until before the other."""
    instants = sorted({leaf.recorded_at for leaf in told().leaves.values()})
    since, until = (data.draw(st.sampled_from(instants)) for _ in range(2))

    rows = shown(AuditFilter(recorded_since=since, recorded_until=until, newest_first=False))

    expected = [p for p, leaf in told().leaves.items() if since <= leaf.recorded_at < until]
    assert [row.position for row in rows] == expected


def test_a_case_made_confidential_hides_its_past() -> None:
    """Given a case that a grid worker knows, when it is made confidential, then its earlier events are hidden from them, too."""
    community = founded()
    case = community.collect()
    worker = (Sight("grid_worker", COMMUNITY),)
    assert read_by(worker, community) == 1

    community.do(case, "change-visibility", "secretary", level="confidential")

    assert read_by(worker, community) == 0
    assert read_by((Sight("supervisor", COMMUNITY),), community) > 2


def read_by(held: tuple[Sight, ...], community: Community) -> int:
    """How many events somebody reads."""
    db = served(community.log, AUDIT_TRAIL)
    return len(page(db, held, AuditFilter(), at=community.now, after=None, limit=200).items)


def test_the_register_is_read_by_its_keepers_for_whomever_they_act() -> None:
    """Given an operator and a supervisor who act for an office, then the operator reads of the register, the supervisor does not."""

    def read(role: str, principal: str | None) -> int:
        held = (Sight(role, COMMUNITY, principal=principal),)
        return len(shown(AuditFilter(kind="person"), held))

    assert read(OPERATOR, "street_office") == read(OPERATOR, None) == read("supervisor", None) > 0
    assert read("supervisor", "street_office") == 0


def test_before_a_charter_only_operators_read_the_register() -> None:
    """Given an instant before any charter was in force, when a supervisor reads then, then the register stays closed."""
    db, _, _, _ = told()
    before = min(leaf.recorded_at for leaf in told().leaves.values()).replace(year=2020)

    rows = [
        page(
            db,
            (Sight(role, COMMUNITY),),
            AuditFilter(kind="person"),
            at=before,
            after=None,
            limit=9,
        )
        for role in ("supervisor", OPERATOR)
    ]

    assert [len(found.items) for found in rows] == [0, 9]


def test_who_has_no_mandate_reads_nothing() -> None:
    """Given somebody without any sight, then there is no page."""
    assert shown(AuditFilter(), ()) == []


def test_no_row_holds_the_hash_of_a_key() -> None:
    """Given keys that were issued, then the trail names them by the beginning of their hash alone."""
    whole = "\n".join(told().db.iterdump())

    assert "api-key/abababababab" in whole
    assert "ab" * 32 not in whole


@pytest.mark.parametrize("query", QUERIES.values(), ids=map(str, QUERIES))
def test_a_page_is_read_off_an_index_in_order(query: str) -> None:
    """Given the query that anything leads, then SQLite neither looks at all rows nor sorts any."""
    steps = plan(told().db, query, {"value": "x", "low": 0, "high": 9})

    assert "SCAN" not in steps
    assert "TEMP B-TREE" not in steps
    assert (
        "SEARCH e USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)" in steps or "position>?" in steps
    )
