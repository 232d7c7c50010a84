"""Collecting a case: what is written down, and what cannot be."""

from collections.abc import Callable

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.messages import Authority, Event, Personal, Rule
from casesys.domain.register import commands as r
from casesys.domain.vocabulary import EmergencyService, FactSource, Status
from tests.domain.cases.ways import (
    CASE,
    CLOSED,
    COLLECTION,
    PROOF,
    TEXT,
    accepted,
    assigned,
    attaching,
    case,
    collected,
    collecting,
    consulted,
    directed,
    dispatched,
    does,
    hours,
    ordered,
    running,
    so,
    urgent,
    workdays,
)
from tests.domain.charter.stock import GONE, stock
from tests.domain.neighbourhood import (
    NAME,
    PATH,
    installing,
    neighbourhood,
    operates,
    under,
    variant,
)
from tests.domain.specification import Act, Scene, at

STAYS = Move(COLLECTION)


def test_a_case_is_written_down() -> None:
    """Given a community, when a case is collected with all that is known, then it exists and waits to be accepted within a day."""
    opening = operates(
        r.OpenIntakePoint(intake_point_id="station", name=NAME, grid_id="east", channel="visit")
    )
    fields = {
        "initiator": "resident-7",
        "initiator_name": "王大爷",
        "initiator_contact": "13800000000",
        "description": "三天不亮",
        "location": "3号楼前",
        "facts": {"households_affected": 8},
        "intake_point": "station",
        "source_ref": "12345-678",
        "anonymous": True,
    }

    verdict = neighbourhood().given(opening).when(collecting(**fields))

    decision = verdict.then(
        so(
            e.CaseCollected(
                case_id=CASE,
                case_type="issue",
                category="street_lamp",
                title="路灯不亮",
                grid="east-1",
                path=PATH,
                initiator="resident-7",
                visibility="community",
                anonymous=True,
                facts={"households_affected": 8},
                intake_point="station",
                source_ref="12345-678",
                description=Personal("三天不亮"),
                initiator_name=Personal("王大爷"),
                initiator_contact=Personal("13800000000"),
                location=Personal("3号楼前"),
                move=Move(COLLECTION, starts=(workdays("accept", 1, "art-10"),)),
            ),
            "art-08",
        )
    )
    assert decision.subject == "resident-7"
    assert decision.authority == Authority("grid_worker", "grid_worker")
    assert decision.rule == Rule("stock", "2026.1", stock().digest)


def test_what_was_written_down_is_the_case() -> None:
    """Given a collected case, then its state is what was collected, through the channel it came by."""
    state = case(collected())

    assert (state.case_type, state.category, state.grid, state.path) == (
        "issue",
        "street_lamp",
        "east-1",
        PATH,
    )
    assert (state.title, state.channel, state.collected_at) == (
        "路灯不亮",
        "patrol",
        at("03-02 09:00"),
    )
    assert state.status is Status.COLLECTED


def test_an_initiator_nobody_knows_has_a_subject_of_their_own() -> None:
    """Given no initiator, when a case is collected, then its personal data belongs to a subject made from the case."""
    decision = neighbourhood().when(collecting()).decision

    assert decision.subject == "initiator:case-1"


def test_a_case_that_was_collected_earlier_began_then() -> None:
    """Given a paper note of the morning, when it is entered at noon, then the case and its clock began in the morning."""
    scene = neighbourhood().given(collecting().but(effective_at=at("03-02 07:00")))

    assert case(scene).collected_at == at("03-02 07:00")
    assert case(scene).clocks["accept"].started_at == at("03-02 07:00")


def test_a_case_is_collected_once() -> None:
    """Given a case, when one is collected under its id, then it exists already."""
    collected().when(collecting()).refused("already-exists")


@pytest.mark.parametrize(
    ("fields", "table"),
    [
        ({"case_type": "riddle"}, stock().charter.case_types),
        ({"category": "riddle"}, stock().charter.categories),
        ({"facts": {"riddle": 1}}, stock().charter.facts),
    ],
    ids=["type", "category", "fact"],
)
def test_a_case_is_described_in_the_words_of_the_charter(
    fields: dict[str, object], table: dict[str, object]
) -> None:
    """Given a code that the charter does not define, when a case is collected, then the codes it does define are accepted."""
    category = fields.pop("category", "street_lamp")

    verdict = neighbourhood().when(collecting(str(category), **fields))

    verdict.refused("unknown-code", accepted=sorted(table))


def test_a_case_comes_through_a_channel_of_the_charter() -> None:
    """Given a channel that the charter does not define, when a case is collected, then its channels are accepted."""
    verdict = neighbourhood().when(collecting().but(channel="riddle"))

    verdict.refused("unknown-code", accepted=sorted(stock().charter.channels))


@pytest.mark.parametrize(
    "facts",
    [{"danger_to_life": 1}, {"households_affected": True}, {"estimated_cost": "much"}],
    ids=["number for yes or no", "yes or no for number", "text for number"],
)
def test_facts_have_the_types_of_the_charter(facts: dict[str, object]) -> None:
    """Given a fact of another type than the charter says, when a case is collected, then it is refused."""
    neighbourhood().when(collecting(facts=facts)).refused("fact-of-wrong-type")


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "never opened"])
def test_cases_come_in_at_open_intake_points(*, closed: bool) -> None:
    """Given an intake point that is closed or unknown, when a case is collected there, then it is refused."""
    acts = (
        operates(
            r.OpenIntakePoint(intake_point_id="station", name=NAME, grid_id="east", channel="visit")
        ),
        operates(r.CloseIntakePoint(intake_point_id="station")),
    )
    scene = neighbourhood().given(*acts[: 2 if closed else 0])

    scene.when(collecting(intake_point="station")).refused("unknown-intake-point")


def test_a_case_lies_in_a_grid_there_is() -> None:
    """Given no such grid, when a case is collected there, then it is refused."""
    neighbourhood().when(collecting(grid="north")).refused("unknown-grid")


def test_a_title_is_there_and_short() -> None:
    """Given no title, or one of more than a line, when the command is read, then it is no command."""
    for title in ("", "灯" * 201):
        with pytest.raises(ValueError, match="title"):
            collecting(title=title)


# -- before acceptance --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "command", "fields", "event", "clause"),
    [
        ("volunteer", c.MakeSafe, {"measures": "某事"}, e.MadeSafe(TEXT, STAYS), "art-09"),
        (
            "grid_worker",
            c.AlertEmergencyService,
            {"service": "119", "reference": "A-1"},
            e.EmergencyServiceAlerted(EmergencyService.FIRE, "A-1"),
            "art-09",
        ),
        (
            "grid_worker",
            c.AmendCase,
            {"title": "新", "description": "某事", "location": "某事", "initiator_contact": "某事"},
            e.CaseAmended("新", TEXT, TEXT, TEXT),
            "art-08",
        ),
        (
            "grid_worker",
            c.EstablishFacts,
            {"facts": {"danger_to_life": False}},
            e.FactsEstablished({"danger_to_life": False}, FactSource.INSPECTED),
            "art-14",
        ),
        (
            "grid_worker",
            c.AttachEvidence,
            {"digest": PROOF, "media_type": "image/jpeg", "size": 9, "caption": "某事"},
            e.EvidenceAttached(PROOF, "image/jpeg", 9, TEXT),
            "art-08",
        ),
        (
            "grid_worker",
            c.AddParty,
            {"party": "resident-8", "role": "co_reporter", "name": "某事", "contact": "某事"},
            e.PartyAdded("resident-8", "co_reporter", TEXT, TEXT),
            "art-08",
        ),
        (
            "dispatcher",
            c.ContactInitiator,
            {"reached": True, "summary": "某事"},
            e.InitiatorContacted(reached=True, summary=TEXT),
            "art-08",
        ),
        ("secretary", c.ReplyToInitiator, {"reply": "某事"}, e.InitiatorAnswered(TEXT), "art-08"),
        ("volunteer", c.RecordUrging, {"summary": "某事"}, e.UrgingRecorded(1, TEXT), "art-08"),
        (
            "secretary",
            c.ReclassifyCase,
            {"case_type": "hazard", "category": "fire_hazard", "reason": "某事"},
            e.CaseReclassified("hazard", "fire_hazard", TEXT),
            "art-10",
        ),
        (
            "privacy_officer",
            c.ChangeVisibility,
            {"level": "confidential", "reason": "某事"},
            e.VisibilityChanged("confidential", TEXT),
            "art-15",
        ),
        ("grid_worker", c.AddNote, {"note": "某事"}, e.NoteAdded(TEXT), "art-08"),
    ],
)
def test_what_can_be_done_at_once(
    actor: str, command: type[c.CaseCommand], fields: dict[str, object], event: Event, clause: str
) -> None:
    """Given a case just collected, when something is recorded about it, then it is, under the clause that lets them."""
    collected().when(does(actor, "03-02 09:05", command, **fields)).then(so(event, clause))


def test_making_safe_stops_the_clock_that_waits_for_it() -> None:
    """Given an urgent case, when it is made safe, then that clock stops and the others go on."""
    verdict = urgent().when(does("grid_worker", "03-02 11:10", c.MakeSafe, measures="某事"))

    move = Move(case(urgent()).stage, stops=("make_safe",))
    verdict.then(so(e.MadeSafe(TEXT, move), "art-09"))


def test_what_was_made_safe_before_triage_is_not_waited_for() -> None:
    """Given a lift made safe before acceptance, when it is triaged as urgent, then no clock waits for making safe."""
    scene = neighbourhood().given(
        collecting("lift_failure", facts={"danger_to_life": True}),
        does("grid_worker", "03-02 09:05", c.MakeSafe, measures="某事"),
        does("dispatcher", "03-02 10:00", c.AcceptCase),
        does("dispatcher", "03-02 11:00", c.TriageCase),
    )

    decide = case(scene).clocks["decide_urgent"].start
    assert decide == hours("decide_urgent", 2, "art-44", since=at("03-02 09:00"))
    assert "make_safe" not in case(scene).clocks


def test_the_first_making_safe_counts() -> None:
    """Given a case made safe twice, then it was safe from the first time on."""
    scene = collected().given(
        does("grid_worker", "03-02 09:10", c.MakeSafe, measures="某事"),
        does("grid_worker", "03-02 09:20", c.MakeSafe, measures="某事"),
    )

    assert case(scene).made_safe_at == at("03-02 09:10")


def test_what_is_amended_replaces_what_was_written() -> None:
    """Given a title, when only the location is amended, then the title stays; when the title is, then it is another."""
    moved = collected().given(does("grid_worker", "03-02 09:05", c.AmendCase, location="4号楼前"))
    renamed = moved.given(does("grid_worker", "03-02 09:06", c.AmendCase, title="灯坏了"))

    assert case(moved).title == "路灯不亮"
    assert case(renamed).title == "灯坏了"


def test_an_amendment_amends_something() -> None:
    """Given a case, when an amendment says nothing, then it is refused."""
    collected().when(does("grid_worker", "03-02 09:05", c.AmendCase)).refused("nothing-to-change")


def test_a_later_finding_replaces_an_earlier_one() -> None:
    """Given a fact told by the initiator, when it is found otherwise, then the finding holds and the other facts stay."""
    told = neighbourhood().given(
        collecting(facts={"households_affected": 8, "danger_to_life": False})
    )
    found = {"households_affected": 40}
    scene = told.given(does("grid_worker", "03-02 10:00", c.EstablishFacts, facts=found))

    assert case(scene).facts == {"households_affected": 40, "danger_to_life": False}


@pytest.mark.parametrize(
    ("facts", "code", "accepted_codes"),
    [
        ({"riddle": 1}, "unknown-code", sorted(stock().charter.facts)),
        ({"danger_to_life": "yes"}, "fact-of-wrong-type", ()),
    ],
    ids=["unknown", "wrong type"],
)
def test_established_facts_are_those_of_the_charter(
    facts: dict[str, object], code: str, accepted_codes: list[str]
) -> None:
    """Given a case, when a fact is established that the charter does not know so, then it is refused."""
    establishing = does("grid_worker", "03-02 10:00", c.EstablishFacts, facts=facts)

    collected().when(establishing).refused(code, accepted=accepted_codes)


def test_evidence_is_attached_once() -> None:
    """Given a photograph, when the same content is attached again, then it is there already."""
    scene = collected().given(attaching("03-02 09:05"))

    assert case(scene).evidence == {PROOF}
    scene.when(attaching("03-02 09:06")).refused("already-exists")


def test_a_party_is_added_once_and_is_not_the_initiator() -> None:
    """Given a co-reporter, when they or the initiator are added again, then they are there already."""

    def adding(party: str) -> Act:
        return does("grid_worker", "03-02 09:05", c.AddParty, party=party, role="respondent")

    scene = neighbourhood().given(collecting(initiator="resident-7"), adding("resident-8"))

    assert case(scene).parties == {"resident-8": "respondent"}
    scene.when(adding("resident-8")).refused("already-exists")
    scene.when(adding("resident-7")).refused("already-exists")


def test_the_third_urging_goes_up() -> None:
    """Given two urgings, when the third comes, then the case goes up to the grid lead; the fourth only counts."""
    urging = does("grid_worker", "03-02 12:00", c.RecordUrging)
    twice = collected().given(urging, urging)

    twice.when(urging).then(
        so(e.UrgingRecorded(3), "art-08"),
        so(e.CaseEscalated("grid_lead", counted="urgings", count=3), "art-56"),
    )
    thrice = twice.given(urging)
    assert case(thrice).escalated_to == ("grid_lead",)
    thrice.when(urging).then(so(e.UrgingRecorded(4), "art-08"))


@pytest.mark.parametrize("fields", [{}, {"category": "street_lamp"}, {"case_type": "issue"}])
def test_reclassifying_changes_something(fields: dict[str, str]) -> None:
    """Given a case, when it is reclassified as what it is, then nothing would change."""
    collected().when(does("dispatcher", "03-02 09:05", c.ReclassifyCase, **fields)).refused(
        "nothing-to-change"
    )


@pytest.mark.parametrize("table", ["case_type", "category"])
def test_a_case_is_reclassified_in_the_words_of_the_charter(table: str) -> None:
    """Given a type or category the charter lacks, when a case is reclassified so, then those it has are accepted."""
    charter = stock().charter
    known = {"case_type": [*charter.case_types], "category": [*charter.categories]}
    verdict = collected().when(
        does("dispatcher", "03-02 09:05", c.ReclassifyCase, **{table: "riddle"})
    )

    verdict.refused("unknown-code", accepted=sorted(known[table]))


def test_a_reclassified_case_is_another_kind_of_case() -> None:
    """Given a lamp, when only its category is corrected, then its type stays."""
    scene = collected().given(
        does("dispatcher", "03-02 09:05", c.ReclassifyCase, category="courtyard_lamp")
    )

    assert (case(scene).case_type, case(scene).category) == ("issue", "courtyard_lamp")


def test_the_level_of_knowledge_changes_to_another_of_the_charter() -> None:
    """Given a case, when its level is set to an unknown one or to what it is, then that is refused."""

    def setting(level: str) -> Act:
        return does("secretary", "03-02 09:05", c.ChangeVisibility, level=level)

    levels = sorted(stock().charter.visibility)
    collected().when(setting("riddle")).refused("unknown-code", accepted=levels)
    collected().when(setting("community")).refused("nothing-to-change")
    assert case(collected().given(setting("handling"))).visibility == "handling"


# -- asking the initiator -----------------------------------------------------------------------------------------------------

ASKING = does("dispatcher", "03-02 09:30", c.RequestInformation, question="某事")


def test_the_initiator_is_asked_and_has_five_working_days() -> None:
    """Given a case, when information is requested, then its clock runs for five working days and the case waits."""
    start = workdays("information", 5, "art-11")

    collected().when(ASKING).then(
        so(e.InformationRequested(TEXT, Move(COLLECTION, starts=(start,))), "art-11")
    )
    assert case(collected().given(ASKING)).status is Status.INFORMATION_REQUESTED


def test_one_question_waits_at_a_time() -> None:
    """Given a question, when another is asked, then it has to wait."""
    collected().given(ASKING).when(ASKING).refused("information-already-requested")


def test_questions_need_a_rule_of_the_charter() -> None:
    """Given a charter without a rule for them, when information is requested, then there is no rule."""
    scene = collected(under(("time.information", GONE)))

    scene.when(ASKING).refused("no-rule")


def test_the_answer_stops_the_clock_and_establishes_facts() -> None:
    """Given a question, when the initiator answers, even late, then the case goes on with what they said."""
    answering = does(
        "grid_worker",
        "03-20 09:00",
        c.SupplyInformation,
        answer="某事",
        facts={"utility_lost": True},
    )

    verdict = collected().given(ASKING).when(answering)

    move = Move(COLLECTION, stops=("information",))
    verdict.then(so(e.InformationSupplied(TEXT, move, {"utility_lost": True}), "art-08"))
    scene = collected().given(ASKING, answering)
    assert case(scene).facts == {"utility_lost": True}
    assert case(scene).status is Status.COLLECTED


def test_an_answer_needs_a_question_and_facts_of_the_charter() -> None:
    """Given no question, or an answer with an unknown fact, when it is recorded, then it is refused."""

    def answering(**fields: object) -> Act:
        return does("grid_worker", "03-02 10:00", c.SupplyInformation, answer="某事", **fields)

    collected().when(answering()).refused("nothing-requested")
    collected().given(ASKING).when(answering(facts={"households_affected": "8"})).refused(
        "fact-of-wrong-type"
    )


# -- accepting, declining, referring, withdrawing -----------------------------------------------------------------------------


def test_accepting_stops_its_clock_and_pins_the_charter() -> None:
    """Given a collected case, when it is accepted, then the version in force governs it from here on."""
    accepting = does("dispatcher", "03-02 10:00", c.AcceptCase)

    collected().when(accepting).then(
        so(e.CaseAccepted(Move(COLLECTION, stops=("accept",))), "art-02")
    )
    state = case(accepted())
    assert state.governing == Rule("stock", "2026.1", stock().digest)
    assert state.accepted_at == at("03-02 10:00")
    assert state.status is Status.ACCEPTED


def test_a_case_is_accepted_once() -> None:
    """Given an accepted case, when it is accepted or declined, then it has been accepted."""
    accepted().when(does("dispatcher", "03-02 10:01", c.AcceptCase)).refused("already-accepted")
    declining = does("secretary", "03-02 10:01", c.DeclineCase, ground="unfounded")
    accepted().when(declining).refused("already-accepted")


def test_a_case_is_declined_on_a_ground_of_the_charter() -> None:
    """Given a collected case, when it is declined, then it has ended as declined, under the clause of the ground."""

    def declining(ground: str) -> Act:
        return does("grid_lead", "03-02 10:00", c.DeclineCase, ground=ground, reason="某事")

    verdict = collected().when(declining("outside_duties"))

    move = Move(CLOSED, stops=("accept",))
    verdict.then(so(e.CaseDeclined("outside_duties", "declined", move, TEXT), "art-12"))
    assert case(collected().given(declining("outside_duties"))).result == "declined"
    collected().when(declining("riddle")).refused(
        "unknown-code", accepted=sorted(stock().charter.decline_grounds)
    )


ANYWHERE = [collected, accepted, directed, dispatched, assigned, consulted, ordered]


@pytest.mark.parametrize("scene", ANYWHERE)
def test_a_case_is_referred_from_anywhere(scene: Callable[[], Scene]) -> None:
    """Given an open case, when it is referred, then it has ended so and none of its clocks runs."""
    referring = does("secretary", "03-03 10:00", c.ReferCase, to="街道办事处", reason="某事")

    verdict = scene().when(referring)

    move = Move(CLOSED, stops=running(scene()))
    verdict.then(so(e.CaseReferred("街道办事处", "referred", move, TEXT), "art-12"))
    assert running(scene().given(referring)) == ()


@pytest.mark.parametrize("scene", ANYWHERE)
def test_a_case_is_withdrawn_from_anywhere(scene: Callable[[], Scene]) -> None:
    """Given an open case, when the initiator takes it back, then it has ended so."""
    withdrawing = does("grid_worker", "03-03 10:00", c.WithdrawCase, reason="某事")

    move = Move(CLOSED, stops=running(scene()))
    scene().when(withdrawing).then(so(e.CaseWithdrawn("withdrawn", move, TEXT), "art-13"))
    assert case(scene().given(withdrawing)).status is Status.CLOSED


# -- another charter before acceptance ----------------------------------------------------------------------------------------


def test_before_acceptance_the_charter_in_force_governs() -> None:
    """Given a version installed after collection, when the case is accepted, then that version governs it, and no later one."""
    scene = collected().given(
        installing(variant(("version", "2026.2")), when="03-02 09:30"),
        does("dispatcher", "03-02 10:00", c.AcceptCase),
        installing(variant(("version", "2026.3")), when="03-02 10:30"),
    )
    governing = case(scene).governing

    assert governing is not None
    assert governing.version == "2026.2"
    decision = scene.when(does("dispatcher", "03-02 11:00", c.TriageCase)).decision
    assert decision.rule == governing


def test_a_category_that_is_gone_can_be_corrected() -> None:
    """Given a new version that lacks the category, then the case is not accepted so, but made safe, and reclassified."""
    lacking = variant(("version", "2026.2"), ("categories.street_lamp", GONE))
    scene = collected().given(installing(lacking, when="03-02 09:30"))
    accepting = does("dispatcher", "03-02 10:00", c.AcceptCase)
    correcting = does("dispatcher", "03-02 09:50", c.ReclassifyCase, category="courtyard_lamp")

    known = sorted(lacking["categories"])
    scene.when(accepting).refused("unknown-code", accepted=known)
    scene.given(does("grid_worker", "03-02 09:45", c.MakeSafe, measures="某事"))
    scene.given(correcting, accepting)


def test_a_type_that_is_gone_can_be_corrected() -> None:
    """Given a new version that lacks the case type, then the case is accepted only as another type."""
    lacking = variant(
        ("version", "2026.2"),
        ("case_types.suggestion", GONE),
        ("closing.0.scope", {}),
    )
    told = neighbourhood().given(collecting(case_type="suggestion"))
    scene = told.given(installing(lacking, when="03-02 09:30"))
    accepting = does("dispatcher", "03-02 10:00", c.AcceptCase)
    correcting = does("dispatcher", "03-02 09:50", c.ReclassifyCase, case_type="issue")

    known = sorted(lacking["case_types"])
    scene.when(accepting).refused("unknown-code", accepted=known)
    scene.given(correcting, accepting)
