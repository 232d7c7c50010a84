"""One history on two stores: whatever is given is given to the log in memory and to the log in a file, and both answer alike.

The file has two engines, as if two caseworkers sat before it: each keeps states of its own, which are old as soon as the other has
acted. The memory has one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from string import Formatter
from typing import Literal

from casesys.application import Answer, Engine, Request, Service
from casesys.application.engine import Verdict
from casesys.bootstrap import create_service, open_service
from casesys.domain.refusals import REFUSALS, Refusal
from casesys.settings import StoreSettings, store_settings
from casesys.store.memory import MemoryLog
from casesys.vault import Vault

Desk = Literal["first", "second"]
"""At which of the two engines over the file a command is given."""


class TownClock:
    """The clock of both stores: it stands until it is moved, and never goes back."""

    def __init__(self, now: datetime) -> None:
        """Let it stand at an instant."""
        self.now = now

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        assert by >= timedelta(0)
        self.now += by


class Twins:
    """The two stores."""

    def __init__(self, folder: Path, clock: TownClock) -> None:
        """Make both, empty, under one identity."""
        self.clock = clock
        self.folder = folder
        create_service(self.settings, clock=clock).close()
        self.desks: dict[Desk, Service] = {"first": self._opened(), "second": self._opened()}
        log_id = self.file.engine.log.log_id
        log = MemoryLog(clock=clock, log_id=log_id)
        self.memory = Service(Engine(log, Vault.in_memory(log_id)))

    @property
    def settings(self) -> StoreSettings:
        """Where the file is."""
        return store_settings(f"sqlite:///{self.folder}/town.db")

    @property
    def file(self) -> Service:
        """The service over the file at the first desk."""
        return self.desks["first"]

    def _opened(self) -> Service:
        return open_service(self.settings, clock=self.clock)

    def restart(self, desk: Desk) -> None:
        """Close an engine over the file and open another."""
        self.desks[desk].close()
        self.desks[desk] = self._opened()

    def close(self) -> None:
        """Let go of everything."""
        for service in (self.memory, *self.desks.values()):
            service.close()

    def perform(self, requests: Sequence[Request], desk: Desk = "first") -> list[Verdict]:
        """Give some commands, in one commit, to both stores; they answer alike."""
        before = self.memory.engine.log.head()
        verdicts = self.memory.give_all(requests)
        of_the_file = self.desks[desk].give_all(requests)
        for one, other in zip(map(told, verdicts), map(told, of_the_file), strict=True):
            assert one == other, (one, other)
        assert not any(unfilled(v) for v in verdicts if isinstance(v, Refusal))
        if not any(isinstance(v, Answer) and not v.repeated for v in verdicts):
            # Invariant 3: what is refused leaves no event; invariant 4: nor does what is repeated.
            assert self.memory.engine.log.head() == before
            assert self.file.engine.log.head().size == before.size
        return verdicts


def told(verdict: Verdict) -> object:
    """What a verdict says, in a form that can be compared."""
    if isinstance(verdict, Answer):
        return verdict
    if not isinstance(verdict, Refusal):
        return verdict.code, str(verdict)
    says, remedy = verdict.says, verdict.remedy
    return verdict.code, verdict.clause, verdict.accepted, says, remedy


def unfilled(refusal: Refusal) -> set[str]:
    """The places in the sentences of a refusal that it does not fill. Its code is one of the known ones."""
    template = REFUSALS[refusal.code]
    texts = (text for part in template for text in (part.zh, part.en))
    places = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}
    return places - refusal.particulars.keys()
