"""Procedures make sense: their steps follow from each other, and what they count can be counted."""

from collections.abc import Iterator, Mapping

from casesys.domain.charter.model import Charter, Procedure
from casesys.domain.charter.problems import Problem, problem
from casesys.domain.charter.steps import (
    Approval,
    Ballot,
    Consult,
    Electorate,
    Filing,
    Mediation,
    Meeting,
    Objections,
    OfficerDecision,
    Publish,
    Ratify,
    Step,
    Threshold,
)

DECIDING = (Consult, OfficerDecision, Meeting, Ballot, Mediation)
"""The steps that a decision can come from."""

Steps = tuple[Step, ...]


def faults(charter: Charter) -> Iterator[Problem]:
    """Find what is wrong with procedures and electorates."""
    for code, electorate in charter.electorates.items():
        yield from _electorate(charter, electorate, f"electorates.{code}.body")
    for code, procedure in charter.procedures.items():
        yield from _procedure(procedure, f"procedures.{code}")
        for index, step in enumerate(procedure.steps):
            where = f"procedures.{code}.steps.{step.id}"
            yield from _follows(step, procedure.steps[:index], where)
            if isinstance(step, Meeting | Ballot):
                yield from _vote(charter, step, where)
    yield from _objections(charter)


def _electorate(charter: Charter, electorate: Electorate, where: str) -> Iterator[Problem]:
    body = charter.parties.get(electorate.body or "")
    seated = body is not None and body.seats is not None
    if (electorate.kind == "members_of_body") != (electorate.body is not None) or (
        body is not None and not seated
    ):
        yield problem("electorate-body", where)


def _procedure(procedure: Procedure, where: str) -> Iterator[Problem]:
    deciding = [step for step in procedure.steps if isinstance(step, DECIDING)]
    mediates = any(isinstance(step, Mediation) for step in deciding)
    if not deciding:
        yield problem("procedure-decides-nothing", f"{where}.steps")
    if mediates != (procedure.track is None):
        yield problem("track", f"{where}.track")
    if mediates and len(deciding) > 1:
        yield problem("mediation-alone", f"{where}.steps")


def _follows(step: Step, earlier: Steps, where: str) -> Iterator[Problem]:
    """Check that a step has before it what it is about."""
    if isinstance(step, Publish | Objections | Approval | Filing) and not _some(earlier, DECIDING):
        yield problem("nothing-decided-yet", where, kind=step.kind)
    if isinstance(step, Objections) and not _some(earlier, (Publish,)):
        yield problem("nothing-published-yet", where)
    recounts = isinstance(step, Objections) and step.effect == "recount"
    if recounts and not _some(earlier, (Meeting, Ballot)):
        yield problem("nothing-to-count-again", f"{where}.effect")
    decisions = (s for s in earlier if isinstance(s, OfficerDecision))
    if isinstance(step, Ratify) and not any(s.further_measures for s in decisions):
        yield problem("nothing-to-ratify", where)
    again = step.second_attempt if isinstance(step, Meeting) else None
    if again is not None and again.from_step not in {s.id for s in earlier}:
        yield problem("second-attempt", f"{where}.second_attempt.from_step")


def _some(steps: Steps, kinds: tuple[type, ...]) -> bool:
    return any(isinstance(step, kinds) for step in steps)


def _vote(charter: Charter, step: Meeting | Ballot, where: str) -> Iterator[Problem]:
    electorate = charter.electorates.get(step.electorate)
    if electorate is None:
        return  # reported as an unknown name
    whole = "seated" if electorate.kind == "members_of_body" else "electorate"
    there = "present" if isinstance(step, Meeting) else "participating"
    thresholds = dict(_thresholds(step, where))
    for place, threshold in thresholds.items():
        allowed = (whole,) if "participation" in place else (whole, there, "votes_cast")
        if threshold.of not in allowed:
            yield problem("denominator", f"{place}.of", allowed=", ".join(allowed))
        if threshold.measure == "floor_area" and electorate.kind != "owners_sharing_part":
            yield problem("measure", f"{place}.measure")
        if threshold.share == 1 and threshold.comparator == "more_than":
            yield problem("never-reached", place)
    if step.form == "secret" and any(t.measure == "floor_area" for t in thresholds.values()):
        yield problem("secret-by-area", f"{where}.form")
    if isinstance(step, Ballot):
        least, most = step.opens_for_at_least, step.opens_for_at_most
        if least.unit is not most.unit or least.amount > most.amount:
            yield problem("window", where)


def _thresholds(step: Meeting | Ballot, where: str) -> Iterator[tuple[str, Threshold]]:
    """Give all thresholds of a vote, by where they stand."""
    lists = {"participation": step.participation, "majority": step.majority}
    if isinstance(step, Meeting) and step.second_attempt is not None:
        lists["second_attempt.participation"] = step.second_attempt.participation or ()
    if isinstance(step, Ballot):
        lists |= {f"special.{special.id}.majority": special.majority for special in step.special}
    for name, thresholds in lists.items():
        for index, threshold in enumerate(thresholds):
            yield f"{where}.{name}.{index}", threshold


def _objections(charter: Charter) -> Iterator[Problem]:
    """An objection leads to a procedure that the case type allows, and never in a circle."""
    leads = {code: tuple(_led_to(procedure)) for code, procedure in charter.procedures.items()}
    for code in leads:
        if _reaches(leads, code, code):
            yield problem("objection-circle", f"procedures.{code}")
    for name, case_type in charter.case_types.items():
        for code in case_type.procedures:
            for to in leads.get(code, ()):
                if to in leads and to not in case_type.procedures:
                    where = f"case_types.{name}.procedures"
                    yield problem("objection-not-allowed", where, case_type=name, name=to)


def _led_to(procedure: Procedure) -> Iterator[str]:
    for step in procedure.steps:
        if isinstance(step, Consult) and step.on_objection is not None:
            yield step.on_objection


def _reaches(leads: Mapping[str, tuple[str, ...]], start: str, goal: str) -> bool:
    """Say whether objections lead from one procedure to another, in one step or more."""
    seen: set[str] = set()
    pending = list(leads[start])
    while pending:
        code = pending.pop()
        if code == goal:
            return True
        if code not in seen:
            seen.add(code)
            pending.extend(leads.get(code, ()))
    return False
