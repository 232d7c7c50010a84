"""What knowing a case depends on, as one text of a row.

Many cases share a few matters: the same place, type, category and level. A query therefore asks the charter's rule once for each
matter, not once for each row, and no SQL has to say the rule a second time.
"""

import sqlite3
from collections.abc import Callable, Collection, Sequence
from functools import cache, lru_cache

from casesys.domain.cases.state import Case
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.register.knowledge import KnownMatter, Sight, knowers, may_know

_SEPARATOR = "|"
"""Neither grids nor codes have it, nor a space."""

Admission = Callable[[str], bool]
"""Says of a matter, as it is written in a row, whether its cases may be shown."""


def matter_of(case: Case, charter: CharterVersion) -> str:
    """Give the matter of a case as rows keep it."""
    roles = knowers(charter, case.visibility)
    return written(KnownMatter(case.path, case.case_type, case.category, roles))


def written(matter: KnownMatter) -> str:
    """Write a matter as one text."""
    roles = " ".join(sorted(matter.knowers))
    return _SEPARATOR.join((" ".join(matter.path), matter.case_type, matter.category, roles))


@lru_cache(maxsize=20_000)
def read(text: str) -> KnownMatter:
    """Read a matter that was written."""
    path, case_type, category, roles = text.split(_SEPARATOR)
    return KnownMatter(tuple(path.split()), case_type, category, frozenset(roles.split()))


def admission(
    held: Sequence[Sight] | None,
    *,
    grid: str | None = None,
    case_types: Collection[str] = (),
    categories: Collection[str] = (),
) -> Admission:
    """Admit what somebody's sights let them know; of that only a grid and below, some types, some categories (none: any).

    Without sights, as None, everything is known: that is for whoever has the store itself before them.
    """

    @cache
    def admits(text: str) -> bool:
        matter = read(text)
        return (
            (held is None or may_know(held, matter))
            and (grid is None or grid in matter.path)
            and (not case_types or matter.case_type in case_types)
            and (not categories or matter.category in categories)
        )

    return admits


def admitted(db: sqlite3.Connection, following: str, admits: Admission) -> list[str]:
    """List the matters of a table that are admitted.

    `following` is SQL that gives the first matter of the table's index after the one it is given: a few lookups, however many
    cases there are.
    """
    found = []
    row = db.execute(following, ("",)).fetchone()
    while row is not None and row[0] is not None:
        if admits(row[0]):
            found.append(row[0])
        row = db.execute(following, (row[0],)).fetchone()
    return found
