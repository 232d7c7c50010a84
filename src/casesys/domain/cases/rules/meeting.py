"""Meetings of a body: attendance, recusal, votes, minutes, and the count."""

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.matter import Matter, Ruling
from casesys.domain.cases.rules.deliberation import check_proposal, decided
from casesys.domain.cases.state import NOTICE_CLOCK, Attendance, Deliberation
from casesys.domain.charter.steps import Meeting, Threshold
from casesys.domain.refusals import refuse
from casesys.domain.register.lookups import known_body
from casesys.domain.vocabulary import COMMANDS, Choice, TallyOutcome

Rulings = tuple[Ruling, ...]


def ready_for_attendance(m: Matter) -> None:
    """The meeting takes place once, when notice has run and the day has come."""
    step: Meeting = m.step(Meeting)
    if m.deliberation.meeting is not None:
        refuse("already-recorded", clause=step.clause, what=COMMANDS["record-attendance"])
    notice = m.case.clocks.get(NOTICE_CLOCK)
    if notice is not None and (due := m.due(notice).due_at) > m.happened_at:
        refuse("notice-period-running", clause=notice.clause, until=due.isoformat())
    told = m.deliberation.notice
    if told is not None and told.meets_at > m.happened_at:
        refuse("meeting-not-yet", clause=step.clause, meets_at=told.meets_at.isoformat())
    _body(m, step)


def record_attendance(m: Matter, command: c.RecordAttendance) -> Rulings:
    """Who is present has to sit in the body."""
    step: Meeting = m.step(Meeting)
    body_id = _body(m, step)
    members = known_body(m.world, body_id).members
    for person in command.present:
        if person not in members:
            refuse("not-a-member", clause=step.clause, person=person, body=body_id)
    event = e.AttendanceRecorded(
        body_id, tuple(sorted(members)), tuple(sorted(set(command.present)))
    )
    return ((event, step.clause),)


def _body(m: Matter, step: Meeting) -> str:
    electorate = m.charter.electorates[step.electorate]
    if electorate.body is None or step.form == "secret":
        refuse("step-not-executable", clause=step.clause, step=step.label, kind=step.kind)
    return m.deliberation.parties[electorate.body]


def _begun(m: Matter, step: Meeting) -> Attendance:
    attendance = m.deliberation.meeting
    if attendance is None:
        refuse("meeting-not-begun", clause=step.clause, accepted=("record-attendance",))
    return attendance


def _not_counted(m: Matter, step: Meeting) -> None:
    """Refuse what would change a vote that was counted: counting again is on the same votes."""
    if m.deliberation.counted:
        refuse("already-decided", clause=step.clause)


def ready_for_recusals(m: Matter) -> None:
    """The meeting has begun, and its vote was not counted."""
    step: Meeting = m.step(Meeting)
    _begun(m, step)
    _not_counted(m, step)


def recuse_member(m: Matter, command: c.RecuseMember) -> Rulings:
    """A member is recused before they vote, once."""
    step: Meeting = m.step(Meeting)
    if command.member not in _begun(m, step).members:
        refuse("not-a-member", clause=step.clause, person=command.member, body=_body(m, step))
    if command.member in m.deliberation.recused:
        refuse("already-recorded", clause=step.clause, what=COMMANDS["recuse-member"])
    _check_not_voted(m, step, command.member)
    return ((e.MemberRecused(command.member, command.reason), step.clause),)


def _check_not_voted(m: Matter, step: Meeting, member: str) -> None:
    if member in m.deliberation.votes:
        refuse("already-voted", clause=step.clause, person=member)


def ready_for_votes(m: Matter) -> None:
    """The meeting has begun, there is something to vote on, and the vote was not counted."""
    step: Meeting = m.step(Meeting)
    _begun(m, step)
    check_proposal(m, step)
    _not_counted(m, step)


def cast_vote(m: Matter, command: c.CastVote) -> Rulings:
    """Who is present and not recused votes once, for themselves."""
    step: Meeting = m.step(Meeting)
    attendance = _begun(m, step)
    if command.member not in attendance.members:
        refuse("not-a-member", clause=step.clause, person=command.member, body=_body(m, step))
    if command.member not in attendance.present:
        refuse("not-present", clause=step.clause, person=command.member)
    if command.member in m.deliberation.recused:
        refuse("recused", clause=step.clause, person=command.member)
    _check_not_voted(m, step, command.member)
    return ((e.VoteCast(command.member, command.choice), step.clause),)


def ready_for_minutes(m: Matter) -> None:
    """A meeting took place."""
    if m.deliberation.attendance is None:
        refuse("meeting-not-begun", accepted=("record-attendance",))


def record_minutes(m: Matter, command: c.RecordMinutes) -> Rulings:
    """A file that the minutes are in has to be attached."""
    if command.evidence is not None and command.evidence not in m.case.evidence:
        refuse("unknown-evidence", digest=command.evidence, accepted=("attach-evidence",))
    return ((e.MinutesRecorded(command.minutes, command.evidence), None),)


def conclude_deliberation(m: Matter, _: c.ConcludeDeliberation) -> Rulings:
    """Without quorum there is one second attempt, if the charter has it; a vote that is not carried ends the case."""
    step: Meeting = m.step(Meeting)
    tally = count(step, m.deliberation, _begun(m, step))
    if all(requirement.reached for requirement in tally.participation):
        carried = all(requirement.reached for requirement in tally.majority)
        outcome = TallyOutcome.CARRIED if carried else TallyOutcome.NOT_CARRIED
        return ((decided(m, outcome, tally), step.clause),)
    move = None
    if step.second_attempt is not None and step.id not in m.deliberation.short:
        back = m.procedure.index(step.second_attempt.from_step)
        move = m.opening(m.procedure, back, attempt=m.deliberation.attempt + 1)
        notice = tuple(n for n in m.running() if n == NOTICE_CLOCK)
        move = e.Move(
            move.stage,
            opens=move.opens,
            attempt=move.attempt,
            starts=move.starts,
            stops=(*move.stops, *notice),
        )
    return ((decided(m, TallyOutcome.NO_QUORUM, tally, move), step.clause),)


def count(step: Meeting, deliberation: Deliberation, attendance: Attendance) -> e.Tally:
    """Count a vote in heads, and hold it against each threshold of the step."""
    leaves = deliberation.recused if step.recused_leave_denominator else frozenset()
    choices = list(deliberation.votes.values())
    votes_for = choices.count(Choice.FOR)
    against = choices.count(Choice.AGAINST)
    wholes = {
        "seated": len(attendance.members - leaves),
        "electorate": len(attendance.members - leaves),
        "present": len(attendance.present - leaves),
        "participating": len(choices),
        "votes_cast": votes_for + against,
    }
    participation = step.participation
    if step.second_attempt is not None and step.id in deliberation.short:
        participation = step.second_attempt.participation or participation
    present = len(attendance.present - deliberation.recused)
    return e.Tally(
        seated=len(attendance.members),
        present=len(attendance.present),
        recused=len(deliberation.recused),
        votes_for=votes_for,
        votes_against=against,
        abstained=choices.count(Choice.ABSTAIN),
        participation=tuple(_held(t, present, wholes[t.of]) for t in participation),
        majority=tuple(_held(t, votes_for, wholes[t.of]) for t in step.majority),
    )


def _held(threshold: Threshold, votes: int, whole: int) -> e.Requirement:
    return e.Requirement(
        share=str(threshold.share),
        comparator=threshold.comparator,
        of=threshold.of,
        votes=votes,
        whole=whole,
        reached=threshold.reached(votes, whole),
    )
