"""What all lives have in common: a charter is parsed once in the life of a process, and what was played is told at the end."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from casesys.domain import catalogue
from casesys.domain.charter.parse import parse_charter
from casesys.domain.register import rules
from tests.model.figures import PLAYED, told


@pytest.fixture(autouse=True, scope="session")
def parsing_remembered() -> Iterator[None]:
    """Parsing is a pure function of bytes, and takes longer than all the rest of a life: its answers are kept."""
    remembered = cache(parse_charter)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "parse_charter", remembered)
        patch.setitem(catalogue._DOCUMENTS, "charter", remembered)  # noqa: SLF001 - parsing once is enough here
        yield


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
