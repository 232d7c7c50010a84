"""A community after the lives of several cases, read by all tests of replaying."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pytest

from casesys.application import Answer, Service
from casesys.application.answers import Request
from casesys.application.engine import Verdict
from casesys.domain.cases.state import Case
from tests.community import Community, founded
from tests.replay.lives import LIVES


class Served(NamedTuple):
    """A case as the engine held it after the event at a position."""

    position: int
    state: Case


class Season(NamedTuple):
    """A community, the cases that lived in it by the names of their lives, and what was served of each. Tests only read it."""

    community: Community
    cases: Mapping[str, str]
    served: Mapping[str, Sequence[Served]]


class _Noting(Service):
    """Notes each state of a case that a command leads to."""

    def __init__(self, service: Service, served: dict[str, list[Served]]) -> None:
        super().__init__(service.engine)
        self._served = served

    def give_all(self, requests: Sequence[Request]) -> list[Verdict]:
        verdicts = super().give_all(requests)
        for verdict in verdicts:
            assert isinstance(verdict, Answer)
            kept = self.engine.kept(verdict.stream)
            if kept is not None and isinstance(kept.state, Case):
                served = Served(verdict.last, kept.state)
                self._served.setdefault(kept.state.case_id, []).append(served)
        return verdicts


@pytest.fixture(scope="session")
def season() -> Season:
    """All lives, one after the other."""
    community = founded()
    served: dict[str, list[Served]] = {}
    community.service = _Noting(community.service, served)
    cases = {}
    for live in LIVES:
        community.wait(hours=1)
        cases[live.__name__] = live(community)
    return Season(community, cases, served)
