"""What somebody could do with a case now, and what stands in their way."""

from collections.abc import Callable, Mapping
from uuid import UUID

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases.decide import governing
from casesys.domain.cases.preview import Possibility, preview
from casesys.domain.cases.rules.table import RULES
from casesys.domain.cases.state import case_stream
from casesys.domain.catalogue import fold
from casesys.domain.messages import Envelope, message_type, personal_fields
from casesys.domain.world import Loaded, Missing, World
from tests.domain.cases.ways import (
    CASE,
    COMPANY,
    LEAD,
    agreed,
    assigned,
    big,
    calling_back,
    case,
    closed,
    collected,
    concluding,
    confirmed,
    deciding,
    directed,
    does,
    met,
    ordered,
    published,
    ratifying,
    reported,
    small,
    urgent,
    verified,
)
from tests.domain.neighbourhood import ROLES, under
from tests.domain.specification import Scene, at

PEOPLE = {message_type(kind) for kind in RULES if not issubclass(kind, c.ClockCommand)}


def asking(actor: str, when: str, **particulars: object) -> Envelope:
    """The envelope of whatever somebody would ask."""
    given = {"command_id": UUID(int=1), "actor_id": actor, "decided_at": at(when)}
    return Envelope(**given | particulars)  # type: ignore[arg-type] # by name


def seen_by(scene: Scene, envelope: Envelope) -> dict[str, Possibility]:
    """What somebody could do with the case of a scene, by command."""
    now, world = case(scene), scene.world()
    version = governing(world, now, envelope.decided_at)
    found = preview(world, envelope, now, version)
    assert {each.command for each in found} == PEOPLE
    return {each.command: each for each in found}


# -- what is said of a command ------------------------------------------------------------------------------------------------


def test_what_is_allowed_names_the_permit() -> None:
    """Given a collected case, when a dispatcher looks, then accepting is allowed, in which role, by which mandate and clause."""
    possible = seen_by(collected(), asking("dispatcher", "03-02 10:00"))["accept-case"]

    assert possible.refusal is None
    assert possible.permit is not None
    assert possible.permit.authority.role == "dispatcher"
    assert possible.permit.authority.mandate_id == "dispatcher"
    assert possible.permit.clause == "art-10"


@pytest.mark.parametrize(
    ("command", "actor", "code"),
    [
        ("accept-case", "mediator", "not-authorised"),
        ("start-work", "mediator", "out-of-order"),
        ("report-resolution", LEAD, "not-authorised"),
        ("triage-case", "dispatcher", "not-accepted"),
        ("dispatch-case", "dispatcher", "out-of-order"),
        ("supply-information", "grid_worker", "nothing-requested"),
        ("resume-clock", "grid_lead", "not-suspended"),
    ],
)
def test_what_is_not_allowed_names_the_refusal(command: str, actor: str, code: str) -> None:
    """Given a collected case, when somebody looks, then what they cannot do says why, as it would if they tried."""
    possible = seen_by(collected(), asking(actor, "03-02 10:00"))[command]

    assert possible.permit is None
    assert possible.refusal is not None
    assert possible.refusal.code == code


def test_who_is_unknown_learns_nothing() -> None:
    """Given somebody unknown, when they look, then every command answers that, and nothing about the case."""
    for scene in (collected(), closed()):
        found = seen_by(scene, asking("nobody", "03-20 10:00")).values()
        assert {each.refusal.code for each in found if each.refusal} == {"unknown-person"}


def test_time_could_do_nothing_of_this() -> None:
    """Given the clock, when it looks, then what people do takes people."""
    found = seen_by(collected(), asking("clock", "03-02 10:00")).values()

    assert {each.refusal.code for each in found if each.refusal} == {"time-may-not"}


def test_duties_are_kept_apart_before_somebody_tries() -> None:
    """Given who raised an objection, when they look, then they cannot settle it, and somebody else can."""
    fields = {"objector": "residents_hall.01", "grounds": "某事"}
    raised = published().given(does("moderator", "03-18 09:00", c.RaiseObjection, **fields))

    found = {
        actor: seen_by(raised, asking(actor, "03-19 09:00"))["settle-objection"].refusal
        for actor in ("moderator", "supervisor")
    }

    assert found["supervisor"] is None
    assert found["moderator"] is not None
    assert found["moderator"].code == "separation-of-duties"
    assert found["moderator"].clause == "art-36"


def test_the_mandate_that_is_named_counts() -> None:
    """Given a dispatcher who names a mandate that they do not hold, when they look, then that is what is told."""
    found = seen_by(collected(), asking("dispatcher", "03-02 10:00", mandate_id="riddle"))

    refusal = found["accept-case"].refusal
    assert refusal is not None
    assert refusal.code == "unknown-mandate"


def test_what_is_missing_in_the_world_is_asked_for() -> None:
    """Given a world that lacks the actor, when a preview is made, then it names what it needs, as deciding does."""
    version = governing(collected().world(), case(collected()), at("03-02 10:00"))

    with pytest.raises(Missing):
        preview(World({}), asking("dispatcher", "03-02 10:00"), case(collected()), version)


# -- closing, suspending, extending: any of the few forms will do --------------------------------------------------------------


def test_closing_is_allowed_when_any_result_would_do() -> None:
    """Given a case, then closing says what the reported result lacks, and is allowed once it would be accepted in some form."""
    looking = asking("callback_officer", "03-06 10:00")
    unmet = seen_by(under_strict(assigned), looking)["close-case"].refusal
    lacking = seen_by(under_strict(reported), looking)["close-case"].refusal
    done = seen_by(verified().given(calling_back()), looking)["close-case"]

    assert unmet is not None
    assert (unmet.code, unmet.accepted) == ("not-reported", ("report-resolution", "result"))
    assert lacking is not None
    assert (lacking.code, lacking.clause) == ("closing-requirement", "art-51")
    assert done.permit is not None


STRICT = [{"clause": "art-51", "guard": "case.verified", "because": {"zh": "不行", "en": "no"}}]


def under_strict(way: Callable[[Scene], Scene]) -> Scene:
    """A way under a charter that closes nothing that was not verified."""
    return way(under(("closing", STRICT)))


@pytest.mark.parametrize(
    ("command", "actor", "rules", "nothing"),
    [
        ("suspend-clock", "grid_lead", "suspensions", {}),
        ("request-extension", LEAD, "extensions", []),
    ],
)
def test_what_the_charter_has_no_rule_for_is_told(
    command: str, actor: str, rules: str, nothing: object
) -> None:
    """Given a charter without grounds for suspending or extending, when somebody looks, then there is no rule for it."""
    on = under((f"time.{rules}", nothing))

    for scene, code in ((assigned(), None), (assigned(on), "no-rule")):
        refusal = seen_by(scene, asking(actor, "03-03 10:00"))[command].refusal
        assert (refusal.code if refusal else None) == code


# -- a preview and a decision never disagree -----------------------------------------------------------------------------------

SIDES = ("residents", "owners", "property")
WAYS: Mapping[str, Callable[[], Scene]] = {
    "direct": closed,
    "small": agreed,
    "big": confirmed,
    "too few came": lambda: met(9, ["for"] * 9).given(concluding()),
    "urgent": lambda: ordered().given(*(ratifying(side, "03-02 13:00") for side in SIDES)),
    "made safe": lambda: urgent().given(deciding(made_safe="已救出")),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_what_was_accepted_had_been_allowed(way: Callable[[], Scene]) -> None:
    """Given any way of a case, then each command on it had been allowed to its actor just before, by the permit it was given by."""
    states: dict[object, Loaded] = {}
    for happening in way().history:
        act = happening.act
        before = states.get(case_stream(CASE))
        if before is not None:
            possible = seen_by(Scene(states), act.envelope)[message_type(type(act.command))]  # type: ignore[arg-type] # a story acts on cases
            assert possible.permit is not None, possible.refusal
            assert possible.permit.authority == happening.decision.authority
        states = fold(states, happening.events)  # type: ignore[arg-type, assignment] # as above


UNSAYING = [
    kind
    for kind in RULES
    if not kind.model_fields.keys() - {"case_id", *personal_fields(kind)}
    and not issubclass(kind, c.ClockCommand)
    and kind is not c.DecideUrgently
]
"""The commands that say nothing but personal texts."""


CASES = (collected, directed, assigned, reported, closed, small, big, published, ordered)


@pytest.mark.parametrize("way", CASES)
def test_a_command_that_says_nothing_is_allowed_just_when_it_is_accepted(
    way: Callable[[], Scene],
) -> None:
    """Given any case and actor, when a command has nothing to say, then the preview is exactly what deciding it gives."""
    scene, when = way(), "04-20 10:00"
    for actor in (*ROLES, LEAD, COMPANY):
        found = seen_by(scene, asking(actor, when))
        for kind in UNSAYING:
            possible = found[message_type(kind)]
            verdict = scene.when(
                does(actor, when, kind, **dict.fromkeys(personal_fields(kind), "某事"))
            )
            assert (possible.refusal is None) == (verdict.code is None), (actor, possible)
            if possible.refusal is not None:
                verdict.refused(
                    possible.refusal.code, possible.refusal.clause, possible.refusal.accepted
                )
