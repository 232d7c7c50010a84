"""Invariants 8 and 12, the lifecycle table, and that making safe stays: one small witness for each."""

from dataclasses import dataclass

from casesys.domain.cases import events as e
from casesys.domain.cases.lifecycle import may_lead
from casesys.domain.vocabulary import Stage, Status
from tests.model.record import Seen


def obeys_the_table(seen: Seen) -> None:
    """An event takes a case only where the lifecycle table lets it."""
    if seen.before is not None:
        assert may_lead(seen.before.stage, type(seen.event), seen.after.stage)


def keeps_what_ended_it(seen: Seen) -> None:
    """Invariant 12: earlier results stay, and reopenings count."""
    before, after = seen.before, seen.after
    if before is None:
        return
    assert after.endings[: len(before.endings)] == before.endings
    assert after.reopenings == before.reopenings + isinstance(seen.event, e.CaseReopened)
    if after.stage is Stage.CLOSED and before.stage is not Stage.CLOSED:
        assert len(after.endings) == len(before.endings) + 1
    if isinstance(seen.event, e.ResultCorrected):
        assert seen.event.before == before.result


def never_undoes_making_safe(seen: Seen) -> None:
    """Invariant 7: what was made safe stays so, since the first time."""
    before, event = seen.before, seen.event
    made_safe = isinstance(event, e.MadeSafe) or (
        isinstance(event, e.DecidedUrgently) and event.made_safe is not None
    )
    if before is not None and before.made_safe_at is not None:
        assert seen.after.made_safe_at == before.made_safe_at
    else:
        assert (seen.after.made_safe_at is not None) is made_safe


@dataclass
class Led:
    """Who leads a case, as the events say: None while nobody does."""

    lead: str | None = None
    status: Status | None = None


class Leads:
    """Invariant 8: at most one lead; exactly one while an assignment is open, and while it is disputed if the charter says so."""

    def __init__(self) -> None:
        """Begin without cases."""
        self.cases: dict[str, Led] = {}

    def __call__(self, seen: Seen) -> None:
        """Follow one event, then compare with the case."""
        led = self.cases.setdefault(seen.after.case_id, Led())
        self._follow(led, seen)
        assignment = seen.after.assignment
        assert (assignment is None) is (led.status is None)
        if assignment is None:
            assert seen.after.lead is None
            return
        assert (assignment.lead, assignment.status) == (led.lead, led.status)
        assert assignment.lead not in assignment.supporting
        assert len(set(assignment.supporting)) == len(assignment.supporting)
        if seen.after.stage is Stage.RESOLUTION:
            # Whoever works on a case has taken it: elsewhere nobody could take it any more.
            assert led.status is Status.ASSIGNED

    def _follow(self, led: Led, seen: Seen) -> None:
        match seen.event:
            case e.CaseDispatched(lead=lead) | e.DisputeRuled(lead=lead):
                assert led.status in {None, Status.RETURNED, Status.DISPUTED}
                led.lead, led.status = lead, Status.DISPATCHED
            case e.AssignmentAccepted():
                assert led.status is Status.DISPATCHED
                led.status = Status.ASSIGNED
            case e.AssignmentReturned(lead=lead):
                assert led.lead == lead
                led.lead, led.status = None, Status.RETURNED
            case e.AssignmentDisputed(lead=lead, lead_stays=stays):
                assert led.lead == lead
                assert stays is seen.version.charter.assignment.lead_stays_while_disputed
                led.lead, led.status = lead if stays else None, Status.DISPUTED
            case e.HandedOver(before=before, lead=lead):
                assert led.lead == before
                led.lead = lead
            case e.CaseTriaged() | e.CaseRetriaged() | e.DecisionAnnulled():
                led.lead = led.status = None
            case _:
                pass
