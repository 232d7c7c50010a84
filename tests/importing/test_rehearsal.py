"""A dry run decides everything and writes nothing."""

from pathlib import Path

import pytest

from casesys.bootstrap import founding
from casesys.domain.messages import StreamId, Text
from casesys.importing import rehearsal, running
from casesys.importing.outcome import Outcome
from casesys.importing.rehearsal import rehearsal_on
from casesys.store.memory import MemoryLog
from tests.importing.city import NOW, OPERATOR, City, plausible, row


@pytest.fixture
def city(tmp_path: Path) -> City:
    """The invented city, nothing imported yet."""
    return City(tmp_path)


def rehearsed(city: City, *rows: dict[str, str]) -> Outcome:
    """What comes of importing rows on top of the city's store, without writing."""
    return city.imports(*rows, service=rehearsal_on(city.service.engine.log))


def test_a_rehearsal_counts_as_the_import_does(city: City) -> None:
    """Given a made-up file, when it is rehearsed and then imported, then both count the same, and only the second writes."""
    rows, before = list(plausible(5, 60)), city.service.engine.log.head().size

    rehearsal_of_it = rehearsed(city, *rows)
    size = city.service.engine.log.head().size
    imported = city.imports(*rows)

    assert size == before
    assert rehearsal_of_it == imported
    assert imported.imported > 50


def test_a_rehearsal_knows_what_is_there(city: City) -> None:
    """Given some rows imported, when more are rehearsed, then those are unchanged, cut-off ones go on, new ones are imported."""
    open_row = row("Q2", 状态="在办", 登记时间="2026-05-28 09:00")
    city.imports(row("Q1"), open_row)
    closed_row = open_row | {"状态": "办结", "办结时间": "2026-05-29 09:00"}

    outcome = rehearsed(city, row("Q1"), closed_row, row("Q3"))

    assert (outcome.unchanged, outcome.imported, outcome.events) == (1, 2, 8)


def test_a_rehearsal_refuses_what_the_rules_refuse(city: City) -> None:
    """Given a row that the rules stop halfway, when it is rehearsed, then it is refused by the same code."""
    rehearsed(city, row("Q1", 承办=""))

    assert [(refused.step, refused.code) for refused in city.refused] == [
        ("close-case", "out-of-order")
    ]


def test_a_rehearsal_forgets_cases_that_have_ended(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given many rows, when they are rehearsed, then no more cases are kept than may be under way, and the register is."""
    monkeypatch.setattr(running, "AT_ONCE", 4)
    monkeypatch.setattr(rehearsal, "STATES_KEPT", 8)
    service = rehearsal_on(city.service.engine.log)

    city.imports(*plausible(6, 40), service=service)

    log = service.engine.log
    kept = [
        number
        for number in range(1, 41)
        if log.read_streams([StreamId(f"case/Q{number:05}")]).popitem()[1]
    ]
    assert 0 < len(kept) <= 8
    assert log.read_streams([StreamId("grid/east")])[StreamId("grid/east")]


def test_a_rehearsal_needs_no_store(city: City) -> None:
    """Given an empty log, when founding and import are rehearsed on it, then it is still empty."""
    log = MemoryLog()
    service = rehearsal_on(log)
    command, envelope = founding(
        "secret",
        grid_id="qingchuan",
        grid_name=Text("晴川", "Qingchuan"),
        person_id=OPERATOR,
        person_name="何工",
        at=NOW,
    )
    service.give(command, envelope)

    outcome = city.imports(row("Q1"), service=service)

    assert outcome.imported == 1
    assert log.head().size == 0
