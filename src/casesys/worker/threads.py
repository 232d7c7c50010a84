"""The worker's threads: one follows the log and runs the read models, one ticks, one notarises. None waits for another.

Whatever stops one of them for a while is told once, and tried again until it works. Only the process that runs the read models ticks
and notarises.
"""

import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from threading import Event, Lock, Thread
from typing import Self

from casesys.application import Service
from casesys.notary.failures import NotaryError
from casesys.projections.copies import described
from casesys.projections.database import Views
from casesys.projections.deadlines_queries import due_cases
from casesys.projections.failures import ViewsError
from casesys.projections.reader import Reader
from casesys.projections.running import Runner
from casesys.store import StoreError
from casesys.store.contract import Clock
from casesys.vault import VaultError
from casesys.worker.notarising import Notarising
from casesys.worker.ticking import Ticking

TICK_SECONDS = 1.0
"""How often the clocks are looked at, and whether there is something to notarise."""

MORE_SECONDS = 0.05
"""The same while there is more to do: long enough for the read models to take in what the last tick brought about."""

RETRY_SECONDS = 0.5
"""How long to wait when something stands in the way."""

TAKE_OVER_SECONDS = 0.05
"""How often to look whether another process still runs the read models."""

DueCases = Callable[[sqlite3.Connection, datetime, int], Sequence[str]]
"""Asks the read models which cases, at most so many, are due by an instant."""

TellTroubles = Callable[[Mapping[str, str]], object]
"""Told all that stands in the way, as `Worker.troubles` gives it, at the beginning and whenever that changes."""

_log = logging.getLogger(__name__)


class Worker:
    """Keeps the read models of a service's log up to date, and lets time pass for its cases."""

    def __init__(  # noqa: PLR0913 - what it needs, each by its name
        self,
        service: Service,
        views: Views,
        runner: Runner,
        clock: Clock,
        *,
        notarising: Notarising | None = None,
        ask_due: DueCases = due_cases,
        tick_seconds: float = TICK_SECONDS,
        tell_troubles: TellTroubles = lambda _: None,
    ) -> None:
        """Put the parts together; runner and notarising are this worker's alone from `start` to `stop`.

        `tell_troubles` is called by any of its threads, by one at a time.
        """
        self._service = service
        self._views = views
        self._runner = runner
        self._clock = clock
        self._ask_due = ask_due
        self._tick_seconds = tick_seconds
        self._tell_troubles = tell_troubles
        self._telling = Lock()
        self._leads = Event()
        self._stopped = Event()
        self._nudged = Event()
        self._troubles: Mapping[str, str] = {}
        work = {"projections": self._follow, "clock": self._let_time_pass}
        if notarising is not None:
            work["notary"] = partial(self._look_often, "notary", notarising.attend)
        self._threads = [
            Thread(target=self._supervise, args=each, name=f"casesys-{each[0]}")
            for each in work.items()
        ]

    @property
    def leads(self) -> bool:
        """Whether this process runs the read models, not another."""
        return self._leads.is_set()

    @property
    def troubles(self) -> Mapping[str, str]:
        """What stands in the way of which thread just now, by the code or the class of the error; empty when all is well."""
        return self._troubles

    def start(self) -> None:
        """Begin, in threads of its own."""
        self._tell_troubles(self._troubles)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End soon, after the page and the commands under way, and let others run the read models."""
        self._stopped.set()
        self._nudged.set()
        for thread in self._threads:
            thread.join()
        self._views.let_go()

    def __enter__(self) -> Self:
        """Be at work for the length of a block."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def nudge(self) -> None:
        """Say that there is something new, or something to be done with a read model; callable from any thread."""
        self._nudged.set()

    # -- the read models ----------------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        log = self._service.engine.log
        with log.waiting() as wait:
            while True:
                self._nudged.clear()
                if self._stopped.is_set():
                    return
                seen = log.head().size
                if self._go_on():
                    self._is_well("projections")
                    wait(seen, self._nudged)
                else:
                    self._leads.clear()
                    self._stopped.wait(TAKE_OVER_SECONDS)

    def _go_on(self) -> bool:
        """Run the read models as long as there is something to do; say no if another process does."""
        while self._runner.begin():
            self._leads.set()
            if self._stopped.is_set() or not self._runner.step():
                return True
        return False

    # -- the clock ----------------------------------------------------------------------------------------------------------

    def _let_time_pass(self) -> None:
        with closing(Reader(self._views)) as reader:

            def ask_due(now: datetime, limit: int) -> Sequence[str]:
                return self._ask_due(reader.now(), now, limit)

            self._look_often("clock", Ticking(self._service, ask_due, self._clock).tick)

    def _look_often(self, what: str, look: Callable[[], object]) -> None:
        """Look until the worker stops, as long as this process leads; sooner again where a look says that there is more to do."""
        pause = self._tick_seconds
        while not self._stopped.wait(pause):
            more = self.leads and look()
            self._is_well(what)
            pause = MORE_SECONDS if more else self._tick_seconds

    # -- trouble ------------------------------------------------------------------------------------------------------------

    def _supervise(self, what: str, work: Callable[[], None]) -> None:
        """Do some work until the worker stops, from its beginning whenever it fails."""
        while not self._stopped.is_set():
            try:
                work()
            except (StoreError, ViewsError, VaultError, NotaryError) as error:
                self._tell(what, error.code, str(error))
            except Exception as error:  # noqa: BLE001 - told, and tried again: no thread may end
                self._tell(what, type(error).__name__, described(error))

    def _tell(self, what: str, code: str, message: str) -> None:
        """Tell what stands in the way, once for as long as it does."""
        if self._troubles.get(what) != code:
            self._change_troubles(what, code)
            _log.error("%s: %s; trying again until it works", what, message)
        self._stopped.wait(RETRY_SECONDS)

    def _is_well(self, what: str) -> None:
        if what in self._troubles:
            self._change_troubles(what, None)
            _log.info("%s: going on", what)

    def _change_troubles(self, what: str, code: str | None) -> None:
        with self._telling:
            others = {w: other for w, other in self._troubles.items() if w != what}
            self._troubles = others if code is None else {**others, what: code}
            self._tell_troubles(self._troubles)
