"""People and the mandates given to them."""

from collections.abc import Mapping
from datetime import datetime

import pytest

from casesys.domain.messages import Authority, Outcome, Personal
from casesys.domain.register import commands as r
from casesys.domain.register import events as e
from casesys.domain.register.state import Mandate, Person
from casesys.domain.register.streams import organisation_stream, person_stream
from casesys.domain.vocabulary import COMMANDS
from tests.domain.charter.stock import stock
from tests.domain.neighbourhood import (
    KEY,
    NAME,
    OPERATOR,
    hiring,
    installing,
    neighbourhood,
    operates,
    uncharted,
    variant,
)
from tests.domain.specification import Act, at, by

NOW = at("03-01 09:00")


def giving(person: str = "volunteer", /, **terms: object) -> Act:
    """The operator gives a mandate."""
    given = {"person_id": person, "mandate_id": "new", "role": "dispatcher", "grid_id": "east"}
    return operates(r.GiveMandate.model_validate(given | terms))


def revoking(person: str = "volunteer", mandate: str = "volunteer") -> Act:
    """The operator ends a mandate."""
    return operates(r.RevokeMandate(person_id=person, mandate_id=mandate))


def test_a_person_is_registered_once() -> None:
    """Given somebody new, when they are registered, then they are known by name and phone, and not registered again."""
    command = r.RegisterPerson(person_id="eva", name=Personal("李"), phone=Personal("138"))

    decision = (
        neighbourhood()
        .when(operates(command))
        .then(
            Outcome(
                person_stream("eva"), e.PersonRegistered("eva", Personal("李"), Personal("138"))
            )
        )
    )
    assert decision.subject == "eva"
    scene = neighbourhood().given(operates(command))
    assert scene.state(person_stream("eva"), Person) == Person("eva")
    scene.when(operates(command)).refused("already-exists")


def test_an_organisation_is_registered_once() -> None:
    """Given an organisation, when it is registered, then it is known, and not registered again."""
    command = r.RegisterOrganisation(organisation_id="new", name=NAME, kind="water_company")

    neighbourhood().when(operates(command)).then(
        Outcome(organisation_stream("new"), e.OrganisationRegistered("new", NAME, "water_company"))
    )
    neighbourhood().given(operates(command)).when(operates(command)).refused("already-exists")


# -- giving -------------------------------------------------------------------------------------------------------------------


def test_a_mandate_is_given_with_all_its_terms() -> None:
    """Given a person, when a mandate is given to them, then it says in which role and grid, for whom, in what, and until when."""
    terms = {
        "since": at("03-02 00:00"),
        "until": at("06-01 00:00"),
        "principal": "street_office",
        "case_types": ("issue",),
        "categories": ("street_lamp",),
        "commands": ("dispatch-case",),
    }

    neighbourhood().when(giving(**terms)).then(
        Outcome(
            person_stream("volunteer"),
            e.MandateGiven("new", "dispatcher", "east", **terms),  # type: ignore[arg-type] # by name
        )
    )
    held = neighbourhood().given(giving(**terms)).state(person_stream("volunteer"), Person)
    assert held.mandates[-1] == Mandate("new", "dispatcher", "east", **terms)  # type: ignore[arg-type] # by name


def test_a_mandate_counts_from_now_unless_it_says_otherwise() -> None:
    """Given no beginning, when a mandate is given, then it counts from when that happened."""
    earlier = giving().but(effective_at=at("03-01 08:30"))

    for act, since in ((giving(), NOW), (earlier, at("03-01 08:30"))):
        neighbourhood().when(act).then(
            Outcome(person_stream("volunteer"), e.MandateGiven("new", "dispatcher", "east", since))
        )


def test_nobody_gives_a_mandate_to_themself() -> None:
    """Given an operator, when they give themself a mandate, then somebody else has to."""
    neighbourhood().when(giving(OPERATOR)).refused("own-mandate")


@pytest.mark.parametrize(
    ("person", "terms", "code"),
    [
        ("nobody", {}, "unknown-person"),
        ("volunteer", {"mandate_id": "volunteer"}, "already-exists"),
        ("volunteer", {"grid_id": "north"}, "unknown-grid"),
        ("volunteer", {"principal": "nobody"}, "unknown-party"),
        ("volunteer", {"until": at("03-01 09:00")}, "term-ends-before-it-begins"),
        (
            "volunteer",
            {"since": at("03-03 00:00"), "until": at("03-02 00:00")},
            "term-ends-before-it-begins",
        ),
    ],
    ids=["person", "id in use", "grid", "principal", "ends at once", "ends before it begins"],
)
def test_what_a_mandate_cannot_be(person: str, terms: Mapping[str, object], code: str) -> None:
    """Given terms that make no sense, when a mandate is given, then it is refused for just that."""
    neighbourhood().when(giving(person, **terms)).refused(code)


def test_a_role_is_one_of_the_charter() -> None:
    """Given a charter, when a mandate is given in a role it lacks, then its roles are named; operators there are always."""
    neighbourhood().when(giving(role="riddle")).refused(
        "unknown-code", accepted=sorted(stock().charter.roles)
    )
    neighbourhood().given(giving(role="operator"))
    uncharted().given(giving(role="riddle"))


def test_a_mandate_is_for_commands_there_are() -> None:
    """Given commands of which one is misspelt, when a mandate is given for them, then those there are are named."""
    known = sorted(COMMANDS)

    neighbourhood().when(giving(commands=("dispatch-case", "dispatch-cases"))).refused(
        "unknown-code", accepted=known
    )


@pytest.mark.parametrize("field", ["case_types", "categories"])
def test_a_mandate_is_for_matters_that_the_charter_knows(field: str) -> None:
    """Given a charter, when a mandate is given for matters of which one is misspelt, then those there are are named."""
    known = sorted(getattr(stock().charter, field))
    misspelt = giving(**{field: (known[0], "riddle")})

    neighbourhood().when(misspelt).refused("unknown-code", accepted=known)
    neighbourhood().given(giving(**{field: tuple(known)}))
    uncharted().given(misspelt)


# -- operators ----------------------------------------------------------------------------------------------------------------


def test_operators_are_made_and_ended_by_operators_alone() -> None:
    """Given a secretary, who may give any other role, when they make an operator or end one, then it takes an operator."""
    scene = neighbourhood().given(*hiring("eva", OPERATOR, "east"))
    for command in (
        r.GiveMandate(person_id="volunteer", mandate_id="new", role=OPERATOR, grid_id="east"),
        r.RevokeMandate(person_id="eva", mandate_id="eva"),
    ):
        act = by("secretary", command, "03-02 09:00")
        scene.when(act).refused("not-authorised", accepted=[OPERATOR])
        scene.given(by(OPERATOR, command, "03-02 09:00"))


def test_keys_are_for_operators_whatever_the_charter_grants() -> None:
    """Given a charter that lets a secretary issue keys, then they cannot: they could be anybody, an operator too."""
    charter = variant()
    for grant in charter["authority"]:
        if "issue-api-key" in grant["commands"]:
            grant["roles"].append("secretary")
    scene = uncharted().given(installing(charter), *hiring("eva", "secretary"))
    for command in (
        r.IssueApiKey(person_id=OPERATOR, client_id="x", label="x", key_hash="b" * 64),
        r.RevokeApiKey(key_hash=KEY),
    ):
        scene.when(by("eva", command, "03-02 09:00")).refused("not-authorised", accepted=[OPERATOR])


ENDING = r.RevokeMandate(person_id=OPERATOR, mandate_id="founding")
"""The mandate of the first operator ends."""


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({}, None),
        ({"until": at("12-31 00:00")}, "last-operator"),
        ({"commands": ("revoke-mandate",)}, "last-operator"),
    ],
    ids=["for all and for ever", "for a term", "for one command"],
)
def test_the_register_always_has_an_operator(terms: Mapping[str, object], code: str | None) -> None:
    """Given a second operator, when the first is ended, then it takes one who may do all for as long, and never the first itself."""
    scene = neighbourhood().given(*hiring("eva", OPERATOR, **terms))

    assert scene.when(by("eva", ENDING, "03-02 09:00")).code == code
    scene.when(by(OPERATOR, ENDING, "03-02 09:00")).refused("last-operator")
    ending_eva = by(OPERATOR, r.RevokeMandate(person_id="eva", mandate_id="eva"), "03-02 09:00")
    assert person_stream(OPERATOR) in scene.when(ending_eva).decision.reads
    after = scene.given(ending_eva)
    assert after.when(by("eva", ENDING, "03-02 09:00")).code == "not-authorised"


def test_an_operator_of_two_mandates_may_end_one() -> None:
    """Given an operator with a second mandate over all, when they end the first, then they may; then the second is the last."""
    giving_another = r.GiveMandate(
        person_id=OPERATOR, mandate_id="2", role=OPERATOR, grid_id="community"
    )
    scene = neighbourhood().given(
        *hiring("eva", OPERATOR), by("eva", giving_another, "03-02 09:00")
    )
    ending_second = r.RevokeMandate(person_id=OPERATOR, mandate_id="2")

    ended = scene.given(by(OPERATOR, ENDING, "03-02 09:00"))
    ended.when(by(OPERATOR, ending_second, "03-02 09:00")).refused("last-operator")


@pytest.mark.parametrize(
    ("until", "code"), [(at("12-31 00:00"), None), (at("12-30 00:00"), "last-operator")]
)
def test_who_ends_an_operator_lasts_as_long(until: datetime, code: str | None) -> None:
    """Given two operators for a term, when one ends the other, then theirs must not end earlier."""
    scene = neighbourhood().given(
        *hiring("eva", OPERATOR, until=until), *hiring("ben", OPERATOR, until=at("12-31 00:00"))
    )
    ending = r.RevokeMandate(person_id="ben", mandate_id="ben")

    assert scene.when(by("eva", ending, "03-02 09:00")).code == code


# -- for whom -----------------------------------------------------------------------------------------------------------------


def test_on_the_register_somebody_acts_for_their_principal_or_nobody() -> None:
    """Given an operator of an office, when they act for it, then that is on record; for others, known or not, they do not."""
    scene = neighbourhood().given(*hiring("eva", OPERATOR, principal="street_office"))
    command = r.RegisterPerson(person_id="new", name=Personal("新人"))
    act = by("eva", command, "03-02 09:00")

    for behalf in (None, "street_office"):
        authority = scene.when(act.but(on_behalf_of=behalf)).decision.authority
        assert authority == Authority(OPERATOR, "eva", "street_office")
    for other in ("nobody", "secretary"):
        scene.when(act.but(on_behalf_of=other)).refused(
            "not-their-principal", accepted=["street_office"]
        )
        neighbourhood().when(operates(command).but(on_behalf_of=other)).refused(
            "not-their-principal"
        )


# -- revoking -----------------------------------------------------------------------------------------------------------------


def test_a_mandate_is_revoked_once() -> None:
    """Given a mandate, when it is revoked, then it is not valid any more, another one still is, and it is not revoked again."""
    neighbourhood().when(revoking()).then(
        Outcome(person_stream("volunteer"), e.MandateRevoked("volunteer"))
    )
    scene = neighbourhood().given(giving(), revoking())
    held = scene.state(person_stream("volunteer"), Person).mandates
    assert [(m.mandate_id, m.revoked) for m in held] == [("volunteer", True), ("new", False)]
    scene.when(revoking()).refused("mandate-not-valid")


@pytest.mark.parametrize(
    ("person", "mandate", "code"),
    [("nobody", "volunteer", "unknown-person"), ("volunteer", "riddle", "unknown-mandate")],
)
def test_only_a_mandate_that_was_given_is_revoked(person: str, mandate: str, code: str) -> None:
    """Given a person or mandate that is not there, when it is revoked, then it is unknown."""
    neighbourhood().when(revoking(person, mandate)).refused(code)


@pytest.mark.parametrize(
    ("when", "valid"),
    [
        ("03-01 23:59:59.999999", False),
        ("03-02 00:00", True),
        ("05-31 23:59:59.999999", True),
        ("06-01 00:00", False),
    ],
)
def test_a_term_begins_with_its_first_instant_and_ends_before_its_last(
    when: str, *, valid: bool
) -> None:
    """Given a mandate from March to June, then it is valid at its first instant and not at its last."""
    terms = {"since": at("03-02 00:00"), "until": at("06-01 00:00")}
    held = neighbourhood().given(giving(**terms)).state(person_stream("volunteer"), Person)

    assert held.mandates[-1].valid(at(when)) is valid


# -- who may ------------------------------------------------------------------------------------------------------------------


def test_a_secretary_of_a_grid_gives_mandates_in_it_and_not_elsewhere() -> None:
    """Given a secretary of the west, when they give a mandate there, then they may, by the charter; in the east they may not."""
    west = by("west.secretary", giving(grid_id="west").command, "03-01 09:00")
    east = by("west.secretary", giving(grid_id="east").command, "03-01 09:00")

    decision = neighbourhood().when(west).decision
    assert decision.outcomes[0].clause == "art-59"
    assert decision.rule == stock().rule
    neighbourhood().when(east).refused("not-authorised", "art-59", ["operator", "secretary"])
