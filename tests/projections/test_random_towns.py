"""Random lives of a town: whatever happened in it, everybody reads, counts and looks up what is so and what they may know."""

import os
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from random import Random

from hypothesis import Phase, settings

from casesys.domain.register.knowledge import Sight, sights
from casesys.domain.working_time.zone import UTC_ZONE
from casesys.projections import audit_queries, bulletin, register_queries
from casesys.projections.audit_queries import AuditFilter
from casesys.projections.batches import Walk
from casesys.projections.bulletin import BulletinFilter
from casesys.projections.chosen import EVERYTHING
from casesys.projections.contract import Batch
from casesys.projections.figures import Figure, cases_behind, figures
from casesys.projections.metrics import callbacks_behind, metrics
from casesys.projections.register_facts import Kind, MandateFact
from casesys.projections.registry import all_of
from casesys.store.contract import EventLog
from casesys.vault import Vault
from tests.model.machine import Lives
from tests.model.test_lives import AnyLives, StockLives
from tests.projections.built import everything, held
from tests.projections.knowing import is_shown, known, matters_of, may_read, people_of
from tests.projections.served import served


def trail_is_whole(
    db: sqlite3.Connection, seen: Sequence[Sight], batch: Batch, now: datetime
) -> None:
    """Somebody reads of each event that they may know of, newest first, and of no other."""
    rows = everything(
        lambda key: audit_queries.page(db, seen, AuditFilter(), at=now, after=key, limit=60)
    )
    matters = matters_of(batch, now)
    expected = [position for position, matter in matters.items() if may_read(seen, matter)]
    assert [row.position for row in rows] == expected[::-1]


def figures_are_right(db: sqlite3.Connection, seen: Sequence[Sight], batch: Batch) -> None:
    """Somebody counts the cases that they may know of, and behind each figure are as many as it says."""
    cases = [now.case for now in batch.cases.values() if known(seen, now)]
    found = figures(db, seen)
    assert found.cases == len(cases)
    assert sum(found.results.values()) == sum(case.result is not None for case in cases)
    for stage, stays in found.days_in_stages.items():
        assert _stays(db, seen, stage) == stays.ended.numerator
    for metric in metrics(db, seen, EVERYTHING):
        assert _callbacks(db, seen, metric.code) == metric.denominator


def _stays(db: sqlite3.Connection, seen: Sequence[Sight], stage: str) -> int:
    of = Figure.DAYS_IN_STAGES
    pages = everything(
        lambda key: cases_behind(db, seen, EVERYTHING, of, stage, after=key, limit=7)
    )
    return len(list(pages))


def _callbacks(db: sqlite3.Connection, seen: Sequence[Sight], code: str) -> int:
    pages = everything(lambda key: callbacks_behind(db, seen, EVERYTHING, code, after=key, limit=7))
    return len(list(pages))


def register_is_as_decisions_see_it(db: sqlite3.Connection, batch: Batch, now: datetime) -> None:
    """The mandates that the register shows are those that somebody could act by."""
    people = people_of(batch)
    seen = [sight for person in people for sight in sights(person, now)]
    facts = everything(
        lambda key: register_queries.at(db, seen, now, Kind.MANDATE, after=key, limit=9)
    )
    shown = {
        (row.fact.person, row.fact.mandate_id) for row in facts if isinstance(row.fact, MandateFact)
    }
    valid = {(p.person_id, m.mandate_id) for p in people for m in p.mandates if m.valid(now)}
    assert shown == valid


def bulletin_shows_what_is_public(db: sqlite3.Connection, batch: Batch) -> None:
    """The bulletin holds each case of a level that it shows, and of no shielded type; no other."""
    shown = everything(
        lambda key: bulletin.page(db, BulletinFilter(), UTC_ZONE, after=key, limit=3)
    )
    public = {case_id for case_id, now in batch.cases.items() if is_shown(now)}
    assert sorted(each.case_id for each in shown) == sorted(public)


def rows_do_not_depend_on_pages(log: EventLog, vault: Vault, db: sqlite3.Connection) -> None:
    """However the log is cut, the rows are the same."""
    size = log.head().size
    chance = Random(size)  # noqa: S311 - no secret is made of it
    cuts = [place for place in range(1, size) if chance.random() < chance.choice((0.02, 0.5))]
    models = all_of(log, vault)
    other = served(log, *models, cuts=cuts)
    for model in models:
        assert held(other, model) == held(db, model), model.name


def look_back(life: Lives) -> None:
    """Hold the read models of a life that went well against what its log says."""
    if not life.sound:
        return
    engine, now = life.twins.memory.engine, life.clock.now
    log, vault = engine.log, engine.vault
    batch = Walk(log, 0).advance(log.head().size)
    db = served(log, *all_of(log, vault))
    rows_do_not_depend_on_pages(log, vault, db)
    for person in people_of(batch):
        seen = sights(person, now)
        trail_is_whole(db, seen, batch, now)
        figures_are_right(db, seen, batch)
    register_is_as_decisions_see_it(db, batch, now)
    bulletin_shows_what_is_public(db, batch)


class StockTowns(StockLives):
    """Lives under the stock charter."""

    def teardown(self) -> None:
        """Look at the read models, then do what ends every life."""
        try:
            look_back(self)
        finally:
            super().teardown()


class AnyTowns(AnyLives):
    """Lives under random charters."""

    def teardown(self) -> None:
        """Look at the read models, then do what ends every life."""
        try:
            look_back(self)
        finally:
            super().teardown()


TestStockTowns = StockTowns.TestCase
TestAnyTowns = AnyTowns.TestCase

GATE = settings(
    max_examples=4,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
)
SOAK = settings(max_examples=300, stateful_step_count=50, deadline=None, print_blob=True)
for _towns in (TestStockTowns, TestAnyTowns):
    _towns.settings = SOAK if "CASESYS_SOAK" in os.environ else GATE
