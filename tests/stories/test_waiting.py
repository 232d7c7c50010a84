"""What time does to a case: a ladder climbed step by step, a question that lapses."""

from casesys.demo import heyuan
from casesys.domain.cases import events as e
from tests.stories.conftest import Tell


def test_deadline_missed(tell: Tell) -> None:
    """Given a lead that does nothing, then it is reminded, misses the deadline, and the case goes up the ladder, rung by rung."""
    told = tell("deadline_missed")

    assert told.steps(by="clock") == [
        "deadline-reminded",
        "deadline-missed",
        "case-escalated",
        "case-escalated",
        "case-escalated",
    ]
    assert told.case.escalated_to == ("grid_lead", "secretary", "supervisor")
    # Seven working days after Thursday 3 September, then one, three and five more; Sunday 20 September is worked.
    assert told.local(e.DeadlineMissed) == "2026-09-15 00:00"
    rungs = [told.local(e.CaseEscalated, n) for n in (1, 2, 3)]
    assert rungs == ["2026-09-16 00:00", "2026-09-18 00:00", "2026-09-21 00:00"]
    assert (
        told.unsaid(
            zh="记录逾期：办理时限已于2026-09-14 24:00届满",
            en="the clock recorded a missed deadline: the time to resolve ended 2026-09-14 24:00",
        )
        == []
    )
    assert (
        told.unsaid(
            zh="将事项提级到居务监督委员", en="the clock put the case before the supervisor"
        )
        == []
    )


def test_more_time_is_not_given_and_cannot_be_asked_for_late(tell: Tell) -> None:
    """Given more time asked for, then the grid lead refuses it, and asking again after the deadline is refused by the rules."""
    told = tell("deadline_missed")

    assert told.passes("extension-requested", "extension-refused", "deadline-missed")
    assert told.refusals == [("roads-foreman", "too-late")]
    assert told.case.clocks["resolve"].extensions == ()


def test_handed_over(tell: Tell) -> None:
    """Given a lead that missed every rung, then the secretary hands over to another, who does it; it stays recorded as late."""
    told = tell("deadline_missed")

    handed = told.event(e.HandedOver)
    assert (handed.before, handed.lead) == (heyuan.ROADS, heyuan.PROPERTY)
    assert told.passes("handed-over", "work-started", "resolution-reported", "case-closed")
    assert told.results == ["resolved"]
    assert told.unsaid(zh="办理时限逾期后停止", en="time to resolve stops late") == []


def test_information_unanswered(tell: Tell) -> None:
    """Given a question that nobody answers, then it lapses by itself, and the case goes on with what is known."""
    told = tell("information_unanswered")

    assert told.steps(by="clock") == ["information-request-lapsed"]
    assert told.local(e.InformationRequested)[:10] == "2026-10-08"
    assert told.local(e.InformationRequestLapsed) == "2026-10-15 00:00"
    assert told.passes("information-request-lapsed", "progress-reported", "resolution-reported")
    assert told.case.anonymous
    assert told.results == ["resolved_unreached"]
    assert (
        told.unsaid(
            zh="时钟 认定",
            en="the clock found the question unanswered in time: the case goes on with what is known",
        )
        == []
    )
