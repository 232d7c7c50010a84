"""Urgent matters: made safe before acceptance and ratified, or not ratified and lapsed."""

from datetime import timedelta

from casesys.demo import heyuan
from casesys.domain.cases import events as e
from tests.stories.conftest import Tell


def test_lift_with_people(tell: Tell) -> None:
    """Given people in a lift, then they are freed and made safe before acceptance, and what is decided further is ratified in time."""
    told = tell("lift_with_people")

    assert told.steps()[:7] == [
        "case-collected",
        "emergency-service-alerted",
        "emergency-service-alerted",
        "made-safe",
        "case-accepted",
        "case-triaged",
        "decided-urgently",
    ]
    assert told.event(e.EmergencyServiceAlerted).service == "119"
    ratified = [told.event(e.DecisionRatified, n) for n in (1, 2, 3)]
    assert [each.complete for each in ratified] == [False, False, True]
    within = (
        told.entry(e.DecisionRatified, 3).effective_at - told.entry(e.DecidedUrgently).effective_at
    )
    assert within < timedelta(hours=48)
    assert told.steps(by="clock") == []
    assert told.case.lead == heyuan.LIFTS
    assert told.results == ["resolved"]
    assert told.unsaid(zh="三人全部救出", en="called the fire service (119)") == []
    assert told.unsaid(zh="各方均已追认", en="ratifies the further measures; all sides have") == []


def test_the_time_to_decide_runs_from_the_report(tell: Tell) -> None:
    """Given an urgent case that is triaged later, then two hours to decide run from when it was recorded."""
    told = tell("lift_with_people")
    clock = told.case.clocks["decide_urgent"]

    assert clock.started_at == told.case.collected_at
    assert clock.started_at < told.entry(e.CaseTriaged).effective_at
    assert told.unsaid(zh="因自2026-08-27 18:42", en="2 clock hours after 2026-08-27 18:42") == []


def test_burst_pipe(tell: Tell) -> None:
    """Given further measures that not all sides ratify, then they lapse by the clock after 48 hours, and the case is triaged again."""
    told = tell("burst_pipe")

    assert told.steps(by="clock")[0] == "decision-lapsed"
    lapsed = told.entry(e.DecisionLapsed)
    assert lapsed.effective_at - told.entry(e.DecidedUrgently).effective_at == timedelta(hours=48)
    assert lapsed.after.made_safe_at is not None
    assert told.refusals == [("coordinator", "no-step-open")]
    assert told.passes("decided-urgently", "decision-lapsed", "facts-established", "case-retriaged")
    assert told.event(e.CaseRetriaged).to == "small"
    assert (told.case.lead, told.results) == (heyuan.WATER, ["resolved"])
    assert (
        told.unsaid(
            zh="排除险情的措施",
            en="the further measures lapse, not being ratified; what was done to make safe stays done",
        )
        == []
    )
