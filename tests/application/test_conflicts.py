"""Others who are faster on one case hurt nobody but whoever wants that case."""

from collections.abc import Sequence
from itertools import count
from uuid import UUID

import pytest

from casesys.application import Answer, Engine, Request, Service
from casesys.application.keeping import KeptStates
from casesys.domain.cases.commands import AddNote
from casesys.domain.cases.state import case_stream
from casesys.domain.messages import Personal
from casesys.store import Conflict, StoreError, Unit
from casesys.store.contract import Appended
from tests.community import Community, founded

IDS = (UUID(int=8_000 + n) for n in count())


def note(community: Community, case_id: str) -> Request:
    """A note on a case."""
    command = AddNote(case_id=case_id, note=Personal("某事"))
    return Request(command, community.envelope("grid_worker", command_id=next(IDS)))


@pytest.fixture
def contended(monkeypatch: pytest.MonkeyPatch) -> tuple[Community, str]:
    """A community with a case that somebody else writes to just before anybody does."""
    community = founded()
    hot = community.collect()
    other = Service(Engine(community.log, community.vault, kept=KeptStates(cases=0)))
    append = community.log.append

    def faster(units: Sequence[Unit]) -> list[Appended]:
        if any(case_stream(hot) in unit.reads for unit in units):
            with monkeypatch.context() as undisturbed:
                undisturbed.setattr(community.log, "append", append)
                other.give_all((note(community, hot),))
        return append(units)

    monkeypatch.setattr(community.log, "append", faster)
    return community, hot


def test_a_conflict_hurts_only_its_own_command(contended: tuple[Community, str]) -> None:
    """Given others who are always faster on one case, when commands on three are committed together, then two are answered."""
    community, hot = contended
    quiet = community.collect(), community.collect()
    versions = [community.case(each).version for each in quiet]

    verdicts = community.service.give_all(
        [note(community, each) for each in (quiet[0], hot, quiet[1])]
    )

    assert [type(each) for each in verdicts] == [Answer, Conflict, Answer]
    assert [community.case(each).version for each in quiet] == [v + 1 for v in versions]


def test_a_single_command_is_told_of_the_conflict(contended: tuple[Community, str]) -> None:
    """Given others who are always faster, when somebody gives one command, then it is tried a while, and then they are told."""
    community, hot = contended
    request = note(community, hot)

    with pytest.raises(Conflict):
        community.service.give(request.command, request.envelope)


def test_who_was_stored_before_the_store_is_full_is_answered(
    contended: tuple[Community, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given commands decided one by one, when the store can take the first alone, then that is answered, and the others are told."""
    community, hot = contended
    quiet = community.collect()
    append = community.log.append
    left = iter((True,))

    def filling(units: Sequence[Unit]) -> list[Appended]:
        alone = [unit for unit in units if case_stream(quiet) in unit.reads]
        if len(units) == len(alone) and not next(left, False):
            raise StoreError("store-full", "there is no room", "make some")
        return append(units)

    monkeypatch.setattr(community.log, "append", filling)

    verdicts = community.service.give_all([note(community, each) for each in (quiet, hot, quiet)])

    assert [type(each) for each in verdicts] == [Answer, Conflict, StoreError]
    monkeypatch.setattr(community.log, "append", append)
    assert community.case(quiet).version == 2


def test_trouble_is_raised_as_long_as_nothing_is_stored(
    contended: tuple[Community, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given commands decided one by one, when the store takes none of them, then that is raised for all."""
    community, hot = contended
    append = community.log.append

    def full(units: Sequence[Unit]) -> list[Appended]:
        if len(units) == 1:
            raise StoreError("store-full", "there is no room", "make some")
        return append(units)

    requests = [note(community, hot), note(community, hot)]
    monkeypatch.setattr(community.log, "append", full)
    with pytest.raises(StoreError):
        community.service.give_all(requests)
