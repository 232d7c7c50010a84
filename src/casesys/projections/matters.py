"""What knowing a case depends on, as one text of a row.

Many cases share a few matters: the same place, type, category, level and parties. A query therefore asks the charter's rule once for
each matter, not once for each row, and no SQL has to say the rule a second time.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache, lru_cache

from casesys.domain.register.knowledge import KnownMatter, Sight, may_know

_SEPARATOR = "|"
"""No identifier and no code has it, nor a space."""

Admission = Callable[[str], bool]
"""Says of a matter, as it is written in a row, whether its cases may be shown."""


def written(matter: KnownMatter) -> str:
    """Write a matter as one text."""
    roles, parties = (" ".join(sorted(names)) for names in (matter.knowers, matter.parties))
    path = " ".join(matter.path)
    return _SEPARATOR.join((path, matter.case_type, matter.category, roles, parties))


@lru_cache(maxsize=20_000)
def read(text: str) -> KnownMatter:
    """Read a matter that was written."""
    path, case_type, category, roles, parties = text.split(_SEPARATOR)
    knowers, taking_part = frozenset(roles.split()), frozenset(parties.split())
    return KnownMatter(tuple(path.split()), case_type, category, knowers, taking_part)


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


def admitted(
    db: sqlite3.Connection, following: str, admits: Admission, *under: str
) -> Iterator[str]:
    """List the matters of a table that are admitted.

    `following` is SQL that gives the first matter of the table's index after the last one it is given, `under` what stands before it
    there: a few lookups, however many cases there are.
    """
    row = db.execute(following, (*under, "")).fetchone()
    while row is not None and row[0] is not None:
        if admits(row[0]):
            yield row[0]
        row = db.execute(following, (*under, row[0])).fetchone()
