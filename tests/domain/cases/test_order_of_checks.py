"""In which order a command is held against the rules: who, by what right, when, in which stage, whose duty, then the particulars."""

from typing import cast

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.rules.table import RULES, Provision
from casesys.domain.register import commands as r
from tests.domain.cases.ways import (
    ACCEPTING,
    LEAD,
    accepted,
    case,
    closed,
    collected,
    collecting,
    does,
    reported,
)
from tests.domain.neighbourhood import (
    BODIES,
    ORGANISATIONS,
    installing,
    neighbourhood,
    operates,
    uncharted,
    variant,
)
from tests.domain.specification import at

NOTING = does("dispatcher", "03-02 12:00", c.AddNote, note="某事")
"""A command that is refused for nothing but who gives it, and when."""


def test_invariant_03_an_unknown_actor_learns_nothing() -> None:
    """Given somebody unknown, when they name a case, a grid or a command of the clock, there or not, then they hear the same."""
    unknown = "nobody"
    clockwork = does("x", "03-02 12:00", c.EscalateCase, clock="accept", timer="missed")
    for scene in (neighbourhood(), collected(), closed()):
        for act in (NOTING, clockwork, collecting(), collecting(grid="north")):
            scene.when(act.but(actor_id=unknown)).refused("unknown-person")


def test_a_case_has_to_be_there() -> None:
    """Given somebody known, when they name a case that is not there, then it is unknown."""
    neighbourhood().when(NOTING).refused("unknown-case")


def test_people_do_not_do_what_only_time_may() -> None:
    """Given a secretary, when they give a command of the clock, then only time may."""
    for command in (kind for kind in RULES if issubclass(kind, c.ClockCommand)):
        fields = {"clock": "accept", "timer": "missed"} if "clock" in command.model_fields else {}
        collected().when(does("secretary", "03-20 12:00", command, **fields)).refused(
            "only-time-may"
        )


def test_time_does_not_do_what_people_do() -> None:
    """Given the clock, when it collects a case or adds a note, then that takes a person."""
    collected().when(NOTING.but(actor_id="clock")).refused("time-may-not")
    neighbourhood().when(collecting().but(actor_id="clock")).refused("time-may-not")


def test_a_charter_has_to_be_in_force() -> None:
    """Given a community without a charter, when a case is collected, then one has to be installed first."""
    uncharted().when(collecting()).refused("no-charter")


def test_authority_comes_before_time_and_order() -> None:
    """Given a closed case, when somebody without a mandate acts on it in the future, then that is told first."""
    act = does("residents_hall.01", "03-09 09:00", c.StartWork).but(effective_at=at("04-01 09:00"))

    assert closed().when(act).code == "not-authorised"


def test_time_comes_before_order() -> None:
    """Given a closed case, when its lead starts work as of tomorrow, then the time is told first, then the stage."""
    act = does(LEAD, "03-09 09:00", c.StartWork)

    assert closed().when(act.but(effective_at=at("03-10 09:00"))).code == "effective-in-future"
    assert closed().when(act).code == "case-closed"


def test_order_comes_before_duties() -> None:
    """Given who reported and has left the lead, when they verify after closing, then it is closed; before, duties are kept apart."""
    hiring = operates(
        r.GiveMandate(person_id=LEAD, mandate_id="2", role="verifier", grid_id="community")
    )
    verifying = does(LEAD, "03-09 09:00", c.VerifyResolution)
    leaving = operates(r.RevokeMandate(person_id=LEAD, mandate_id=LEAD), "03-08 17:00")

    assert closed().given(hiring, leaving).when(verifying).code == "case-closed"
    left = reported().given(hiring, leaving)
    left.when(verifying).refused("separation-of-duties", "art-58")


def test_order_comes_before_particulars() -> None:
    """Given a collected case, when its work is reported with an unknown result, then it is out of order."""
    verdict = collected().when(does("mediator", "03-02 10:00", c.ReportResolution, result="riddle"))

    assert verdict.code == "out-of-order"
    assert "accept-case" in verdict.refusal.accepted
    assert "escalate-case" not in verdict.refusal.accepted


# -- effective time -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effective", "code"),
    [
        ("03-02 12:00", None),
        ("03-02 12:00:00.000001", "effective-in-future"),
        ("03-02 09:00", None),
        ("03-02 08:59:59.999999", "effective-before-collection"),
    ],
    ids=["now", "after now", "at collection", "before collection"],
)
def test_what_is_entered_later_happened_since_collection(effective: str, code: str | None) -> None:
    """Given a case collected at nine, when something is entered at noon, then it happened between the two, both included."""
    assert collected().when(NOTING.but(effective_at=at(effective))).code == code


def test_a_case_is_not_collected_in_the_future() -> None:
    """Given a paper note dated tomorrow, when it is entered, then it cannot have happened yet."""
    later = collecting().but(effective_at=at("03-03 09:00"))

    neighbourhood().when(later).refused("effective-in-future")


def test_what_is_entered_later_counts_from_when_it_happened() -> None:
    """Given an acceptance entered late, then the case was accepted when it happened."""
    late = ACCEPTING.but(decided_at=at("03-03 09:00"), effective_at=at("03-02 10:00"))

    assert case(collected().given(late)).accepted_at == at("03-02 10:00")


# -- what is refused leaves nothing -------------------------------------------------------------------------------------------


def test_invariant_03_a_refused_command_leaves_no_event() -> None:
    """Given a command that is refused, then there is a refusal and nothing to append, and the scene is as it was."""
    before = dict(collected().states)

    verdict = collected().when(does("dispatcher", "03-02 12:00", c.TriageCase))

    assert verdict.refusal.says.zh
    assert verdict.refusal.remedy.en
    assert collected().states == before


# -- which charter ------------------------------------------------------------------------------------------------------------


def test_the_nearest_grid_that_has_a_charter_says_which() -> None:
    """Given a version of the grid above, when a case is collected, then that one governs; elsewhere the community's."""
    scene = neighbourhood().given(installing(variant(("version", "2026.2")), grid_id="east"))
    elsewhere = collecting(case_id="case-2", grid="west")

    versions = [scene.when(act).decision.rule.version for act in (collecting(), elsewhere)]  # type: ignore[union-attr] # cases have rules

    assert versions == ["2026.2", "2026.1"]


def test_a_charter_governs_from_its_instant_on() -> None:
    """Given a version in force from Monday nine o'clock, when a case is collected then, it governs, and a microsecond before not."""
    later = installing(variant(("version", "2026.2")), in_force_from=at("03-02 09:00"))
    scene = neighbourhood().given(later)

    def version(when: str) -> str | None:
        rule = scene.when(collecting().but(decided_at=at(when))).decision.rule
        return None if rule is None else rule.version

    assert version("03-02 08:59:59.999999") == "2026.1"
    assert version("03-02 09:00") == "2026.2"


def test_the_newest_version_in_force_governs_whatever_was_installed_last() -> None:
    """Given a version installed last that is in force from an earlier day, then the one in force from the later day governs."""
    scene = neighbourhood().given(
        installing(variant(("version", "2026.2")), in_force_from=at("03-01 12:00")),
        installing(variant(("version", "2026.3")), in_force_from=at("03-01 10:00")),
    )

    rule = scene.when(collecting()).decision.rule
    assert rule is not None
    assert rule.version == "2026.2"


COLLECTING_ONLY = {"clause": "art-08", "roles": ["secretary"], "commands": ["collect-case"]}


def test_an_accepted_case_keeps_its_charter() -> None:
    """Given a new version after acceptance, when the case goes on, then the version that governed its acceptance still does."""
    stricter = variant(("version", "2026.2"), ("authority", [COLLECTING_ONLY]))
    scene = accepted().given(installing(stricter, "03-02 10:30"))

    scene.given(does("dispatcher", "03-02 11:00", c.TriageCase))
    fresh = scene.when(collecting(case_id="case-2").but(decided_at=at("03-02 11:00")))
    assert fresh.code == "not-authorised"


# -- the faults of ours -------------------------------------------------------------------------------------------------------


def test_a_rule_that_breaks_the_lifecycle_is_a_fault_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given a rule whose event has no place in the stage, when it decides, then nothing comes of it but an error."""
    astray = Provision(e.NoteAdded, lambda *_: ((e.WorkStarted(), None),))
    monkeypatch.setitem(cast("dict[object, Provision]", RULES), c.AddNote, astray)

    with pytest.raises(AssertionError, match="WorkStarted may not lead from collection"):
        collected().when(NOTING)


def test_what_is_looked_at_is_told() -> None:
    """Given a command, when it is decided, then the version of every stream it looked at is in the decision, and no other."""
    appointed = len(ORGANISATIONS) + len(BODIES)

    assert collected().when(ACCEPTING).decision.reads == {
        "case/case-1": 1,
        "person/dispatcher": 2,
        "grid/east-1": 1,
        "grid/east": 1,
        "grid/community": 1 + appointed + 1,
    }
