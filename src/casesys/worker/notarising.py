"""Notarising: lets the notary's tree follow the log, and has log seals and checkpoints made as soon as a site wants them.

What is due follows from the log and the notary's file alone, so nothing is forgotten when a process ends, and another one, or somebody
at the command line, may seal and sign meanwhile. Appends wait for none of it: a seal is one command among others.
"""

from datetime import datetime, timedelta

from casesys.application import Service
from casesys.notary.ledger import Ledger
from casesys.notary.notary import Coverage, Notary, Signers
from casesys.notary.sealing import Seal, approach, reach, seal, seals_of
from casesys.settings import Pace, Paces
from casesys.store.contract import Clock

AT_ONCE = 2_000
"""How many events one look takes in, so that a worker that is to stop need not wait long."""

_FIRST = Pace(1, timedelta())
"""How soon the first checkpoint is signed."""


class Notarising:
    """Seals a log and signs its checkpoints, in time. Belongs to one thread."""

    def __init__(
        self, service: Service, ledger: Ledger, signers: Signers, clock: Clock, paces: Paces
    ) -> None:
        """Put the parts together; the ledger is closed by whoever opened it."""
        self._service = service
        self._log = service.engine.log
        self._notary = Notary(self._log, ledger, signers)
        self._clock = clock
        self._paces = paces
        self._last: Seal | None = None

    def attend(self) -> bool:
        """Do the next piece of what is to be done; say whether there is more at once.

        Raises Unsigned where there are no keys, LogContradicts, and whatever stands in the way of reading, storing and keeping.
        """
        self._notary.insist_on_keys()
        if not self._notary.advance(AT_ONCE):
            return True
        now = self._clock()
        if self._checkpoint_is_due(now):
            self._notary.checkpoint()  # before a seal, which may fail or take long
        return self._seal_is_due(now) and self._seal(now)

    def _checkpoint_is_due(self, now: datetime) -> bool:
        """Say whether to sign.

        The first checkpoint waits for nothing but an event, so that there is one to be kept outside, and the first under other keys
        for nothing at all, so that whoever has a new one can use it.
        """
        so_far = self._notary.coverage()
        pace = self._paces.checkpoints if so_far.covered else _FIRST
        return _is_due(pace, so_far, now) or not self._notary.is_signed_by_all()

    def _seal_is_due(self, now: datetime) -> bool:
        """Say whether to seal. The seals are read again only if it is so by the last one known: somebody else may have sealed."""
        if not _is_due(self._paces.seals, reach(self._log, self._last), now):
            return False
        seals = seals_of(self._log)
        self._last = seals[-1] if seals else None
        return _is_due(self._paces.seals, reach(self._log, self._last), now)

    def _seal(self, now: datetime) -> bool:
        """Let the map grow towards the end of the log; once it is there, seal, and sign at once what the seal is proved by."""
        if not approach(self._notary, self._log, AT_ONCE):
            return True
        seal(self._notary, self._log, self._service.give, now)
        self._notary.checkpoint()
        return False


def _is_due(pace: Pace, so_far: Coverage, now: datetime) -> bool:
    if so_far.since is None or not so_far.uncovered:
        return False
    return so_far.uncovered >= pace.events or now - so_far.since >= pace.within
