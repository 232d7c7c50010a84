"""Whether a case is in the scope of a row."""

from typing import NamedTuple

from casesys.domain.charter.time import Scope
from casesys.domain.vocabulary import Track


class Course(NamedTuple):
    """What a scope asks about a case: what it is and which way it goes.

    Before triage there are no track and no procedure, and `direct` is false.
    """

    case_type: str
    category: str
    parent_category: str | None
    track: Track | None
    procedure: str | None
    direct: bool
    priority: int


def fits(scope: Scope, course: Course) -> bool:
    """Say whether a case is in a scope; what the scope leaves empty does not restrict."""
    return (
        (not scope.case_types or course.case_type in scope.case_types)
        and (
            not scope.categories
            or course.category in scope.categories
            or course.parent_category in scope.categories
        )
        and (not scope.tracks or course.track in scope.tracks)
        and (not scope.procedures or course.procedure in scope.procedures)
        and (scope.direct is None or course.direct == scope.direct)
        and (not scope.priorities or course.priority in scope.priorities)
    )
