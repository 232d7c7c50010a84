"""The invariants of the domain that hold of a case by itself, each by its number. Others are tested where they belong."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.catalogue import decide, fold
from casesys.domain.messages import Personal, Recorded, personal_fields
from casesys.domain.vocabulary import TallyOutcome
from casesys.domain.working_time import deadline, parse_calendar
from tests.domain.cases.ways import (
    HALL,
    LEAD,
    REPRESENTATIVES,
    STREAM,
    agreed,
    assigned,
    case,
    closed,
    concluding,
    confirmed,
    deliberation,
    directed,
    dispatched,
    does,
    met,
    ordered,
    ratifying,
    voting,
)
from tests.domain.neighbourhood import CALENDAR, neighbourhood, under
from tests.domain.specification import Scene, at

SEATS = len(REPRESENTATIVES)
STORIES: tuple[Callable[[], Scene], ...] = (closed, agreed, confirmed, ordered)
each_story = pytest.mark.parametrize("story", STORIES)

VOTES = st.lists(st.sampled_from(["for", "against", "abstain"]), max_size=SEATS)


def of_the_case(scene: Scene) -> list[Recorded]:
    """The events of the case, in order."""
    return [one for happening in scene.history for one in happening.events if one.stream == STREAM]


@each_story
def test_invariant_01_the_versions_of_a_stream_count_without_a_gap(
    story: Callable[[], Scene],
) -> None:
    """Given all that happened, then the events of each stream count 1, 2, 3, and its version is the last."""
    seen: dict[str, count[int]] = {}
    for happening in story().history:
        for one in happening.events:
            assert one.version == next(seen.setdefault(one.stream, count(1)))
    for stream, versions in seen.items():
        assert story().states[stream].version == next(versions) - 1  # type: ignore[index] # streams of the story


@given(choices=VOTES, extra=st.integers(0, SEATS))
def test_invariant_06_no_decision_without_participation(choices: list[str], extra: int) -> None:
    """Given any number present and any votes, when they are counted, then it is carried by quorum and majority only, else never."""
    present = min(len(choices) + extra, SEATS)

    event = met(present, choices).when(concluding()).decision.outcomes[0].event

    assert isinstance(event, e.DecisionReached)
    quorum = 3 * present >= 2 * SEATS
    majority = 2 * choices.count("for") > present
    assert (event.outcome is TallyOutcome.CARRIED) == (quorum and majority)
    assert (event.outcome is TallyOutcome.NO_QUORUM) == (not quorum)


@given(choices=VOTES)
def test_invariant_06_the_tally_is_what_was_cast(choices: list[str]) -> None:
    """Given any votes, when they are counted, then the numbers of the tally are theirs."""
    event = met(SEATS, choices).when(concluding()).decision.outcomes[0].event

    assert isinstance(event, e.DecisionReached)
    assert event.tally is not None
    counted = event.tally.votes_for, event.tally.votes_against, event.tally.abstained
    assert counted == tuple(choices.count(choice) for choice in ("for", "against", "abstain"))


def test_invariant_06_nobody_votes_twice_nor_for_anybody_else() -> None:
    """Given everybody has voted, when anybody votes again, or somebody who is no member, then no vote is added."""
    scene = met(SEATS, ["for"] * SEATS)

    for vote in voting(["against"] * SEATS):
        scene.when(vote).refused("already-voted", "art-25")
    stranger = does("teller", "03-16 20:00", c.CastVote, member=HALL, choice="for")
    scene.when(stranger).refused("not-a-member", "art-25")


def test_invariant_07_what_is_not_ratified_lapses_and_what_was_made_safe_never_does() -> None:
    """Given measures that two of three ratified, when 48 hours have passed, then they lapse visibly, and the safety stays."""
    scene = ordered().given(
        ratifying("owners", "03-03 09:00"),
        ratifying("residents", "03-03 09:00"),
        does("clock", "03-04 11:30", c.LapseDecision),
    )

    assert deliberation(scene).lapsed
    assert isinstance(of_the_case(scene)[-1].event, e.DecisionLapsed)
    assert case(scene).made_safe_at == at("03-02 11:30")


ROUND = (
    does(LEAD, "03-02 15:00", c.DisputeAssignment),
    does("coordinator", "03-02 16:00", c.RuleOnDispute, lead="property_company"),
    does("dispatcher", "03-02 17:00", c.HandOver, to="municipal_lighting"),
    does(LEAD, "03-02 18:00", c.AcceptAssignment),
    does("dispatcher", "03-03 09:00", c.HandOver, to="street_office"),
)


@pytest.mark.parametrize("stays", [True, False])
def test_invariant_08_one_lead_while_an_assignment_is_open(*, stays: bool) -> None:
    """Given a dispute, a ruling and hand-overs, then there is one lead at every moment, in the dispute only if the charter says so."""
    on = under(("assignment.lead_stays_while_disputed", stays))
    scene = dispatched(on)
    leads = [case(scene).lead]
    for act in ROUND:
        scene = scene.given(act)
        leads.append(case(scene).lead)

    assert leads == [
        "municipal_lighting",
        "municipal_lighting" if stays else None,
        "property_company",
        "municipal_lighting",
        "municipal_lighting",
        "street_office",
    ]


def test_invariant_08_no_lead_without_an_assignment() -> None:
    """Given a case not yet dispatched, returned, triaged again or annulled, then nobody leads."""
    returned = dispatched().given(
        does(LEAD, "03-02 15:00", c.ReturnAssignment, ground="wrong_lead")
    )
    again = assigned().given(does("dispatcher", "03-03 09:00", c.RetriageCase))
    annulled = confirmed().given(
        does("dispatcher", "04-13 09:00", c.DispatchCase),
        does("secretary", "04-13 10:00", c.AnnulDecision, reason="某事"),
    )

    assert {case(scene).lead for scene in (directed(), returned, again, annulled)} == {None}


@given(begin=st.integers(3, 10), nights=st.integers(0, 30))
def test_invariant_10_a_suspension_gives_back_just_what_it_took(begin: int, nights: int) -> None:
    """Given a clock that stands still for some nights, then the deadline is later by just the working days whose ends it missed."""
    calendar = parse_calendar(CALENDAR.encode())
    since = date(2026, 3, begin)
    until = since + timedelta(days=nights)
    standing = assigned().given(
        does("dispatcher", f"{since:%m-%d} 20:00", c.SuspendClock, ground="weather"),
        does("dispatcher", f"{until:%m-%d} 20:30", c.ResumeClock),
    )

    def last_day(scene: Scene) -> int:
        term = case(scene).clocks["resolve"].term
        return deadline(term, calendar, at("06-01 00:00")).due_at.toordinal()

    def working(first: int, end: int) -> int:
        return sum(calendar.works(day) for day in range(first, end))

    lost = working(since.toordinal(), until.toordinal())
    assert working(last_day(assigned()) + 1, last_day(standing) + 1) == lost


def test_invariant_12_reopening_and_correcting_keep_the_earlier_results() -> None:
    """Given a case corrected, reopened and closed otherwise, then all its results are on record, in order."""
    scene = closed().given(
        does("secretary", "03-09 08:00", c.CorrectResult, result="partly_resolved", reason="某事"),
        does("callback_officer", "03-09 09:00", c.RequestReopening, reason="某事"),
        does("grid_lead", "03-09 10:00", c.ReopenCase),
        does("dispatcher", "03-10 09:00", c.CloseCase, result="not_solvable"),
    )

    assert [each.result for each in case(scene).endings] == [
        "resolved",
        "partly_resolved",
        "not_solvable",
    ]
    assert case(scene).reopenings == 1


@each_story
def test_invariant_13_a_prefix_of_the_events_is_the_case_as_it_was(
    story: Callable[[], Scene],
) -> None:
    """Given the events of a case up to any of its commands, when they are folded, then it is the case as that command left it."""
    scene = neighbourhood()
    events: list[Recorded] = []
    for happening in story().history[len(scene.history) :]:
        scene = scene.given(happening.act)
        events.extend(one for one in happening.events if one.stream == STREAM)

        assert fold({}, events)[STREAM] == scene.states[STREAM]


@each_story
def test_invariant_14_erasing_personal_data_changes_no_state(story: Callable[[], Scene]) -> None:
    """Given the events of a case whose personal texts are all gone, when they are folded, then the state is the same."""
    events = of_the_case(story())

    assert fold({}, map(erased, events))[STREAM].state == fold({}, events)[STREAM].state


def erased(recorded: Recorded) -> Recorded:
    """An event as it is read when nobody can open its personal data."""
    gone = {
        name: Personal(pd=slot)
        for slot, name in enumerate(personal_fields(type(recorded.event)))
        if getattr(recorded.event, name) is not None
    }
    return replace(recorded, event=replace(recorded.event, **gone))


@each_story
def test_invariant_15_deciding_again_gives_exactly_what_was_recorded(
    story: Callable[[], Scene],
) -> None:
    """Given every command of a story, founding and register included, when it is decided again, then it is decided the same."""
    scene = Scene()
    for happening in story().history:
        again = decide(happening.act.command, happening.act.envelope, scene.world())
        assert again == happening.decision
        scene = scene.given(happening.act)

    assert scene.states == story().states
