"""Where the duty is clear: done at once, returned and ruled on, sent back by the verifier, reopened."""

from casesys.demo import heyuan
from casesys.domain.cases import events as e
from tests.stories.conftest import Tell


def test_street_lamp(tell: Tell) -> None:
    """Given a street lamp whose keeper is clear, then nothing is deliberated: it goes straight to the keeper and is done."""
    told = tell("street_lamp")

    assert told.passes("case-triaged", "case-dispatched", "resolution-verified", "case-closed")
    assert told.case.direct
    assert told.case.deliberation is None
    assert (told.case.lead, told.results) == (heyuan.LIGHTING, ["resolved"])
    assert told.steps(by="clock") == []
    assert (
        told.unsaid(
            zh="派单员 吴倩 Wu Qian 派给市照明所主办",
            en="dispatcher 吴倩 Wu Qian dispatched it to City Lighting as its lead",
        )
        == []
    )
    assert told.unsaid(zh="art-17：第十七条", en="under art-17: Article 17.") == []


def test_outside_duty_list(tell: Tell) -> None:
    """Given a case returned as outside the duty list, then somebody else than who dispatched it rules, and the ruling binds."""
    told = tell("outside_duty_list")

    assert told.passes(
        "case-dispatched", "assignment-returned", "dispute-ruled", "assignment-accepted"
    )
    assert told.event(e.AssignmentReturned).ground == "outside_duty_list"
    assert told.entry(e.CaseDispatched).who.actor_id == "secretary"
    assert told.entry(e.DisputeRuled).who.actor_id == "coordinator"
    assert told.refusals == [
        ("secretary", "separation-of-duties"),
        ("greenery-foreman", "ruling-binds"),
    ]
    assert (told.case.lead, told.case.returns) == (heyuan.GREENERY, 1)
    assert told.unsaid(zh="不属于社区职责清单", en="outside the community's duty list") == []
    assert (
        told.unsaid(
            zh="裁定由市园林所主办，祥安物业协办",
            en="ruled that City Greenery leads, supported by Xiang'an Property",
        )
        == []
    )


def test_an_extension_granted(tell: Tell) -> None:
    """Given more time asked for in time and granted, then the deadline is so many working days later, and it is kept."""
    told = tell("outside_duty_list")

    assert told.passes("extension-requested", "extension-granted", "initiator-answered")
    assert told.case.clocks["resolve"].extensions == (3,)
    assert told.unsaid(zh="应于2026-09-14前办结（含当日）", en="due 2026-09-14") == []
    assert told.unsaid(zh="另延期3个工作日", en="extended by 3, after 2026-08-31") == []
    assert "deadline-missed" not in told.steps()


def test_verification_refused(tell: Tell) -> None:
    """Given a report that does not hold, then nobody of the lead may verify it, the verifier sends it back, and the clock goes on."""
    told = tell("verification_refused")

    assert told.refusals == [("property-foreman", "not-authorised")]
    assert told.passes(
        "resolution-reported",
        "resolution-rejected",
        "progress-reported",
        "resolution-reported",
        "resolution-verified",
        "case-closed",
    )
    rejected = told.entry(e.ResolutionRejected)
    clock = rejected.after.clocks["resolve"]
    assert clock.stopped_at is None
    assert clock.started_at == told.entry(e.CaseDispatched).effective_at
    assert clock.suspensions == ()
    assert (
        told.unsaid(
            zh="办理时限继续计时，如同未曾停止",
            en="time to resolve goes on as if it had not stopped",
        )
        == []
    )
    assert (
        told.unsaid(
            zh="“四层、六层仍不亮，只换了两层的开关。”", en="“四层、六层仍不亮，只换了两层的开关。”"
        )
        == []
    )


def test_reopened(tell: Tell) -> None:
    """Given an initiator who is dissatisfied when called back, then the case is reopened, and the earlier result stays on record."""
    told = tell("reopened")

    assert told.passes(
        "case-closed", "callback-recorded", "case-reopened", "work-started", "case-closed"
    )
    assert told.event(e.CallbackRecorded, 2).asks_reopening
    assert told.refusals == [("callback-officer", "not-authorised")]
    assert told.results == ["resolved_unreached", "resolved"]
    assert told.case.reopenings == 1
    assert told.case.clocks["redo"].stopped_at is not None
    assert (
        told.unsaid(
            zh="决定重办（第1次），原结果保留",
            en="reopened it (time 1); the earlier result stays on record",
        )
        == []
    )
    assert told.unsaid(zh="满意度：不满意", en="satisfaction: dissatisfied") == []
