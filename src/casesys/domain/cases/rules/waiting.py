"""What a case waits for: for each command that moves a case on, whether the case is where it would.

A rule says what may be done; these say what should be done next. They look no further than the case and its charter and refuse
nothing, so that a worklist can ask them of every case; most say no at once, and then nobody has to ask whether the command is ready.
"""

from collections.abc import Iterator, Mapping

from casesys.domain.cases import commands as c
from casesys.domain.cases.matter import Matter
from casesys.domain.cases.rules.collection import ended_by_contact
from casesys.domain.cases.rules.resolution import close_case, closing_values
from casesys.domain.charter.expressions import Guard, Truth
from casesys.domain.charter.steps import Consult, Meeting, Notice
from casesys.domain.charter.triage import FactsNeeded, triage
from casesys.domain.messages import Value
from casesys.domain.refusals import Refusal
from casesys.domain.vocabulary import Moment, Stage, TallyOutcome


def always(_: Matter) -> bool:
    """A case that is ready for the command waits for it."""
    return True


def to_be_made_safe(m: Matter) -> bool:
    """A clock runs until the danger is removed."""
    return bool(m.stops(Moment.MADE_SAFE))


def for_contact(m: Matter) -> bool:
    """A clock runs until the initiator is contacted."""
    return bool(ended_by_contact(m))


def to_be_accepted(m: Matter) -> bool:
    """It has not been decided yet whether the community takes the case."""
    return m.case.accepted_at is None


def for_information(m: Matter) -> bool:
    """Something was asked of the initiator, and not answered."""
    return m.case.information_asked


def to_be_resumed(m: Matter) -> bool:
    """Clocks stand still."""
    return bool(m.case.suspended)


def for_more_time(m: Matter) -> bool:
    """More time was asked for, and neither given nor refused."""
    return m.case.extension is not None


def for_facts(m: Matter) -> bool:
    """Triage cannot answer before more is known, or the work is done and cannot be closed before."""
    if m.case.stage is Stage.COLLECTION and m.case.accepted_at is not None:
        return isinstance(triage(m.version, m.features()), FactsNeeded)
    return any(guard.evaluate(values) is Truth.UNKNOWN for guard, values in _required(m))


def for_evidence(m: Matter) -> bool:
    """The work is done, and something that is required to close it lacks nothing but evidence."""
    return any(_more_evidence_helps(guard, values) for guard, values in _required(m))


def _required(m: Matter) -> Iterator[tuple[Guard, Mapping[str, Value]]]:
    """Give what is required to close with the result that was reported, and what it looks at."""
    if not _reported(m):
        return
    result = m.case.reported
    assert result is not None
    values = closing_values(m, result)
    for _, guard in m.version.closing_requirements(m.course(), result):
        yield guard, values


EVIDENCE_AT_MOST = 10_000
"""What a guard asks for beyond so many pieces of evidence, nobody is told to bring."""


def _more_evidence_helps(guard: Guard, values: Mapping[str, Value]) -> bool:
    if guard.evaluate(values) is not Truth.FALSE:
        return False
    compared = [atom.constant for atom in guard.atoms if atom.variable == "case.evidence"]
    enough = (count for constant in compared for count in (int(constant), int(constant) + 1))
    return any(
        int(values["case.evidence"]) < count <= EVIDENCE_AT_MOST
        and guard.evaluate({**values, "case.evidence": count}) is Truth.TRUE
        for count in enough
    )


def to_be_triaged_again(m: Matter) -> bool:
    """A deliberation came to an end without a decision: it lapsed, was annulled or was under way when the case was closed."""
    now = m.case.deliberation
    if m.case.stage is not Stage.DELIBERATION or now is None or now.step is not None:
        return False
    return now.convened and now.outcome is not TallyOutcome.CARRIED


def for_proposal(m: Matter) -> bool:
    """The open step is about a proposal, and there is none."""
    now = m.case.deliberation
    if now is None or now.proposals or now.step is None:
        return False
    step = m.procedure.steps[m.procedure.index(now.step)]
    return isinstance(step, Notice | Consult | Meeting)


def for_votes(m: Matter) -> bool:
    """Somebody is present who neither voted nor stands aside."""
    now = m.case.deliberation
    if now is None or now.meeting is None:
        return False
    return bool(now.meeting.present - now.recused - now.votes.keys())


def for_minutes(m: Matter) -> bool:
    """A body met, and nobody has recorded what was said."""
    return m.case.deliberation is not None and not m.case.deliberation.minuted


def to_be_begun(m: Matter) -> bool:
    """Nothing has been reported as done yet."""
    return m.case.reported is None


def to_be_verified(m: Matter) -> bool:
    """What was reported has not been seen by anybody else."""
    return not m.case.verified


def for_implementation(m: Matter) -> bool:
    """The work is done, and those who decided have not heard of it."""
    return _reported(m) and not m.case.implementation_reported


def for_callback(m: Matter) -> bool:
    """The work is done and verified, where anybody verifies, and the initiator has not been asked."""
    return _reported(m) and m.case.callback is None and _is_seen(m)


def _is_seen(m: Matter) -> bool:
    """Whether what was reported is verified, or nobody would."""
    return m.case.verified or not _somebody_may(m, "verify-resolution")


def _somebody_may(m: Matter, command: str) -> bool:
    return any(not g.stages or m.case.stage in g.stages for g in m.version.grants(command))


def _reported(m: Matter) -> bool:
    return m.case.stage is Stage.RESOLUTION and m.case.reported is not None


def to_be_closed(m: Matter) -> bool:
    """The work is done and the initiator asked, where anybody asks, or nothing else is required to close with the reported result.

    What is required and was not met is told to whoever closes: they alone can end the case otherwise, or have the work gone on with.
    """
    if not _reported(m):
        return False
    if m.case.callback is not None or (_is_seen(m) and not _somebody_may(m, "record-callback")):
        return True
    try:
        close_case(m, c.CloseCase(case_id=m.case.case_id))
    except Refusal:
        return False
    return True
