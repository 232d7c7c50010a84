"""Ticking: the cases whose clocks are due by now get the commands of the clock, in order, each exactly once.

Which cases to look at is asked of a read model, which may be behind; what is due is asked of each case as the log has it. A command's
id follows from what is due, so whatever is given twice happens once.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from casesys.application import Answer, Engine, Request, Service
from casesys.application.clockwork import Clockwork
from casesys.application.keeping import KeptStates
from casesys.domain.cases.state import Case, case_stream
from casesys.domain.processes.deadlines import Due
from casesys.projections.copies import described
from casesys.store import StoreError
from casesys.store.contract import Clock

AT_ONCE = 256
"""How many cases one tick looks at."""

LATER = timedelta(seconds=30)
"""When a case is looked at again for which nothing could be done."""

AskDue = Callable[[datetime, int], Sequence[str]]
"""Gives the cases, at most so many, that are due by an instant, by their ids, the longest due first."""

_log = logging.getLogger(__name__)


class Ticking:
    """Gives the commands of the clock through a service. Belongs to one thread."""

    def __init__(self, service: Service, ask_due: AskDue, clock: Clock) -> None:
        """Put the parts together. States are read by an engine of its own: the service's belongs to who writes."""
        self._service = service
        self._ask_due = ask_due
        self._clock = clock
        self._reading = Engine(service.engine.log, service.engine.vault, kept=KeptStates(0, 0))
        self._clockwork = Clockwork(self._reading)
        self._put_off: dict[str, datetime] = {}

    def tick(self) -> int:
        """Let happen what is due by now; give the number of commands that were carried out.

        What is refused, or cannot be found out, is told and put off with its case, and so is the case that others were faster with
        too often. Raises StoreError or VaultError when nothing can be stored.
        """
        now = self._clock()
        self._put_off = {case: until for case, until in self._put_off.items() if until > now}
        asked = self._ask_due(now, AT_ONCE + len(self._put_off))
        pending = [case_id for case_id in asked if case_id not in self._put_off]
        self._clockwork.forget()
        given: set[UUID] = set()
        count = 0
        while pending:
            dues = [due for case in self._cases(pending) for due in self._due(case, now, given)]
            verdicts = self._service.give_all([Request(d.command, d.envelope(now)) for d in dues])
            pending = []
            for due, verdict in zip(dues, verdicts, strict=True):
                if isinstance(verdict, Answer):
                    count += not verdict.repeated
                    given.add(due.command_id)
                    pending.append(due.command.case_id)
                elif isinstance(verdict, StoreError):
                    raise verdict
                else:
                    self._postpone(due.command.case_id, now, verdict.code)
        return count

    def _cases(self, case_ids: Iterable[str]) -> list[Case]:
        loaded = self._reading.load([case_stream(case_id) for case_id in case_ids]).values()
        return [each.state for each in loaded if isinstance(each.state, Case)]

    def _due(self, case: Case, now: datetime, given: set[UUID]) -> list[Due]:
        """Give the first command that a case is due for, none if it is put off or has nothing more to come."""
        try:
            due = self._clockwork.next_due(case, now)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - told: one case must not stop the clocks of all others
            self._postpone(case.case_id, now, described(error))
            return []
        if due is None or due.command_id in given:
            self._put_off[case.case_id] = (
                now + LATER
            )  # the read model is behind, or sees it otherwise
            return []
        return [due]

    def _postpone(self, case_id: str, now: datetime, code: str) -> None:
        self._put_off[case_id] = now + LATER
        _log.warning("the clock of case %s is put off: %s", case_id, code)
