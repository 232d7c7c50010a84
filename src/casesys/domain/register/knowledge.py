"""Who may know of a case (知悉范围): the mandates somebody holds, held against the level of the case.

A level of the charter names the roles that may know; a mandate in one of these roles, over the place and matter of the case, lets
its holder know. A mandate that is held for a party lets them know only of cases that this party takes part in. The same sights serve
commands' answers, queries, streams and history.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import NamedTuple

from casesys.domain.charter.parse import CharterVersion
from casesys.domain.register.state import Person


class Sight(NamedTuple):
    """What one mandate lets its holder look at: cases in a grid and below, of these types and categories (none: of any).

    With a principal, only cases that the principal takes part in.
    """

    role: str
    grid: str
    case_types: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    principal: str | None = None


class KnownMatter(NamedTuple):
    """What knowing a case depends on: its place, type and category, the roles that its level lets know, the parties that take part."""

    path: tuple[str, ...]
    case_type: str
    category: str
    knowers: AbstractSet[str]
    parties: AbstractSet[str] = frozenset()


def sights(person: Person, at: datetime) -> tuple[Sight, ...]:
    """Give what somebody's mandates let them look at, at an instant."""
    return tuple(
        Sight(
            mandate.role,
            mandate.grid,
            mandate.case_types,
            mandate.categories,
            mandate.principal,
        )
        for mandate in person.valid(at)
    )


def knowers(version: CharterVersion, visibility: str) -> frozenset[str]:
    """Give the roles that may know of cases of a level; none for a level that the version does not define."""
    level = version.charter.visibility.get(visibility)
    return frozenset() if level is None else frozenset(level.roles)


def may_know(held: Iterable[Sight], matter: KnownMatter) -> bool:
    """Say whether any sight lets its holder know of a case."""
    return any(
        sight.role in matter.knowers
        and sight.grid in matter.path
        and (not sight.case_types or matter.case_type in sight.case_types)
        and (not sight.categories or matter.category in sight.categories)
        and (sight.principal is None or sight.principal in matter.parties)
        for sight in held
    )
