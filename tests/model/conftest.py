"""What all lives have in common: a charter is parsed once in the life of a process, and what was played is told at the end."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.model.figures import PLAYED, told


@pytest.fixture(autouse=True)
def figures(record_property: Callable[[str, object], None]) -> Iterator[None]:
    """Whatever a test plays goes with its report, also from another process."""
    before = PLAYED.copy()
    yield
    record_property("played", dict(PLAYED - before))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what all tests have played, when these tests were asked for by name."""
    reports = (each for of_one_kind in terminalreporter.stats.values() for each in of_one_kind)
    played: Counter[str] = Counter()
    for report in reports:
        played.update(dict(getattr(report, "user_properties", ())).get("played", {}))
    if played["lives"]:
        terminalreporter.section("played")
        for line in told(played):
            terminalreporter.write_line(line)
