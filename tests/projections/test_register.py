"""The register can be asked how it stood at any instant, by those who may look into it."""

import sqlite3
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.domain.register import commands as r
from casesys.domain.register.authority import OPERATOR
from casesys.domain.register.knowledge import Sight
from casesys.domain.register.state import Body, Grid, Person
from casesys.domain.working_time import Calendar
from casesys.domain.working_time.zone import UTC_ZONE
from casesys.projections.batches import Walk
from casesys.projections.contract import Batch
from casesys.projections.register import REGISTER
from casesys.projections.register_facts import (
    OF_PEOPLE,
    ApiKeyFact,
    BodyFact,
    CharterFact,
    Kind,
    MandateFact,
    PartyFact,
    RegisterFact,
    RosterFact,
    SeatFact,
)
from casesys.projections.register_queries import STOOD, at, home_zone
from casesys.store.memory import MemoryLog
from tests.community import COMMUNITY, Community, founded, stock_charter
from tests.projections.built import everything, plan
from tests.projections.seasons import season
from tests.projections.served import served
from tests.projections.test_audit_trail import SIGHTS

KEEPER = (Sight(OPERATOR, COMMUNITY),)


@cache
def told() -> sqlite3.Connection:
    """The register of the season."""
    return served(season().log, REGISTER)


def stood(  # noqa: PLR0913 - all but the first two have their usual value
    community: Community,
    kind: Kind,
    *,
    days: float = 0,
    held: tuple[Sight, ...] = KEEPER,
    position: int | None = None,
    of: str | None = None,
    grid: str | None = None,
) -> list[RegisterFact]:
    """All facts of a kind, so many days from the community's now, in small pages."""
    db = told() if community is season() else served(community.log, REGISTER)
    moment = community.now + timedelta(days=days)
    return list(
        everything(
            lambda key: at(
                db, held, moment, kind, position=position, of=of, grid=grid, after=key, limit=4
            )
        )
    )


@cache
def ended() -> Batch:
    """The season in one piece."""
    return Walk(season().log, 0).advance(season().log.head().size)


def states(kind: type[object]) -> list[object]:
    """The states of all streams of a kind at the end of the season."""
    last = {step.recorded.stream: step.after for step in ended().steps}
    return [state for state in last.values() if isinstance(state, kind)]


def test_now_it_is_what_decisions_see() -> None:
    """Given a season, then mandates, seats, parties and charters in force are those that its decisions go by."""
    now = season().now
    mandates = {
        (person.person_id, mandate.mandate_id)
        for person in states(Person)
        if isinstance(person, Person)
        for mandate in person.mandates
        if mandate.valid(now)
    }
    seats = {
        (body.body_id, seat, person)
        for body in states(Body)
        if isinstance(body, Body)
        for seat, person in body.seated.items()
    }
    grids = [grid for grid in states(Grid) if isinstance(grid, Grid)]

    facts = {kind: [row.fact for row in stood(season(), kind)] for kind in Kind}

    given = [fact for fact in facts[Kind.MANDATE] if isinstance(fact, MandateFact)]
    assert {(fact.person, fact.mandate_id) for fact in given} == mandates
    filled = [fact for fact in facts[Kind.SEAT] if isinstance(fact, SeatFact)]
    assert {(fact.body, fact.seat, fact.person) for fact in filled} == seats
    serving = [fact for fact in facts[Kind.PARTY] if isinstance(fact, PartyFact)]
    assert len(serving) == sum(len(grid.parties) for grid in grids)
    assert len(facts[Kind.CHARTER]) == sum(bool(grid.charters) for grid in grids)
    assert len(facts[Kind.GRID]) == len(grids)


def test_a_mandate_holds_for_its_term() -> None:
    """Given a mandate from the day after tomorrow for a week, then it is there for that week, and says so."""
    community = founded()
    since, until = (community.now + timedelta(days=days) for days in (2, 9))
    community.register(
        r.GiveMandate(
            person_id="verifier",
            mandate_id="week",
            role="supervisor",
            grid_id="grid-1",
            since=since,
            until=until,
        )
    )

    found = {
        days: stood(community, Kind.MANDATE, days=days, of="verifier") for days in (0, 2, 8.9, 9)
    }

    assert {days: len(rows) for days, rows in found.items()} == {0: 1, 2: 2, 8.9: 2, 9: 1}
    week = next(row for row in found[2] if row.subject == "verifier/week")
    assert (week.grid, week.since, week.until) == ("grid-1", since, until)


def test_what_was_ended_still_was() -> None:
    """Given a seat that was vacated and filled again, then at each instant the person who sat there then is named, with both ends."""
    community = founded()
    community.wait(days=1)
    community.register(r.VacateSeat(body_id="owners_committee", seat=2))
    community.wait(days=1)
    community.register(r.FillSeat(body_id="owners_committee", seat=2, person_id="verifier"))

    sat = [
        [
            (row.fact.person, row.until)
            for row in stood(community, Kind.SEAT, days=days, of="owners_committee/0002")
            if isinstance(row.fact, SeatFact)
        ]
        for days in (-2, -1, 0)
    ]

    vacated = community.now - timedelta(days=1)
    assert sat == [[("owners_committee-02", vacated)], [], [("verifier", None)]]


def test_a_fact_names_the_events_of_its_ends() -> None:
    """Given mandates with a term and without, one of them revoked, then each says by which event it began, and by which it ends."""
    community = founded()
    given = {}
    for mandate, until in (("open", None), ("term", community.now + timedelta(days=9))):
        command = r.GiveMandate(
            person_id="verifier",
            mandate_id=mandate,
            role="supervisor",
            grid_id="grid-1",
            until=until,
        )
        given[mandate] = community.register(command).first
    ended = {"open": None, "term": given["term"]}
    assert named(community, 0) == {each: (given[each], ended[each]) for each in given}

    community.wait(days=1)
    for mandate in given:
        revoked = r.RevokeMandate(person_id="verifier", mandate_id=mandate)
        ended[mandate] = community.register(revoked).first

    assert named(community, -0.5) == {each: (given[each], ended[each]) for each in given}
    for row in stood(community, Kind.MANDATE, days=-0.5, of="verifier"):
        (begun,) = community.log.read(row.position - 1, 1)
        assert (row.event_id, begun.leaf.type) == (begun.leaf.event_id, "mandate-given")


def named(community: Community, days: float) -> dict[str, tuple[int, int | None]]:
    """The positions of the beginning and the end of the mandates of the verifier that were given in a test."""
    return {
        row.fact.mandate_id: (row.position, row.ended_position)
        for row in stood(community, Kind.MANDATE, days=days, of="verifier")
        if isinstance(row.fact, MandateFact) and row.fact.mandate_id in {"open", "term"}
    }


@pytest.mark.parametrize("kind", Kind)
def test_as_of_a_position_it_is_what_was_told_there(kind: Kind) -> None:
    """Given a register that went on, backdated too, when it is asked as of a position, then it says what it said there."""
    community = founded()
    begun = community.now
    community.wait(days=2)
    position = community.log.head().size
    instants = (-1, 0, 30)
    told_then = [stood(community, kind, days=days) for days in instants]
    document = stock_charter({'version = "2026.1"': 'version = "2026.2"'})
    backdated = community.now - timedelta(days=1)
    for command in (
        r.InstallCharter(grid_id=COMMUNITY, document=document, in_force_from=begun),
        r.GiveMandate(
            person_id="verifier",
            mandate_id="new",
            role="verifier",
            grid_id="grid-1",
            since=begun,
        ),
        r.VacateSeat(body_id="owners_committee", seat=2),
        r.RevokeMandate(person_id="moderator", mandate_id="mandate-moderator"),
    ):
        community.give(command, "operator", effective_at=backdated)

    told_now = [stood(community, kind, days=days) for days in instants]

    assert [stood(community, kind, days=d, position=position) for d in instants] == told_then
    if kind in {Kind.CHARTER, Kind.MANDATE, Kind.SEAT}:
        assert told_now != told_then


def test_of_two_charters_the_later_in_force_counts() -> None:
    """Given a version for next month, then one for next week installed after it, then each is in force from its day on."""
    community = founded()
    for version, days in (("2026.3", 30), ("2026.2", 7)):
        document = stock_charter({'version = "2026.1"': f'version = "{version}"'})
        begins = community.now + timedelta(days=days)
        community.register(
            r.InstallCharter(grid_id=COMMUNITY, document=document, in_force_from=begins)
        )

    found = []
    for days in (0, 7, 30, 400):
        (row,) = stood(community, Kind.CHARTER, days=days)
        assert isinstance(row.fact, CharterFact)
        found.append((row.fact.version, row.until and (row.until - community.now).days))

    assert found == [("2026.1", 7), ("2026.2", 30), ("2026.3", None), ("2026.3", None)]


def test_a_key_is_named_by_the_beginning_of_its_hash() -> None:
    """Given keys issued with an end and revoked, then they are there while they open, and their whole hashes nowhere."""
    community = founded()
    until = community.now + timedelta(days=5)
    issued = r.IssueApiKey(
        key_hash="cd" * 32,
        person_id="verifier",
        client_id="desk",
        label="front desk",
        expires_at=until,
    )
    community.register(issued)

    (key,) = stood(community, Kind.API_KEY, of="cdcdcdcdcdcd")

    assert key.fact == ApiKeyFact("verifier", "desk", "front desk")
    assert key.until == until
    assert stood(community, Kind.API_KEY, days=5, of="cdcdcdcdcdcd") == []
    community.register(r.RevokeApiKey(key_hash="cd" * 32))
    assert stood(community, Kind.API_KEY, of="cdcdcdcdcdcd") == []
    assert "cd" * 32 not in "\n".join(served(community.log, REGISTER).iterdump())


def test_an_intake_point_and_its_roster_end_together() -> None:
    """Given the season's station, then it was open with its roster until it was closed."""
    for kind in (Kind.INTAKE_POINT, Kind.ROSTER):
        assert stood(season(), kind) == []
    (roster,) = stood(season(), Kind.ROSTER, days=-2.5)
    assert isinstance(roster.fact, RosterFact)
    assert [person for _, person in roster.fact.duties] == ["newcomer"]
    assert (roster.subject, roster.grid) == ("station", "grid-1")


def test_a_list_can_be_narrowed() -> None:
    """Given a subject or a grid, then only what belongs to it is listed; a name that begins alike does not."""
    bodies = stood(season(), Kind.BODY, of="residents_hall")
    assert [row.fact for row in bodies if isinstance(row.fact, BodyFact)] != []
    assert {row.subject for row in bodies} == {"residents_hall"}
    assert {row.grid for row in stood(season(), Kind.GRID, grid="grid-2")} == {"grid-2", "grid-21"}
    assert stood(season(), Kind.BODY, of="residents") == []


@given(held=SIGHTS, kind=st.sampled_from(Kind))
def test_persons_are_for_those_over_their_grid(held: tuple[Sight, ...], kind: Kind) -> None:
    """Given any sights, then institutions are for all who have one, persons for those over the grid, keys for its operators."""
    everything_there = stood(season(), kind)
    paths = {grid.path[-1]: grid.path for grid in states(Grid) if isinstance(grid, Grid)}

    seen = stood(season(), kind, held=held)

    if kind is Kind.API_KEY:
        held = tuple(sight for sight in held if sight.role == OPERATOR)
    over = {sight.grid for sight in held}
    expected = [
        row
        for row in everything_there
        if held and (kind not in {*OF_PEOPLE, Kind.API_KEY} or not over.isdisjoint(paths[row.grid]))
    ]
    assert seen == expected


def test_the_zone_of_the_place_is_that_of_its_first_calendar() -> None:
    """Given a community that adopted a calendar, then days are told in its zone; before that, in UTC."""
    digest = next(
        step.recorded.event.digest
        for step in ended().steps
        if step.leaf.type == "calendar-adopted" and hasattr(step.recorded.event, "digest")
    )

    assert home_zone(told()) == ended().world.document(digest, Calendar).zone
    assert home_zone(served(MemoryLog(), REGISTER)) == UTC_ZONE


@pytest.mark.parametrize("of", ["", "x"])
def test_the_facts_are_read_off_an_index_in_order(of: str) -> None:
    """Given any question about the register, then SQLite neither looks at all rows nor sorts any."""
    given = {"kind": "seat", "after": "", "of": of, "beyond": "z", "at": 0, "known": 9}

    steps = plan(told(), STOOD, given)

    assert "SCAN" not in steps
    assert "TEMP B-TREE" not in steps
