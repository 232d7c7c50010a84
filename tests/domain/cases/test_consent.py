"""The consent of the sides of a small matter: given, refused, or presumed of who says nothing."""

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.register import commands as r
from casesys.domain.vocabulary import Status, TallyOutcome, Track
from tests.domain.cases.ways import (
    CLOSED,
    DELIBERATION,
    TEXT,
    agreed,
    case,
    consenting,
    consulted,
    convening,
    deliberation,
    does,
    running,
    small,
    so,
    workdays,
)
from tests.domain.charter.stock import GONE, document
from tests.domain.neighbourhood import calendar_until, operates, under
from tests.domain.specification import at

STAYS = Move(DELIBERATION)


def test_a_side_agrees() -> None:
    """Given three sides, when one agrees, then that is recorded with who spoke for it, and the others are still asked."""
    verdict = consulted().when(
        does(
            "moderator",
            "03-03 09:00",
            c.RecordConsent,
            side="owners",
            consents=True,
            statement="某事",
        )
    )

    event = e.ConsentRecorded("owners", "owners_committee", True, STAYS, TEXT)  # noqa: FBT003 - an event
    verdict.then(so(event, "art-31"))


def test_when_all_sides_agree_it_is_carried() -> None:
    """Given two of three sides agree, when the third does, then the matter is decided and waits to be confirmed."""
    scene = consulted().given(
        consenting("residents", "03-03 10:00"), consenting("owners", "03-03 11:00")
    )

    verdict = scene.when(consenting("property", "03-03 12:00"))

    move = Move(DELIBERATION, opens="", stops=("step", "decide"))
    event = e.ConsentRecorded("property", "property_company", True, STAYS)  # noqa: FBT003 - an event
    verdict.then(
        so(event, "art-31"),
        so(e.DecisionReached(TallyOutcome.CARRIED, "consult", 1, move), "art-31"),
    )
    assert case(agreed()).status is Status.DECIDED


def test_what_all_agree_to_may_still_have_to_be_published() -> None:
    """Given a charter that publishes small decisions, when all agree, then that step is open, and nobody's silence is waited for."""
    publishing = {
        "id": "publish",
        "kind": "publish",
        "label": {"zh": "公示", "en": "publishing"},
        "clause": "art-26",
        "period": {"amount": 3, "unit": "calendar_day", "calendar": "workdays"},
        "where": ["notice_board"],
    }
    scene = agreed(under(("procedures.small.steps.+", publishing)))

    assert deliberation(scene).step == "publish"
    assert running(scene) == ()


def test_one_objection_makes_it_big() -> None:
    """Given a small matter, when a side objects, then the case goes where the step names, with the priority of triage there."""
    verdict = consulted().when(consenting("owners", "03-03 09:00", consents=False))

    move = Move(
        DELIBERATION,
        attempt=1,
        starts=(workdays("decide", 45, "art-45", at("03-02 10:00")),),
        stops=("step",),
    )
    event = e.ConsentRecorded("owners", "owners_committee", False, STAYS)  # noqa: FBT003 - an event
    verdict.then(
        so(event, "art-31"),
        so(e.CaseRetriaged("big-residents", "", 2, move, Track.BIG), "art-31"),
    )


def test_without_a_triage_row_an_objection_leaves_the_priority() -> None:
    """Given a charter whose rows never answer with the procedure that an objection leads to, then the case keeps its priority."""
    rows = [row for row in document()["triage"] if row["to"] != "big-residents"]
    objected = consulted(under(("triage", rows))).given(
        consenting("owners", "03-03 09:00", consents=False)
    )

    assert (case(objected).procedure, case(objected).priority) == ("big-residents", 3)


def test_an_objection_that_leads_nowhere_ends_the_case() -> None:
    """Given a charter that names no other procedure, when a side objects, then it is not carried and the case has ended."""
    scene = consulted(under(("procedures.small.steps.consult.on_objection", GONE)))

    verdict = scene.when(consenting("owners", "03-03 09:00", consents=False))

    move = Move(CLOSED, stops=("decide", "step"))
    event = e.ConsentRecorded("owners", "owners_committee", False, STAYS)  # noqa: FBT003 - an event
    decided = e.DecisionReached(TallyOutcome.NOT_CARRIED, "consult", 1, move, None, "not_carried")
    verdict.then(so(event, "art-31"), so(decided, "art-31"))
    after = scene.given(consenting("owners", "03-03 09:00", consents=False))
    assert case(after).result == "not_carried"


def test_a_side_answers_once() -> None:
    """Given a side has agreed, when it answers again, then its answer is on record."""
    scene = consulted().given(consenting("owners", "03-03 09:00"))

    scene.when(consenting("owners", "03-03 10:00", consents=False)).refused(
        "already-recorded", "art-31"
    )


def test_only_sides_of_the_step_are_asked() -> None:
    """Given a side that the step does not have, when its answer is recorded, then the step's sides are named."""
    consulted().when(consenting("tenants", "03-03 09:00")).refused(
        "unknown-code", "art-31", ["residents", "owners", "property"]
    )


def test_sides_agree_to_something() -> None:
    """Given no proposal, when a side answers, then one has to be tabled first."""
    scene = small().given(convening("03-02 14:00"))

    scene.when(consenting("owners", "03-03 09:00")).refused(
        "no-proposal", "art-31", ["table-proposal"]
    )


SILENCE_ENDS = "03-06 00:00"
"""Three working days after Monday, 2 March have passed."""


def test_a_side_answers_until_the_time_is_over() -> None:
    """Given three working days, when a side answers in their last microsecond, then it counts, and in the next it does not."""
    consulted().given(consenting("owners", "03-05 23:59:59.999999"))

    consulted().when(consenting("owners", SILENCE_ENDS)).refused("too-late", "art-31")


def test_silence_is_consent_from_the_instant_the_time_is_over() -> None:
    """Given one side has agreed, when the time is over, then the silent ones count as agreeing and the matter is carried."""
    scene = consulted().given(consenting("owners", "03-03 09:00"))

    scene.when(does("clock", "03-05 23:59:59.999999", c.PresumeConsent)).refused(
        "not-yet", "art-31"
    )
    verdict = scene.when(does("clock", SILENCE_ENDS, c.PresumeConsent))

    move = Move(DELIBERATION, opens="", stops=("step", "decide"))
    verdict.then(
        so(e.ConsentPresumed(("residents", "property"), STAYS), "art-31"),
        so(e.DecisionReached(TallyOutcome.CARRIED, "consult", 1, move), "art-31"),
    )
    after = scene.given(does("clock", SILENCE_ENDS, c.PresumeConsent))
    assert deliberation(after).consents == {"residents": True, "owners": True, "property": True}
    assert running(after) == ()


def test_without_a_time_for_silence_consent_is_never_presumed() -> None:
    """Given a charter that lets silence mean nothing, when months pass, then sides can still answer, and none is presumed to."""
    scene = consulted(under(("procedures.small.steps.consult.silence_after", GONE)))

    assert running(scene) == ("decide",)
    scene.when(does("clock", "06-01 09:00", c.PresumeConsent)).refused("not-yet", "art-31")
    scene.given(consenting("owners", "06-01 09:00"))


def test_consent_is_never_presumed_on_days_nobody_has_adopted() -> None:
    """Given a calendar that ends before the time does, when the time seems over, then sides can answer and none is presumed to."""
    adopting = r.AdoptCalendar(document=calendar_until("03-03"))
    scene = consulted().given(operates(adopting, "03-02 15:00"))

    scene.when(does("clock", "03-20 09:00", c.PresumeConsent)).refused("not-yet", "art-31")
    scene.given(consenting("owners", "03-20 09:00"))
