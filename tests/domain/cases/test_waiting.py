"""What a case waits for: the commands that it is ready for and that move it on, whoever may give them."""

from collections.abc import Callable

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases.decide import governing
from casesys.domain.cases.preview import advancing, preview
from casesys.domain.messages import message_type
from casesys.domain.register import commands as r
from tests.domain.cases.ways import (
    ACCEPTING,
    COMPANY,
    CONFIRMABLE,
    LEAD,
    accepted,
    agreed,
    assigned,
    calling_back,
    carried,
    carried_out,
    case,
    closed,
    collected,
    collecting,
    confirmed,
    consulted,
    directed,
    dispatched,
    does,
    met,
    noticed,
    ordered,
    published,
    ratifying,
    reported,
    small,
    studied,
    studying,
    triaged,
    urgent,
    verified,
)
from tests.domain.charter.stock import Document, document
from tests.domain.neighbourhood import neighbourhood, operates, under
from tests.domain.specification import Act, Scene, at


def waits_for(scene: Scene, when: str) -> set[str]:
    """What the case of a scene waits for."""
    now, world = case(scene), scene.world()
    return set(advancing(world, now, governing(world, now, at(when)), at(when)))


def what_keeps(scene: Scene, act: Act) -> str | None:
    """The code of what a preview says stands in the way of a command, None if nothing does."""
    now, world, envelope = case(scene), scene.world(), act.envelope
    found = preview(world, envelope, now, governing(world, now, envelope.decided_at))
    name = message_type(type(act.command))
    refusal = next(each.refusal for each in found if each.command == name)
    return None if refusal is None else refusal.code


VERIFYING = {"verify-resolution", "reject-resolution"}


@pytest.mark.parametrize(
    ("way", "when", "commands"),
    [
        (collected, "03-02 10:00", {"accept-case", "decline-case", "refer-case"}),
        (accepted, "03-02 11:00", {"triage-case"}),
        (directed, "03-02 12:00", {"dispatch-case"}),
        (dispatched, "03-02 13:00", {"accept-assignment"}),
        (assigned, "03-03 10:00", {"start-work", "report-resolution"}),
        (reported, "03-05 17:00", VERIFYING),
        (closed, "03-20 10:00", set[str]()),
        (small, "03-03 09:00", {"convene-deliberation"}),
        (consulted, "03-03 09:00", {"record-consent"}),
        (agreed, "03-03 13:00", {"confirm-decision"}),
        (studying, "03-03 10:00", {"record-opinion"}),
        (studied, "03-04 13:00", {"give-notice"}),
        (noticed, "03-16 18:59", set[str]()),
        (noticed, "03-16 19:00", {"record-attendance"}),
        (carried, "03-17 09:00", {"record-minutes", "publish-decision"}),
        (published, "03-18 09:00", {"record-minutes"}),
        (published, CONFIRMABLE, {"record-minutes", "confirm-decision"}),
        (urgent, "03-02 11:30", {"make-safe", "decide-urgently"}),
        (ordered, "03-02 12:00", {"ratify-decision"}),
    ],
)
def test_a_case_waits_for_what_moves_it_on(
    way: Callable[[], Scene], when: str, commands: set[str]
) -> None:
    """Given a case so far on its way, then it waits for just these commands, whoever may give them."""
    assert waits_for(way(), when) == commands


def test_a_meeting_waits_for_votes_until_all_have_voted() -> None:
    """Given ten who came, when some have voted or stand aside, then votes are waited for; when all have, then only the count."""
    some = waits_for(met(10, ["for"] * 9), "03-16 20:30")
    every = waits_for(met(10, ["for"] * 10), "03-16 20:30")

    assert some - every == {"cast-vote"}
    assert every == {"record-minutes", "conclude-deliberation"}


def test_minutes_are_waited_for_until_they_are_there() -> None:
    """Given a meeting, when its minutes are recorded, then nobody waits for them any more."""
    minuted = published().given(
        does("minute_taker", "03-18 09:00", c.RecordMinutes, minutes="某事")
    )

    assert waits_for(minuted, "03-18 10:00") == set()


def test_facts_are_waited_for_when_triage_needs_them() -> None:
    """Given a category that is nobody's plain duty, when it is accepted without facts, then facts are waited for, and triage."""
    unclear = neighbourhood().given(collecting("courtyard"), ACCEPTING)

    assert waits_for(unclear, "03-02 11:00") == {"establish-facts", "triage-case"}


def test_a_proposal_is_waited_for_where_a_step_is_about_one() -> None:
    """Given a consultation without a proposal, then the case waits for it, and for the answers only when it is there."""
    convened = small().given(
        does("moderator", "03-02 14:00", c.ConveneDeliberation, moderator="moderator")
    )

    assert waits_for(convened, "03-02 15:00") == {"table-proposal"}


def test_a_lapsed_decision_waits_to_be_triaged_again() -> None:
    """Given further measures that a side refuses to ratify, then the case waits to be triaged again."""
    lapsed = ordered().given(ratifying("owners", "03-02 13:00", ratifies=False))

    assert waits_for(lapsed, "03-02 14:00") == {"retriage-case"}


def test_what_is_verified_waits_for_the_callback_then_for_closing() -> None:
    """Given verified work, then the initiator is to be called; after that the case is to be closed, whatever they said."""
    unsolved = verified().given(
        does("callback_officer", "03-06 09:00", c.RecordCallback, reached=True, solved=False)
    )

    assert waits_for(verified(), "03-06 10:00") == {"record-callback"}
    assert waits_for(verified().given(calling_back()), "03-06 10:00") == {"close-case"}
    assert waits_for(unsolved, "03-06 10:00") == {"close-case"}


def test_those_who_decided_wait_to_hear_of_it() -> None:
    """Given a decision that was carried out, when that is reported, then those who decided are to be told, once."""
    done = carried_out(confirmed(), "04-13")
    told = done.given(does(COMPANY, "04-13 15:00", c.ReportImplementation, report="某事"))

    assert waits_for(done, "04-13 14:00") == {"report-implementation", *VERIFYING}
    assert waits_for(told, "04-13 16:00") == VERIFYING


def test_what_nothing_more_is_required_of_waits_to_be_closed() -> None:
    """Given a charter that requires nothing to close, when work is reported, then the case is to be verified, or closed."""
    assert waits_for(reported(under(("closing", []))), "03-05 17:00") == {*VERIFYING, "close-case"}


def test_a_case_that_no_result_fits_is_not_forgotten() -> None:
    """Given an initiator who was asked, when no result can be closed with, then work is to go on, and it is told what lacks."""
    because = {"zh": "不行", "en": "no"}
    strict = {"clause": "art-51", "guard": "case.solved", "because": because}
    unsolved = verified(under(("closing", [strict]))).given(
        does("callback_officer", "03-06 11:00", c.RecordCallback, reached=True, solved=False)
    )

    looking = does("dispatcher", "03-06 12:00", c.CloseCase)

    assert waits_for(unsolved, "03-06 12:00") == {"reject-resolution"}
    assert what_keeps(unsolved, looking) == "closing-requirement"
    unsolved.given(does("verifier", "03-06 12:00", c.RejectResolution, reason="某事"))


def requiring(guard: str) -> Scene:
    """The community under a charter that closes nothing of which this does not hold."""
    because = {"zh": "不行", "en": "no"}
    return under(("closing", [{"clause": "art-51", "guard": guard, "because": because}]))


@pytest.mark.parametrize(
    ("guard", "awaited"),
    [
        ("case.evidence >= 2", {"attach-evidence"}),
        ("case.evidence > 1 && case.verified", {"attach-evidence"}),
        ("case.evidence > 1 && case.solved", set[str]()),
        (f"case.evidence > {2**63 - 1} || case.solved", set[str]()),
        ("case.evidence == 0", set[str]()),
        ("case.evidence == 1", set[str]()),
        ("facts.households_affected >= 1", {"establish-facts"}),
        ("case.verified", set[str]()),
    ],
)
def test_what_closing_lacks_is_waited_for(guard: str, awaited: set[str]) -> None:
    """Given verified work with one photograph, then what alone is missing to close it is waited for, beside the callback."""
    waited = waits_for(verified(requiring(guard)), "03-06 11:00") - {"close-case"}

    assert waited == {"record-callback", *awaited}


def test_where_nobody_verifies_the_callback_follows_the_report() -> None:
    """Given a charter that lets nobody verify, when work is reported, then the callback is waited for."""
    on = under(("authority", authority_without(VERIFYING)))

    assert waits_for(reported(on), "03-05 17:00") == {*VERIFYING, "record-callback"}


def test_where_nobody_calls_back_closing_follows() -> None:
    """Given a charter that lets nobody call back, when the work is verified and may not be closed so, then closing is waited for."""
    on = under(("authority", authority_without({"record-callback"})))
    nor_verifies = under(("authority", authority_without({"record-callback", *VERIFYING})))

    assert "close-case" not in waits_for(reported(on), "03-05 17:00")
    assert "close-case" in waits_for(verified(on), "03-06 11:00")
    assert "close-case" in waits_for(reported(nor_verifies), "03-05 17:00")
    looking = does("dispatcher", "03-06 12:00", c.CloseCase)
    assert what_keeps(verified(on), looking) is None


def authority_without(commands: set[str]) -> list[Document]:
    """The grants of the stock charter, but for some commands, which nobody may give in the resolution."""
    elsewhere = ["collection", "deliberation", "assignment", "closed"]
    grants: list[Document] = []
    for grant in document()["authority"]:
        kept = [name for name in grant["commands"] if name not in commands]
        left = [name for name in grant["commands"] if name in commands]
        grants += [grant | {"commands": kept}] if kept else []
        grants += [grant | {"commands": left, "stages": elsewhere}] if left else []
    return grants


def test_what_is_asked_is_waited_for() -> None:
    """Given a question to the initiator and a request for more time, then the case waits for the answers."""
    asked = assigned().given(
        does("dispatcher", "03-03 09:00", c.RequestInformation, question="某事"),
        does(LEAD, "03-03 09:30", c.RequestExtension, clock="resolve", amount=1, reason="某事"),
        does("grid_lead", "03-03 09:45", c.SuspendClock, ground="weather"),
    )

    assert waits_for(asked, "03-03 10:00") - waits_for(assigned(), "03-03 10:00") == {
        "supply-information",
        "grant-extension",
        "refuse-extension",
        "resume-clock",
    }


def test_a_case_that_cannot_go_its_way_is_to_be_sent_another() -> None:
    """Given a procedure whose next step this version cannot carry out, then the case waits to be triaged again, and it is told why."""
    facts = {"common_parts": True, "maintenance_fund": False}
    owners = triaged(None, "courtyard", facts=facts).given(
        does("moderator", "03-03 09:00", c.ConveneDeliberation, moderator="moderator"),
        does("moderator", "03-03 10:00", c.TableProposal, title="改建"),
    )

    looking = does("moderator", "03-03 11:00", c.GiveNotice, meets_at=at("04-20 19:00"))

    assert waits_for(owners, "03-03 11:00") == {"retriage-case"}
    assert what_keeps(owners, looking) == "step-not-executable"
    owners.given(does("dispatcher", "03-03 12:00", c.RetriageCase, to="small", reason="某事"))


def test_what_the_register_lacks_does_not_let_a_case_be_forgotten() -> None:
    """Given nobody who stands for a side, then the case waits to be convened all the same, and it is told who is missing."""
    nobody = operates(r.AppointParty(grid_id="community", kind="property_company", party=None))
    alone = small().given(nobody)
    looking = does("moderator", "03-03 09:00", c.ConveneDeliberation, moderator="moderator")

    assert waits_for(alone, "03-03 09:00") == {"convene-deliberation"}
    assert what_keeps(alone, looking) == "nobody-stands-for-side"
