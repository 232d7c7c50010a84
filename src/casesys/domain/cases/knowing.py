"""Which parties take part in a case, and what knowing it depends on."""

from casesys.domain.cases.naming import unnamed
from casesys.domain.cases.state import Case
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.register.knowledge import KnownMatter, knowers

RESPONDENT = "respondent"
"""The role of a party that a case is against."""


def known_matter(case: Case, charter: CharterVersion) -> KnownMatter:
    """Give what knowing a case depends on, under the version that governs it."""
    return KnownMatter(
        path=case.path,
        case_type=case.case_type,
        category=case.category,
        knowers=knowers(charter, case.visibility),
        parties=parties_of(case, charter),
    )


def parties_of(case: Case, charter: CharterVersion) -> frozenset[str]:
    """Name the parties that may know of a case because they take part in it.

    In a case of a shielded type only those who work on it may, and never one that it is against; an anonymous initiator is not told.
    Before acceptance a version may come into force that does not know the type, which is taken for a shielded one.
    """
    case_type = charter.charter.case_types.get(case.case_type)
    if case_type is None or case_type.shielded:
        return frozenset(working_on(case) - respondents(case))
    if case.anonymous or case.initiator == unnamed(case.case_id):
        return frozenset(_others(case))
    return taking_part(case)


def taking_part(case: Case) -> frozenset[str]:
    """Name all who take part: the initiator, the lead, who supports it, who has a part in the deliberation, the other parties."""
    return frozenset({case.initiator, *_others(case)})


def respondents(case: Case) -> frozenset[str]:
    """Name the parties that a case is against."""
    return frozenset(party for party, role in case.parties.items() if role == RESPONDENT)


def _others(case: Case) -> set[str]:
    deliberating = () if case.deliberation is None else case.deliberation.parties.values()
    return {*working_on(case), *deliberating, *case.parties}


def working_on(case: Case) -> set[str]:
    """Name the lead, if there is one, and who supports it."""
    return {*case.supporting} if case.lead is None else {case.lead, *case.supporting}
