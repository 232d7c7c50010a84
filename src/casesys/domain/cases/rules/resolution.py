"""Resolving: work, the clocks along it, verification, callback, closing."""

from collections.abc import Iterable, Mapping

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.cases.matter import Matter, Ruling
from casesys.domain.charter.expressions import Truth
from casesys.domain.charter.features import guard_values
from casesys.domain.charter.model import Result
from casesys.domain.charter.time import ExtensionRule
from casesys.domain.messages import Personal, Value
from casesys.domain.refusals import refuse
from casesys.domain.vocabulary import COMMANDS, Moment, ResultKind, TallyOutcome
from casesys.domain.working_time.wording import number_of

Rulings = tuple[Ruling, ...]

ENDED_BY_COMMANDS_OF_THEIR_OWN = frozenset(
    {ResultKind.DECLINED, ResultKind.WITHDRAWN, ResultKind.REFERRED, ResultKind.MERGED}
)


def start_work(m: Matter, _: c.StartWork) -> Rulings:
    """Work starts once in each round."""
    if m.case.work_started_at is not None:
        refuse("already-recorded", what=COMMANDS["start-work"])
    return ((e.WorkStarted(), None),)


def report_progress(_: Matter, command: c.ReportProgress) -> Rulings:
    """Progress is recorded."""
    return ((e.ProgressReported(command.progress), None),)


def ready_to_suspend(m: Matter) -> None:
    """The charter has grounds for it."""
    if not m.charter.time.suspensions:
        refuse("no-rule", what=COMMANDS["suspend-clock"])


def grounds_to_suspend(m: Matter) -> Iterable[c.SuspendClock]:
    """Name each ground of the charter."""
    for ground in m.charter.time.suspensions:
        yield c.SuspendClock(case_id=m.case.case_id, ground=ground)


def suspend_clock(m: Matter, command: c.SuspendClock) -> Rulings:
    """Clocks stand still on a ground of the charter, those the ground names and that run."""
    grounds = m.charter.time.suspensions
    ground = grounds.get(command.ground)
    if ground is None:
        m.unknown("suspension_ground", command.ground, grounds)
    if m.case.suspended:
        refuse("already-suspended", clause=ground.clause)
    clocks = tuple(n for n in m.running() if n in ground.clocks)
    if not clocks:
        refuse("no-clock-runs", clause=ground.clause, accepted=ground.clocks)
    for name in clocks:
        if m.expired(name):
            refuse("too-late", clause=ground.clause, what=m.charter.time.clocks[name].label)
    return ((e.ClockSuspended(command.ground, clocks, command.reason), ground.clause),)


def resume_clock(m: Matter, _: c.ResumeClock) -> Rulings:
    """What stands still goes on."""
    if not m.case.suspended:
        refuse("not-suspended", accepted=("suspend-clock",))
    return ((e.ClockResumed(m.case.suspended), None),)


def ready_to_extend(m: Matter) -> None:
    """The charter lets clocks run longer."""
    if not m.charter.time.extensions:
        refuse("no-rule", what=COMMANDS["request-extension"])


def shortest_extensions(m: Matter) -> Iterable[c.RequestExtension]:
    """Ask for the least that there is, for each clock that the charter lets run longer."""
    for rule in m.charter.time.extensions:
        yield c.RequestExtension(
            case_id=m.case.case_id, clock=rule.clock, amount=1, reason=Personal("…")
        )


def request_extension(m: Matter, command: c.RequestExtension) -> Rulings:
    """More time is asked for before the clock has run out, as much and as often as the charter allows."""
    rule = _extension_rule(m, command.clock)
    if m.case.extension is not None:
        refuse("extension-pending", clause=rule.clause)
    running = m.case.clocks.get(command.clock)
    if running is None or running.stopped_at is not None:
        refuse("no-clock-runs", clause=rule.clause, accepted=m.running())
    if m.expired(command.clock):
        refuse("too-late", clause=rule.clause, what=m.charter.time.clocks[rule.clock].label)
    if m.case.extended.get(command.clock, 0) >= rule.times:
        refuse("extended-enough", clause=rule.clause, times=rule.times)
    if running.start.unit is not rule.unit or command.amount > rule.at_most:
        allowed = number_of(rule.at_most, rule.unit.label)
        refuse("extension-too-long", clause=rule.clause, at_most=allowed)
    event = e.ExtensionRequested(command.clock, command.amount, command.reason)
    return ((event, rule.clause),)


def _extension_rule(m: Matter, clock: str) -> ExtensionRule:
    rules = m.charter.time.extensions
    rule = next((rule for rule in rules if rule.clock == clock), None)
    if rule is None:
        m.unknown("clock", clock, tuple(rule.clock for rule in rules))
    return rule


def grant_extension(m: Matter, _: c.GrantExtension) -> Rulings:
    """What was asked for is given."""
    if m.case.extension is None:
        refuse("no-extension-requested", accepted=("request-extension",))
    asked = m.case.extension
    event = e.ExtensionGranted(asked.clock, asked.amount)
    return ((event, _extension_rule(m, asked.clock).clause),)


def refuse_extension(m: Matter, command: c.RefuseExtension) -> Rulings:
    """What was asked for is not given."""
    if m.case.extension is None:
        refuse("no-extension-requested", accepted=("request-extension",))
    asked = m.case.extension
    event = e.ExtensionRefused(asked.clock, command.reason)
    return ((event, _extension_rule(m, asked.clock).clause),)


def result_of_work(m: Matter, code: str) -> Result:
    """Give a result that work can end in; refuse one that has a command of its own."""
    results = _results_of_work(m)
    if code not in results:
        m.unknown("result", code, results)
    return results[code]


def _results_of_work(m: Matter) -> Mapping[str, Result]:
    results = m.charter.results.items()
    return {code: r for code, r in results if r.kind not in ENDED_BY_COMMANDS_OF_THEIR_OWN}


def ready_for_report(m: Matter) -> None:
    """The lead reports once until it is rejected."""
    if m.case.reported is not None:
        refuse("already-reported")


def report_resolution(m: Matter, command: c.ReportResolution) -> Rulings:
    """The lead reports with a result that work can end in."""
    result_of_work(m, command.result)
    move = m.stay(
        starts=m.starts(Moment.RESOLUTION_REPORTED), stops=m.stops(Moment.RESOLUTION_REPORTED)
    )
    return ((e.ResolutionReported(command.result, move, command.summary), None),)


def _reported(m: Matter) -> str:
    if m.case.reported is None:
        refuse("not-reported", accepted=("report-resolution",))
    return m.case.reported


def verify_resolution(m: Matter, command: c.VerifyResolution) -> Rulings:
    """What was reported is verified once."""
    _reported(m)
    if m.case.verified:
        refuse("already-recorded", what=COMMANDS["verify-resolution"])
    move = m.stay(starts=m.starts(Moment.VERIFIED), stops=m.stops(Moment.VERIFIED))
    return ((e.ResolutionVerified(move, command.remarks), None),)


def reject_resolution(m: Matter, command: c.RejectResolution) -> Rulings:
    """What was reported is not so: the clocks that reporting stopped go on as if it had not been reported."""
    _reported(m)
    done = {Moment.RESOLUTION_REPORTED, Moment.VERIFIED}
    clocks = {n: clock for n, clock in m.charter.time.clocks.items() if n in m.case.clocks}
    begun_by_report = tuple(n for n in m.running() if n in clocks and clocks[n].starts in done)
    resumes = tuple(
        name
        for name, clock in clocks.items()
        if clock.starts not in done and not done.isdisjoint(clock.stops) and _stopped_now(m, name)
    )
    move = m.stay(resumes=resumes, stops=begun_by_report)
    return ((e.ResolutionRejected(move, command.reason), None),)


def _stopped_now(m: Matter, name: str) -> bool:
    """Say whether a clock has stopped since the case was last closed: what an earlier round stopped stays as it is."""
    stopped_at = m.case.clocks[name].stopped_at
    endings = m.case.endings
    return stopped_at is not None and (not endings or stopped_at > endings[-1].at)


def report_implementation(m: Matter, command: c.ReportImplementation) -> Rulings:
    """The body that decided hears what became of its decision."""
    deliberation = m.deliberation
    if not deliberation.confirmed:
        refuse("not-decided")
    body = deliberation.moderator or m.envelope.actor_id
    parties = deliberation.parties
    for step in m.procedure.steps:
        if step.kind == "meeting":
            body = parties.get(m.charter.electorates[step.electorate].body or "", body)
    return ((e.ImplementationReported(body, command.report), None),)


def record_callback(m: Matter, command: c.RecordCallback) -> Rulings:
    """Who was not reached answered nothing; a grade is one of the charter's, and may ask for reopening."""
    satisfaction = m.charter.satisfaction
    answers = (command.contacted, command.solved, command.satisfaction)
    if not command.reached and any(answer is not None for answer in answers):
        refuse("answers-of-nobody", clause=satisfaction.clause)
    asks = False
    if command.satisfaction is not None:
        grade = satisfaction.grades.get(command.satisfaction)
        if grade is None:
            m.unknown("satisfaction", command.satisfaction, satisfaction.grades)
        asks = grade.asks_reopening
    event = e.CallbackRecorded(
        reached=command.reached,
        contacted=command.contacted,
        solved=command.solved,
        satisfaction=command.satisfaction,
        asks_reopening=asks,
        remarks=command.remarks,
    )
    return ((event, satisfaction.clause),)


def results_to_close_with(m: Matter) -> Iterable[c.CloseCase]:
    """Close with the reported result, which mostly it is, or with any that work can end in."""
    case_id = m.case.case_id
    yield c.CloseCase(case_id=case_id)
    for result in _results_of_work(m):
        yield c.CloseCase(case_id=case_id, result=result)


def close_case(m: Matter, command: c.CloseCase) -> Rulings:
    """A case ends with a result and with everything that the charter requires for it."""
    code = command.result or m.case.reported
    if code is None:
        refuse("not-reported", accepted=("report-resolution", "result"))
    result_of_work(m, code)
    clause = _requirements(m, code)
    move = Move(m.close().stage, starts=m.starts(Moment.CLOSED), stops=m.close().stops)
    return ((e.CaseClosed(code, move), clause),)


def _requirements(m: Matter, result: str) -> str | None:
    """Hold the case against each closing requirement in scope; give the last clause that was met."""
    met = None
    values = closing_values(m, result)
    for requirement, guard in m.version.closing_requirements(m.course(), result):
        if guard.evaluate(values) is not Truth.TRUE:
            refuse(
                "closing-requirement",
                clause=requirement.clause,
                because=requirement.because,
            )
        met = requirement.clause
    return met


def closing_values(m: Matter, result: str) -> Mapping[str, Value]:
    """Give what closing guards may look at: the facts, and what follows from the case."""
    case = m.case
    values = guard_values(m.version, m.features())
    values |= {
        "result": result,
        "direct": case.direct,
        "case.evidence": len(case.evidence),
        "case.verified": case.verified,
        "case.implementation_reported": case.implementation_reported,
        "case.decided": bool(
            case.deliberation and case.deliberation.outcome is TallyOutcome.CARRIED
        ),
    }
    callback = case.callback
    values["case.callback_reached"] = callback is not None and callback.reached
    values["case.callback_contacted"] = callback is not None and callback.contacted is True
    values["case.solved"] = callback is not None and callback.solved is True
    values["case.satisfaction"] = (callback.satisfaction if callback else None) or ""
    return values
