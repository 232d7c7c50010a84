"""A community after much has happened in it, for tests of read models to look at: many lives, several grids, levels and charters.

Besides the lives that hold every event a case can have: `grid-2` has adopted a charter of its own, under which the lead knows of no
confidential case; `grid-1` has cases of several types and levels, one of them a report, which is shielded, one made confidential
later; and the register has given and revoked, filled and vacated, opened and closed.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache, partial

from casesys.domain.messages import Personal, Text
from casesys.domain.register import commands as r
from tests.community import COMMUNITY, Community, founded, hire, stock_charter
from tests.replay.lives import LIVES

CONFIDENTIAL = (
    'roles = ["secretary", "lead", "supervisor", "privacy_officer"]',
    'roles = ["secretary", "supervisor", "privacy_officer"]',
)


def answered(
    community: Community,
    answers: Mapping[str, object] | None = None,
    *,
    result: str = "resolved",
    grid: str = "grid-3",
) -> str:
    """An inquiry that is reported a day later and closed; `answers` are the initiator's, when called back before."""
    case = community.collect("policy", "何时开放", case_type="inquiry", grid=grid)
    do = partial(community.do, case)
    do("accept-case", "duty_officer")
    do("triage-case", "duty_officer")
    do("dispatch-case", "dispatcher", lead="street_office", reason="政策咨询")
    do("accept-assignment", "lead-street_office")
    community.wait(days=1)
    do("report-resolution", "lead-street_office", result=result)
    do("verify-resolution", "verifier")
    if answers is not None:
        do("record-callback", "callback_officer", **answers)
    do("close-case", "callback_officer")
    return case


PLEASED = {"reached": True, "contacted": True, "solved": True, "satisfaction": "satisfied"}
"""The answers of an initiator who is content."""


@cache
def season() -> Community:
    """The community, played once. Tests only read it."""
    community = founded()
    for live in LIVES:
        community.wait(hours=1)
        live(community)
    _second_charter(community)
    _cases_of_all_levels(community)
    _register_changes(community)
    for grid in ("grid-1", "grid-21"):
        answered(community, PLEASED, grid=grid)
    return community


def _second_charter(community: Community) -> None:
    changed = stock_charter(
        {'version = "2026.1"': 'version = "2026.2"', CONFIDENTIAL[0]: CONFIDENTIAL[1]}
    )
    community.register(r.InstallCharter(grid_id="grid-2", document=changed))
    name = Text("第21网格", "Grid 21")
    community.register(r.EstablishGrid(grid_id="grid-21", parent="grid-2", name=name))


def _cases_of_all_levels(community: Community) -> None:
    for grid in ("grid-1", "grid-2", "grid-21", COMMUNITY):
        community.wait(hours=3)
        community.collect(grid=grid)
        report = community.collect("conduct", "反映的问题", case_type="report", grid=grid)
        open_to_all = community.collect("proposal", "增设长椅", case_type="suggestion", grid=grid)
        hidden = community.collect("family", "邻里纠纷", case_type="dispute", grid=grid)
        community.wait(minutes=30)
        community.do(open_to_all, "change-visibility", "secretary", level="public")
        community.do(report, "accept-case", "secretary")
        community.do(hidden, "accept-case", "secretary")
        community.do(hidden, "change-visibility", "secretary", level="confidential")


def _register_changes(community: Community) -> None:
    register = community.register
    community.wait(days=1)
    hire(community, "newcomer", "新人", "grid_worker")
    register(r.RevokeMandate(person_id="newcomer", mandate_id="mandate-newcomer"))
    for_a_while = r.GiveMandate(
        person_id="newcomer",
        mandate_id="for-a-while",
        role="supervisor",
        grid_id="grid-21",
        since=community.now + timedelta(days=2),
        until=community.now + timedelta(days=9),
    )
    register(for_a_while)
    register(r.VacateSeat(body_id="owners_committee", seat=2))
    community.wait(days=1)
    register(r.FillSeat(body_id="owners_committee", seat=2, person_id="newcomer"))
    register(r.AppointParty(grid_id="grid-1", kind="property_company", party="newcomer"))
    station = Text("驿站", "station")
    register(
        r.OpenIntakePoint(
            intake_point_id="station", name=station, grid_id="grid-1", channel="visit"
        )
    )
    duty = r.Duty(date(2026, 7, 1), "newcomer")
    register(r.SetRoster(intake_point_id="station", duties=(duty,)))
    key = "ab" * 32
    register(r.IssueApiKey(key_hash=key, person_id="newcomer", client_id="desk", label="desk"))
    community.wait(days=1)
    register(r.RevokeApiKey(key_hash=key))
    register(r.CloseIntakePoint(intake_point_id="station"))
    register(r.AppointParty(grid_id="grid-1", kind="property_company", party=None))
    register(r.RegisterPerson(person_id="namesake", name=Personal("新 人")))
