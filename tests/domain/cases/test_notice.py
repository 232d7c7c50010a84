"""Notice of a meeting: how long before, of what, proved how; and meetings that are postponed."""

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from tests.domain.cases.ways import (
    DELIBERATION,
    PROOF,
    TEXT,
    all_days,
    attending,
    case,
    deliberation,
    does,
    giving_notice,
    noticed,
    so,
    studied,
    studying,
)
from tests.domain.charter.stock import GONE
from tests.domain.neighbourhood import under
from tests.domain.specification import Act, at


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
