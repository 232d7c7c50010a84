"""Deliberating before and without a meeting: convening, proposals, studies, notices, the consent of the sides."""

from collections.abc import Callable

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.register import commands as r
from casesys.domain.vocabulary import Status, TallyOutcome, Track
from tests.domain.cases.ways import (
    CLOSED,
    DELIBERATION,
    HALL,
    PROOF,
    TEXT,
    accepted,
    agreed,
    all_days,
    attaching,
    attending,
    big,
    case,
    consenting,
    consulted,
    convening,
    deliberation,
    directed,
    does,
    giving_notice,
    noticed,
    ordered,
    running,
    small,
    so,
    studied,
    studying,
    tabling,
    triaged,
    urgent,
    workdays,
)
from tests.domain.charter.stock import GONE
from tests.domain.neighbourhood import calendar_until, operates, under
from tests.domain.specification import Act, Scene, at

STAYS = Move(DELIBERATION)


def lapsed() -> Scene:
    """The lift: what was ordered has lapsed."""
    return ordered().given(does("clock", "03-04 11:30", c.LapseDecision))


# -- convening ----------------------------------------------------------------------------------------------------------------


def test_convening_says_who_stands_for_whom_and_opens_the_first_step() -> None:
    """Given a small matter, when the deliberation is convened, then the sides are asked and have three working days."""
    verdict = small().when(
        does(
            "moderator",
            "03-02 14:00",
            c.ConveneDeliberation,
            moderator="moderator",
            minute_taker="minute_taker",
        )
    )

    parties = {
        "owners_committee": "owners_committee",
        "property_company": "property_company",
        "residents_committee": "residents_committee",
    }
    move = Move(DELIBERATION, opens="consult", starts=(workdays("step", 3, "art-31"),))
    verdict.then(so(e.DeliberationConvened("moderator", parties, move, "minute_taker"), "art-21"))


def test_the_nearest_grid_says_who_stands_for_a_side() -> None:
    """Given an owners' side of the grid's own, when the deliberation is convened, then it speaks, not the community's."""
    appointing = operates(
        r.AppointParty(grid_id="east", kind="owners_committee", party="owners_committee.01")
    )

    scene = small().given(appointing, convening("03-02 14:00"))

    assert deliberation(scene).parties["owners_committee"] == "owners_committee.01"


def test_a_side_has_somebody_to_stand_for_it() -> None:
    """Given no owners' side of any kind, when the deliberation is convened, then it takes one of the kinds of the side."""
    ending = operates(r.AppointParty(grid_id="community", kind="owners_committee", party=None))

    small().given(ending).when(convening("03-02 14:00")).refused(
        "nobody-stands-for-side",
        "art-31",
        ["owners_committee", "management_committee", "building_head"],
    )


@pytest.mark.parametrize(
    ("body", "clause"),
    [("residents_hall", "art-23"), (HALL, "art-25")],
    ids=["who studies", "who meets"],
)
def test_a_body_is_there_before_anything_begins(body: str, clause: str) -> None:
    """Given no hall, or no representatives, when a big matter is convened, then it takes them first."""
    ending = operates(r.AppointParty(grid_id="community", kind=body, party=None))

    verdict = big().given(ending).when(convening("03-03 09:00"))

    verdict.refused("nobody-stands-for-side", clause, [body])


@pytest.mark.parametrize("role", ["moderator", "minute_taker"])
def test_a_deliberation_is_led_by_people_who_are_known(role: str) -> None:
    """Given nobody of that name, when they are to moderate or take minutes, then they are unknown."""
    people = {"moderator": "moderator"} | {role: "nobody"}

    small().when(does("moderator", "03-02 14:00", c.ConveneDeliberation, **people)).refused(
        "unknown-person"
    )


@pytest.mark.parametrize(
    "scene",
    [
        consulted,
        agreed,
        urgent,
        ordered,
        lapsed,
    ],
    ids=["convened", "decided", "waiting for the officer", "decided urgently", "lapsed"],
)
def test_a_deliberation_is_convened_once(scene: Callable[[], Scene]) -> None:
    """Given a deliberation that was called, or decided without, when it is convened, then it has been."""
    scene().when(convening("03-04 14:00")).refused("already-convened")


def test_there_is_nothing_to_deliberate_without_a_procedure() -> None:
    """Given a direct case that had a deliberation's stage, when it is convened, then it is out of order there."""
    assert directed().when(convening("03-02 14:00")).code == "out-of-order"


def test_mediation_is_not_executable_yet() -> None:
    """Given a procedure that begins with mediation, when it is convened, then that step is not executable."""
    scene = triaged(None, "water_leak", case_type="dispute")

    scene.when(convening("03-02 14:00")).refused("step-not-executable", "art-34")


def test_a_ballot_is_not_executable_yet() -> None:
    """Given notice of a ballot of the owners, when it is given, then the step that would come next is not executable."""
    facts = {"common_parts": True, "maintenance_fund": False}
    scene = triaged(None, "roof", facts=facts).given(
        tabling("03-02 12:00"), convening("03-02 14:00"), attaching("03-02 15:00")
    )

    notice = giving_notice("03-03 09:00", "04-01 19:00")
    scene.when(notice).refused("step-not-executable", "art-28")


# -- proposals ----------------------------------------------------------------------------------------------------------------


def test_a_later_proposal_replaces_an_earlier_one() -> None:
    """Given a proposal, when another is tabled before anybody was asked, then it is the second."""
    tabled = small().given(tabling("03-02 12:00"))

    verdict = tabled.when(
        does("moderator", "03-02 13:00", c.TableProposal, title="换新的", text="某事")
    )

    verdict.then(so(e.ProposalTabled(2, "换新的", TEXT), "art-35"))


@pytest.mark.parametrize(
    "scene",
    [noticed, lambda: consulted().given(consenting("owners", "03-03 09:00"))],
    ids=["notice given", "a side has answered"],
)
def test_the_agenda_is_locked_once_somebody_was_told(scene: Callable[[], Scene]) -> None:
    """Given a notice, or an answer, when another proposal is tabled, then the agenda is locked."""
    scene().when(tabling("03-05 10:00")).refused("agenda-locked")


def test_what_is_decided_is_not_proposed_again() -> None:
    """Given an urgent decision, when a proposal is tabled, then it is decided already."""
    ordered().when(tabling("03-02 12:00")).refused("already-decided")


def test_a_case_that_has_left_deliberation_has_no_proposals() -> None:
    """Given an accepted case, when a proposal is tabled, then that is out of order."""
    assert accepted().when(tabling("03-02 10:30")).code == "out-of-order"


# -- study --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("favourable", [True, False])
def test_an_opinion_is_recorded_and_does_not_decide(*, favourable: bool) -> None:
    """Given the hall studies a matter, when its opinion is recorded, then notice comes next, whatever the opinion is."""
    verdict = studying().when(
        does("moderator", "03-04 10:00", c.RecordOpinion, favourable=favourable, opinion="某事")
    )

    move = Move(DELIBERATION, opens="notice")
    verdict.then(so(e.OpinionRecorded("residents_hall", favourable, move, TEXT), "art-23"))


def test_a_step_takes_what_belongs_to_it() -> None:
    """Given a step, when something is done that belongs to another, then the open one has to be finished first."""
    opinion = does("moderator", "03-05 10:00", c.RecordOpinion, favourable=True)

    noticed().when(opinion).refused("wrong-step", "art-25")
    consulted().when(opinion).refused("wrong-step", "art-31")


@pytest.mark.parametrize(
    ("scene", "ways"),
    [
        (small, ["convene-deliberation"]),
        (agreed, ["confirm-decision", "annul-decision", "retriage-case"]),
        (lapsed, ["retriage-case"]),
        (
            lambda: agreed().given(
                does("secretary", "03-03 13:00", c.AnnulDecision, reason="某事")
            ),
            ["retriage-case"],
        ),
    ],
    ids=["not convened", "decided", "lapsed", "annulled"],
)
def test_where_no_step_is_open_the_ways_on_are_named(
    scene: Callable[[], Scene], ways: list[str]
) -> None:
    """Given no open step, when something of a step is done, then it is said what can be done instead."""
    verdict = scene().when(does("moderator", "03-04 15:00", c.RecordOpinion, favourable=True))

    verdict.refused("no-step-open", accepted=ways)


# -- notice -------------------------------------------------------------------------------------------------------------------


def test_notice_is_given_as_long_before_as_the_charter_says() -> None:
    """Given ten days' notice, when notice is given on the 5th for the first instant of the 16th, then that is just long enough."""
    verdict = studied().when(
        does(
            "moderator",
            "03-05 09:00",
            c.GiveNotice,
            meets_at=at("03-16 00:00"),
            agenda=("庭院改造",),
            proofs=(PROOF,),
        )
    )

    move = Move(DELIBERATION, opens="meeting", starts=(all_days("notice", 10, "art-24"),))
    verdict.then(so(e.NoticeGiven(at("03-16 00:00"), ("庭院改造",), move, (PROOF,)), "art-24"))


def test_a_notice_too_short_says_when_it_would_be_long_enough() -> None:
    """Given ten days' notice, when the meeting is to be a microsecond early, then it is told from when on it can be."""
    meets_at = at("03-15 23:59:59.999999")
    verdict = studied().when(
        does("moderator", "03-05 09:00", c.GiveNotice, meets_at=meets_at, proofs=(PROOF,))
    )

    refusal = verdict.refused("notice-too-short", "art-24")
    assert refusal.particulars["earliest"] == at("03-16 00:00").isoformat()


def test_notice_runs_from_when_it_was_really_given() -> None:
    """Given a notice posted on the 4th and entered on the 5th, when the meeting is on the 15th, then that is long enough."""
    posted = giving_notice(meets_at="03-15 00:00").but(effective_at=at("03-04 13:00"))

    assert case(studied().given(posted)).clocks["notice"].started_at == at("03-04 13:00")


def test_notice_says_what_is_to_be_decided() -> None:
    """Given no proposal, when notice is given, then one has to be tabled first."""
    scene = studying().given(does("moderator", "03-04 10:00", c.RecordOpinion, favourable=True))

    scene.when(giving_notice()).refused("no-proposal", "art-24", ["table-proposal"])


def test_notice_is_proved() -> None:
    """Given proofs that the charter asks for, when notice is given without one, then the kinds are named."""
    verdict = studied().when(
        does("moderator", "03-05 09:00", c.GiveNotice, meets_at=at("03-16 19:00"))
    )

    verdict.refused("proof-needed", "art-24", ["delivered", "posted"])


def test_a_proof_is_evidence_of_the_case() -> None:
    """Given a proof that is not attached, when notice refers to it, then it has to be attached first."""
    fields = {"meets_at": at("03-16 19:00"), "proofs": ("b" * 64,)}
    verdict = studied().when(does("moderator", "03-05 09:00", c.GiveNotice, **fields))

    verdict.refused("unknown-evidence", accepted=["attach-evidence"])


def test_a_charter_may_do_without_proofs() -> None:
    """Given a charter that asks for no proof, when notice is given without, then it is given."""
    scene = studied(under(("procedures.big-residents.steps.notice.proofs", GONE)))

    scene.given(does("moderator", "03-05 09:00", c.GiveNotice, meets_at=at("03-16 19:00")))


def test_a_meeting_is_postponed_to_a_later_time() -> None:
    """Given a notice, when the meeting is postponed, then it is later and the notice that was given stands."""

    def postponing(to: str) -> Act:
        fields = {"meets_at": at(to), "reason": "某事"}
        return does("moderator", "03-10 09:00", c.PostponeDeliberation, **fields)

    verdict = noticed().when(postponing("03-16 19:01"))

    verdict.then(so(e.DeliberationPostponed(at("03-16 19:01"), TEXT), "art-35"))
    notice = deliberation(noticed().given(postponing("03-17 19:00"))).notice
    assert notice is not None
    assert (notice.given_at, notice.meets_at) == (at("03-05 09:00"), at("03-17 19:00"))
    noticed().when(postponing("03-16 19:00")).refused("not-later")


def test_a_meeting_is_postponed_after_notice_and_before_it_begins() -> None:
    """Given no notice, or a meeting that has begun, when it is postponed, then that is refused."""
    postponing = does(
        "moderator", "03-16 20:00", c.PostponeDeliberation, meets_at=at("03-20 19:00")
    )

    studied().when(postponing).refused("no-notice", accepted=["give-notice"])
    noticed().given(attending(10)).when(postponing).refused("meeting-begun")


# -- consent ------------------------------------------------------------------------------------------------------------------


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


def test_one_objection_makes_it_big() -> None:
    """Given a small matter, when one side objects, then the case goes to the procedure that the step names, not yet convened."""
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
        so(e.CaseRetriaged("big-residents", "", 3, move, Track.BIG), "art-31"),
    )


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
