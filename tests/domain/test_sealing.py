"""Sealing the log: who may, how far, and that it is decided again as it was."""

import pytest

from casesys.domain.messages import Outcome
from casesys.domain.sealing import LOG, LogSealed, SealLog
from tests.domain.cases.ways import collected
from tests.domain.specification import Scene, by

ROOT = "ab" * 32


def test_the_clock_seals_the_log() -> None:
    """Given any log, when the clock seals it, then the event says how far the seal reaches and which root it has."""
    sealing = by("clock", SealLog(size=7, map_root=ROOT), "03-03 00:00")

    decision = collected().when(sealing).then(Outcome(LOG, LogSealed(7, ROOT)))

    assert decision.reads == {LOG: 0}
    assert decision.authority.role == "clock"


@pytest.mark.parametrize("person", ["operator", "clerk", "nobody"])
def test_people_do_not_seal(person: str) -> None:
    """Given a person, known or not, when they seal the log, then they are told that only time does."""
    sealing = by(person, SealLog(size=7, map_root=ROOT), "03-03 00:00")

    collected().when(sealing).refused("only-time-may")


@pytest.mark.parametrize("size", [1, 6, 7])
def test_a_seal_reaches_further_than_the_last(size: int) -> None:
    """Given a log that is sealed up to its seventh event, when a seal reaches no further, then it is refused."""
    sealed = Scene().given(by("clock", SealLog(size=7, map_root=ROOT), "03-03 00:00"))

    again = by("clock", SealLog(size=size, map_root=ROOT), "03-04 00:00")

    sealed.when(again).refused("already-sealed")


def test_a_sealed_log_is_sealed_again_further_on() -> None:
    """Given a log that is sealed, when a seal reaches further, then it is the one that counts."""
    sealed = Scene().given(
        by("clock", SealLog(size=7, map_root=ROOT), "03-03 00:00"),
        by("clock", SealLog(size=9, map_root=ROOT), "03-04 00:00"),
    )

    sealed.when(by("clock", SealLog(size=9, map_root=ROOT), "03-05 00:00")).refused(
        "already-sealed"
    )
