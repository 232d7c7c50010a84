"""Lists by place: a large table read in order by somebody who looks into a small part of it.

Beside its table a read model keeps one with a row for each place that a case has: the grids on the way down to its own, and the
parties that have to do with it. Each carries the sort keys. So a page of a small grid is read off an index as fast as one of the
whole tree, however many cases there are.
"""

from casesys.domain.cases.state import Case
from casesys.domain.charter.parse import CharterVersion

BEYOND = 2**62
"""Greater than every sort key."""


def places_of(case: Case, charter: CharterVersion) -> tuple[str, ...]:
    """Give the places of a case: its grids, and its parties, of a shielded one only those that work on it."""
    parties = {*supporting(case)} if case.lead is None else {case.lead, *supporting(case)}
    case_type = charter.charter.case_types.get(case.case_type)
    if case_type is not None and not case_type.shielded:
        parties |= case.parties.keys()
        if not case.anonymous and case.initiator != f"initiator:{case.case_id}":
            parties.add(case.initiator)
    return (*case.path, *(party_place(party) for party in sorted(parties)))


def supporting(case: Case) -> tuple[str, ...]:
    """Give the parties that support the lead."""
    return () if case.assignment is None else case.assignment.supporting


def party_place(party: str) -> str:
    """Give the place of what has to do with a party. No grid is named like that."""
    return f"={party}"
