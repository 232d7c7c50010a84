"""Scopes: what is left empty does not restrict; a category stands for those below it."""

import pytest

from casesys.domain.charter.scopes import Course, fits
from casesys.domain.charter.time import Scope
from casesys.domain.vocabulary import Track

COURSE = Course("issue", "street_lamp", "lighting", Track.SMALL, "small", direct=False, priority=2)
COLLECTED = Course("issue", "lighting", None, None, None, direct=False, priority=3)


@pytest.mark.parametrize(
    ("scope", "in_scope", "before_triage"),
    [
        (Scope(), True, True),
        (Scope(case_types=("hazard", "issue")), True, True),
        (Scope(case_types=("hazard",)), False, False),
        (Scope(categories=("lighting",)), True, True),
        (Scope(categories=("street_lamp",)), True, False),
        (Scope(categories=("roads",)), False, False),
        (Scope(tracks=(Track.SMALL,)), True, False),
        (Scope(tracks=(Track.BIG, Track.URGENT)), False, False),
        (Scope(procedures=("small",)), True, False),
        (Scope(procedures=("urgent",)), False, False),
        (Scope(direct=False), True, True),
        (Scope(direct=True), False, False),
        (Scope(priorities=(1, 2)), True, False),
        (Scope(case_types=("issue",), tracks=(Track.BIG,)), False, False),
    ],
)
def test_a_case_is_in_scope_when_it_is_so_in_every_respect(
    scope: Scope, *, in_scope: bool, before_triage: bool
) -> None:
    """Given a scope, then a case fits when nothing that the scope restricts says otherwise."""
    assert fits(scope, COURSE) is in_scope
    assert fits(scope, COLLECTED) is before_triage
