"""Random lives of a town: whatever happened in it, board, deadlines and worklist tell everybody what is so and theirs to know."""

import os

from hypothesis import Phase, settings

from tests.model.machine import Lives
from tests.model.test_lives import AnyLives, StockLives
from tests.projections.truths import truth_of, what_is_shown_is_true


def look_back(life: Lives) -> None:
    """Hold the read models of a life that went well against the states of its cases."""
    if life.sound:
        what_is_shown_is_true(truth_of(life.twins.memory.engine.log), life.clock.now)


class StockLivesRead(StockLives):
    """Lives under the stock charter."""

    def teardown(self) -> None:
        """Look at the read models, then do what ends every life."""
        try:
            look_back(self)
        finally:
            super().teardown()


class AnyLivesRead(AnyLives):
    """Lives under random charters."""

    def teardown(self) -> None:
        """Look at the read models, then do what ends every life."""
        try:
            look_back(self)
        finally:
            super().teardown()


TestStockLivesRead = StockLivesRead.TestCase
TestAnyLivesRead = AnyLivesRead.TestCase

GATE = settings(
    max_examples=5,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
)
SOAK = settings(max_examples=300, stateful_step_count=50, deadline=None, print_blob=True)
TestStockLivesRead.settings = TestAnyLivesRead.settings = (
    SOAK if "CASESYS_SOAK" in os.environ else GATE
)
