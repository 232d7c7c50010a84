"""Who may know of a case (知悉范围): the mandates somebody holds, held against the level of the case.

A level of the charter names the roles that may know; a mandate in one of these roles, over the place and matter of the case, lets
its holder know. The same sights serve commands' answers, queries, streams and history.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import NamedTuple

from casesys.domain.charter.parse import CharterVersion
from casesys.domain.register.state import Person


class Sight(NamedTuple):
    """What one mandate lets its holder look at: cases in a grid and below, of these types and categories (none: of any)."""

    role: str
    grid: str
    case_types: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


class KnownMatter(NamedTuple):
    """What knowing a case depends on: its place, its type and category, and the roles that its level lets know."""

    path: tuple[str, ...]
    case_type: str
    category: str
    knowers: AbstractSet[str]


def sights(person: Person, at: datetime) -> tuple[Sight, ...]:
    """Give what somebody's mandates let them look at, at an instant."""
    return tuple(
        Sight(mandate.role, mandate.grid, mandate.case_types, mandate.categories)
        for mandate in person.mandates
        if mandate.valid(at)
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
        for sight in held
    )
