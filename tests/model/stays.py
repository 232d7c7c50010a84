"""Cases stay where they are for some time or for none, never for less: what figures count with, watched from outside."""

from datetime import datetime

from tests.model.record import Seen


class Stays:
    """Watches since when each case is in its stage, and since when its clocks run."""

    def __init__(self) -> None:
        """Begin without cases."""
        self.since: dict[str, datetime] = {}

    def __call__(self, seen: Seen) -> None:
        """No stage is left, no clock of the charter stopped and no result corrected before that began."""
        case, before, at = seen.after, seen.before, seen.recorded.effective_at
        begun = self.since.setdefault(case.case_id, at)
        if before is None:
            return
        if case.stage is not before.stage or case.endings != before.endings:
            assert begun <= at, case.case_id
            self.since[case.case_id] = at
        for name in seen.version.charter.time.clocks:
            if name in case.clocks and case.clocks[name].stopped_at == at:
                assert case.clocks[name].started_at <= at, name
