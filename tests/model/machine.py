"""The machine: random lives of a town, on two stores at once, every invariant of the domain watched at every step.

A step draws one number; all that colours the step comes from a generator seeded by it, so that a life can be long. `town`, `twins`
and `asking` make the life, `record` reads what was stored, `votes`, `clocks`, `stays` and `courses` watch it, `after` looks back.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from msgspec.structs import replace

from casesys.application import Answer, CommandIdReused, Request
from casesys.application.engine import Verdict
from casesys.domain.cases.commands import AddNote, ClockCommand, CollectCase
from casesys.domain.cases.state import Case
from casesys.domain.catalogue import COMMANDS
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Personal
from casesys.domain.processes.deadlines import Due, upcoming
from casesys.domain.refusals import Refusal
from casesys.domain.vocabulary import Stage
from tests.model import after
from tests.model.asking import PEOPLE, Asking
from tests.model.clocks import Clocks
from tests.model.courses import (
    Leads,
    keeps_what_ended_it,
    never_undoes_making_safe,
    obeys_the_table,
)
from tests.model.figures import PLAYED
from tests.model.previews import can_be_done, was_previewed
from tests.model.record import Record
from tests.model.stays import Stays
from tests.model.town import OPERATOR, founding, plan
from tests.model.twins import Desk, TownClock, Twins
from tests.model.votes import Votes

SEEDS = st.integers(0, 2**32 - 1)
DESKS: Sequence[Desk] = ("first", "first", "second")
BEGINNINGS = (
    datetime(2026, 3, 2, 1, tzinfo=UTC),
    datetime(2026, 9, 24, 8, tzinfo=UTC),  # the National Day holidays are near
    datetime(
        2026, 12, 21, 4, tzinfo=UTC
    ),  # and here the year that the calendar covers is nearly over
)
CLOCK_COMMANDS = [kind for kind in COMMANDS.values() if issubclass(kind, ClockCommand)]
CASES_AT_FIRST = 3
A_YEAR = timedelta(days=365)
PAUSES = (0, 0, 0, 1, 10, 240, 1_440, 4_320, 14_400, 23_040)
"""How long nothing happens, in minutes: between two letters of one morning, and until a notice of ten days is over."""

DEEDS: Sequence[str] = (
    *("a_case_goes_on",) * 12,
    *("the_clock_ticks", "time_passes", "somebody_asks_anything") * 2,
    *("somebody_brings_a_case", "the_register_changes", "many_ask_together"),
    *("somebody_repeats_a_command", "the_clock_is_wrong", "a_machine_restarts"),
)
"""What may happen in a step. One rule does them all, because hypothesis would leave some rules out of most lives."""


class Lives(RuleBasedStateMachine):
    """The rules of a random life; which charters the town has is said by those who inherit it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.sound = False
        self.given: list[tuple[Request, Verdict]] = []

    def found(self, versions: tuple[CharterVersion, ...], seed: int, beginning: datetime) -> None:
        """Found the town."""
        chance = Random(seed)  # noqa: S311 - no secret is made of it
        self.clock = TownClock(beginning)
        self.twins = Twins(Path(self.folder.name), self.clock)
        town = plan(versions, chance)
        watching = (
            *(Votes(), Clocks(), Leads(), Stays()),
            *(obeys_the_table, keeps_what_ended_it, never_undoes_making_safe, was_previewed),
            can_be_done,
        )
        self.record = Record(self.twins, watching)
        self.asking = Asking(town, self.record)
        given = [
            Request(command, self.asking.plainly(OPERATOR))
            for command in founding(town, chance, beginning)
        ]
        verdicts = self.give(given)
        refused = [verdict for verdict in verdicts if not isinstance(verdict, Answer)]
        assert not refused, refused
        while len(self.record.cases) < CASES_AT_FIRST:
            self.somebody_brings_a_case(chance, "first")

    def teardown(self) -> None:
        """Look back at a life that went well, then clean up."""
        try:
            if self.sound:
                after.everything(self.record)
                PLAYED.update(self.record.counts, lives=1)
        finally:
            if hasattr(self, "twins"):
                self.twins.close()
            self.folder.cleanup()

    # -- giving commands ----------------------------------------------------------------------------------------------------

    def give(self, requests: list[Request], desk: Desk = "first") -> list[Verdict]:
        """Give commands to both stores in one commit, and read what they left."""
        self.sound = False
        verdicts = self.twins.perform(requests, desk)
        self.record.take()
        self.given.extend(zip(requests, verdicts, strict=True))
        accepted = sum(isinstance(v, Answer) and not v.repeated for v in verdicts)
        PLAYED.update(accepted=accepted, refused=sum(isinstance(v, Refusal) for v in verdicts))
        self.sound = True
        return verdicts

    @rule(deed=st.sampled_from(DEEDS), seed=SEEDS, desk=st.sampled_from(DESKS))
    def step(self, deed: str, seed: int, desk: Desk) -> None:
        """Let one of the following happen."""
        PLAYED["steps"] += 1
        getattr(self, deed)(Random(seed), desk)  # noqa: S311 - a game, no secret

    def some_case(self, chance: Random) -> Case:
        """A case, mostly an open one."""
        cases = list(self.record.cases.values())
        alive = [case for case in cases if case.stage is not Stage.CLOSED]
        return chance.choice(alive if alive and chance.random() < 0.85 else cases)

    def somebody_brings_a_case(self, chance: Random, desk: Desk) -> None:
        """Collect a case."""
        request = self.asking.request(chance, CollectCase, None)
        assert request is not None
        self.give([request], desk)

    def a_case_goes_on(self, chance: Random, desk: Desk) -> None:
        """Do a few things to a case that move it, some time after each other."""
        case_id = self.some_case(chance).case_id
        for _ in range(chance.randint(1, 8)):
            self.clock.move(timedelta(minutes=chance.choice(PAUSES)))
            request = self.asking.welcome(chance, self.record.cases[case_id])
            if request is not None:
                self.give([request], desk)

    def somebody_asks_anything(self, chance: Random, desk: Desk) -> None:
        """Give any command, its fields strange at times."""
        strange = chance.choice((0, 0.2))
        kind = chance.choice(PEOPLE)
        request = self.asking.request(chance, kind, self.some_case(chance), strange=strange)
        if request is not None:
            self.give([request], desk)

    def the_register_changes(self, chance: Random, desk: Desk) -> None:
        """Give a command on the register."""
        request = self.asking.change(chance)
        assert request is not None
        self.give([request], desk)

    def many_ask_together(self, chance: Random, desk: Desk) -> None:
        """Give several commands in one commit; some may stand twice in it."""
        requests = []
        for _ in range(chance.randint(2, 4)):
            case = self.some_case(chance)
            asked = (
                self.asking.welcome(chance, case)
                if chance.random() < 0.7
                else self.asking.request(chance, chance.choice(PEOPLE), case, strange=0.05)
            )
            requests += [asked] * chance.choice((1, 1, 1, 2)) if asked is not None else []
        self.give(requests, desk)

    def somebody_repeats_a_command(self, chance: Random, desk: Desk) -> None:
        """Invariant 4: the same id again has the same answer and no effect; with another command it is refused."""
        request, verdict = chance.choice(self.given)
        again = Request(request.command, replace(request.envelope, decided_at=self.clock.now))
        (second,) = self.give([again], desk)
        if isinstance(verdict, Answer):
            assert second == replace(verdict, repeated=True)
            note = AddNote(case_id="case-1", note=Personal("ქქქ"))
            (other,) = self.give([Request(note, again.envelope)], desk)
            assert isinstance(other, CommandIdReused) or verdict.events == ("note-added.v1",)

    # -- time ---------------------------------------------------------------------------------------------------------------

    def time_passes(self, chance: Random, _: Desk) -> None:
        """Let time pass, or wait until a clock of a case does something, or till just before."""
        ahead = [due.at for due in self.due(self.some_case(chance)) if due.at > self.clock.now]
        if not ahead or chance.random() < 0.3:
            self.clock.move(timedelta(minutes=chance.choice(PAUSES)))
        elif ahead[0] - self.clock.now < A_YEAR:
            early = timedelta(microseconds=chance.choice((0, 0, 1)))
            self.clock.move(ahead[0] - self.clock.now - early)

    def due(self, case: Case) -> list[Due]:
        """What the clocks of a case will bring about; nothing as long as no calendar is adopted."""
        version = self.record.governing(case)
        try:
            return upcoming(case, version, self.record.world(), self.clock.now)
        except Refusal as refusal:
            if refusal.code != "calendar-not-adopted":
                raise
            return []

    def the_clock_ticks(self, _: Random, desk: Desk) -> None:
        """Do what is due, one after the other. It is never refused, and afterwards nothing is due."""
        for case_id in list(self.record.cases):
            while (due := self.due(self.record.cases[case_id])) and due[0].at <= self.clock.now:
                request = Request(due[0].command, due[0].envelope(self.clock.now))
                (verdict,) = self.give([request], desk)
                assert isinstance(verdict, Answer), verdict

    def the_clock_is_wrong(self, chance: Random, desk: Desk) -> None:
        """Do what is not due yet, or was never going to be; mostly it is refused, and never does harm."""
        case = self.some_case(chance)
        due = self.due(case)
        if due and chance.random() < 0.5:
            early = chance.choice(due)
            request: Request | None = Request(early.command, early.envelope(self.clock.now))
        else:
            request = self.asking.request(chance, chance.choice(CLOCK_COMMANDS), case)
        assert request is not None
        self.give([request], desk)

    # -- machines -----------------------------------------------------------------------------------------------------------

    def a_machine_restarts(self, _: Random, desk: Desk) -> None:
        """Close one engine over the file and open it anew."""
        self.twins.restart(desk)
