"""Playing: commands are given as people, time passes, and what the clocks of the cases bring about happens by itself on the way."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from casesys.application import Answer, Request, Service
from casesys.application.clockwork import Clockwork
from casesys.application.service import answered
from casesys.demo.days import Days
from casesys.domain.cases.commands import CaseCommand
from casesys.domain.cases.state import Case, case_stream
from casesys.domain.messages import Command, Envelope
from casesys.domain.processes.deadlines import Due

_COMMANDS = UUID("0b0f3a52-6d58-5a0e-8f5e-5d1f6e6f2c17")
"""The namespace of the command ids of a season: its commands are numbered."""

PACE = timedelta(minutes=1)
"""How long people take from one command to the next."""


class SeasonClock:
    """The simulated clock of a season, which is also the clock of its log. It stands still until it is moved, and never goes back."""

    def __init__(self, now: datetime) -> None:
        """Let it stand at an instant."""
        self.now = now

    def __call__(self) -> datetime:
        """Read it."""
        return self.now

    def move_to(self, instant: datetime) -> None:
        """Let time pass."""
        self.now = max(self.now, instant)


class Player:
    """A service with a clock that can be moved, and the cases being played on it."""

    def __init__(self, service: Service, clock: SeasonClock, days: Days, until: datetime) -> None:
        """Play on a service whose log takes its time from the clock, which stops at an instant."""
        self.days = days
        self.until = until
        self._service = service
        self._clock = clock
        self._given = 0
        self._clockwork = Clockwork(service.engine)
        self._dues: dict[str, list[Due]] = {}

    @property
    def now(self) -> datetime:
        """Where the clock stands."""
        return self._clock.now

    # -- commands -----------------------------------------------------------------------------------------------------------

    def give(
        self,
        command: Command,
        by: str,
        *,
        channel: str = "console",
        effective_at: datetime | None = None,
    ) -> Answer:
        """Give a command now. Raises Refusal."""
        answer = self._service.give(command, self._envelope(by, channel, effective_at))
        self._look_at(command)
        self.pause()
        return answer

    def give_together(self, commands: Sequence[Command], by: str) -> None:
        """Give commands that one person has ready, in one commit. Raises Refusal."""
        requests = [Request(command, self._envelope(by)) for command in commands]
        for verdict in self._service.give_all(requests):
            answered(verdict)
        for command in commands:
            self._look_at(command)
        self.pause()

    def _envelope(
        self, by: str, channel: str = "console", effective_at: datetime | None = None
    ) -> Envelope:
        self._given += 1
        return Envelope(
            command_id=uuid5(_COMMANDS, str(self._given)),
            actor_id=by,
            decided_at=self.now,
            effective_at=effective_at,
            channel=channel,
            client_id="demo",
        )

    def case(self, case_id: str) -> Case:
        """Give a case as it stands."""
        engine, stream = self._service.engine, case_stream(case_id)
        state = (engine.kept(stream) or engine.load((stream,))[stream]).state
        assert isinstance(state, Case)
        return state

    # -- time ---------------------------------------------------------------------------------------------------------------

    def pause(self) -> None:
        """Let the little time pass that people take between two commands."""
        self.pass_time(self.now + PACE)

    def pass_time(self, until: datetime) -> None:
        """Let time pass, but not beyond the end, and what is due happen, one after the other, each at its instant."""
        until = min(until, self.until)
        while (due := self._next_due()) is not None and due.at <= until:
            self._clock.move_to(due.at)
            self._service.give(due.command, due.envelope(self.now))
            self._look_at(due.command)
        self._clock.move_to(until)

    def _next_due(self) -> Due | None:
        first = (dues[0] for dues in self._dues.values() if dues)
        return min(first, key=lambda due: (due.at, due.command.case_id), default=None)

    def _look_at(self, command: Command) -> None:
        """Ask the clocks of a case what they will bring about, now that a command has changed it, or the register around it."""
        if isinstance(command, CaseCommand):
            case = self.case(command.case_id)
            self._dues[command.case_id] = self._clockwork.dues(case, self.now)
        else:
            self._clockwork.forget()
