"""While a case is collected: making safe, facts, evidence, parties, urging, questions to the initiator."""

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.cases.evolve import evolve_case
from casesys.domain.catalogue import read_event
from casesys.domain.messages import Event, Recorded
from casesys.domain.vocabulary import EmergencyService, FactSource, Status
from tests.domain.cases.ways import (
    COLLECTION,
    PROOF,
    STREAM,
    TEXT,
    attaching,
    case,
    collected,
    collecting,
    does,
    hours,
    running,
    so,
    urgent,
    workdays,
)
from tests.domain.charter.stock import GONE, stock
from tests.domain.neighbourhood import (
    neighbourhood,
    under,
)
from tests.domain.specification import Act, at

STAYS = Move(COLLECTION)


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
            e.InitiatorContacted(reached=True, summary=TEXT, move=Move(COLLECTION)),
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


def test_contact_ends_and_begins_clocks_of_the_charter() -> None:
    """Given clocks up to the first contact and after it, when the initiator is reached, then one ends and the other begins."""
    row = {"id": "all", "clause": "art-10", "period": {"amount": 2, "unit": "clock_hour"}}
    label = {"label": {"zh": "联系", "en": "contact"}, "rows": [row]}
    scene = under(
        ("time.clocks.first", label | {"starts": "collected", "stops": ["initiator_contacted"]}),
        ("time.clocks.then", label | {"starts": "initiator_contacted", "stops": ["closed"]}),
    ).given(collecting())

    def contacting(*, reached: bool) -> Act:
        return does("dispatcher", "03-02 09:05", c.ContactInitiator, reached=reached)

    assert running(scene.given(contacting(reached=False))) == ("accept", "first")
    assert running(scene.given(contacting(reached=True))) == ("accept", "then")


def test_a_contact_of_before_moves_nothing() -> None:
    """Given a contact stored in its first version, when it is read, then the case stays as it was, with the initiator reached."""
    stored = read_event("initiator-contacted.v1", b'{"reached":true}')
    assert isinstance(stored, e.InitiatorContacted)
    old = Recorded(
        stream=STREAM,
        version=2,
        event=stored,
        effective_at=at("03-02 09:05"),
        actor_id="dispatcher",
        channel="console",
        rule=None,
        command_type="contact-initiator",
    )

    after = evolve_case(case(collected()), old)

    assert after.contacted
    assert after.clocks == case(collected()).clocks


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
