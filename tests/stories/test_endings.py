"""Short stories: withdrawn, declined, referred, answered, and still open."""

from datetime import timedelta

from casesys.demo import heyuan
from casesys.domain.cases import events as e
from tests.stories.conftest import Tell


def test_withdrawn(tell: Tell) -> None:
    """Given a note on paper entered the next morning, then the case began in the evening; the initiator takes it back."""
    told = tell("withdrawn")

    collected = told.entry(e.CaseCollected)
    assert collected.recorded_at - collected.effective_at == timedelta(hours=15)
    assert told.case.collected_at == collected.effective_at
    assert told.results == ["withdrawn"]
    assert told.unsaid(zh="（2026-09-02 09:05记录）", en="(recorded 2026-09-02 09:05)") == []
    assert told.unsaid(zh="We talked on the stairs.", en="We talked on the stairs.") == []


def test_declined(tell: Tell) -> None:
    """Given a matter that is before the court, then the grid lead declines it on that ground; the duty officer may not."""
    told = tell("declined")

    assert told.refusals == [("duty-officer-1", "not-authorised")]
    assert told.steps() == ["case-collected", "case-declined"]
    assert told.results == ["declined"]
    assert (
        told.unsaid(
            zh="已进入诉讼、仲裁、信访或复议程序",
            en="before a court, an arbitrator or an authority",
        )
        == []
    )


def test_referred(tell: Tell) -> None:
    """Given something heard on the reception day that another authority decides, then it is referred there."""
    told = tell("referred")

    assert told.local(e.CaseCollected) == "2026-10-17 15:00"
    assert told.case.channel == "reception_day"
    assert told.results == ["referred"]
    assert told.unsaid(zh="District Transport Bureau", en="District Transport Bureau") == []


def test_inquiry_answered(tell: Tell) -> None:
    """Given a question asked on the reception day, then who knows answers it, and the case is closed without evidence."""
    told = tell("inquiry_answered")

    assert told.local(e.CaseCollected) == "2026-09-17 09:30"
    assert told.passes(
        "case-dispatched", "initiator-answered", "resolution-reported", "case-closed"
    )
    assert (told.case.lead, told.results) == (heyuan.COMMITTEE, ["resolved"])
    assert told.case.evidence == frozenset()
    assert told.unsaid(zh="先由本单元业主表决", en="secretary's reception day") == []


def test_still_open(tell: Tell) -> None:
    """Given a case collected two working days before the end, then it is being worked on, and its deadline lies ahead."""
    told = tell("still_open")

    assert told.case.status == "working"
    assert told.results == []
    assert [clock.clock for clock in told.history.deadlines] == ["resolve"]
    assert told.refusals == [("grid-lead-north", "not-authorised")]
