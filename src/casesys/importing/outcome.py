"""What came of an import: counts, and the rows that were refused."""

from collections.abc import Callable

import msgspec

from casesys.domain.messages import Text
from casesys.importing.problems import RowRefused

REFUSALS_KEPT_AT_MOST = 1_000
"""How many refused rows are kept for the final account. All of them are told when they are met."""


class RefusedRow(msgspec.Struct, frozen=True):
    """A row that was refused: its line in the file, its number if it has one, the step it stopped at, code and reason."""

    line: int
    number: str
    step: str
    code: str
    reason: Text


class Outcome(msgspec.Struct):
    """What came of an import so far.

    `rows` = `imported` + `unchanged` + `refused` once it has ended. A row is imported when this run brought it to the end of
    its life, unchanged when an earlier one had. `events` are those this run has made, the register's included. `seconds` run
    from the first byte read.
    """

    rows: int = 0
    imported: int = 0
    refused: int = 0
    unchanged: int = 0
    events: int = 0
    seconds: float = 0.0
    refusals: list[RefusedRow] = []

    def note_refusal(
        self, line: int, number: str, refusal: RowRefused, step: str = ""
    ) -> RefusedRow:
        """Count a refused row."""
        refused = RefusedRow(line, number, step, refusal.code, refusal.says)
        self.refused += 1
        if len(self.refusals) < REFUSALS_KEPT_AT_MOST:
            self.refusals.append(refused)
        return refused


TellRefused = Callable[[RefusedRow], None]
"""Is told of each refused row when it is met."""

TellProgress = Callable[[Outcome], None]
"""Is told after each commit how far it is."""
