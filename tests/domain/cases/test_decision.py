"""After a decision: hanging it out, objections against it, confirming it, annulling it."""

from collections.abc import Callable

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.cases.state import Objection
from casesys.domain.register import commands as r
from casesys.domain.vocabulary import Status, TallyOutcome
from tests.domain.cases.ways import (
    ASSIGNMENT,
    CONFIRMABLE,
    DELIBERATION,
    PROOF,
    REPRESENTATIVES,
    RESOLUTION,
    TEXT,
    agreed,
    all_days,
    carried,
    case,
    concluding,
    confirmed,
    consulted,
    deciding,
    deliberation,
    does,
    met,
    ordered,
    published,
    publishing,
    ratifying,
    running,
    small,
    so,
    studied,
    urgent,
    workdays,
)
from tests.domain.charter.stock import GONE, Change, document, stock
from tests.domain.neighbourhood import CALENDAR, calendar_until, operates, under
from tests.domain.specification import Act, Scene, at

STAYS = Move(DELIBERATION)
STEPS = "procedures.big-residents.steps"
WHERE = ("notice_board", "residents_group")


def raising(when: str = "03-18 09:00") -> Act:
    """A grid worker records an objection."""
    return does("grid_worker", when, c.RaiseObjection, objector="resident-9", grounds="某事")


def settling(*, upheld: bool, number: int = 1, when: str = "03-18 10:00") -> Act:
    """A supervisor settles an objection."""
    fields = {"number": number, "upheld": upheld, "reason": "某事"}
    return does("supervisor", when, c.SettleObjection, **fields)


def confirming(when: str = CONFIRMABLE) -> Act:
    """The moderator states that the decision stands."""
    return does("moderator", when, c.ConfirmDecision)


# -- publishing ---------------------------------------------------------------------------------------------------------------


def test_a_decision_hangs_for_its_time_and_then_objections_have_theirs() -> None:
    """Given a carried decision, when it is published on the 17th, then it hangs to 1 April, and the window begins where that ends."""
    verdict = carried().when(does("moderator", "03-17 09:00", c.PublishDecision, proofs=(PROOF,)))

    starts = (
        all_days("publication", 15, "art-26"),
        workdays("objections", 5, "art-26", at("04-01 23:59:59.999999")),
    )
    move = Move(DELIBERATION, opens="objections", starts=starts)
    verdict.then(so(e.DecisionPublished(WHERE, move, (PROOF,)), "art-26"))
    assert deliberation(published()).published_at == at("03-17 09:00")


def test_a_decision_hangs_in_every_place_of_the_charter() -> None:
    """Given two places, when it is published in one of them and another, then the missing one is named; more places are welcome."""

    def publishing_in(*where: str) -> Act:
        return does("moderator", "03-17 09:00", c.PublishDecision, where=where)

    carried().when(publishing_in("notice_board", "online")).refused(
        "publication-incomplete", "art-26", ["residents_group"]
    )
    carried().given(publishing_in("notice_board", "residents_group", "online"))


def test_a_decision_hangs_only_where_the_charter_knows() -> None:
    """Given a place that the charter does not know, when a decision is published there, too, then the channels are named."""
    places = ("notice_board", "residents_group", "riddle")
    act = does("moderator", "03-17 09:00", c.PublishDecision, where=places)

    carried().when(act).refused("unknown-code", accepted=sorted(stock().charter.channels))


def test_a_proof_of_publication_is_evidence_of_the_case() -> None:
    """Given a proof that is not attached, when publication refers to it, then it has to be attached first."""
    verdict = carried().when(
        does("moderator", "03-17 09:00", c.PublishDecision, proofs=("b" * 64,))
    )

    verdict.refused("unknown-evidence", accepted=["attach-evidence"])


def test_publishing_comes_after_deciding() -> None:
    """Given a matter still studied, when it is published, then the open step comes first."""
    studied().when(publishing("03-05 09:00")).refused("wrong-step", "art-24")


def test_what_is_only_published_is_confirmed_when_it_has_hung() -> None:
    """Given a charter without objections, when publication ends, then the decision can be confirmed, and not before."""
    scene = published(under((f"{STEPS}.objections", GONE)))

    assert deliberation(scene).step is None
    scene.when(confirming("04-01 23:59:59.999999")).refused("too-early", "art-26")
    scene.given(confirming("04-02 00:00"))


def test_objections_have_their_window_wherever_they_stand() -> None:
    """Given a charter that studies between publication and objections, then their window begins when their step opens."""
    study = {
        "id": "look",
        "kind": "study",
        "label": {"zh": "研究", "en": "study"},
        "clause": "art-23",
        "body": "residents_hall",
    }
    *before, last = document()["procedures"]["big-residents"]["steps"]
    scene = published(under((STEPS, [*before, study, last])))

    verdict = scene.when(does("moderator", "04-07 09:00", c.RecordOpinion, favourable=True))

    move = Move(DELIBERATION, opens="objections", starts=(workdays("objections", 5, "art-26"),))
    verdict.then(so(e.OpinionRecorded("residents_hall", True, move), "art-23"))  # noqa: FBT003 - an event


# -- objections ---------------------------------------------------------------------------------------------------------------

WINDOW_ENDS = CONFIRMABLE


@pytest.mark.parametrize("when", ["03-17 09:01", "04-02 00:00", "04-09 23:59:59.999999"])
def test_objections_are_heard_from_publication_until_their_window_ends(when: str) -> None:
    """Given a published decision, when somebody objects at once, or in the last microsecond of the window, then it is heard."""
    event = e.ObjectionRaised(1, "resident-9", TEXT)

    published().when(raising(when)).then(so(event, "art-26"))


def test_an_objection_after_the_window_is_too_late() -> None:
    """Given five working days after publication have passed, holidays not counted, when somebody objects, then it is too late."""
    published().when(raising(WINDOW_ENDS)).refused("too-late", "art-26")


def test_objections_are_counted() -> None:
    """Given an objection, when another is raised, then it is the second."""
    event = e.ObjectionRaised(2, "resident-9", TEXT)

    published().given(raising()).when(raising()).then(so(event, "art-26"))


def test_there_is_nothing_to_object_to_before_publication() -> None:
    """Given a decision that is not published, when somebody objects, then publishing comes first."""
    carried().when(raising()).refused("wrong-step", "art-26")


def test_a_dismissed_objection_changes_nothing() -> None:
    """Given an objection, when it is dismissed, then the decision still hangs."""
    scene = published().given(raising())

    verdict = scene.when(settling(upheld=False))

    event = e.ObjectionSettled(1, False, "none", STAYS, TEXT)  # noqa: FBT003 - an event
    verdict.then(so(event, "art-26"))
    settled = scene.given(settling(upheld=False))
    assert deliberation(settled).objections == (Objection(1, "resident-9", upheld=False),)


def test_an_upheld_objection_sends_the_matter_back() -> None:
    """Given an objection, when it is upheld, then the first step is open again in a new attempt, and nothing hangs any more."""
    scene = published().given(raising())

    verdict = scene.when(settling(upheld=True))

    hung = ("publication", "objections")
    move = Move(DELIBERATION, opens="study", attempt=2, stops=hung, continues=("decide",))
    verdict.then(so(e.ObjectionSettled(1, True, "send_back", move, TEXT), "art-26"))  # noqa: FBT003 - an event
    now = deliberation(scene.given(settling(upheld=True)))
    assert (now.outcome, now.published_at, now.attendance) == (None, None, None)
    assert now.objections == (Objection(1, "resident-9", upheld=True),)


def test_one_objection_is_settled_and_another_is_not_touched() -> None:
    """Given two objections, when one is settled, then the other is still open."""
    scene = published().given(raising(), raising("03-18 09:01"), settling(upheld=False, number=2))

    assert [each.upheld for each in deliberation(scene).objections] == [None, False]


@pytest.mark.parametrize("number", [1, 3])
def test_only_an_open_objection_is_settled(number: int) -> None:
    """Given an objection that is settled, or never was, when it is settled, then those that are open are named."""
    scene = published().given(raising(), raising("03-18 09:01"), settling(upheld=False))

    scene.when(settling(upheld=True, number=number)).refused("unknown-objection", "art-26", ["2"])


def recounting() -> Scene:
    """The courtyard under a charter whose upheld objections lead to a recount: one was upheld."""
    on = under((f"{STEPS}.objections.effect", "recount"))
    return published(on).given(raising(), settling(upheld=True))


def test_a_recount_opens_the_meeting_again_on_the_same_votes() -> None:
    """Given a charter that recounts, when an objection is upheld, then the meeting is open again with the votes that were cast."""
    on = under((f"{STEPS}.objections.effect", "recount"))
    hung = ("publication", "objections")
    move = Move(DELIBERATION, opens="meeting", stops=hung, continues=("decide",))
    event = e.ObjectionSettled(1, True, "recount", move, TEXT)  # noqa: FBT003 - an event

    published(on).given(raising()).when(settling(upheld=True)).then(so(event, "art-26"))
    assert len(deliberation(recounting()).votes) == 10


def test_a_recount_is_on_the_same_votes() -> None:
    """Given a recount, when another vote is cast or somebody stands aside, then it is decided; counting again comes out the same."""
    voting = {"member": REPRESENTATIVES[9], "choice": "for"}
    recusing = {"member": REPRESENTATIVES[9]}

    recounting().when(does("teller", "03-18 11:00", c.CastVote, **voting)).refused(
        "already-decided", "art-25"
    )
    recounting().when(does("moderator", "03-18 11:00", c.RecuseMember, **recusing)).refused(
        "already-decided", "art-25"
    )
    again = recounting().when(concluding("03-18 12:00")).decision.outcomes[0].event
    assert isinstance(again, e.DecisionReached)
    assert again.outcome is TallyOutcome.CARRIED
    assert again.move == Move(DELIBERATION, opens="publish", stops=("decide",))


def test_a_charter_may_hear_objections_without_effect() -> None:
    """Given a charter whose objections have no effect, when one is upheld, then that is said and nothing else happens."""
    scene = published(under((f"{STEPS}.objections.effect", "none"))).given(raising())

    event = e.ObjectionSettled(1, True, "none", STAYS, TEXT)  # noqa: FBT003 - an event
    scene.when(settling(upheld=True)).then(so(event, "art-26"))


# -- confirming ---------------------------------------------------------------------------------------------------------------


def test_a_decision_stands_when_it_has_hung_and_the_window_is_over() -> None:
    """Given nobody objected, when the window has ended, then the decision is confirmed and is to be dispatched within two days."""
    verdict = published().when(confirming())

    move = Move(
        ASSIGNMENT,
        opens="",
        starts=(workdays("dispatch", 2, "art-38"),),
        stops=("publication", "objections"),
    )
    verdict.then(so(e.DecisionConfirmed(move), "art-20"))
    assert deliberation(confirmed()).confirmed
    assert case(confirmed()).status is Status.AWAITING_DISPATCH


def test_a_decision_is_not_confirmed_a_microsecond_early() -> None:
    """Given the last microsecond of publication, or of the window, when the decision is confirmed, then it is too early."""
    for when, until in (
        ("04-01 23:59:59.999999", "04-02 00:00"),
        ("04-09 23:59:59.999999", CONFIRMABLE),
    ):
        refusal = published().when(confirming(when)).refused("too-early", "art-26")
        assert refusal.particulars["until"] == at(until).isoformat()


def test_a_decision_is_not_confirmed_while_objections_are_open() -> None:
    """Given two objections, one of them settled, when the decision is confirmed, then the open one is named."""
    scene = published().given(raising(), raising("03-18 09:01"), settling(upheld=False))

    scene.when(confirming()).refused("objections-open", accepted=["2"])


@pytest.mark.parametrize(
    "scene",
    [consulted, small, urgent, lambda: met(10, ["for"] * 6)],
    ids=["being consulted", "not convened", "waiting for the officer", "not counted"],
)
def test_only_what_was_carried_is_confirmed_or_annulled(scene: Callable[[], Scene]) -> None:
    """Given nothing carried, when it is confirmed or annulled, then nothing was decided."""
    scene().when(confirming("03-16 20:00")).refused("not-decided")
    annulling = does("secretary", "03-16 20:00", c.AnnulDecision, reason="某事")
    scene().when(annulling).refused("not-decided")


def test_what_still_has_a_step_is_not_confirmed() -> None:
    """Given measures still to be ratified, or a decision to be published, when it is confirmed, then that step comes first."""
    ordered().when(confirming("03-02 12:00")).refused("wrong-step", "art-33")
    carried().when(confirming("03-17 09:00")).refused("wrong-step", "art-26")


def test_what_the_charter_asks_for_after_objections_is_not_passed_over() -> None:
    """Given a charter with a step after objections, when their window has ended, then the decision does not stand without it."""
    *_, publish, objections = document()["procedures"]["big-residents"]["steps"]
    scene = published(under((f"{STEPS}.+", publish | {"id": "publish-again"})))

    scene.when(confirming()).refused("wrong-step", objections["clause"])


def published_with_a_consultation_to_come(*changes: Change) -> Scene:
    """The courtyard under a charter that asks the sides once more when objections are over: the decision hangs."""
    consult = document()["procedures"]["small"]["steps"][0]
    again = {name: value for name, value in consult.items() if name != "on_objection"}
    return published(under((f"{STEPS}.+", again | {"id": "ask-again"}), *changes))


CLOSES = does("clock", CONFIRMABLE, c.CloseObjections)


def test_what_comes_after_objections_begins_when_their_window_ends() -> None:
    """Given a step after objections, when their window ends without any, then it begins by itself, not before, with its own time."""
    scene = published_with_a_consultation_to_come()

    scene.when(does("clock", "04-09 23:59:59.999999", c.CloseObjections)).refused(
        "not-yet", "art-26"
    )
    verdict = scene.when(CLOSES)

    move = Move(
        DELIBERATION,
        opens="ask-again",
        starts=(workdays("step", 3, "art-31"),),
        stops=("publication", "objections"),
    )
    verdict.then(so(e.ObjectionsClosed(move), "art-26"))
    going_on = scene.given(CLOSES)
    assert running(going_on) == ("step",)
    assert deliberation(going_on).step == "ask-again"


def test_time_that_nobody_could_answer_in_is_not_counted() -> None:
    """Given a window that was seen to be over late, or a dismissal said to be earlier, then the next step's time begins now."""
    scene, late = published_with_a_consultation_to_come(), at("04-20 09:00")
    closing = CLOSES.but(decided_at=late, effective_at=at("04-10 00:00"))
    dismissing = settling(upheld=False, when="04-20 09:00").but(effective_at=at("03-19 09:00"))

    for going_on in (scene.given(closing), scene.given(raising(), dismissing)):
        assert deliberation(going_on).step == "ask-again"
        assert case(going_on).clocks["step"].start.since == late


def test_a_decision_that_has_come_past_all_its_steps_stands() -> None:
    """Given a step after objections, when it has decided, too, then the decision can be confirmed; nothing more is passed over."""
    answers = [
        does("moderator", "04-10 09:00", c.RecordConsent, side=side, consents=True)
        for side in ("residents", "owners", "property")
    ]

    scene = published_with_a_consultation_to_come().given(CLOSES)

    scene.when(confirming("04-10 10:00")).refused("wrong-step", "art-31")
    scene.given(*answers, confirming("04-10 10:00"))


def test_an_open_objection_keeps_the_next_step_from_beginning() -> None:
    """Given an objection that is open when the window ends, when it is dismissed later, then that lets the next step begin."""
    scene = published_with_a_consultation_to_come().given(raising(), raising())

    scene.when(CLOSES).refused("objections-open", "art-26", ["1", "2"])
    one_left = scene.given(settling(upheld=False, when="04-10 09:00"))
    assert deliberation(one_left).step == "objections"
    none_left = one_left.given(settling(upheld=False, number=2, when="04-13 09:00"))
    assert deliberation(none_left).step == "ask-again"
    assert case(none_left).clocks["step"].started_at == at("04-13 09:00")


def test_in_the_window_a_dismissed_objection_begins_nothing() -> None:
    """Given a step after objections, when the only one is dismissed within the window, then others may still be raised."""
    scene = published_with_a_consultation_to_come().given(raising(), settling(upheld=False))

    assert deliberation(scene).step == "objections"
    scene.given(raising("04-09 09:00"))


@pytest.mark.parametrize("effect", ["send_back", "recount"])
def test_an_upheld_objection_never_leads_on(effect: str) -> None:
    """Given a step after objections, when one is upheld after the window, then its effect happens, and not the next step."""
    scene = published_with_a_consultation_to_come((f"{STEPS}.objections.effect", effect))

    upheld = scene.given(raising(), settling(upheld=True, when="04-10 09:00"))

    assert deliberation(upheld).step == {"send_back": "study", "recount": "meeting"}[effect]


def test_a_step_that_cannot_be_carried_out_does_not_begin_by_itself() -> None:
    """Given a filing after objections, when their window ends, then nothing begins; who confirms the decision is told of the step."""
    filing = {
        "id": "file",
        "kind": "filing",
        "label": {"zh": "备案", "en": "filing"},
        "clause": "art-26",
        "body": "street_office",
        "within": {"amount": 5, "unit": "working_day", "calendar": "workdays"},
    }
    scene = published(under((f"{STEPS}.+", filing)))

    scene.when(CLOSES).refused("step-not-executable", "art-26")
    scene.when(confirming("04-09 09:00")).refused("too-early", "art-26")
    scene.when(confirming()).refused("step-not-executable", "art-26")
    settled = scene.given(raising(), settling(upheld=False, when="04-10 09:00"))
    assert deliberation(settled).step == "objections"


def test_small_and_urgent_decisions_stand_without_hanging() -> None:
    """Given all sides agreed, or an officer only made safe, when the decision is confirmed, then it stands at once."""
    move = Move(ASSIGNMENT, opens="", starts=(workdays("dispatch", 2, "art-38"),))

    agreed().when(confirming("03-03 12:00")).then(so(e.DecisionConfirmed(move), "art-21"))
    safe = urgent().given(deciding(made_safe="某事"))
    safe.when(confirming("03-02 12:00")).then(so(e.DecisionConfirmed(move), "art-16"))


def test_what_all_sides_ratified_stands() -> None:
    """Given measures that all sides ratified, when the decision is confirmed, then it stands."""
    sides = ("residents", "owners", "property")

    ordered().given(*(ratifying(s, "03-03 09:00") for s in sides), confirming("03-03 10:00"))


def test_a_type_without_assignment_is_confirmed_to_resolution() -> None:
    """Given a charter whose issues are not assigned, when a decision is confirmed, then it is to be carried out."""
    stages = ["collection", "deliberation", "resolution"]
    scene = agreed(under(("case_types.issue.stages", stages)))

    event = scene.when(confirming("03-03 13:00")).decision.outcomes[0].event
    assert isinstance(event, e.DecisionConfirmed)
    assert event.move.stage is RESOLUTION


def test_a_type_that_stops_at_the_decision_is_closed_from_resolution() -> None:
    """Given a charter whose issues are neither assigned nor resolved, when a decision is confirmed, then it is to be closed."""
    issue = {"stages": ["collection", "deliberation"], "direct": False}
    changes = [(f"case_types.issue.{name}", value) for name, value in issue.items()]
    scene = agreed(under(*changes))

    event = scene.when(confirming("03-03 13:00")).decision.outcomes[0].event
    assert isinstance(event, e.DecisionConfirmed)
    assert event.move.stage is RESOLUTION


def test_nothing_is_confirmed_by_days_nobody_has_adopted() -> None:
    """Given a calendar that ends within the window, when the window seems over, then objections are heard and nothing stands yet."""
    adopting = operates(r.AdoptCalendar(document=calendar_until("04-06")), "03-17 10:00")
    scene = published().given(adopting)

    scene.given(raising("04-20 09:00"))
    refusal = scene.when(confirming("04-20 09:00")).refused(
        "calendar-too-short", "art-26", ["adopt-calendar"]
    )
    assert "workdays" in refusal.says.en
    longer = operates(r.AdoptCalendar(document=CALENDAR), "04-20 09:30")
    scene.given(longer, confirming("04-20 10:00"))
