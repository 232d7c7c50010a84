"""The worklist shows everybody what waits for them, why, and the most urgent first; nothing that can go on is left lying."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache, partial

import pytest

from casesys.domain.messages import Personal
from casesys.domain.register import commands as r
from casesys.domain.vocabulary import Choice, FactSource
from casesys.projections import worklist_queries
from casesys.projections.tasks import Task
from casesys.projections.worklist import WORKLIST
from casesys.projections.worklist_queries import WorklistRow
from tests.community import COMMUNITY, Community, founded, hire, local, members
from tests.projections.built import plan
from tests.projections.heyuan import heyuan
from tests.projections.seasons import season
from tests.projections.served import served
from tests.projections.truths import (
    Truth,
    nothing_is_left_lying,
    truth_of,
    worklist,
    worklist_holds_what_may_be_done,
)
from tests.replay.lives import PHOTO, SMALL

LEAD = "lead-property_company"


@cache
def lived() -> Truth:
    """Many lives, several grids, levels and charters."""
    return truth_of(season().log)


def of(community: Community, person: str, **wanted: object) -> list[WorklistRow]:
    """What waits for somebody now."""
    return worklist(truth_of(community.log), person, community.now, **wanted)


def commands(rows: Iterable[WorklistRow]) -> list[str]:
    """What they are asked to do, in order."""
    return [task.command for row in rows for task in row.tasks]


def task_of(community: Community, person: str, command: str) -> Task:
    """The only task of a kind that waits for somebody."""
    (task,) = (t for row in of(community, person) for t in row.tasks if t.command == command)
    return task


def dispatched(community: Community) -> str:
    """A courtyard lamp that the property company is to repair."""
    case = community.collect()
    community.do(case, "accept-case", "duty_officer")
    community.do(case, "triage-case", "duty_officer", to="direct", reason="…")
    community.do(case, "dispatch-case", "dispatcher", lead="property_company", reason="…")
    return case


def consulted(community: Community) -> str:
    """A small matter about which the sides are asked."""
    case = community.collect()
    do = partial(community.do, case)
    do("establish-facts", "grid_worker", facts=SMALL, source=FactSource.INSPECTED)
    do("accept-case", "duty_officer")
    do("triage-case", "duty_officer")
    do("convene-deliberation", "moderator", moderator="moderator")
    do("table-proposal", "moderator", title="更换灯具")
    return case


# -- the truth of it ------------------------------------------------------------------------------------------------------------


def test_everybody_has_what_they_may_do() -> None:
    """Given a season, then on each worklist is what cases wait for and its owner may do and know, now and later; none is left."""
    worklist_holds_what_may_be_done(lived(), season().now)
    nothing_is_left_lying(lived(), season().now)


@pytest.mark.parametrize("upto", range(175, 450, 25))
def test_the_worklist_follows_the_log(upto: int) -> None:
    """Given a season that is not over, then the worklists are right about it."""
    truth = truth_of(heyuan().log, upto)
    now = max(case.changed_at for case in truth.cases.values())

    worklist_holds_what_may_be_done(truth, now)
    nothing_is_left_lying(truth, now)


# -- why it waits for whom ------------------------------------------------------------------------------------------------------


def test_a_task_says_why_it_is_somebodys() -> None:
    """Given a new case, then the duty officer is asked to accept it, by role, grid, mandate and clause."""
    community = founded()
    case = community.collect()

    (row,) = of(community, "duty_officer")

    assert (row.case_id, row.title, row.priority, row.status) == (
        case,
        "3号楼前路灯不亮",
        3,
        "collected",
    )
    assert (row.clock, row.due_at, row.overdue) == ("accept", local("2026-03-04 00:00"), False)
    (task,) = row.tasks
    assert (task.command, task.role, task.clause) == ("accept-case", "duty_officer", "art-10")
    assert (task.grid, task.mandate_id) == (COMMUNITY, "mandate-duty_officer")
    assert (task.party, task.voters, task.parties) == (None, (), ())
    assert (task.since, task.until) == (community.now, None)


def test_who_acts_for_the_lead_has_what_the_lead_is_asked() -> None:
    """Given a case that was dispatched, then it waits for who acts for its lead, and for nobody who acts for another."""
    community = founded()
    dispatched(community)

    task = task_of(community, LEAD, "accept-assignment")

    assert (task.role, task.party) == ("lead", "property_company")
    assert of(community, "lead-warm_station") == []


def test_who_belongs_to_the_lead_does_not_verify() -> None:
    """Given work that was reported, then those verify who do not belong to the lead."""
    community = founded()
    hire(community, "insider", "内行", "verifier", principal="property_company")
    hire(community, "foreman", "工长", "verifier")
    beside = {"person_id": "foreman", "mandate_id": "2", "role": "supporting", "grid_id": COMMUNITY}
    given = r.GiveMandate.model_validate(beside | {"principal": "property_company"})
    community.register(given)
    case = dispatched(community)
    community.do(case, "accept-assignment", LEAD)
    community.do(case, "report-resolution", LEAD, result="resolved")

    assert commands(of(community, "verifier")) == ["verify-resolution", "reject-resolution"]
    assert of(community, "insider") == of(community, "foreman") == []


def test_who_may_not_because_of_an_earlier_deed_is_not_asked() -> None:
    """Given two secretaries, one of whom dispatched a case, when the lead disputes it, then the other is asked to rule."""
    community = founded()
    hire(community, "second", "副书记", "secretary")
    case = community.collect()
    community.do(case, "accept-case", "duty_officer")
    community.do(case, "triage-case", "duty_officer", to="direct", reason="…")
    community.do(case, "dispatch-case", "secretary", lead="property_company", reason="…")
    community.do(case, "dispute-assignment", LEAD, reason="不归物业")

    assert "rule-on-dispute" not in commands(of(community, "secretary"))
    assert "rule-on-dispute" in commands(of(community, "second"))


def test_a_mandate_for_some_commands_asks_for_no_others() -> None:
    """Given a mandate that is for one command only, then nothing else waits for who holds it."""
    community = founded()
    community.register(r.RegisterPerson(person_id="deputy", name=Personal("代办")))
    community.register(
        r.GiveMandate(
            person_id="deputy",
            mandate_id="decline-only",
            role="secretary",
            grid_id=COMMUNITY,
            commands=("decline-case",),
        )
    )
    community.collect()

    assert commands(of(community, "deputy")) == ["decline-case"]


def test_a_mandate_that_is_over_brings_nothing() -> None:
    """Given a mandate that was revoked, then nothing waits for who held it."""
    community = founded()
    hire(community, "newcomer", "新人", "duty_officer")
    community.collect()
    assert of(community, "newcomer")

    community.register(r.RevokeMandate(person_id="newcomer", mandate_id="mandate-newcomer"))

    assert of(community, "newcomer") == []


def test_an_officer_decides_alone_in_the_roles_that_the_step_names() -> None:
    """Given an urgent matter, then those officers are asked to decide whom the step lets."""
    community = founded()
    case = community.collect("lift_failure", "有人被困", facts={"danger_to_life": True})
    community.do(case, "accept-case", "duty_officer")
    community.do(case, "triage-case", "duty_officer")

    asked = {
        person
        for person in ("duty_officer", "grid_lead", "secretary", "dispatcher")
        if "decide-urgently" in commands(of(community, person))
    }

    version = community.case(case)
    assert version.track == "urgent"
    assert "duty_officer" in asked
    assert "dispatcher" not in asked


# -- awaited by name ------------------------------------------------------------------------------------------------------------


def test_a_party_whose_consent_is_asked_is_awaited_by_name() -> None:
    """Given sides that are asked, then who acts for one is told so until it has answered; the coordinator records what they say."""
    community = founded()
    case = consulted(community)
    by_role = task_of(community, "coordinator", "record-consent")
    assert (by_role.role, by_role.voters, set(by_role.parties)) == (
        "coordinator",
        (),
        {"residents_committee", "owners_committee", "property_company"},
    )

    by_name = task_of(community, LEAD, "record-consent")
    assert (by_name.role, by_name.party, by_name.clause) == (None, "property_company", None)

    community.do(case, "record-consent", "coordinator", side="property", consents=True)
    assert of(community, LEAD) == []
    assert of(community, "lead-residents_committee")


def test_a_person_with_the_id_of_a_party_is_not_that_party() -> None:
    """Given a side that is asked, when a person is registered under the same id, then they are shown nothing: they may not know."""
    community = founded()
    consulted(community)
    namesake = r.RegisterPerson(person_id="owners_committee", name=Personal("某人"))
    community.register(namesake)

    assert of(community, "owners_committee") == []


def test_a_member_who_has_to_vote_is_awaited_by_name() -> None:
    """Given a meeting, then each member who is present is awaited until they have voted, with or without a mandate."""
    community = founded()
    mandated, voter, other, absent = members("residents_representatives")[:4]
    mandate = r.GiveMandate(
        person_id=mandated, mandate_id="of-a-head", role="building_head", grid_id=COMMUNITY
    )
    community.register(mandate)
    case, community.now = noticed(community)
    present = [m for m in members("residents_representatives") if m != absent]
    community.do(case, "record-attendance", "minute_taker", present=present)

    task = task_of(community, voter, "cast-vote")
    assert (task.role, task.party, task.parties) == (None, None, ())
    assert voter in task.voters

    community.do(case, "cast-vote", "teller", member=voter, choice=Choice.FOR)
    assert of(community, voter) == []
    for person in (mandated, other):
        assert commands(of(community, person)) == ["cast-vote"]
    assert of(community, absent) == []
    assert of(community, other, grid="grid-1") == []
    assert of(community, other, case_type="inquiry") == []
    assert of(community, other, grid="grid-3", case_type="issue")


def test_who_acts_for_a_voter_is_not_awaited_for_their_vote() -> None:
    """Given somebody who acts for a member in other things, when the member has to vote, then that lies on the member's desk alone."""
    community = founded()
    voter = members("residents_representatives")[0]
    mandate = r.GiveMandate(
        person_id="secretary",
        mandate_id="for-a-member",
        role="building_head",
        grid_id=COMMUNITY,
        principal=voter,
    )
    community.register(mandate)
    case, community.now = noticed(community)
    present = members("residents_representatives")
    community.do(case, "record-attendance", "minute_taker", present=present)

    assert "cast-vote" not in commands(of(community, "secretary"))
    assert commands(of(community, voter)) == ["cast-vote"]


def test_who_has_to_vote_learns_of_nothing_else_in_the_case() -> None:
    """Given a member whose mandate does not let them know of a case, then they are shown their vote alone, as their own."""
    community = founded()
    voter = members("residents_representatives")[0]
    mandate = r.GiveMandate(
        person_id=voter,
        mandate_id="of-a-teller",
        role="teller",
        grid_id=COMMUNITY,
    )
    community.register(mandate)
    case, community.now = noticed(community)
    community.do(case, "change-visibility", "privacy_officer", level="confidential", reason="…")
    present = members("residents_representatives")
    community.do(case, "record-attendance", "minute_taker", present=present)

    task = task_of(community, voter, "cast-vote")

    assert commands(of(community, voter)) == ["cast-vote"]
    assert (task.role, task.party) == (None, None)


def noticed(community: Community) -> tuple[str, datetime]:
    """A big matter of the residents, of which notice was given, and when their representatives meet."""
    case = community.collect("courtyard", "铺设步道")
    do = partial(community.do, case)
    facts = SMALL | {"households_affected": 90, "residents_asked": True}
    do("establish-facts", "grid_worker", facts=facts, source=FactSource.INSPECTED)
    do("accept-case", "duty_officer")
    do("triage-case", "duty_officer")
    do("convene-deliberation", "moderator", moderator="moderator")
    do("record-opinion", "minute_taker", favourable=True)
    do("table-proposal", "moderator", title="铺设步道")
    do("attach-evidence", "grid_worker", digest=PHOTO, media_type="image/jpeg", size=81234)
    meets_at = community.now + timedelta(days=12)
    do("give-notice", "moderator", meets_at=meets_at.isoformat(), proofs=(PHOTO,))
    return case, meets_at


# -- when -----------------------------------------------------------------------------------------------------------------------


def test_what_waits_changes_when_time_passes() -> None:
    """Given a notice that runs, then attendance waits to be recorded from the meeting on, though nothing has happened since."""
    community = founded()
    _, meets_at = noticed(community)
    truth = truth_of(community.log)

    just_before = worklist(truth, "minute_taker", meets_at - timedelta(microseconds=1))
    (row,) = worklist(truth, "minute_taker", meets_at)

    assert just_before == []
    assert [(task.command, task.since) for task in row.tasks] == [("record-attendance", meets_at)]


def test_the_most_urgent_comes_first() -> None:
    """Given several cases, then what is due soonest comes first, then by priority, then what was collected first."""
    community = founded()
    first = community.collect(grid="grid-1")
    second = community.wait(minutes=5).collect(grid="grid-1")
    later = community.wait(days=1).collect(grid="grid-1")
    urgent = community.collect("lift_failure", "有人被困", facts={"danger_to_life": True})
    community.do(urgent, "accept-case", "duty_officer")
    community.do(urgent, "triage-case", "duty_officer")
    truth = truth_of(community.log)

    rows = worklist(truth, "secretary", community.now)
    order = [row.case_id for row in rows]

    assert order == [urgent, first, second, later]
    overdue = worklist(truth, "secretary", local("2026-03-04 00:01"), overdue=True)
    assert [row.case_id for row in overdue] == [urgent, first, second]
    assert all(row.overdue for row in overdue)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"command": "decline-case"}, ["decline-case", "decline-case"]),
        ({"command": "cast-vote"}, []),
        ({"grid": "grid-1", "command": "accept-case"}, ["accept-case"]),
        ({"case_type": "inquiry", "command": "accept-case"}, ["accept-case"]),
        ({"overdue": True}, []),
    ],
)
def test_a_filter_leaves_the_tasks_that_meet_it(
    wanted: dict[str, str], expected: list[str]
) -> None:
    """Given conditions, then the tasks that meet all of them are left."""
    community = founded()
    community.collect(grid="grid-1")
    community.collect("policy", "何时开放", case_type="inquiry")

    assert commands(of(community, "secretary", **wanted)) == expected


def test_a_closed_case_waits_only_for_what_was_asked_of_it() -> None:
    """Given a closed case, then nothing waits, until its initiator asks for it to be reopened."""
    community = founded()
    case = community.collect()
    community.do(case, "decline-case", "secretary", ground="outside_duties", reason="…")
    assert of(community, "secretary") == []

    community.do(case, "request-reopening", "duty_officer", reason="…")

    assert commands(of(community, "secretary")) == ["reopen-case"]


# -- at what cost ---------------------------------------------------------------------------------------------------------------


def test_a_page_is_read_off_an_index_in_order() -> None:
    """Given a page of a worklist, then SQLite finds it in an index, and sorts and scans nothing."""
    db = served(founded().log, WORKLIST)
    names = ("desk", "due_at", "priority", "collected_at", "born", "until")

    steps = plan(db, worklist_queries._LISTED, dict.fromkeys(names, 0))  # noqa: SLF001 - whatever is asked

    assert "SCAN" not in steps
    assert "TEMP B-TREE" not in steps
    assert "(desk=? AND " in steps
    assert "(due_at,priority,collected_at,born)" in steps
