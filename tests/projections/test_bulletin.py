"""Residents read of public cases, redacted; what is made less public is gone with the same event."""

import re
import sqlite3
from datetime import date, timedelta
from functools import cache, partial

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.domain.vocabulary import Stage
from casesys.domain.working_time.zone import HOUR, Zone
from casesys.projections.bulletin import (
    BULLETIN,
    EVERYWHERE,
    IN_GRID,
    BulletinCase,
    BulletinFilter,
    page,
)
from tests.community import ORGANISATIONS, STAFF, Community, founded, local
from tests.projections.built import everything, plan
from tests.projections.knowing import is_shown
from tests.projections.seasons import PLEASED, answered, season
from tests.projections.served import served
from tests.projections.test_audit_trail import ALL_GRIDS
from tests.projections.test_figures import cases

SHANGHAI = Zone((-(2**60),), (8 * HOUR,))


@cache
def told() -> sqlite3.Connection:
    """The bulletin of the season."""
    return served(season().log, BULLETIN)


def shown(
    community: Community, wanted: BulletinFilter | None = None, *, limit: int = 3
) -> list[BulletinCase]:
    """The whole bulletin, page by page."""
    db = told() if community is season() else served(community.log, BULLETIN)
    return list(
        everything(
            lambda key: page(db, wanted or BulletinFilter(), SHANGHAI, after=key, limit=limit)
        )
    )


WANTED = st.builds(
    BulletinFilter,
    grid=st.sampled_from((None, *ALL_GRIDS)),
    case_type=st.sampled_from((None, None, "issue", "report", "suggestion")),
    category=st.sampled_from((None, None, "courtyard_lamp", "policy")),
    closed=st.sampled_from((None, True, False)),
)


@given(wanted=WANTED, limit=st.integers(1, 9))
def test_it_shows_what_is_public_and_wanted(wanted: BulletinFilter, limit: int) -> None:
    """Given any wish, then the bulletin holds each wanted case of a level that it shows, once, the last collected first."""
    expected = [
        now.case
        for now in cases().values()
        if is_shown(now)
        and (wanted.grid is None or wanted.grid in now.case.path)
        and wanted.case_type in {None, now.case.case_type}
        and wanted.category in {None, now.case.category}
        and wanted.closed in {None, now.case.stage is Stage.CLOSED}
    ]
    expected.sort(key=lambda case: (case.collected_at, case.case_id), reverse=True)

    found = shown(season(), wanted, limit=limit)

    assert [each.case_id for each in found] == [case.case_id for case in expected]
    for each, case in zip(found, expected, strict=True):
        assert (each.title, each.category, each.status) == (case.title, case.category, case.status)
        assert (each.stage, each.result, each.grid) == (case.stage, case.result, case.grid)


def test_it_names_nobody() -> None:
    """Given a season, then the bulletin holds no person, initiator or instant, and says who leads if that is an organisation."""
    found = shown(season())
    text = msgspec.json.encode(found).decode()

    people = {*STAFF, "newcomer", "zhang-san", "li-si", "initiator"}
    assert not [person for person in people if f'"{person}' in text]
    assert not re.search(r"\d\d:\d\d", text)
    assert {each.lead for each in found} == {None, *ORGANISATIONS} & {each.lead for each in found}
    assert {each.lead for each in found} >= {"property_company", "street_office"}


def test_a_person_who_leads_is_not_named() -> None:
    """Given a case whose lead is a person, then the bulletin does not say who leads."""
    community = founded()
    case = community.collect("policy", case_type="inquiry")
    community.do(case, "accept-case", "duty_officer")
    community.do(case, "triage-case", "duty_officer")
    community.do(case, "dispatch-case", "dispatcher", lead="coordinator", reason="熟悉")
    assert community.case(case).lead == "coordinator"

    (found,) = shown(community)

    assert (found.stage, found.lead) == ("assignment", None)


def test_a_case_made_confidential_is_gone_and_comes_back() -> None:
    """Given a public case, when its level hides it, then it is out of every list with that event, and back with the next."""
    community = founded()
    case = community.collect()
    change = partial(community.do, case, "change-visibility", "secretary")
    in_grid = BulletinFilter(grid="grid-3")

    listed = []
    for level in ("handling", "public"):
        change(level=level)
        listed.append((len(shown(community)), len(shown(community, in_grid))))

    assert listed == [(0, 0), (1, 1)]


def test_a_shielded_case_is_never_shown() -> None:
    """Given a report, even if somebody made its level public, then the bulletin does not know it."""
    community = founded()
    report = community.collect("conduct", "反映", case_type="report")
    community.do(report, "change-visibility", "secretary", level="public")

    assert shown(community) == []
    assert "反映" not in "\n".join(served(community.log, BULLETIN).iterdump())


def test_days_are_those_of_the_place() -> None:
    """Given a case collected and closed after midnight, then its days are those on the wall, not those in Greenwich."""
    community = founded()
    community.at("2026-03-05 00:30")
    answered(community, PLEASED)

    (found,) = shown(community)

    assert (found.collected_on, found.closed_on) == (date(2026, 3, 5), date(2026, 3, 6))
    assert local("2026-03-05 00:30").date() == date(2026, 3, 4)


def test_a_correction_does_not_change_the_day_of_closing() -> None:
    """Given a closed case, when its result is corrected a week later, then it was closed when it was; reopened, it is not closed."""
    community = founded()
    case = answered(community, PLEASED)
    closed_on = shown(community)[0].closed_on
    community.wait(days=7)
    community.do(case, "correct-result", "secretary", result="partly_resolved", reason="未完")

    (corrected,) = shown(community)
    community.do(case, "request-reopening", "grid_worker", reason="又坏了")
    community.do(case, "reopen-case", "grid_lead", reason="又坏了")
    (reopened,) = shown(community)

    assert (corrected.result, corrected.closed_on) == ("partly_resolved", closed_on)
    assert (reopened.result, reopened.closed_on) == (None, None)


def test_a_published_decision_is_shown_and_whether_it_stands() -> None:
    """Given the courtyard's decision, published and annulled later, then it is there with its day and places, and does not stand."""
    (courtyard,) = (each for each in shown(season()) if each.case_id == "case-04")

    (decision,) = courtyard.decisions

    assert (decision.outcome, decision.stands) == ("carried", False)
    assert decision.places == ("notice_board", "residents_group")
    assert courtyard.collected_on < decision.published_on
    until = season().now.date() + timedelta(days=1)
    assert decision.published_on < until


@pytest.mark.parametrize("query", [EVERYWHERE, IN_GRID])
def test_a_page_is_read_off_an_index_in_order(query: str) -> None:
    """Given any grid or none, then SQLite neither looks at all rows nor sorts any."""
    steps = plan(told(), query, {"grid": "x", "at": 0, "case_id": ""})

    assert "SCAN" not in steps
    assert "TEMP B-TREE" not in steps
