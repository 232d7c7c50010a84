"""How long a clock of the charter runs for a case."""

from casesys.domain.charter.scopes import Course, fits
from casesys.domain.charter.time import BudgetRow, Clock
from casesys.domain.vocabulary import Track


def budget_row(  # noqa: PLR0913 - what a scope may ask about, each by its name
    clock: Clock,
    *,
    case_type: str,
    category: str,
    parent_category: str | None,
    track: Track | None,
    procedure: str | None,
    direct: bool,
    priority: int,
) -> BudgetRow | None:
    """Give the first row of a clock whose scope a case is in; None: the clock is not for it."""
    course = Course(case_type, category, parent_category, track, procedure, direct, priority)
    return next((row for row in clock.rows if fits(row.scope, course)), None)
