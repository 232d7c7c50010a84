"""Invariants 6 and 7, watched from outside: who was asked, who came, who voted, and whether that was enough.

Everything is counted again from the events and the charter's text. Each step has votes and consents of its own, whatever the state
of a case may keep; a decision is confirmed when every step of its procedure was passed, and not before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from casesys.domain.cases import events as e
from casesys.domain.charter.model import Procedure
from casesys.domain.charter.steps import (
    AnyStep,
    Consult,
    Meeting,
    Objections,
    OfficerDecision,
    Ratify,
    Threshold,
)
from casesys.domain.register.state import Body
from casesys.domain.register.streams import body_stream
from casesys.domain.vocabulary import Choice, Stage, TallyOutcome
from tests.model.record import Seen


@dataclass
class Gathering:
    """One meeting: who sits in the body, who came, who stood aside, who voted what."""

    members: frozenset[str]
    present: frozenset[str]
    recused: set[str] = field(default_factory=set)
    votes: dict[str, Choice] = field(default_factory=dict)
    counted: bool = False


@dataclass
class Way:
    """A case on its way through a procedure. `short` are the steps that lacked a quorum before."""

    procedure: Procedure
    step: str | None = None
    attempt: int = 1
    parties: Mapping[str, str] = field(default_factory=dict)
    meets_at: datetime | None = None
    further: bool = False
    decided: bool = False
    passed: set[str] = field(default_factory=set)
    short: set[str] = field(default_factory=set)
    gatherings: dict[str, Gathering] = field(default_factory=dict)
    consents: dict[str, dict[str, bool]] = field(default_factory=dict)
    ratified: dict[str, dict[str, bool]] = field(default_factory=dict)
    objections: dict[int, bool | None] = field(default_factory=dict)

    @property
    def open_step(self) -> AnyStep:
        """The step that is open."""
        assert self.step is not None
        return self.procedure.steps[self.procedure.index(self.step)]

    def reopen(self, move: e.Move) -> None:
        """Take up the case again: what was not confirmed before it ended is decided no more."""
        self.follow(move)
        self.decided = self.decided and move.stage is not Stage.DELIBERATION

    def follow(self, move: e.Move) -> None:
        """Go where an event leads. A new attempt begins at its step: what comes from there on is to be done again."""
        if move.opens is None:
            return
        self.step = move.opens or None
        if move.attempt is None or move.attempt == self.attempt:
            return
        self.attempt, self.decided = move.attempt, False
        begins = self.procedure.index(move.opens)
        again = {step.id for step in self.procedure.steps[begins:]}
        self.passed -= again
        for known in (self.gatherings, self.consents, self.ratified):
            for step in again & set(known):
                del known[step]


class Votes:
    """Watches all cases deliberate and decide."""

    def __init__(self) -> None:
        """Begin without cases."""
        self.ways: dict[str, Way | None] = {}

    def __call__(self, seen: Seen) -> None:
        """Check one event, then follow it."""
        event, case_id = seen.event, seen.after.case_id
        if isinstance(event, e.CaseTriaged | e.CaseRetriaged):
            procedure = seen.version.charter.procedures.get(event.to)
            way = self.ways[case_id] = None if procedure is None else Way(procedure)
            if way is not None:
                way.follow(event.move)
            return
        way = self.ways.get(case_id)
        if way is not None and isinstance(event, e.CaseReopened):
            way.reopen(event.move)
        if way is None or not isinstance(event, e.DeliberationEvent):
            return
        if isinstance(event, _PREPARING):
            _prepare(way, event)
        elif isinstance(event, _MEETING):
            _meet(way, seen, event)
        elif isinstance(event, e.DecisionReached):
            _reached(way, event)
        elif isinstance(event, _URGENT):
            _urgently(way, seen, event)
        else:
            _afterwards(way, event)
        move = getattr(event, "move", None)
        if move is not None:
            way.follow(move)


_Preparing = e.DeliberationConvened | e.NoticeGiven | e.DeliberationPostponed | e.OpinionRecorded
_PREPARING = _Preparing
_Meeting = e.AttendanceRecorded | e.MemberRecused | e.VoteCast
_MEETING = _Meeting
_Urgent = e.DecidedUrgently | e.DecisionRatified | e.DecisionLapsed
_URGENT = _Urgent


def _prepare(way: Way, event: _Preparing) -> None:
    if isinstance(event, e.DeliberationConvened):
        way.parties = event.parties
    elif isinstance(event, e.OpinionRecorded):
        way.passed.add(way.open_step.id)
    else:
        way.meets_at = event.meets_at
        if isinstance(event, e.NoticeGiven):
            way.passed.add(way.open_step.id)


def _meet(way: Way, seen: Seen, event: _Meeting) -> None:
    step = way.open_step
    assert isinstance(step, Meeting)
    if isinstance(event, e.AttendanceRecorded):
        assert step.id not in way.gatherings
        assert way.meets_at is None or way.meets_at <= seen.recorded.effective_at
        kind = seen.version.charter.electorates[step.electorate].body
        assert event.body == way.parties[kind or ""]
        body = seen.world.state(body_stream(event.body), Body)
        assert body is not None
        assert set(event.members) == set(body.seated.values())
        assert set(event.present) <= set(event.members)
        way.gatherings[step.id] = Gathering(frozenset(event.members), frozenset(event.present))
        return
    gathering = way.gatherings[step.id]
    assert not gathering.counted
    assert event.member not in gathering.votes  # nobody votes twice, nor stands aside after voting
    if isinstance(event, e.MemberRecused):
        assert event.member in gathering.members
        gathering.recused.add(event.member)
    else:
        assert event.member in gathering.present - gathering.recused
        gathering.votes[event.member] = event.choice


def _reached(way: Way, event: e.DecisionReached) -> None:
    """A decision is carried with the participation and the majority that its clause asks for, and only then."""
    step = way.open_step
    assert (event.step, event.attempt) == (step.id, way.attempt)
    if isinstance(step, Meeting):
        assert event.tally is not None
        expected = _outcome(step, way.gatherings[step.id], event.tally, again=step.id in way.short)
        way.gatherings[step.id].counted = True
        if expected is TallyOutcome.NO_QUORUM:
            _without_quorum(way, step, event)
    else:
        assert isinstance(step, Consult)
        answers = way.consents.get(step.id, {})
        agreed = all(answers.get(side.code) for side in step.sides)
        expected = TallyOutcome.CARRIED if agreed else TallyOutcome.NOT_CARRIED
        assert agreed or False in answers.values()
    assert event.outcome is expected
    way.decided = expected is TallyOutcome.CARRIED
    if way.decided:
        way.passed.add(step.id)
        assert event.result is None


def _without_quorum(way: Way, step: Meeting, event: e.DecisionReached) -> None:
    """There is one second attempt, if the clause has it; otherwise the matter has ended."""
    if step.second_attempt is None or step.id in way.short:
        assert event.result == way.procedure.not_carried
        return
    assert event.result is None
    assert (event.move.opens, event.move.attempt) == (
        step.second_attempt.from_step,
        way.attempt + 1,
    )
    way.short.add(step.id)


def _outcome(step: Meeting, held: Gathering, tally: e.Tally, *, again: bool) -> TallyOutcome:
    choices = list(held.votes.values())
    assert (tally.votes_for, tally.votes_against, tally.abstained) == tuple(
        map(choices.count, Choice)
    )
    assert (tally.seated, tally.present) == (len(held.members), len(held.present))
    assert tally.recused == len(held.recused)
    asked = step.participation
    if again and step.second_attempt is not None and step.second_attempt.participation is not None:
        asked = step.second_attempt.participation
    took_part = len(held.present - held.recused)
    if not all(_enough(each, took_part, step, held) for each in asked):
        return TallyOutcome.NO_QUORUM
    carried = all(_enough(each, tally.votes_for, step, held) for each in step.majority)
    return TallyOutcome.CARRIED if carried else TallyOutcome.NOT_CARRIED


def _enough(threshold: Threshold, votes: int, step: Meeting, held: Gathering) -> bool:
    """Whether so many are enough, in whole numbers."""
    aside = held.recused if step.recused_leave_denominator else set()
    cast = [choice for choice in held.votes.values() if choice is not Choice.ABSTAIN]
    whole = {
        "seated": len(held.members - aside),
        "electorate": len(held.members - aside),
        "present": len(held.present - aside),
        "participating": len(held.votes),
        "votes_cast": len(cast),
    }[threshold.of]
    share = Fraction(threshold.share)
    left, right = votes * share.denominator, whole * share.numerator
    return whole > 0 and (left > right or (left == right and threshold.comparator == "at_least"))


def _urgently(way: Way, seen: Seen, event: _Urgent) -> None:
    """Further measures hold when all sides have ratified them, and lapse otherwise."""
    step = way.open_step
    if isinstance(event, e.DecidedUrgently):
        assert isinstance(step, OfficerDecision)
        assert seen.leaf.actor_role in step.roles
        assert step.further_measures or not event.further
        way.passed.add(step.id)
        way.parties = {**way.parties, **event.parties}
        way.further, way.decided = event.further, True
        if not event.further:
            _nothing_to_ratify(way, step)
        return
    assert isinstance(step, Ratify)
    if isinstance(event, e.DecisionLapsed):
        way.further, way.decided = False, False
        return
    answers = way.ratified.setdefault(step.id, {})
    assert event.side not in answers
    answers[event.side] = event.ratifies
    complete = all(answers.get(side.code) for side in step.sides)
    assert event.complete is complete
    if complete:
        way.passed.add(step.id)


def _nothing_to_ratify(way: Way, step: OfficerDecision) -> None:
    for following in way.procedure.steps[way.procedure.index(step.id) + 1 :]:
        if not isinstance(following, Ratify):
            return
        way.passed.add(following.id)


_Afterwards = (
    e.ProposalTabled
    | e.ConsentRecorded
    | e.ConsentPresumed
    | e.MinutesRecorded
    | e.DecisionPublished
    | e.ObjectionRaised
    | e.ObjectionSettled
    | e.ObjectionsClosed
    | e.DecisionConfirmed
    | e.DecisionAnnulled
)


def _afterwards(way: Way, event: _Afterwards) -> None:
    match event:
        case e.ConsentRecorded(side=side, consents=consents):
            answers = way.consents.setdefault(way.open_step.id, {})
            assert side not in answers
            answers[side] = consents
        case e.ConsentPresumed(sides=sides):
            way.consents.setdefault(way.open_step.id, {}).update(dict.fromkeys(sides, True))
        case e.DecisionPublished():
            assert way.decided
            way.passed.add(way.open_step.id)
        case e.ObjectionRaised(number=number):
            assert number not in way.objections
            way.objections[number] = None
        case e.ObjectionSettled(number=number, upheld=upheld, effect=effect):
            assert way.objections[number] is None
            way.objections[number] = upheld
            if effect == "send_back":
                way.short.clear()
        case e.ObjectionsClosed():
            assert None not in way.objections.values()
        case e.DecisionConfirmed():
            _confirmed(way)
        case e.DecisionAnnulled():
            way.decided = False
        case _:
            pass


def _confirmed(way: Way) -> None:
    assert way.decided
    assert None not in way.objections.values()
    steps = [step.id for step in way.procedure.steps if not isinstance(step, Objections)]
    assert [step for step in steps if step not in way.passed] == [], (steps, way.step)
