"""Charters that are nothing like the stock one: whatever is valid parses and can be asked."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from casesys.domain.charter.features import Features
from casesys.domain.charter.parse import CharterVersion, parse_charter
from casesys.domain.charter.routing import Routed, route
from casesys.domain.charter.steps import Approval, Ballot, Filing, Mediation
from casesys.domain.charter.triage import FactsNeeded, Triaged, triage
from casesys.domain.messages import Value
from tests.domain.charter.stock import written
from tests.strategies.charters import VALUES, documents


def cases(version: CharterVersion) -> st.SearchStrategy[Features]:
    """Cases that a charter knows, of which anything may be unknown."""
    charter = version.charter
    facts: dict[str, st.SearchStrategy[Value]] = {
        code: VALUES[fact.type] for code, fact in charter.facts.items()
    }
    return st.builds(
        Features,
        case_type=st.sampled_from(sorted(charter.case_types)),
        category=st.sampled_from(sorted(charter.categories)),
        channel=st.sampled_from(sorted(charter.channels)),
        grid=st.just("grid-1"),
        facts=st.fixed_dictionaries({}, optional=facts),
    )


def knowing(
    version: CharterVersion, features: Features, facts: Iterable[str], data: st.DataObject
) -> Features:
    """The same case once these facts, as far as they were unknown, are established."""
    types = version.charter.facts
    established = {code: data.draw(VALUES[types[code].type]) for code in facts}
    return replace(features, facts={**established, **features.facts})


@given(documents())
def test_every_valid_charter_parses(whole: dict[str, Any]) -> None:
    """Given any valid document, then it parses, and its stored form gives the same digest."""
    version = parse_charter(written(whole))

    assert parse_charter(version.document) == version


@given(documents(executable_only=True))
def test_executable_charters_have_executable_steps_only(whole: dict[str, Any]) -> None:
    """Given a charter for the engine of today, then no step is of a kind that comes later."""
    charter = parse_charter(written(whole)).charter

    kinds = {type(step) for procedure in charter.procedures.values() for step in procedure.steps}
    assert kinds.isdisjoint({Approval, Ballot, Filing, Mediation})


@given(documents(), st.data())
def test_triage_sends_every_case_where_its_type_may_go(
    whole: dict[str, Any], data: st.DataObject
) -> None:
    """Given any charter and case, when the facts asked for are established, it goes an allowed way."""
    version = parse_charter(written(whole))
    features = data.draw(cases(version))
    answer = triage(version, features)

    if isinstance(answer, FactsNeeded):
        assert answer.facts
        assert features.facts.keys().isdisjoint(answer.facts)
        features = knowing(version, features, answer.facts, data)
        answer = triage(version, features)

    assert isinstance(answer, Triaged)
    assert version.charter.case_types[features.case_type].allows(answer.to)
    assert set(answer.assumed) == set(answer.facts_used) - features.facts.keys()


@given(documents(), st.data())
def test_what_is_known_never_changes_an_answer_that_stood_without_it(
    whole: dict[str, Any], data: st.DataObject
) -> None:
    """Given an answer, when a fact that it did not use becomes known, then the answer is the same."""
    version = parse_charter(written(whole))
    features = data.draw(cases(version))
    answer = triage(version, features)
    if isinstance(answer, FactsNeeded):
        return
    unused = version.charter.facts.keys() - answer.facts_used

    later = triage(version, knowing(version, features, sorted(unused), data))

    assert isinstance(later, Triaged)
    assert (later.row, later.to) == (answer.row, answer.to)


@given(documents(), st.data())
def test_routing_names_a_party_of_the_charter_or_nobody(
    whole: dict[str, Any], data: st.DataObject
) -> None:
    """Given any charter and case, then lead and supporting are kinds of party, and all different."""
    version = parse_charter(written(whole))

    answer = route(version, data.draw(cases(version)))

    if isinstance(answer, Routed):
        named = (answer.lead, *answer.supporting)
        assert set(named) <= version.charter.parties.keys()
        assert len(set(named)) == len(named)
    else:
        rows = version.charter.routing
        assert not rows or rows[-1].lead == "keeper"
