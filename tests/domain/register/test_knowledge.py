"""Who may know of a case: mandates held against the level, the place and the matter."""

from datetime import UTC, datetime, timedelta

import pytest

from casesys.domain.register.knowledge import KnownMatter, Sight, knowers, may_know, sights
from casesys.domain.register.state import Mandate, Person
from tests.domain.charter.stock import stock

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
MATTER = KnownMatter(
    ("town", "grid-1"), "issue", "lighting", frozenset({"grid_worker"}), frozenset({"office"})
)


def mandate(**changes: object) -> Mandate:
    """Give a mandate over grid-1 that counts, but for what is changed."""
    fields = {
        "mandate_id": "m",
        "role": "grid_worker",
        "grid": "grid-1",
        "since": AT,
        "until": None,
        "principal": None,
        "case_types": (),
        "categories": (),
        "commands": (),
    }
    return Mandate(**{**fields, **changes})  # type: ignore[arg-type] # by name


@pytest.mark.parametrize(
    ("sight", "knows"),
    [
        (Sight("grid_worker", "grid-1"), True),
        (Sight("grid_worker", "town"), True),
        (Sight("grid_worker", "grid-2"), False),
        (Sight("volunteer", "grid-1"), False),
        (Sight("grid_worker", "grid-1", ("issue",), ("lighting", "roads")), True),
        (Sight("grid_worker", "grid-1", ("hazard",)), False),
        (Sight("grid_worker", "grid-1", (), ("roads",)), False),
        (Sight("grid_worker", "grid-1", principal="office"), True),
        (Sight("grid_worker", "grid-1", principal="company"), False),
        (Sight("volunteer", "grid-1", principal="office"), False),
    ],
)
def test_a_sight_reaches_role_place_and_matter(sight: Sight, *, knows: bool) -> None:
    """Given one sight, when a case is looked at, then its role, grid, principal and what it is restricted to all have to fit."""
    assert may_know((sight,), MATTER) is knows


def test_one_sight_that_fits_is_enough_and_none_is_not() -> None:
    """Given several sights, when one fits, then the case may be known; without any it may not."""
    assert may_know((Sight("volunteer", "town"), Sight("grid_worker", "town")), MATTER)
    assert not may_know((), MATTER)


def test_only_mandates_that_count_give_sights() -> None:
    """Given mandates of a person, when their sights are asked for, then what is revoked, over or yet to come gives none."""
    person = Person(
        "p",
        (
            mandate(case_types=("issue",), categories=("lighting",)),
            mandate(principal="office"),
            mandate(revoked=True),
            mandate(until=AT),
            mandate(since=AT + timedelta(seconds=1)),
        ),
    )
    assert sights(person, AT) == (
        Sight("grid_worker", "grid-1", ("issue",), ("lighting",)),
        Sight("grid_worker", "grid-1", principal="office"),
    )


def test_a_level_that_the_charter_lacks_lets_nobody_know() -> None:
    """Given the stock charter, when a level is looked up, then its roles may know, and nobody where there is no such level."""
    assert "secretary" in knowers(stock(), "confidential")
    assert knowers(stock(), "no-such-level") == frozenset()
