"""A big matter of the residents, from the study to the implementation reported."""

from casesys.demo import heyuan
from casesys.domain.cases import events as e
from tests.stories.conftest import Tell

STORY = "courtyard_rebuilt"


def test_courtyard_rebuilt(tell: Tell) -> None:
    """Given a courtyard to be rebuilt, then it passes every step of a big matter, in order, and ends as resolved."""
    told = tell(STORY)

    assert told.passes(
        "facts-established",
        "case-triaged",
        "deliberation-convened",
        "opinion-recorded",
        "notice-given",
        "attendance-recorded",
        "decision-reached",
        "notice-given",
        "attendance-recorded",
        "member-recused",
        "vote-cast",
        "minutes-recorded",
        "decision-reached",
        "decision-published",
        "objection-raised",
        "objection-settled",
        "decision-confirmed",
        "case-dispatched",
        "resolution-reported",
        "resolution-verified",
        "implementation-reported",
        "callback-recorded",
        "case-closed",
    )
    assert (told.case.procedure, told.case.lead) == ("big-residents", heyuan.ROADS)
    assert told.results == ["resolved"]
    assert told.steps(by="clock") == []


def test_what_the_rules_do_not_allow_is_refused(tell: Tell) -> None:
    """Given people who are too fast or stand aside, then each is refused with the clause, and nothing of it is in the story."""
    told = tell(STORY)

    assert told.refusals == [
        ("dispatcher", "facts-needed"),
        ("moderator", "notice-too-short"),
        ("teller-1", "recused"),
        ("moderator", "too-early"),
        ("moderator", "objections-open"),
    ]
    assert all(each.clause is not None for each in told.turned_away[1:4])
    assert len(told.entries) == told.case.version


def test_too_few_come_to_the_first_meeting(tell: Tell) -> None:
    """Given eight of fifteen at the first meeting, then it has no quorum, and a second with new notice carries the proposal."""
    told = tell(STORY)
    first, second = (told.event(e.DecisionReached, n) for n in (1, 2))

    assert (first.outcome, told.tally(1).present) == ("no_quorum", 8)
    assert (second.outcome, second.attempt) == ("carried", 2)
    tally = told.tally(2)
    assert (tally.seated, tally.present, tally.recused) == (15, 12, 1)
    assert (tally.votes_for, tally.votes_against, tally.abstained) == (8, 2, 1)
    assert told.unsaid(zh="未达法定人数", en="without quorum") == []
    assert (
        told.unsaid(zh="应到15人，到会12人，回避1人", en="15 seated, 12 present, 1 recused") == []
    )


def test_the_objection_is_settled_before_the_decision_stands(tell: Tell) -> None:
    """Given an objection during publication, then another person dismisses it, and the decision stands when its time is over."""
    told = tell(STORY)

    raised, settled = told.entry(e.ObjectionRaised), told.entry(e.ObjectionSettled)
    assert not told.event(e.ObjectionSettled).upheld
    assert raised.who.actor_id != settled.who.actor_id
    assert told.local(e.DecisionPublished) == "2026-09-21 09:01"
    # Fifteen days end on 6 October, five working days after that on the 13th: 7 October is a holiday, 10 October is worked.
    assert told.local(e.DecisionConfirmed) == "2026-10-14 09:00"
    assert told.unsaid(zh="10月10日为调休工作日", en="10 October is a make-up working day") == []
    assert told.unsaid(zh="西侧遮阴的两棵保留", en="dismissed objection 1") == []


def test_the_body_hears_what_became_of_it(tell: Tell) -> None:
    """Given the decision carried out, then the representatives are told what it cost before the case is closed."""
    told = tell(STORY)

    assert told.event(e.ImplementationReported).body == heyuan.REPRESENTATIVES
    assert (
        told.unsaid(
            zh="决算27.9万元",
            en="reported to residents' representatives what became of the decision",
        )
        == []
    )
