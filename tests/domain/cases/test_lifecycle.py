"""The lifecycle table: sound in itself, and the outer bound of everything that a rule decides."""

from typing import get_args

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.cases.lifecycle import LIFECYCLE, may_happen, may_lead
from casesys.domain.cases.rules.table import RULES
from casesys.domain.messages import Event
from casesys.domain.vocabulary import Stage

EVENTS: tuple[type[Event], ...] = get_args(e.CaseEvent)
LATER = [event for event in EVENTS if event is not e.CaseCollected]
"""Every event but the one that begins a case."""


@pytest.mark.parametrize("event", LATER)
def test_every_event_has_a_place(event: type[Event]) -> None:
    """Given an event of a case, then it may happen in some stage, and only the beginning has none."""
    assert any(may_happen(stage, event) for stage in Stage)
    assert not any(may_happen(stage, e.CaseCollected) for stage in Stage)


def test_nothing_else_is_in_the_table() -> None:
    """Given the table, then it has all stages, and its events are events of a case."""
    assert set(LIFECYCLE) == set(Stage)
    assert {event for row in LIFECYCLE.values() for event in row} == set(LATER)


@pytest.mark.parametrize("stage", Stage)
def test_every_place_leads_somewhere(stage: Stage) -> None:
    """Given an event that may happen in a stage, then there is a stage that it leads to."""
    for event, targets in LIFECYCLE[stage].items():
        assert targets, event
        assert all(may_lead(stage, event, to) for to in targets)


@pytest.mark.parametrize("event", LATER)
def test_only_an_event_that_carries_a_move_leads_on(event: type[Event]) -> None:
    """Given an event without a move, then it stays in every stage it may happen in."""
    moves = event.__annotations__.get("move") is Move
    for stage in Stage:
        if may_happen(stage, event) and not moves:
            assert LIFECYCLE[stage][event] == {stage}


def test_every_stage_can_be_reached_and_left() -> None:
    """Given a collected case, then every stage can be reached, and from every stage the end; the end is no dead end."""
    leads = {
        stage: {to for targets in LIFECYCLE[stage].values() for to in targets} for stage in Stage
    }

    def reached(start: Stage) -> set[Stage]:
        found: set[Stage] = set()
        pending = [start]
        while pending:
            new = leads[pending.pop()] - found
            found |= new
            pending.extend(new)
        return found

    assert all(reached(stage) == set(Stage) for stage in Stage)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.CLOSED])
def test_making_safe_and_ending_are_possible_in_every_open_stage(stage: Stage) -> None:
    """Given an open case, then it can be made safe, the emergency services called, the case withdrawn or referred."""
    for event in (e.MadeSafe, e.EmergencyServiceAlerted, e.CaseWithdrawn, e.CaseReferred):
        assert may_happen(stage, event)


@pytest.mark.parametrize("stage", Stage)
def test_only_reopening_leads_out_of_the_end(stage: Stage) -> None:
    """Given a closed case, then nothing but reopening leads to another stage."""
    leading = {event for event in LATER if may_lead(Stage.CLOSED, event, stage)}

    assert stage is Stage.CLOSED or leading <= {e.CaseReopened}


def test_every_command_stands_for_an_event_of_its_own() -> None:
    """Given the rules, then no two commands stand for the same event, and every command of a case but the first has a rule."""
    events = [provision.event for provision in RULES.values()]

    assert len(set(events)) == len(events)
    assert set(RULES) == _leaves(c.CaseCommand) - {c.CollectCase, c.ClockCommand}


def _leaves(command: type[c.CaseCommand]) -> set[type[c.CaseCommand]]:
    kinds = {sub for sub in command.__subclasses__() if sub.__module__.startswith("casesys.")}
    return kinds | {each for kind in kinds for each in _leaves(kind)}


def test_only_these_events_follow_from_others() -> None:
    """Given the events, then those that no command stands for are what follows from others in the same decision."""
    assert set(LATER) - {provision.event for provision in RULES.values()} == set()
