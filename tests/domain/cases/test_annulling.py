"""Annulling a decision at any later stage: it does not stand, and the matter is triaged again."""

from collections.abc import Callable

import pytest

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from tests.domain.cases.ways import (
    DELIBERATION,
    TEXT,
    case,
    confirmed,
    deliberation,
    directed,
    does,
    ordered,
    published,
    running,
    so,
)
from tests.domain.specification import Act, Scene


def annulling(when: str = "04-20 09:00") -> Act:
    """The secretary states that the decision does not stand."""
    return does("secretary", when, c.AnnulDecision, reason="某事")


@pytest.mark.parametrize(
    ("scene", "stops", "continues"),
    [
        (published, ("publication", "objections"), "decide"),
        (confirmed, ("dispatch",), "decide"),
        (ordered, ("step",), "decide_urgent"),
        (
            lambda: confirmed().given(does("dispatcher", "04-13 09:00", c.DispatchCase)),
            ("resolve", "respond"),
            "decide",
        ),
    ],
    ids=["published", "confirmed", "being ratified", "dispatched"],
)
def test_an_annulled_decision_is_triaged_again(
    scene: Callable[[], Scene], stops: tuple[str, ...], continues: str
) -> None:
    """Given a carried decision, when it is annulled, then nobody leads, triage is asked again, and only the time to decide goes on."""
    verdict = scene().when(annulling())

    move = Move(DELIBERATION, opens="", stops=stops, continues=(continues,))
    verdict.then(so(e.DecisionAnnulled(move, TEXT), "art-36"))
    annulled = scene().given(annulling())
    assert (case(annulled).lead, running(annulled)) == (None, (continues,))
    assert deliberation(annulled).outcome is None
    annulled.when(does("moderator", "04-20 10:00", c.ConfirmDecision)).refused("not-decided")
    annulled.given(does("dispatcher", "04-20 10:00", c.RetriageCase))


def test_a_question_to_the_initiator_outlives_the_decision() -> None:
    """Given a question that waits, when the decision is annulled, then the question still waits."""
    asking = does("dispatcher", "04-17 09:00", c.RequestInformation, question="某事")

    assert running(confirmed().given(asking, annulling())) == ("decide", "information")


def test_what_was_never_deliberated_is_not_annulled() -> None:
    """Given a direct case, when its decision is annulled, then there was nothing to deliberate."""
    directed().when(annulling("03-02 12:00")).refused("nothing-to-deliberate")
