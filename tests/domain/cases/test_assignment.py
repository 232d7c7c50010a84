"""Who has a case: dispatched, taken, returned, disputed, ruled on, handed over. There is one lead, or for a while none."""

from collections.abc import Callable

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.cases.state import Assignment
from casesys.domain.register import commands as r
from casesys.domain.vocabulary import Status
from tests.domain.cases.ways import (
    ASSIGNMENT,
    LEAD,
    RESOLUTION,
    TEXT,
    assigned,
    case,
    collecting,
    confirmed,
    contacting,
    deciding,
    directed,
    dispatched,
    does,
    hours,
    reported,
    running,
    so,
    triaged,
    urgent,
    verified,
    workdays,
)
from tests.domain.charter.stock import GONE, stock
from tests.domain.neighbourhood import neighbourhood, operates, under
from tests.domain.specification import Act, Scene

STAYS = Move(ASSIGNMENT)
LAMPS = "municipal_lighting"
RESPOND = workdays("respond", 1, "art-39")


def dispatching(when: str = "03-02 14:00", /, **fields: object) -> Act:
    """The dispatcher gives the case to somebody."""
    return does("dispatcher", when, c.DispatchCase, **fields)


def returning(ground: str = "wrong_lead", when: str = "03-02 15:00") -> Act:
    """The lead gives the case back."""
    return does(LEAD, when, c.ReturnAssignment, ground=ground, reason="某事")


def disputing(when: str = "03-02 15:00", **fields: object) -> Act:
    """The lead says that the duty is another's."""
    return does(LEAD, when, c.DisputeAssignment, **fields)


def ruling(**fields: object) -> Act:
    """The coordinator rules who leads: the keeper, unless it is somebody else."""
    given = {"lead": LAMPS} | fields
    return does("coordinator", "03-02 16:00", c.RuleOnDispute, **given)


def handing(to: str, when: str = "03-02 16:00") -> Act:
    """The dispatcher gives the lead to another party."""
    return does("dispatcher", when, c.HandOver, to=to, reason="某事")


# -- dispatching --------------------------------------------------------------------------------------------------------------


def test_a_case_is_dispatched_by_the_charters_routing() -> None:
    """Given a street lamp, when it is dispatched, then its keeper leads, by the row that says so, and has its time."""
    starts = (workdays("resolve", 7, "art-43"), RESPOND)
    move = Move(ASSIGNMENT, starts=starts, stops=("dispatch_direct",))

    directed().when(dispatching(reason="某事")).then(
        so(e.CaseDispatched(LAMPS, move, (), "keeper", TEXT), "art-37")
    )
    assert case(dispatched()).assignment == Assignment(LAMPS)
    assert case(dispatched()).status is Status.DISPATCHED


def test_routing_names_who_supports() -> None:
    """Given an urgent lift that was made safe, when it is dispatched, then its maintainer leads, within hours."""
    safe = urgent().given(
        deciding(made_safe="某事"), does("moderator", "03-02 12:00", c.ConfirmDecision)
    )

    move = Move(
        ASSIGNMENT,
        starts=(workdays("resolve", 7, "art-44"), response_in_hours()),
        stops=("dispatch",),
    )
    event = e.CaseDispatched("lift_maintainer", move, ("property_company",), "lift")
    safe.when(dispatching()).then(so(event, "art-37"))


def response_in_hours() -> e.ClockStart:
    """Two hours, day and night, reckoned in the calendar's zone."""
    start = hours("respond", 2, "art-39")
    return type(start)(start.clock, start.amount, start.unit, start.clause, "workdays")


def test_who_supports_can_be_named_beside_the_charters_lead() -> None:
    """Given a street lamp, when it is dispatched with supporting parties only, then the charter's lead has it, and they support."""
    starts = (workdays("resolve", 7, "art-43"), RESPOND)
    move = Move(ASSIGNMENT, starts=starts, stops=("dispatch_direct",))
    named = ("property_company", "street_office")

    directed().when(dispatching(supporting=named)).then(
        so(e.CaseDispatched(LAMPS, move, named, "keeper"), "art-37")
    )
    directed().when(dispatching(supporting=("riddle",))).refused("unknown-party")
    directed().when(dispatching(supporting=(LAMPS,))).refused("lead-supports-itself")


def test_somebody_supports_once_and_never_the_lead() -> None:
    """Given one company that is both of the kinds a row names, when the case is dispatched, then it leads, and supports nobody."""
    appointing = operates(
        r.AppointParty(grid_id="east", kind="lift_maintainer", party="property_company")
    )
    scene = triaged(neighbourhood().given(appointing), "lift_failure", facts=LIFT_FACTS)

    assert case(scene.given(dispatching())).assignment == Assignment("property_company")


LIFT_FACTS = {"common_parts": False, "maintenance_fund": False}


def test_supporting_kinds_that_the_grid_lacks_are_left_out() -> None:
    """Given a wish and no paired organisation, when it is dispatched, then the warm station leads alone."""
    scene = triaged(None, "wishes", case_type="micro_wish")

    assert case(scene.given(dispatching())).assignment == Assignment("warm_station")


def test_a_kind_of_party_that_nobody_is_cannot_lead() -> None:
    """Given no street lighting unit, when a street lamp is dispatched, then somebody has to be it first."""
    ending = operates(r.AppointParty(grid_id="community", kind=LAMPS, party=None))

    directed().given(ending).when(dispatching()).refused(
        "nobody-stands-for-side", "art-37", [LAMPS]
    )


def test_a_charter_without_routing_leaves_it_to_people() -> None:
    """Given a charter without routing, when a case is dispatched without naming a lead, then it takes one and a reason."""
    scene = directed(under(("routing", GONE)))

    scene.when(dispatching()).refused("no-route", accepted=["lead", "reason"])
    scene.given(dispatching(lead="property_company", reason="某事"))


def test_a_case_is_dispatched_by_hand_with_a_reason() -> None:
    """Given a street lamp, when the dispatcher names a lead and who supports, then a reason is needed and no row is."""
    by_hand = {"lead": "property_company", "supporting": (LAMPS,)}

    directed().when(dispatching(**by_hand)).refused("reason-needed")
    verdict = directed().when(dispatching(**by_hand, reason="某事"))

    starts = (workdays("resolve", 7, "art-43"), RESPOND)
    move = Move(ASSIGNMENT, starts=starts, stops=("dispatch_direct",))
    verdict.then(so(e.CaseDispatched("property_company", move, (LAMPS,), None, TEXT), "art-37"))


@pytest.mark.parametrize(
    ("lead", "supporting", "code"),
    [
        ("nobody", (), "unknown-party"),
        ("property_company", ("nobody",), "unknown-party"),
        ("property_company", ("property_company",), "lead-supports-itself"),
        ("property_company", (LAMPS, LAMPS), "lead-supports-itself"),
    ],
)
def test_parties_are_known_and_named_once(
    lead: str, supporting: tuple[str, ...], code: str
) -> None:
    """Given an unknown party, or one named twice, when a case is dispatched or ruled on, then it is refused."""
    fields = {"lead": lead, "supporting": supporting, "reason": "某事"}

    directed().when(dispatching(**fields)).refused(code)
    dispatched().given(returning()).when(ruling(**fields)).refused(code)


@pytest.mark.parametrize("party", ["street_office", "residents_hall", "volunteer"])
def test_organisations_bodies_and_people_lead(party: str) -> None:
    """Given an organisation, a body or a person, when a case is dispatched to them by hand, then they lead."""
    assert case(directed().given(dispatching(lead=party, reason="某事"))).lead == party


def test_a_case_is_dispatched_once() -> None:
    """Given a dispatched case, when it is dispatched again, then it has been; one that came back can be."""
    dispatched().when(dispatching("03-02 15:00")).refused("already-dispatched")
    dispatched().given(disputing()).when(dispatching("03-02 16:00")).refused("already-dispatched")
    again = dispatched().given(returning(), dispatching("03-02 16:00"))
    assert case(again).assignment == Assignment(LAMPS)


def test_work_for_which_the_charter_has_no_time_has_no_clock() -> None:
    """Given a charter whose lead has no time to respond, when a case is dispatched, then no such clock starts."""
    scene = directed(under(("time.clocks.respond", GONE)))

    assert running(scene.given(dispatching())) == ("resolve",)


# -- accepting ----------------------------------------------------------------------------------------------------------------


def test_the_lead_takes_the_case() -> None:
    """Given a dispatched case, when the lead accepts it, then it is to be resolved, and the initiator still to be contacted."""
    dispatched().when(ACCEPTING).then(so(e.AssignmentAccepted(Move(RESOLUTION)), "art-39"))
    assert case(assigned()).status is Status.ASSIGNED
    assert case(assigned()).lead == LAMPS


ACCEPTING = does(LEAD, "03-02 15:00", c.AcceptAssignment)


def test_the_lead_has_responded_when_it_took_the_case_and_reached_the_initiator() -> None:
    """Given a dispatched case, when it is accepted and the initiator reached, in either order, then the second ends that time."""
    reached_first = dispatched().given(contacting("03-02 14:30"))
    taken_first = dispatched().given(ACCEPTING)

    assert "respond" in running(reached_first)
    taking = Move(RESOLUTION, stops=("respond",))
    reached_first.when(ACCEPTING).then(so(e.AssignmentAccepted(taking), "art-39"))
    reaching = e.InitiatorContacted(reached=True, move=Move(RESOLUTION, stops=("respond",)))
    taken_first.when(contacting("03-02 16:00")).then(so(reaching, "art-43"))


def test_who_was_not_reached_is_still_waited_for() -> None:
    """Given a lead that took the case, when the initiator does not answer, then the time to respond goes on."""
    tried = dispatched().given(ACCEPTING, contacting("03-02 16:00", reached=False))

    assert "respond" in running(tried)
    assert "respond" not in running(tried.given(contacting("03-02 17:00")))


def test_an_anonymous_initiator_is_not_waited_for() -> None:
    """Given a case whose initiator is anonymous, when the lead takes it, then the time to respond is over."""
    anonymous = neighbourhood().given(
        collecting(anonymous=True),
        does("dispatcher", "03-02 10:00", c.AcceptCase),
        does("dispatcher", "03-02 11:00", c.TriageCase),
        dispatching(),
    )

    taking = Move(RESOLUTION, stops=("respond",))
    anonymous.when(ACCEPTING).then(so(e.AssignmentAccepted(taking), "art-39"))


def test_another_lead_has_to_contact_the_initiator_itself() -> None:
    """Given an initiator reached by the first lead, when the case is returned and dispatched again, then they wait to be reached."""
    again = dispatched().given(contacting("03-02 14:30"), returning())
    redispatched = again.given(dispatching("03-02 16:00"))

    late = does(LEAD, "03-02 17:00", c.AcceptAssignment)
    redispatched.when(late).then(so(e.AssignmentAccepted(Move(RESOLUTION)), "art-39"))


def test_only_what_was_given_is_taken() -> None:
    """Given a disputed assignment, when the lead accepts it, then it has to be ruled on first."""
    verdict = dispatched().given(disputing()).when(does(LEAD, "03-02 16:00", c.AcceptAssignment))

    verdict.refused("wrong-status", accepted=["dispatched"])


# -- returning ----------------------------------------------------------------------------------------------------------------


def test_the_lead_gives_a_case_back_on_a_ground_of_the_charter() -> None:
    """Given a dispatched case, when the lead returns it, then nobody leads until it is dispatched again."""
    event = e.AssignmentReturned(LAMPS, "wrong_lead", 1, STAYS, TEXT)

    dispatched().when(returning()).then(so(event, "art-40"))
    state = case(dispatched().given(returning()))
    assert (state.lead, state.status, state.returns) == (None, Status.RETURNED, 1)
    dispatched().when(returning("riddle")).refused(
        "unknown-code", accepted=sorted(stock().charter.assignment.return_grounds)
    )


def test_the_third_return_goes_up() -> None:
    """Given a case that came back twice, when it comes back again, then the secretary hears of it."""
    twice = dispatched()
    for hour in (15, 16):
        there_and_back = returning(when=f"03-02 {hour}:00"), dispatching(f"03-02 {hour}:30")
        twice = twice.given(*there_and_back)

    verdict = twice.when(returning(when="03-02 17:00"))

    verdict.then(
        so(e.AssignmentReturned(LAMPS, "wrong_lead", 3, STAYS, TEXT), "art-40"),
        so(e.CaseEscalated("secretary", counted="returns", count=3), "art-56"),
    )


# -- disputing and ruling -----------------------------------------------------------------------------------------------------


def test_a_disputing_lead_keeps_the_case_meanwhile() -> None:
    """Given a charter that says so, when the lead disputes the assignment, then it still leads until that is ruled on."""
    verdict = dispatched().when(disputing(proposed="property_company", reason="某事"))

    event = e.AssignmentDisputed(LAMPS, True, "property_company", TEXT)  # noqa: FBT003 - an event
    verdict.then(so(event, "art-41"))
    state = case(dispatched().given(disputing()))
    assert (state.lead, state.status) == (LAMPS, Status.DISPUTED)


def test_a_charter_may_take_the_case_from_a_disputing_lead() -> None:
    """Given a charter that says so, when the lead disputes the assignment, then nobody leads until that is ruled on."""
    scene = dispatched(under(("assignment.lead_stays_while_disputed", False))).given(disputing())

    assert (case(scene).lead, case(scene).status) == (None, Status.DISPUTED)


def test_who_should_have_it_instead_is_known() -> None:
    """Given nobody of that name, when the lead proposes them, then they are unknown."""
    dispatched().when(disputing(proposed="nobody")).refused("unknown-party")


@pytest.mark.parametrize("act", [disputing(), returning()], ids=["disputed", "returned"])
def test_a_ruling_says_who_leads_and_binds(act: Act) -> None:
    """Given a disputed or returned assignment, when it is ruled on, then who is named leads and can neither return nor dispute it."""
    verdict = dispatched().given(act).when(ruling(supporting=("property_company",), reason="某事"))

    event = e.DisputeRuled(LAMPS, STAYS, ("property_company",), TEXT)
    verdict.then(so(event, "art-41"))
    ruled = dispatched().given(act, ruling())
    assert case(ruled).assignment == Assignment(LAMPS, (), Status.DISPATCHED, binding=True)
    ruled.when(returning(when="03-02 17:00")).refused("ruling-binds")
    ruled.when(disputing("03-02 17:00")).refused("ruling-binds")
    ruled.given(does(LEAD, "03-02 17:00", c.AcceptAssignment))


@pytest.mark.parametrize("act", [disputing("03-02 16:00"), returning(when="03-02 16:00")])
def test_what_is_disputed_is_not_disputed_or_returned_again(act: Act) -> None:
    """Given a disputed assignment, when the lead disputes or returns it, then it has to be ruled on first."""
    dispatched().given(disputing()).when(act).refused("wrong-status", accepted=["dispatched"])


def test_only_what_is_open_is_ruled_on() -> None:
    """Given an assignment that nobody disputes, or none, when it is ruled on, then there is nothing to rule on."""
    for scene in (dispatched(), directed()):
        scene.when(ruling()).refused("wrong-status", accepted=["disputed", "returned"])


# -- handing over -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scene", [dispatched, assigned, reported, verified])
def test_the_lead_is_handed_over(scene: Callable[[], Scene]) -> None:
    """Given a case with a lead, when it is handed over, then the new one begins where the old one ends, and the stage stays."""
    verdict = scene().when(handing("property_company", "03-09 09:00"))

    verdict.then(so(e.HandedOver(LAMPS, "property_company", TEXT), "art-42"))
    after = case(scene().given(handing("property_company", "03-09 09:00")))
    assert (after.lead, after.stage) == ("property_company", case(scene()).stage)


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("nobody", "unknown-party"),
        (LAMPS, "nothing-to-change"),
        ("property_company", "lead-supports-itself"),
    ],
)
def test_the_new_lead_is_known_another_and_does_not_support_itself(to: str, code: str) -> None:
    """Given an unknown party, the lead itself, or one that supports, when the lead is handed to it, then that is refused."""
    fields = {"lead": LAMPS, "supporting": ("property_company",), "reason": "某事"}

    directed().given(dispatching(**fields)).when(handing(to)).refused(code)


def test_who_works_on_a_report_hands_it_over_before_it_is_against_them() -> None:
    """Given a lead, when a shielded case is to be against it, then the clause of the type forbids that; of another type it may be."""
    accusing = does("dispatcher", "03-02 16:00", c.AddParty, party=LAMPS, role="respondent")
    shielded = assigned(under(("case_types.issue.shielded", True)))
    shielded.when(accusing).refused("respondent-may-not-work", "art-02")
    shielded.given(
        does("dispatcher", "03-02 16:00", c.AddParty, party=LAMPS, role="affected_owner")
    )
    assigned().given(accusing)


REPORTED = does(
    "dispatcher", "03-02 11:30", c.AddParty, party="property_company", role="respondent"
)
"""What is collected is against the property company."""


def test_who_a_report_is_against_does_not_work_on_it() -> None:
    """Given a report, when whom it is against is to lead or support, by any command or the routing, then art. 7 forbids it."""
    scene = triaged(None, "street_lamp", case_type="report").given(REPORTED)
    leading = dispatching(lead="property_company", reason="某事")
    supporting = dispatching(lead=LAMPS, supporting=("property_company",), reason="某事")
    appointing = r.AppointParty(grid_id="community", kind="street_office", party="property_company")

    for act in (leading, supporting):
        scene.when(act).refused("respondent-may-not-work", "art-07")
    routed = scene.given(operates(appointing, "03-02 11:40"))
    routed.when(dispatching()).refused("respondent-may-not-work", "art-07")
    given = scene.given(dispatching())
    given.when(handing("property_company")).refused("respondent-may-not-work", "art-07")


def test_who_another_case_is_against_may_work_on_it() -> None:
    """Given a case of no shielded type against a company, when the company is to lead it, then it does: it mends what it broke."""
    scene = directed().given(REPORTED)

    scene.given(dispatching(lead="property_company", reason="某事"))


def test_nothing_is_handed_over_that_nobody_has() -> None:
    """Given a case that came back, when it is handed over, then it has to be dispatched."""
    dispatched().given(returning()).when(handing("property_company")).refused(
        "wrong-status", accepted=["dispatched", "assigned"]
    )


def test_a_confirmed_decision_is_dispatched_like_any_other() -> None:
    """Given a courtyard to be rebuilt, when it is dispatched, then the company leads and the committee supports."""
    scene = confirmed().given(dispatching("04-13 09:00"))

    assert case(scene).assignment == Assignment("property_company", ("residents_committee",))
    assert running(scene) == ("resolve", "respond")
