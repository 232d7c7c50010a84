"""How long a clock of the charter runs for a case."""

from casesys.domain.charter.scopes import Course, fits
from casesys.domain.charter.time import BudgetRow, Clock


def budget_row(clock: Clock, course: Course) -> BudgetRow | None:
    """Give the first row of a clock whose scope a case is in; None: the clock is not for it."""
    return next((row for row in clock.rows if fits(row.scope, course)), None)
