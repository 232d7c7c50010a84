"""Routing: who leads a case and who supports, by the first row of the charter that holds for it."""

from dataclasses import dataclass

from casesys.domain.charter.expressions import Truth
from casesys.domain.charter.features import Features, guard_values
from casesys.domain.charter.model import KEEPER
from casesys.domain.charter.version import CharterVersion

__all__ = ["Routed", "route"]


@dataclass(frozen=True, slots=True)
class Routed:
    """The answer: kinds of party of the case's grid, by which row and clause."""

    row: str
    lead: str
    supporting: tuple[str, ...]
    clause: str


def route(version: CharterVersion, features: Features) -> Routed | None:
    """Ask the rows in their order; None means that the charter names nobody.

    A row that an unknown fact leaves open is passed over, and so is one whose lead is the keeper
    when the category has none. Raises KeyError when the charter does not know the category.
    """
    values = guard_values(version, features)
    for row, guard in version.routing_rows(features.case_type, features.category):
        if guard is not None and guard.evaluate(values) is not Truth.TRUE:
            continue
        lead = version.keeper(features.category) if row.lead == KEEPER else row.lead
        assert lead is not None  # rows that ask for a keeper nobody is are gone
        supporting = tuple(kind for kind in row.supporting if kind != lead)
        return Routed(row.id, lead, supporting, row.clause)
    return None
