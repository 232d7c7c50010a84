"""A history for programs: one JSON object with the same keys always."""

import json
from datetime import UTC, datetime

import msgspec

from casesys.domain.cases.commands import GiveNotice
from casesys.replay.history import history
from casesys.replay.record import record
from tests.community import founded
from tests.replay.conftest import Season
from tests.replay.lives import PHOTO, SMALL


def told(season: Season, name: str) -> dict[str, object]:
    """The record of one of the season's cases, through JSON and back."""
    community = season.community
    found = history(community.log, community.vault, season.cases[name])
    plain = json.loads(msgspec.json.encode(record(found)))
    assert isinstance(plain, dict)
    return plain


def test_a_record_has_the_same_keys_for_every_case(season: Season) -> None:
    """Given cases of all kinds, when they are recorded, then with the same keys, however much happened."""
    keys = {
        (tuple(plain), tuple(entry))
        for name in season.cases
        for plain in (told(season, name),)
        for entry in plain["entries"]  # type: ignore[attr-defined] # JSON
    }
    assert keys == {
        (
            ("case_id", "position", "as_of", "version", "state", "entries", "deadlines"),
            (
                *("position", "version", "type", "command", "command_id", "who"),
                *("recorded_at", "decided_at", "effective_at", "channel", "client_id"),
                *("reason_code", "clause", "event", "says", "changes", "clocks", "tally"),
            ),
        )
    }


def test_an_entry_says_everything_about_its_event(season: Season) -> None:
    """Given the return of an assignment, when it is recorded, then with all that the text says, and the event itself."""
    entries = told(season, "lamp")["entries"]
    assert isinstance(entries, list)
    entry = next(each for each in entries if each["type"] == "assignment-returned.v1")

    assert entry["says"] == {
        "zh": "将派给安居物业的事项退单（第1次），理由：不属于社区职责清单，“路灯归市政”",
        "en": "returned the assignment of Anju Property (return number 1): "
        "outside the community's duty list, “路灯归市政”",
    }
    assert entry["event"]["ground"] == "outside_duty_list"
    assert entry["event"]["reason"] == {"text": "路灯归市政", "subject": "initiator:case-01"}
    assert entry["who"]["mandate_id"] == "mandate-lead-property_company"
    assert entry["clause"]["id"] == "art-40"
    assert {"field": "returns", "before": None, "after": 1} in entry["changes"]
    assert entry["effective_at"].endswith("Z")


def test_the_state_is_whole_with_status_and_result(season: Season) -> None:
    """Given a closed case, when it is recorded, then its state has every field, with the status and result that follow."""
    state = told(season, "lamp")["state"]
    assert isinstance(state, dict)

    assert (state["stage"], state["status"], state["result"]) == (
        "closed",
        "closed",
        "partly_resolved",
    )
    assert state["clocks"]["resolve"]["extensions"] == [2]
    assert state["review_open"] is False


def test_an_erased_text_is_marked() -> None:
    """Given an initiator who was erased, when the case is recorded, then their texts are marked, not left out."""
    community = founded()
    case = community.collect(description="我家门口")
    community.vault.forget(f"initiator:{case}")

    entry = record(history(community.log, community.vault, case))["entries"][0]

    assert entry["event"]["description"] == {"erased": True, "subject": f"initiator:{case}"}
    assert entry["event"]["location"] is None


def test_an_instant_at_the_end_of_time_is_told_all_the_same() -> None:
    """Given a meeting in the last hours of the year 9999, as commands once took it, when the case is recorded, then it is told."""
    community = founded()
    case = community.collect("courtyard", "铺设步道")
    facts = SMALL | {"households_affected": 90, "residents_asked": True}
    community.do(case, "establish-facts", "grid_worker", facts=facts, source="inspected")
    community.do(case, "accept-case", "duty_officer")
    community.do(case, "triage-case", "duty_officer")
    community.do(case, "convene-deliberation", "moderator", moderator="moderator")
    community.do(case, "record-opinion", "minute_taker", favourable=True)
    community.do(case, "table-proposal", "moderator", title="铺设步道")
    community.do(
        case, "attach-evidence", "grid_worker", digest=PHOTO, media_type="image/jpeg", size=81234
    )
    unchecked = GiveNotice.model_construct(
        {"case_id", "meets_at", "proofs"},
        case_id=case,
        meets_at=datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
        proofs=(PHOTO,),
    )
    community.give(unchecked, "moderator")

    entry = record(history(community.log, community.vault, case))["entries"][-1]

    assert "9999-12-31 23:59" in entry["says"]["en"]
