"""One case being played: who gives which command for it, and how long to wait until the next.

A plot is a generator over a scene: it gives commands, and yields the instants at which it wants to go on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from casesys.demo.player import Player
from casesys.domain.cases import commands as c
from casesys.domain.cases.state import Case
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Text
from casesys.domain.refusals import Refusal
from casesys.domain.working_time import deadline

Plot = Iterator[datetime]
"""A story going on: the instants at which it wants to be woken."""


class TurnedAway(NamedTuple):
    """A command that was refused: when, whose, which, on which case, and the refusal with the clause it rests on."""

    at: datetime
    actor: str
    command: type[c.CaseCommand]
    refusal: Refusal
    clause: Text | None


class NotRefused(AssertionError):
    """A command that a plot meant to be refused was accepted, or refused for another reason: the plot or the rules are wrong."""


class Scene:
    """One case on the stage."""

    def __init__(self, player: Player, charter: CharterVersion, next_id: Callable[[], str]) -> None:
        """Play a case that has not been collected yet; it takes the next id when it is."""
        self._player = player
        self._charter = charter
        self._next_id = next_id
        self.case_id = ""
        self.turned_away: list[TurnedAway] = []

    # -- commands -----------------------------------------------------------------------------------------------------------

    def collect(
        self, by: str, *, channel: str, heard_at: datetime | None = None, **fields: object
    ) -> None:
        """Write the case down, now or as heard earlier; an issue unless the fields say another type."""
        self.case_id = self._next_id()
        given = {"case_id": self.case_id, "case_type": "issue"} | fields
        command = c.CollectCase.model_validate(given)
        self._player.give(command, by, channel=channel, effective_at=heard_at)

    def do(self, by: str, command: type[c.CaseCommand], **fields: object) -> None:
        """Give a command. Raises Refusal, which is a fault of the plot."""
        self._player.give(self._filled(command, fields), by)

    def do_all(
        self, by: str, command: type[c.CaseCommand], each: Iterable[Mapping[str, object]]
    ) -> None:
        """Give the same command several times in one go, with other fields each time."""
        self._player.give_together([self._filled(command, fields) for fields in each], by)

    def _filled(self, command: type[c.CaseCommand], fields: Mapping[str, object]) -> c.CaseCommand:
        return command.model_validate({"case_id": self.case_id, **fields})

    def refused(self, code: str, by: str, command: type[c.CaseCommand], **fields: object) -> None:
        """Give a command that the rules turn away, and remember how. Raises NotRefused."""
        try:
            self.do(by, command, **fields)
        except Refusal as refusal:
            if refusal.code != code:
                raise NotRefused(f"{self.case_id}: {refusal.code} instead of {code}") from refusal
            clause = None if refusal.clause is None else self._charter.clause_text(refusal.clause)
            turned = TurnedAway(self._player.now, by, command, refusal, clause)
            self.turned_away.append(turned)
            self._player.pause()
        else:
            raise NotRefused(f"{self.case_id}: {command.__name__} was to be refused: {code}")

    def attach(self, by: str, caption: str) -> str:
        """Attach a photograph or a scan, of which the log keeps only digest, size and type; give its digest."""
        content = sha256(f"{self.case_id} {caption}".encode())
        size = 200_000 + int.from_bytes(content.digest()[:2])
        fields = {"media_type": "image/jpeg", "size": size, "caption": caption}
        self.do(by, c.AttachEvidence, digest=content.hexdigest(), **fields)
        return content.hexdigest()

    @property
    def case(self) -> Case:
        """The case as it stands."""
        return self._player.case(self.case_id)

    # -- instants -----------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The instant that it is."""
        return self._player.now

    def later(self, **duration: float) -> datetime:
        """In so much time, as `timedelta` takes it."""
        return self.now + timedelta(**duration)

    def workday(self, ahead: int, clock_time: str) -> datetime:
        """At a local time on the n-th working day from today; 0 is today."""
        return self._player.days.workday(self.now, ahead, clock_time)

    def day(self, ahead: int, clock_time: str) -> datetime:
        """At a local time in n days, or on the next working day after that."""
        return self._player.days.workday(self.later(days=ahead), 0, clock_time)

    def due(self, clock: str) -> datetime:
        """When a clock of the case runs out."""
        term = self.case.clocks[clock].term
        calendar = self._player.days.calendar if term.budget.calendar else None
        return deadline(term, calendar, self.now).due_at
