"""Random lives of a town: the stock charter, and charters that are nothing like it, on two stores at once."""

import json
import os

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize

from casesys.domain.charter.parse import CharterVersion, parse_charter
from tests.domain.charter.stock import parsed, stock
from tests.model.machine import BEGINNINGS, SEEDS, Lives
from tests.strategies.charters import documents


class StockLives(Lives):
    """A town under the stock charter, which has a second version ready."""

    @initialize(seed=SEEDS, beginning=st.sampled_from(BEGINNINGS))
    def under_the_stock_charter(self, seed: int, beginning: object) -> None:
        """Found the town."""
        second = parsed(("version", "2026.2"), ("satisfaction.reopenings_at_most", 1))
        self.found((stock(), second), seed, beginning)  # type: ignore[arg-type] # a pair of charters


def _version(document: dict[str, object]) -> CharterVersion:
    return parse_charter(json.dumps(document).encode())


VERSIONS = documents(executable_only=True).map(_version)


class AnyLives(Lives):
    """A town under one random charter, which may install another."""

    @initialize(first=VERSIONS, second=VERSIONS, seed=SEEDS, beginning=st.sampled_from(BEGINNINGS))
    def under_any_charter(
        self, first: CharterVersion, second: CharterVersion, seed: int, beginning: object
    ) -> None:
        """Found the town."""
        self.found((first, second), seed, beginning)  # type: ignore[arg-type] # a pair of charters


# The gate plays the same few lives each time, so that it tells about the change and not about luck. `./dev soak` plays others each
# time, CASESYS_SOAK_STEPS steps in all.
GATE = settings(
    max_examples=8,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
)
STEPS, KINDS = 50, 2
SOAK = settings(
    max_examples=int(os.environ.get("CASESYS_SOAK_STEPS", "200_000")) // (STEPS * KINDS),
    stateful_step_count=STEPS,
    deadline=None,
    print_blob=True,
)

TestStockLives = StockLives.TestCase
TestAnyLives = AnyLives.TestCase
TestStockLives.settings = TestAnyLives.settings = SOAK if "CASESYS_SOAK" in os.environ else GATE
