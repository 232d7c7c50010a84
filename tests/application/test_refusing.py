"""A refusal stands only when all it rests on was read afresh, whatever an engine has kept."""

import pytest

from casesys.application import Engine, Service
from casesys.domain.cases import commands as c
from casesys.domain.messages import Text
from casesys.domain.refusals import Refusal
from casesys.domain.register.commands import RegisterOrganisation
from tests.community import Community, founded

NEW = "new-company"


def directed(community: Community, *, dispatched: bool) -> str:
    """A street lamp on its way, accepted and triaged, and dispatched if asked for."""
    case_id = community.collect("street_lamp")
    community.do(case_id, "accept-case", "dispatcher")
    community.do(case_id, "triage-case", "dispatcher")
    if dispatched:
        community.do(case_id, "dispatch-case", "dispatcher")
    return case_id


def test_a_refusal_never_rests_on_an_old_state_that_was_not_asked_for_at_first() -> None:
    """Given an engine that knows neither of a dispatch nor of a party since registered, when it hands over, then that is accepted."""
    community = founded()
    lamp = directed(community, dispatched=False)
    other = Service(Engine(community.log, community.vault))

    def hands_over(case_id: str) -> str:
        envelope = community.envelope("dispatcher")
        return other.give(c.HandOver(case_id=case_id, to=NEW), envelope).events[0]

    with pytest.raises(Refusal, match="wrong-status"):
        hands_over(lamp)
    with pytest.raises(Refusal, match="unknown-party"):
        hands_over(directed(community, dispatched=True))
    name = Text("新公司", "new company")
    community.register(
        RegisterOrganisation(organisation_id=NEW, name=name, kind="property_company")
    )
    community.do(lamp, "dispatch-case", "dispatcher")

    assert hands_over(lamp) == "handed-over.v1"
