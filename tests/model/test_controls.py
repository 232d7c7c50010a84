"""Negative controls: a fault planted in the engine is found by random lives, by the watcher that is there for it, and never without.

The lives are drawn from seeds, not by hypothesis: the same each time, and cheap enough to be played until one shows the fault.
"""

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from casesys.domain.charter.parse import CharterVersion, parse_charter
from tests.domain.charter.stock import document, stock
from tests.domain.neighbourhood import variant
from tests.model import plants
from tests.model.machine import BEGINNINGS, DESKS, Lives

LIVES = 30
"""In how many lives a fault may hide before it counts as not found."""

STEPS = 40


@cache
def voting() -> CharterVersion:
    """The stock charter, changed so that a meeting decides everything, by half, and nothing comes before or after it."""
    steps = document()["procedures"]["big-residents"]["steps"]
    (meeting,) = (step for step in steps if step["kind"] == "meeting")
    del meeting["second_attempt"]
    meeting["majority"][0]["comparator"] = "at_least"
    ways = ("big-residents", "big-owners", "small", "urgent")
    changes = [(f"procedures.{way}.steps", [meeting]) for way in ways]
    return parse_charter(json.dumps(variant(*changes)).encode())


class Control(NamedTuple):
    """A fault, the module of the model that has to find it, and lives in which it can show: under which charter, doing what.

    `first` is the seed of the life to begin with: one in which the fault showed when the control was written.
    """

    plant: Callable[[pytest.MonkeyPatch], None]
    found_by: str
    first: int = 0
    charter: Callable[[], CharterVersion] = stock
    deeds: Sequence[str] = ("a_case_goes_on",)


REPEATING = ("a_case_goes_on", "somebody_repeats_a_command")
TICKING = ("a_case_goes_on", "the_clock_is_wrong", "the_clock_is_wrong")
CHANGING = ("a_case_goes_on", "the_register_changes")
CONTROLS = (
    Control(plants.a_threshold_must_be_exceeded, "votes", 9, voting),
    Control(plants.a_vote_counts_twice, "votes", 12, voting),
    Control(plants.who_has_voted_is_forgotten, "votes", 8, voting),
    Control(plants.a_suspension_is_forgotten, "clocks", 6),
    Control(plants.time_is_always_up, "clocks", 10, deeds=TICKING),
    Control(plants.who_accepts_leads_no_more, "courses", 6),
    Control(plants.reopening_forgets_the_end, "courses", 3),
    Control(plants.what_moves_a_case_is_entered_anyhow, "stays", 2),
    Control(plants.a_case_waits_for_what_is_refused, "previews"),
    Control(plants.versions_that_were_read_are_not_checked, "record", 2, deeds=CHANGING),
    Control(plants.a_repeated_command_is_answered_anew, "machine", deeds=REPEATING),
    Control(plants.an_engine_keeps_facts_of_before, "record"),
    Control(plants.a_command_is_recorded_in_part, "after"),
    Control(plants.a_personal_text_lies_open, "after"),
)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.plant.__name__)
def test_a_planted_fault_is_found(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a fault in the engine, when lives are played, then its watcher finds it; in the same life without it, nobody anything."""
    with monkeypatch.context() as patch:
        control.plant(patch)
        lives = map(_finding(control), range(control.first, control.first + LIVES))
        seed, found_by = next(found for found in lives if found is not None)

    assert found_by == control.found_by
    play(control, seed)


def _finding(control: Control) -> Callable[[int], tuple[int, str] | None]:
    """Play the life of a seed; give it with the module that found something."""

    def find(seed: int) -> tuple[int, str] | None:
        try:
            play(control, seed)
        except AssertionError:
            found = pytest.ExceptionInfo[AssertionError].from_current()
            return seed, Path(found.traceback[-1].path).stem
        return None

    return find


def play(control: Control, seed: int) -> None:
    """Play one life of a town; raises AssertionError when somebody finds something."""
    chance = Random(seed)  # noqa: S311 - no secret is made of it
    life = Lives()
    try:
        life.found((control.charter(),) * 2, seed, chance.choice(BEGINNINGS))
        for _ in range(STEPS):
            deed, desk = chance.choice(control.deeds), chance.choice(DESKS)
            life.step(deed=deed, seed=chance.getrandbits(32), desk=desk)
    except AssertionError:
        life.sound = False  # or its end would be looked at as well
        raise
    finally:
        life.teardown()
