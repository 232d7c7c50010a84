"""Which case and which moment somebody means, and what they are told when that is unclear."""

from datetime import timedelta

import pytest

from casesys.domain.cases.state import case_stream
from casesys.replay.finding import NotFound, find_case
from casesys.replay.history import history
from tests.community import Community, founded, local

LONG = "0197a1b2-0000-7000-8000-00000000000"


@pytest.fixture(scope="module")
def community() -> Community:
    """Three cases: two whose ids begin alike, one with a source number that the second also has."""
    made = founded()
    for end, source in (("1", "311-7"), ("2", None), ("3", "311-7")):
        made.wait(minutes=5)
        made.collect(case_id=f"{LONG}{end}", source_ref=source)
    made.wait(minutes=5)
    made.collect(case_id="b", source_ref='a"\\路灯')
    return made


def refused(community: Community, case: str, **moment: object) -> NotFound:
    """What somebody is told who asks for what is not there."""
    with pytest.raises(NotFound) as caught:
        history(community.log, community.vault, case, **moment)  # type: ignore[arg-type] # by name
    return caught.value


@pytest.mark.parametrize("meant", [f"{LONG}1", "b", 'a"\\路灯'], ids=["id", "short id", "source"])
def test_a_case_is_found_by_its_id_or_its_source_number(community: Community, meant: str) -> None:
    """Given an id or a source number, when the case is looked for, then it is found."""
    assert find_case(community.log, meant) in {f"{LONG}1", "b"}


def test_a_case_is_found_by_a_beginning_that_only_it_has() -> None:
    """Given the first eight characters of one id, when the case is looked for, then it is found."""
    community = founded()
    community.collect(case_id=f"{LONG}1")

    assert find_case(community.log, LONG[:8]) == f"{LONG}1"


@pytest.mark.parametrize(
    ("meant", "code", "accepted"),
    [
        ("nothing-like-it", "unknown-case", ()),
        (LONG[:7], "unknown-case", ()),
        (LONG[:8], "ambiguous-case", (f"{LONG}1", f"{LONG}2", f"{LONG}3")),
        ("311-7", "ambiguous-case", (f"{LONG}1", f"{LONG}3")),
        ("", "unknown-case", ()),
    ],
    ids=["unknown", "too short", "beginning of three", "source of two", "empty"],
)
def test_what_does_not_name_one_case_is_refused(
    community: Community, meant: str, code: str, accepted: tuple[str, ...]
) -> None:
    """Given a name of no case or of several, when it is asked for, then that is said, with those it could be."""
    refusal = refused(community, meant)

    assert (refusal.code, refusal.accepted) == (code, accepted)
    assert refusal.remedy.zh


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ({"version": 0}, "unknown-version"),
        ({"version": 2}, "unknown-version"),
        ({"position": 0}, "unknown-position"),
        ({"position": 10_000}, "unknown-position"),
        ({"position": 1}, "case-not-yet"),
        ({"as_of": local("2026-03-01 08:00")}, "case-not-yet"),
        ({"version": 1, "position": 200}, "one-moment-only"),
    ],
)
def test_a_moment_that_the_log_does_not_have_is_refused(
    community: Community, moment: dict[str, object], code: str
) -> None:
    """Given a version, position or instant out of reach, when a case is replayed up to it, then nothing is guessed."""
    assert refused(community, "b", **moment).code == code


def test_without_a_moment_a_case_is_told_to_the_end_of_the_log(community: Community) -> None:
    """Given no moment, when a case is replayed, then as of the last event of the whole log."""
    told = history(community.log, community.vault, f"{LONG}1")

    assert told.position == community.log.head().size
    assert told.instant == community.log.head().recorded_at
    assert told.instant - told.entries[-1].recorded_at == timedelta(minutes=15)


def test_an_exact_id_wins_over_a_beginning() -> None:
    """Given an id that others begin with, when it is asked for, then the case itself is meant."""
    community = founded()
    for case in ("0000-0001", "0000-0001-a"):
        community.collect(case_id=case)

    assert find_case(community.log, "0000-0001") == "0000-0001"
    assert case_stream("0000-0001") in community.log.stream_ids("case/", "", 9)


def test_an_exact_source_number_wins_over_the_beginning_of_several_ids() -> None:
    """Given a source number that several ids begin with, when it is asked for, then the case with that number is meant."""
    community = founded()
    for case, source in (("12345678-a", None), ("12345678-b", None), ("c", "12345678")):
        community.collect(case_id=case, source_ref=source)

    assert find_case(community.log, "12345678") == "c"
