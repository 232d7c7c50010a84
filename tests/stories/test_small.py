"""Small matters: all sides agree, one is silent, one objects."""

from casesys.demo import heyuan
from casesys.demo.season import stock_calendar
from casesys.domain.cases import events as e
from casesys.domain.working_time import Term, deadline
from tests.stories.conftest import UNTIL, Tell


def test_courtyard_lamp(tell: Tell) -> None:
    """Given a lamp that the property company is to pay, when all three sides agree, then it is decided, confirmed and done."""
    told = tell("courtyard_lamp")

    assert told.case.procedure == "small"
    assert told.case.deliberation is not None
    assert told.case.deliberation.consents == {"residents": True, "owners": True, "property": True}
    assert told.passes(
        "proposal-tabled", "consent-recorded", "decision-reached", "decision-confirmed"
    )
    assert told.refusals == [("property-manager", "not-authorised")]
    assert (told.case.lead, told.results) == (heyuan.PROPERTY, ["resolved"])
    assert (
        told.unsaid(
            zh="记录业主一方（和苑小区业主委员会）同意",
            en="recorded for the owners (Heyuan owners' committee): consent",
        )
        == []
    )
    assert told.unsaid(zh="确认决定，交付落实", en="confirmed the decision") == []


def test_silence_counts_as_agreeing(tell: Tell) -> None:
    """Given a side that says nothing for as long as the charter gives, then the clock takes it as agreeing, by itself."""
    told = tell("rain")

    assert told.steps(by="clock") == ["consent-presumed", "decision-reached"]
    assert told.local(e.ConsentPresumed) == "2026-09-21 00:00"
    assert (
        told.unsaid(
            zh="时钟 认定业主一方在期限内没有表态，视为同意",
            en="the clock found the owners silent until the time was over, which counts as agreeing",
        )
        == []
    )


def test_rain(tell: Tell) -> None:
    """Given work stopped by the rain, then the deadline moves by exactly the working days that were rained through, and is kept."""
    told = tell("rain")
    clock = told.case.clocks["resolve"]
    dry = Term(clock.term.budget, clock.started_at)
    calendar = stock_calendar()

    assert told.passes("work-started", "clock-suspended", "clock-resumed", "resolution-reported")
    assert told.local(e.ClockSuspended) == "2026-09-23 14:00"
    assert told.local(e.ClockResumed) == "2026-09-29 08:40"
    # 23, 24 and 28 September were lost; 25 to 27 are holidays. Seven working days end on 8 October, then 9, 10 and 12 follow.
    assert deadline(dry, calendar, UNTIL).due_at.isoformat() == "2026-10-08T16:00:00+00:00"
    assert deadline(clock.term, calendar, UNTIL).due_at.isoformat() == "2026-10-12T16:00:00+00:00"
    assert "deadline-missed" not in told.steps()
    assert (
        told.unsaid(zh="因恶劣天气暂停计时", en="let the clock stand still for severe weather")
        == []
    )
    assert told.unsaid(zh="应于2026-10-12前办结（含当日）", en="due 2026-10-12") == []
    assert (
        told.unsaid(zh="暂停计时6天（9月23日至28日）", en="suspended 6 days (23–28 September)")
        == []
    )


def test_consent_objection(tell: Tell) -> None:
    """Given one side that objects to a small matter, then it becomes a big one of itself, is voted on, and is not carried."""
    told = tell("consent_objection")

    objected, made_big = told.entry(e.ConsentRecorded, 2), told.entry(e.CaseRetriaged)
    assert made_big.command_id == objected.command_id
    assert objected.after.procedure == "small"
    assert made_big.after.procedure == "big-residents"
    assert told.passes(
        "opinion-recorded", "notice-given", "attendance-recorded", "decision-reached"
    )
    tally = told.tally()
    assert (tally.votes_for, tally.votes_against, tally.abstained) == (4, 8, 1)
    assert [each.reached for each in (*tally.participation, *tally.majority)] == [True, False]
    assert told.results == ["not_carried"]
    assert "case-dispatched" not in told.steps()
    assert (
        told.unsaid(
            zh="记录业主一方（和苑小区业主委员会）反对",
            en="recorded for the owners (Heyuan owners' committee): objection",
        )
        == []
    )
    assert (
        told.unsaid(zh="任何一方反对，即转为居民大事", en="one objection makes it a big matter")
        == []
    )
    assert told.unsaid(zh="赞成4票，反对8票，弃权1票", en="4 for, 8 against, 1 abstained") == []
