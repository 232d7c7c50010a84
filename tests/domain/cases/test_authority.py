"""Who may: every command against every role, by the charter's own grants; mandates and their limits; separation of duties."""

from collections.abc import Callable, Mapping
from datetime import datetime

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases.commands import CaseCommand
from casesys.domain.catalogue import people_commands
from casesys.domain.messages import Authority
from casesys.domain.refusals import Refusal
from casesys.domain.register import commands as r
from casesys.domain.register.authority import Standing, authorise_on_case, keep_duties_apart
from casesys.domain.vocabulary import Stage
from tests.domain.cases.ways import (
    ACCEPTING,
    LEAD,
    assigned,
    calling_back,
    case,
    collected,
    collecting,
    consenting,
    consulted,
    directed,
    dispatched,
    does,
    published,
    reported,
    verified,
)
from tests.domain.charter.stock import stock
from tests.domain.neighbourhood import PATH, ROLES, hiring, neighbourhood, operates, under
from tests.domain.specification import Act, Scene, at, by

ON_CASES = [name for name, kind in people_commands() if issubclass(kind, CaseCommand)]

STANDING = Standing(PATH, Stage.RESOLUTION, "issue", "street_lamp", "lead", ("supporting",))
"""A case that the person `lead` leads and the person `supporting` supports."""


def verdict(person: str, command: str, standing: Standing) -> Refusal | None:
    """What somebody hears who wants to give a command on a case that stands so: nothing, if they may."""
    envelope = by(person, ACCEPTING.command, "03-02 10:00").envelope
    try:
        authorise_on_case(neighbourhood().world(), envelope, command, stock(), standing)
    except Refusal as refusal:
        return refusal
    return None


def may(person: str, command: str, standing: Standing) -> bool:
    """Whether somebody may give a command on a case that stands so."""
    return verdict(person, command, standing) is None


def granted(role: str, command: str) -> bool:
    """Whether a grant of the charter covers the role, whose holder leads or supports if the role says so."""
    relations = {"grid", "not_lead"}
    if role in {"lead", "supporting"}:
        relations = {"grid", role}
    return any(
        role in grant.roles and grant.relation in relations for grant in stock().grants(command)
    )


@pytest.mark.parametrize("command", ON_CASES)
def test_each_role_may_what_the_charter_grants_and_nothing_else(command: str) -> None:
    """Given a command, then just the roles that a grant names may give it in their grid, and none of them elsewhere."""
    assert {role for role in ROLES if may(role, command, STANDING)} == {
        role for role in ROLES if granted(role, command)
    }
    assert not any(may(f"west.{role}", command, STANDING) for role in ROLES)


@pytest.mark.parametrize("command", ON_CASES)
def test_every_command_has_somebody_who_may(command: str) -> None:
    """Given a command that people give, then the stock charter grants it to somebody, and who may not is told to whom."""
    assert any(granted(role, command) for role in ROLES)
    refusal = verdict("operator", command, STANDING)
    assert refusal is not None
    grants = stock().grants(command)
    assert (refusal.code, refusal.clause) == ("not-authorised", grants[0].clause)
    assert refusal.accepted == tuple(sorted({role for grant in grants for role in grant.roles}))


@pytest.mark.parametrize(
    ("person", "lead", "supporting", "allowed"),
    [
        ("lead", "lead", (), {"start-work", "report-progress"}),
        ("lead", "somebody", (), set()),
        ("lead", None, (), set()),
        ("lead", "somebody", ("lead",), {"report-progress"}),
        ("supporting", "somebody", ("supporting",), {"report-progress"}),
        ("supporting", "somebody", (), set()),
        ("verifier", "somebody", (), {"verify-resolution"}),
        ("verifier", None, (), {"verify-resolution"}),
        ("verifier", "verifier", (), set()),
        ("lead.property_company", "property_company", (), {"start-work", "report-progress"}),
        ("lead.property_company", "somebody", ("property_company",), {"report-progress"}),
    ],
    ids=[
        "who leads",
        "another leads",
        "nobody leads",
        "an officer of a lead who supports",
        "who supports",
        "who does not",
        "a verifier while another leads",
        "a verifier while nobody leads",
        "a verifier who leads",
        "for the company that leads",
        "for the company that supports",
    ],
)
def test_some_may_only_as_they_stand_to_the_case(
    person: str, lead: str | None, supporting: tuple[str, ...], allowed: set[str]
) -> None:
    """Given a case that somebody leads and others support, then each may do what belongs to where they stand."""
    standing = Standing(PATH, Stage.RESOLUTION, "issue", "street_lamp", lead, supporting)
    asked = {"start-work", "report-progress", "verify-resolution"}

    assert {command for command in asked if may(person, command, standing)} == allowed


def test_a_charter_may_grant_a_command_in_some_stages_only() -> None:
    """Given a grant for collection only, when the command is given later, then its role may not."""
    notes = {
        "clause": "art-08",
        "roles": ["volunteer"],
        "commands": ["add-note"],
        "stages": ["collection"],
    }
    on = under(("authority.+", notes))

    def noting(when: str) -> Act:
        return does("volunteer", when, c.AddNote, note="某事")

    collected(on).given(noting("03-02 09:30"))
    assert assigned(on).when(noting("03-03 09:00")).code == "not-authorised"


# -- mandates -----------------------------------------------------------------------------------------------------------------


def held(**terms: object) -> Scene:
    """The community with somebody who dispatches under such terms."""
    return collected(neighbourhood().given(*hiring("eva", "dispatcher", "east", **terms)))


def accepting(when: str = "03-02 10:00", **particulars: object) -> Act:
    """Who dispatches under those terms accepts the case."""
    return does("eva", when, c.AcceptCase).but(**particulars)


@pytest.mark.parametrize(
    ("terms", "when", "allowed"),
    [
        ({}, "03-02 10:00", True),
        ({"since": at("03-02 10:00")}, "03-02 10:00", True),
        ({"since": at("03-02 10:00")}, "03-02 09:59:59.999999", False),
        ({"until": at("03-02 10:00")}, "03-02 09:59:59.999999", True),
        ({"until": at("03-02 10:00")}, "03-02 10:00", False),
        ({"case_types": ["issue", "hazard"]}, "03-02 10:00", True),
        ({"case_types": ["hazard"]}, "03-02 10:00", False),
        ({"categories": ["street_lamp"]}, "03-02 10:00", True),
        ({"categories": ["lighting"]}, "03-02 10:00", False),
        ({"commands": ["accept-case"]}, "03-02 10:00", True),
        ({"commands": ["triage-case"]}, "03-02 10:00", False),
    ],
)
def test_a_mandate_counts_for_its_term_and_matter(
    terms: Mapping[str, object], when: str, *, allowed: bool
) -> None:
    """Given a mandate with a term, types, categories or commands, when it is acted by, then it counts within them, ends excluded."""
    assert held(**terms).when(accepting(when)).code == (None if allowed else "not-authorised")


def test_a_revoked_mandate_counts_no_more() -> None:
    """Given a mandate, when it is revoked, then nobody can act by it, named or not."""
    scene = held().given(
        operates(r.RevokeMandate(person_id="eva", mandate_id="eva"), "03-02 09:30")
    )

    assert scene.when(accepting()).code == "not-authorised"
    scene.when(accepting(mandate_id="eva")).refused("mandate-not-valid")


def test_a_mandate_that_is_named_is_the_one_that_counts() -> None:
    """Given somebody with two mandates, when they name one, then only that counts; one they do not hold is unknown."""
    second = operates(
        r.GiveMandate(person_id="eva", mandate_id="2", role="volunteer", grid_id="east")
    )
    scene = held().given(second)

    assert scene.when(accepting(mandate_id="2")).code == "not-authorised"
    scene.when(accepting(mandate_id="3")).refused("unknown-mandate")
    named = scene.when(accepting(mandate_id="eva")).decision
    assert named.authority == Authority("dispatcher", "eva")


def test_the_first_mandate_that_fits_is_acted_by() -> None:
    """Given a volunteer who is also secretary, when they accept a case, then they do so as secretary."""
    scene = held().given(
        *(
            operates(r.GiveMandate(person_id="eva", mandate_id=role, role=role, grid_id="east"))
            for role in ("volunteer", "secretary")
        ),
        operates(r.RevokeMandate(person_id="eva", mandate_id="eva"), "03-02 09:30"),
    )

    assert scene.when(accepting()).decision.authority == Authority("secretary", "secretary")


ACTING = does(LEAD, "03-02 15:00", c.AcceptAssignment)


def test_a_mandate_says_for_whom() -> None:
    """Given a mandate of a company, when its holder acts and says nothing else, then it is for the company."""
    authority = dispatched().when(ACTING).decision.authority

    assert authority == Authority("lead", LEAD, "municipal_lighting")


@pytest.mark.parametrize("principal", ["municipal_lighting", "initiator:case-1", "resident-8"])
def test_somebody_acts_for_their_principal_or_who_takes_part(principal: str) -> None:
    """Given the principal of the mandate, the initiator, or a party of the case, when they are acted for, then that is on record."""
    adding = does("dispatcher", "03-02 14:30", c.AddParty, party="resident-8", role="respondent")
    acting = ACTING.but(on_behalf_of=principal)

    authority = dispatched().given(adding).when(acting).decision.authority

    assert authority == Authority("lead", LEAD, principal)


def test_for_whom_somebody_acts_says_by_which_mandate() -> None:
    """Given mandates for two companies, when their holder names the second, then it is by the mandate for that, else by the first."""
    terms = {"person_id": LEAD, "mandate_id": "2", "role": "lead", "grid_id": "community"}
    hiring = operates(r.GiveMandate.model_validate(terms | {"principal": "street_office"}))
    noting = does(LEAD, "03-02 15:00", c.AddNote, note="某事")
    fields = {"supporting": ("street_office",), "lead": "municipal_lighting", "reason": "某事"}
    scene = directed().given(hiring, does("dispatcher", "03-02 14:00", c.DispatchCase, **fields))

    named = scene.when(noting.but(on_behalf_of="street_office")).decision.authority
    unnamed = scene.when(noting).decision.authority

    assert named == Authority("lead", "2", "street_office")
    assert unnamed == Authority("lead", LEAD, "municipal_lighting")


def test_nobody_acts_for_others_known_or_not() -> None:
    """Given who takes no part, in the register or not, when they are acted for, also in collecting, then the answer is the same."""
    for other in ("nobody", "street_office", "volunteer"):
        dispatched().when(ACTING.but(on_behalf_of=other)).refused(
            "not-their-principal", accepted=["municipal_lighting"]
        )
        collecting_for = collecting().but(on_behalf_of=other)
        neighbourhood().when(collecting_for).refused("not-their-principal")
    for_a_resident = collecting(initiator="resident-7").but(on_behalf_of="resident-7")
    neighbourhood().given(for_a_resident)


# -- who has nothing to do with the lead --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("principal", "until", "code"),
    [
        ("municipal_lighting", None, "not-authorised"),
        ("street_office", None, None),
        ("municipal_lighting", at("03-05 00:00"), None),
    ],
    ids=["of the lead", "of another", "not any more"],
)
def test_who_belongs_to_the_lead_by_any_mandate_does_not_verify(
    principal: str, until: datetime | None, code: str | None
) -> None:
    """Given a verifier with another mandate, when they verify, named mandate or not, then not if that other one is the lead's."""
    terms = {"person_id": "eva", "mandate_id": "2", "role": "supporting", "grid_id": "community"}
    beside = r.GiveMandate.model_validate(terms | {"principal": principal, "until": until})
    scene = reported().given(*hiring("eva", "verifier"), operates(beside))
    verifying = does("eva", "03-06 09:00", c.VerifyResolution)

    assert scene.when(verifying).code == code
    assert scene.when(verifying.but(mandate_id="eva")).code == code


# -- separation of duties -----------------------------------------------------------------------------------------------------

KEPT_APART = [
    (rule.command, earlier, rule.clause)
    for rule in stock().charter.separation
    for earlier in rule.not_after
]


@pytest.mark.parametrize(("command", "earlier", "clause"), KEPT_APART)
def test_who_did_the_one_does_not_do_the_other(command: str, earlier: str, clause: str) -> None:
    """Given a rule of the charter, when who gave the one command gives the other on the same case, then just they may not."""
    with pytest.raises(Refusal) as caught:
        keep_duties_apart(stock(), command, "jack", [(earlier, "jack"), (earlier, "jill")])

    assert (caught.value.code, caught.value.clause) == ("separation-of-duties", clause)
    keep_duties_apart(stock(), command, "jack", [(earlier, "jill"), ("add-note", "jack")])


RETURNING = does(LEAD, "03-02 15:00", c.ReturnAssignment, ground="wrong_lead")
OBJECTING = does("moderator", "03-18 09:00", c.RaiseObjection, objector="r", grounds="某事")
LODGING = does("grid_worker", "03-09 09:00", c.LodgeReview, grounds="某事")


@pytest.mark.parametrize(
    ("scene", "apart", "others", "later"),
    [
        (
            lambda: directed().given(does("secretary", "03-02 14:00", c.DispatchCase), RETURNING),
            "secretary",
            "coordinator",
            does("", "03-02 16:00", c.RuleOnDispute, lead="property_company"),
        ),
        (
            lambda: published().given(OBJECTING),
            "moderator",
            "supervisor",
            does("", "03-18 10:00", c.SettleObjection, number=1, upheld=False),
        ),
        (
            lambda: verified().given(
                calling_back(), does("secretary", "03-06 16:00", c.CloseCase), LODGING
            ),
            "secretary",
            "supervisor",
            does("", "03-09 10:00", c.DecideReview, upheld=True),
        ),
    ],
    ids=[
        "who dispatched does not rule",
        "who objected does not settle",
        "who closed does not review",
    ],
)
def test_duties_are_kept_apart_in_a_case(
    scene: Callable[[], Scene], apart: str, others: str, later: Act
) -> None:
    """Given who did one thing in a case, when they do what is kept apart from it, then it takes somebody else."""
    assert scene().when(later.but(actor_id=apart)).code == "separation-of-duties"
    scene().given(later.but(actor_id=others))


def test_what_time_did_keeps_nobody_from_anything() -> None:
    """Given what was recorded by time, then the deeds of the case name the clock, and each person what they did."""
    reminding = does("clock", "03-11 00:00", c.RemindOfDeadline, clock="resolve", timer="remind")

    deeds = case(assigned().given(reminding)).deeds

    assert deeds == (
        ("collect-case", "grid_worker"),
        ("accept-case", "dispatcher"),
        ("triage-case", "dispatcher"),
        ("dispatch-case", "dispatcher"),
        ("contact-initiator", LEAD),
        ("accept-assignment", LEAD),
        ("remind-of-deadline", "clock"),
    )


def test_a_command_with_several_events_is_one_deed() -> None:
    """Given a command with two events, then it was given once."""
    asked = consulted().given(consenting("owners", "03-03 09:00", consents=False))

    assert [deed.command for deed in case(asked).deeds].count("record-consent") == 1
