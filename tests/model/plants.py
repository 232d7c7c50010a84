"""Faults to plant in the engine: each is one that somebody could make, and breaks an invariant that random lives watch.

A plant changes the engine by a `MonkeyPatch` and nothing of the model, so that what finds it is what would find it in earnest.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import msgspec
import pytest
from msgspec.structs import replace

from casesys.application import Engine, Request, writing
from casesys.application.engine import Verdict
from casesys.domain import catalogue
from casesys.domain.cases import events as e
from casesys.domain.cases import evolve, preview
from casesys.domain.cases.matter import Matter
from casesys.domain.cases.rules import meeting
from casesys.domain.cases.state import Attendance, Case, Deliberation
from casesys.domain.charter.steps import Meeting, Threshold
from casesys.domain.messages import Command, Event, Recorded, StreamId
from casesys.evidence.canonical import canonical
from casesys.evidence.leaf import CommandRecord
from casesys.store import stamping
from casesys.store.contract import Unit
from casesys.store.stamping import Tip
from casesys.vault.fields import SealedField

S = TypeVar("S")


def _there(value: S | None) -> S:
    assert value is not None
    return value


def _evolving(
    patch: pytest.MonkeyPatch, event: type[Event], spoil: Callable[[Case, Case], Case]
) -> None:
    """Let an event change a case otherwise: `spoil` has the case before and after, and gives what it becomes."""
    sound = evolve.BY_EVENT[event]

    def faulty(case: Case, happened: Event, recorded: Recorded) -> Case:
        return spoil(case, sound(case, happened, recorded))

    patch.setitem(evolve.BY_EVENT, event, faulty)


# -- in the domain ------------------------------------------------------------------------------------------------------------


def a_threshold_must_be_exceeded(patch: pytest.MonkeyPatch) -> None:
    """Two of three are not two thirds any more."""

    def faulty(self: Threshold, votes: int, whole: int) -> bool:
        return votes > self.share * whole

    patch.setattr(Threshold, "reached", faulty)


def a_vote_counts_twice(patch: pytest.MonkeyPatch) -> None:
    """The tally has one vote more than were cast."""
    sound = meeting.count

    def faulty(step: Meeting, deliberation: Deliberation, attendance: Attendance) -> e.Tally:
        tally = sound(step, deliberation, attendance)
        return replace(tally, votes_for=tally.votes_for + min(1, tally.votes_for))

    patch.setattr(meeting, "count", faulty)


def who_has_voted_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A vote leaves no trace in the case, so that the member may vote again."""

    def spoil(before: Case, after: Case) -> Case:
        votes = _there(before.deliberation).votes
        return replace(after, deliberation=replace(_there(after.deliberation), votes=votes))

    _evolving(patch, e.VoteCast, spoil)


def a_suspension_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A clock that runs again has lost the time for which it stood."""

    def spoil(_: Case, after: Case) -> Case:
        clocks = {name: replace(each, suspensions=()) for name, each in after.clocks.items()}
        return replace(after, clocks=clocks)

    _evolving(patch, e.ClockResumed, spoil)


def time_is_always_up(patch: pytest.MonkeyPatch) -> None:
    """A clock has run out as soon as it runs."""

    def faulty(self: Matter, name: str) -> bool:
        return name in self.running()

    patch.setattr(Matter, "expired", faulty)


def who_accepts_leads_no_more(patch: pytest.MonkeyPatch) -> None:
    """A case whose lead has accepted it is nobody's."""

    def spoil(_: Case, after: Case) -> Case:
        return replace(after, assignment=replace(_there(after.assignment), lead=None))

    _evolving(patch, e.AssignmentAccepted, spoil)


def reopening_forgets_the_end(patch: pytest.MonkeyPatch) -> None:
    """A case that is taken up again has never ended."""
    _evolving(patch, e.CaseReopened, lambda _, after: replace(after, endings=()))


# -- in the command path and the store ----------------------------------------------------------------------------------------


def versions_that_were_read_are_not_checked(patch: pytest.MonkeyPatch) -> None:
    """The store takes what was decided on states that others have changed since."""
    sound = stamping._check  # noqa: SLF001 - where the fault goes

    def faulty(unit: Unit, index: int, tips: dict[StreamId, Tip]) -> None:
        sound(replace(unit, reads={}), index, tips)

    patch.setattr(stamping, "_check", faulty)


def a_repeated_command_is_answered_anew(patch: pytest.MonkeyPatch) -> None:
    """What was done already is refused, as if it were asked for the first time."""
    sound = Engine._first_answer  # noqa: SLF001 - where the fault goes

    def faulty(self: Engine, request: Request, otherwise: Verdict | None = None) -> Verdict:
        return otherwise or sound(self, request)

    patch.setattr(Engine, "_first_answer", faulty)


def an_engine_keeps_facts_of_before(patch: pytest.MonkeyPatch) -> None:
    """The state that an engine keeps between two commands has the version after an event, but lacks what it changed."""
    sound = catalogue.evolve

    def faulty(before: object, recorded: Recorded) -> object:
        after = sound(before, recorded)
        if isinstance(before, Case) and isinstance(after, Case):
            return replace(after, facts=before.facts)
        return after

    patch.setattr("casesys.application.engine.evolve", faulty)


def a_command_is_recorded_in_part(patch: pytest.MonkeyPatch) -> None:
    """The facts that somebody gave are not in the record of the command."""
    sound = writing._command_record  # noqa: SLF001 - where the fault goes

    def faulty(command: Command, slots: writing._Slots) -> CommandRecord:
        record = sound(command, slots)
        fields: Mapping[str, object] = msgspec.json.decode(record.data)
        kept = {name: value for name, value in fields.items() if name != "facts"}
        return replace(record, data=canonical(kept))

    patch.setattr(writing, "_command_record", faulty)


def a_personal_text_lies_open(patch: pytest.MonkeyPatch) -> None:
    """A personal text is sealed, and stands in the envelope as well."""
    sound = writing._unit  # noqa: SLF001 - where the fault goes

    def faulty(drafted: writing.Drafted, sealed: Iterator[SealedField]) -> Unit:
        texts = [field.text for leaf in drafted.leaves for field in leaf.slots.fields]
        unit = sound(drafted, sealed)
        return replace(unit, correlation_id=texts[0]) if texts else unit

    patch.setattr(writing, "_unit", faulty)


def what_moves_a_case_is_entered_anyhow(patch: pytest.MonkeyPatch) -> None:
    """Somebody says that a case went on before it came to where it goes on from."""
    patch.setattr("casesys.domain.cases.decide._check_turn", lambda *_: None)


def a_case_waits_for_what_is_refused(patch: pytest.MonkeyPatch) -> None:
    """A case waits for commands that nobody can give as it is."""
    waited = preview._ELSEWHERE | preview._INSTEAD.keys()  # noqa: SLF001 - where the fault goes
    patch.setattr(preview, "_ELSEWHERE", waited)
