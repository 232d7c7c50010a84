"""Invariants 1, 4, 5 and 15 while many write at once: threads and processes before one file, and the log is as if one had written."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from casesys.application import Answer
from casesys.bootstrap import open_service
from casesys.replay.redecide import redecide
from casesys.settings import StoreSettings, store_settings
from tests.model.chronicle import Kept, Told, anomalies, kept
from tests.model.crowd import HOT, READY, THREADS, Member, clock, found_a_town

PROCESSES, ROUNDS = 3, 4
COMMANDS = 500 if "CASESYS_SOAK" in os.environ else 10
"""How many commands each member gives in a round; all begin a round at once, so that they meet on any machine."""


@pytest.fixture
def town(tmp_path: Path) -> StoreSettings:
    """Where the file of a town is."""
    return store_settings(f"sqlite:///{tmp_path}/town.db")


def started(stack: ExitStack, town: StoreSettings, name: str) -> subprocess.Popen[str]:
    """Start a process of the crowd."""
    arguments = [sys.executable, "-m", "tests.model.crowd", f"sqlite:///{town.path}", name]
    process = subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    stack.callback(process.kill)
    return stack.enter_context(process)


def all_ready(processes: list[subprocess.Popen[str]]) -> None:
    """Wait until each has done what it was asked."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{READY}\n"


def test_a_crowd_loses_and_doubles_nothing(town: StoreSettings) -> None:
    """Given processes with threads that fight for one case, when all have ended, then log and answers fit, and decide again alike."""
    told = found_a_town(town)
    with ExitStack() as stack:
        processes = [started(stack, town, f"process-{n}") for n in range(PROCESSES)]
        all_ready(processes)
        for _ in range(ROUNDS):
            for process in processes:
                assert process.stdin is not None
                process.stdin.write(f"{COMMANDS}\n")
            all_ready(processes)
        answers = [process.communicate(timeout=60)[0] for process in processes]
        assert [process.returncode for process in processes] == [0] * PROCESSES
    for text in answers:
        told += msgspec.json.decode(text, type=list[Told])

    with open_service(town, clock=clock) as service:
        log, vault = service.engine.log, service.engine.vault
        assert anomalies(kept(log), told) == []
        report = redecide(log, vault)
        assert (report.differing, report.events) == (0, log.head().size)
    _it_was_a_crowd(told)


def _it_was_a_crowd(told: list[Told]) -> None:
    """They did meet: the one case was written by all, and what several asked was answered to several."""
    hot = {
        t.member.rpartition("-")[0]
        for t in told
        if t.answer.stream == f"case/{HOT}" and not t.answer.repeated and t.member != "founder"
    }
    assert len(hot) == PROCESSES
    assert any(each.answer.repeated for each in told)
    assert len({each.member for each in told}) == PROCESSES * THREADS + 1


# -- the checker itself -------------------------------------------------------------------------------------------------------

Planting = Callable[[list[Kept], list[Told]], None]


def _lose(events: list[Kept], _: list[Told]) -> None:
    events.pop()


def _double(events: list[Kept], told: list[Told]) -> None:
    of_last = told[-1].answer.command_id
    again = [event for event in events if event.command_id == of_last]
    events.extend(
        event._replace(
            position=event.position + len(again),
            version=event.version + len(again),
            previous=again[-1].leaf_hash,
        )
        for event in again
    )


def _skip_a_version(events: list[Kept], _: list[Told]) -> None:
    events[-1] = events[-1]._replace(version=events[-1].version + 1)


def _unlink(events: list[Kept], _: list[Told]) -> None:
    events[-1] = events[-1]._replace(previous=events[0].leaf_hash)


def _swap(events: list[Kept], _: list[Told]) -> None:
    events[-2:] = reversed(events[-2:])


def _keep_quiet(_: list[Kept], told: list[Told]) -> None:
    told.pop()


def _answer_twice(_: list[Kept], told: list[Told]) -> None:
    told.append(told[-1])


def _answer_late(_: list[Kept], told: list[Told]) -> None:
    told[-2:] = reversed(told[-2:])


def _misinform(_: list[Kept], told: list[Told]) -> None:
    wrong = msgspec.structs.replace(told[-1].answer, version=1_000)
    told[-1] = msgspec.structs.replace(told[-1], answer=wrong)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Kept], list[Told]]:
    """What a log keeps and one member was told, with nobody else about."""
    town = store_settings(f"sqlite:///{tmp_path_factory.mktemp('quiet')}/town.db")
    told = found_a_town(town)
    with open_service(town, clock=clock) as service:
        told += Member(service, "alone").act(12)
        return kept(service.engine.log), told


def test_nothing_is_wrong_with_one_member(quiet: tuple[list[Kept], list[Told]]) -> None:
    """Given one member alone, then nothing is found, and there is something in which it could have been."""
    events, told = quiet

    assert anomalies(events, told) == []
    assert all(isinstance(each.answer, Answer) for each in told)
    assert [each.member for each in told[-5:]] == ["alone"] * 5


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (_lose, "answered otherwise than it happened"),
        (_double, "answered otherwise than it happened"),
        (_skip_a_version, "follows"),
        (_unlink, "names another event than the one before"),
        (_swap, "stands at place"),
        (_keep_quiet, "nobody was told of"),
        (_answer_twice, "for the first time more than once"),
        (_answer_late, "was told of"),
        (_misinform, "answered otherwise than it happened"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_wrong_is_named(
    quiet: tuple[list[Kept], list[Told]], plant: Planting, found: str
) -> None:
    """Given a log or answers with something wrong, when they are compared, then it is named."""
    events, told = list(quiet[0]), list(quiet[1])
    plant(events, told)

    assert any(found in anomaly for anomaly in anomalies(events, told))
