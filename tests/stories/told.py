"""A story of the season as tests read it: its events one after the other, and its text in both languages."""

from collections.abc import Sequence
from functools import cached_property
from typing import TypeVar

from casesys.application import Engine
from casesys.demo.days import Days
from casesys.demo.scene import TurnedAway
from casesys.domain.cases import events as e
from casesys.domain.cases.state import Case
from casesys.domain.messages import Event
from casesys.replay.history import Entry, History, history
from casesys.replay.story import story

E = TypeVar("E", bound=Event)


class Told:
    """One case: what happened, what was refused, and how it reads."""

    def __init__(
        self, engine: Engine, case_id: str, turned_away: Sequence[TurnedAway], days: Days
    ) -> None:
        """Read the case from the log."""
        self._engine = engine
        self._case_id = case_id
        self._days = days
        self.turned_away = turned_away

    @cached_property
    def history(self) -> History:
        """The case with every event explained."""
        return history(self._engine.log, self._engine.vault, self._case_id)

    @property
    def entries(self) -> Sequence[Entry]:
        """Its events, explained."""
        return self.history.entries

    @property
    def case(self) -> Case:
        """Its state at the end of the season."""
        return self.history.state

    @property
    def results(self) -> list[str]:
        """The results it was ended with, one for each time."""
        return [ending.result for ending in self.case.endings]

    @property
    def refusals(self) -> list[tuple[str, str]]:
        """Who was refused what by which code, in order."""
        return [(turned.actor, turned.refusal.code) for turned in self.turned_away]

    def steps(self, *, by: str | None = None) -> list[str]:
        """The names of its events in order, all or those that one actor brought about."""
        return [
            each.type.removesuffix(".v1")
            for each in self.entries
            if by in {None, each.who.actor_id}
        ]

    def passes(self, *steps: str) -> bool:
        """Say whether these events happened in this order, others in between or not."""
        going_on = iter(self.steps())
        return all(step in going_on for step in steps)

    def entry(self, kind: type[Event], number: int = 1) -> Entry:
        """The n-th event of a kind, explained."""
        return [each for each in self.entries if isinstance(each.event, kind)][number - 1]

    def event(self, kind: type[E], number: int = 1) -> E:
        """The n-th event of a kind, its texts opened."""
        event = self.entry(kind, number).event
        assert isinstance(event, kind)
        return event

    def tally(self, number: int = 1) -> e.Tally:
        """How the vote of the n-th meeting was counted."""
        tally = self.event(e.DecisionReached, number).tally
        assert tally is not None
        return tally

    def local(self, kind: type[Event], number: int = 1) -> str:
        """When the n-th event of a kind took effect, in local time."""
        return f"{self._days.local(self.entry(kind, number).effective_at):%Y-%m-%d %H:%M}"

    def unsaid(self, *, zh: str, en: str) -> list[str]:
        """Which of two passages its text lacks, the Chinese the one and the English the other, however the lines break."""
        said = ((zh, self._zh), (en, self._en))
        return [passage for passage, text in said if _unbroken(passage) not in text]

    @cached_property
    def _zh(self) -> str:
        return _unbroken(story(self.history, "zh"))

    @cached_property
    def _en(self) -> str:
        return _unbroken(story(self.history, "en"))


def _unbroken(text: str) -> str:
    return "".join(text.split())
