"""Meetings of a body: who attends, who stands aside, who votes, and the minutes of it."""

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.register import commands as r
from casesys.domain.vocabulary import Choice
from tests.domain.cases.ways import (
    HALL,
    PROOF,
    REPRESENTATIVES,
    TEXT,
    attending,
    big,
    carried,
    concluding,
    convening,
    deliberation,
    does,
    giving_notice,
    met,
    noticed,
    recusing,
    so,
    studied,
    tabling,
    voting,
)
from tests.domain.charter.stock import GONE
from tests.domain.neighbourhood import operates, under
from tests.domain.specification import Act, Scene, at

FIRST, SECOND, *_ = REPRESENTATIVES
STEP = "procedures.big-residents.steps.meeting"


# -- attendance ---------------------------------------------------------------------------------------------------------------


def test_attendance_says_who_sat_and_who_came() -> None:
    """Given a meeting that was announced, when ten of fifteen come, then both are recorded, each once."""
    present = (*reversed(REPRESENTATIVES[:10]), FIRST)

    verdict = noticed().when(does("moderator", "03-16 19:00", c.RecordAttendance, present=present))

    event = e.AttendanceRecorded(HALL, REPRESENTATIVES, REPRESENTATIVES[:10])
    verdict.then(so(event, "art-25"))


def test_members_are_those_who_sit_when_it_meets() -> None:
    """Given a seat that changes hands after notice, when the meeting begins, then the new member sits in it, the old one does not."""
    changing = (
        operates(r.VacateSeat(body_id=HALL, seat=1), "03-06 09:00"),
        operates(r.FillSeat(body_id=HALL, seat=1, person_id="volunteer"), "03-06 09:00"),
    )
    scene = noticed().given(*changing)

    scene.when(attending(1)).refused("not-a-member", "art-25")
    scene.given(does("moderator", "03-16 19:00", c.RecordAttendance, present=("volunteer",)))


def test_only_members_attend() -> None:
    """Given somebody without a seat, when they are said to be present, then they are no member."""
    verdict = noticed().when(
        does("moderator", "03-16 19:00", c.RecordAttendance, present=("volunteer",))
    )

    verdict.refused("not-a-member", "art-25")


def test_a_meeting_begins_once() -> None:
    """Given a meeting that has begun, when attendance is recorded again, then it is on record."""
    noticed().given(attending(10)).when(attending(11)).refused("already-recorded", "art-25")


def test_a_meeting_begins_at_its_time_and_not_before() -> None:
    """Given a meeting at seven, when attendance is recorded a microsecond before, then it is too early; at seven it is not."""
    noticed().when(attending(10, "03-16 18:59:59.999999")).refused("meeting-not-yet", "art-25")
    noticed().given(attending(10, "03-16 19:00"))


def test_a_meeting_waits_for_the_period_of_notice() -> None:
    """Given a meeting at the first instant allowed, when it is held a microsecond earlier, then the notice still runs."""
    scene = studied().given(giving_notice(meets_at="03-16 00:00"))

    scene.when(attending(10, "03-15 23:59:59.999999")).refused("notice-period-running", "art-24")
    scene.given(attending(10, "03-16 00:00"))


def test_a_meeting_entered_later_began_when_it_did() -> None:
    """Given paper minutes, when attendance is entered the next day as of the evening before, then the evening counts."""
    late = attending(10, "03-17 09:00")

    noticed().given(late.but(effective_at=at("03-16 19:00")))
    noticed().when(late.but(effective_at=at("03-16 18:00"))).refused("meeting-not-yet", "art-25")


def test_a_meeting_without_notice_begins_when_it_does() -> None:
    """Given a charter without notice, when the step opens, then the meeting can begin."""
    begun = unannounced().given(attending(10, "03-04 19:00"))

    assert deliberation(begun).attendance is not None


def unannounced() -> Scene:
    """The courtyard under a charter that gives no notice: the meeting is open since Wednesday, and nothing is proposed."""
    scene = under(("procedures.big-residents.steps.notice", GONE), (f"{STEP}.second_attempt", GONE))
    opinion = does("moderator", "03-04 10:00", c.RecordOpinion, favourable=True)
    return big(scene).given(convening("03-03 09:00"), opinion)


# -- recusal and votes --------------------------------------------------------------------------------------------------------


def test_a_member_is_recused() -> None:
    """Given a meeting, when a member is concerned, then they stand aside, under the clause of the meeting."""
    met(10).when(recusing(FIRST)).then(so(e.MemberRecused(FIRST, TEXT), "art-25"))


def test_a_member_is_recused_once_and_before_they_vote() -> None:
    """Given a member who has voted, or stands aside, when they are recused, then the vote counts, or that is on record."""
    scene = met(10, ["for"]).given(recusing(SECOND))

    scene.when(recusing(FIRST)).refused("already-voted", "art-25")
    scene.when(recusing(SECOND)).refused("already-recorded", "art-25")


def test_a_member_votes() -> None:
    """Given a meeting, when a member votes, then their choice is recorded, under the clause of the meeting."""
    (vote,) = voting(["abstain"])

    met(10).when(vote).then(so(e.VoteCast(FIRST, Choice.ABSTAIN), "art-25"))


@pytest.mark.parametrize(
    ("member", "code"),
    [
        ("volunteer", "not-a-member"),
        (REPRESENTATIVES[10], "not-present"),
        (SECOND, "recused"),
        (FIRST, "already-voted"),
    ],
)
def test_who_cannot_vote(member: str, code: str) -> None:
    """Given no seat, absence, recusal, or a vote already cast, when somebody votes, then it is refused for just that."""
    scene = met(10, ["for"]).given(recusing(SECOND))

    vote = does("teller", "03-16 20:10", c.CastVote, member=member, choice="against")
    scene.when(vote).refused(code, "art-25")


def test_only_members_are_recused() -> None:
    """Given somebody without a seat, when they are recused, then they are no member."""
    met(10).when(recusing("volunteer")).refused("not-a-member", "art-25")


@pytest.mark.parametrize("act", [recusing(FIRST), voting(["for"])[0], concluding()])
def test_everything_in_a_meeting_waits_for_attendance(act: Act) -> None:
    """Given a meeting that was only announced, when somebody stands aside, votes or counts, then it has not begun."""
    noticed().when(act).refused("meeting-not-begun", "art-25", ["record-attendance"])


def test_a_vote_is_about_a_proposal() -> None:
    """Given a meeting without a proposal, when somebody votes, then one is tabled first; once there are votes it stays."""
    (vote,) = voting(["for"], "03-04 19:30")
    begun = unannounced().given(attending(10, "03-04 19:00"))

    begun.when(vote).refused("no-proposal", "art-25", ["table-proposal"])
    voted = begun.given(tabling("03-04 19:10"), vote)
    voted.when(tabling("03-04 19:40")).refused("agenda-locked")


# -- minutes ------------------------------------------------------------------------------------------------------------------


def test_there_are_minutes_of_a_meeting() -> None:
    """Given a meeting, when its minutes are recorded with their scan, then they are."""
    taking = does("minute_taker", "03-16 22:00", c.RecordMinutes, minutes="某事", evidence=PROOF)

    met(10).when(taking).then(so(e.MinutesRecorded(TEXT, PROOF), "art-35"))
    carried().given(taking)


def test_minutes_need_a_meeting_and_their_scan() -> None:
    """Given no meeting, or a scan that is not attached, when minutes are recorded, then that comes first."""

    def taking(evidence: str | None) -> Act:
        fields = {"minutes": "某事", "evidence": evidence}
        return does("minute_taker", "03-16 22:00", c.RecordMinutes, **fields)

    noticed().when(taking(None)).refused("meeting-not-begun", accepted=["record-attendance"])
    met(10).when(taking("b" * 64)).refused("unknown-evidence", accepted=["attach-evidence"])
    met(10).given(taking(None))


# -- meetings this engine cannot hold -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [(f"{STEP}.form", "secret"), (f"{STEP}.electorate", "owners")])
def test_secret_votes_and_meetings_of_an_electorate_are_not_executable_yet(
    change: tuple[str, object],
) -> None:
    """Given a secret vote, or a meeting of owners, when it is to begin, then it cannot be carried out."""
    of_owners = {"share": "2/3", "comparator": "at_least", "of": "electorate"}
    more = [(f"{STEP}.participation", [of_owners])] if change[1] == "owners" else []

    noticed(under(change, *more)).when(attending(0)).refused("step-not-executable", "art-25")
