"""A worker in a process of its own, as its parent sees it. Small programs stand where the worker would: they keep to its two pipes."""

import os
import signal
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from casesys.worker import WorkerProcess
from tests.worker.test_worker import eventually

AT_WORK = "import os, sys; print(f'pid={os.getpid()}', flush=True); "
"""Tells the number of its process, as if that stood in its way."""

PAUSE = 0.01


def program(text: str) -> Sequence[str]:
    """Give the command that runs a program."""
    return [sys.executable, "-S", "-c", text]


def number_of(worker: WorkerProcess) -> int:
    """Give the number of a worker's process, as soon as it has told it."""
    eventually(lambda: "pid" in worker.troubles)
    return int(worker.troubles["pid"])


def test_what_it_tells_is_heard() -> None:
    """Given a worker that tells what stands in its way, and then that nothing does, its parent knows of both."""
    text = "import sys, time; print('clock=a notary=b', flush=True); time.sleep(0.2); print(flush=True); sys.stdin.read()"
    with WorkerProcess(program(text)) as worker:
        eventually(lambda: worker.troubles == {"clock": "a", "notary": "b"})
        eventually(lambda: worker.troubles == {})


def test_it_ends_with_its_input(tmp_path: Path) -> None:
    """Given a worker with something to finish when its input ends, when it is stopped, then it has finished, and stays away."""
    marks = tmp_path / "marks"
    text = f"import sys; sys.stdin.read(); open({str(marks)!r}, 'a').write('x')"
    with WorkerProcess(program(text), pause=PAUSE):
        pass

    assert marks.read_text() == "x"


def test_what_a_terminal_sends_does_not_reach_it() -> None:
    """Given a worker at work, then it is in a group of its own: Ctrl+C is for its parent alone."""
    with WorkerProcess(program(AT_WORK + "sys.stdin.read()")) as worker:
        assert os.getpgid(number_of(worker)) != os.getpgrp()


def test_one_that_ends_is_started_again(caplog: pytest.LogCaptureFixture) -> None:
    """Given a worker that is killed, then its parent tells so, in its log too, and starts another, until that is at work."""
    with WorkerProcess(program(AT_WORK + "sys.stdin.read()"), pause=0.2) as worker:
        first = number_of(worker)
        os.kill(first, signal.SIGKILL)
        eventually(lambda: worker.troubles == {"process": "signal-9"})
        assert number_of(worker) != first

    assert caplog.text.count("the worker has ended (signal-9)") == 1


def test_one_that_ends_again_and_again_is_left_longer_each_time(tmp_path: Path) -> None:
    """Given a worker that ends at once, then the pauses before it is started again grow."""
    begun = tmp_path / "begun"
    text = f"import time; open({str(begun)!r}, 'a').write(f'{{time.time()}} ')"
    with WorkerProcess(program(text), pause=0.05) as worker:
        eventually(lambda: begun.exists() and len(begun.read_text().split()) >= 4)
        assert worker.troubles == {"process": "status-0"}

    times = [float(each) for each in begun.read_text().split()]
    first, second, third = (after - before for before, after in pairwise(times[:4]))
    assert first >= 0.05
    assert second >= 0.1
    assert third >= 0.2


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Given a command that cannot be started, then its parent tells so and tries again."""
    with WorkerProcess([str(tmp_path / "nothing")], pause=PAUSE) as worker:
        eventually(lambda: worker.troubles == {"process": "FileNotFoundError"})


def test_one_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a worker that does not heed that its input has ended, then it is killed after a while."""
    monkeypatch.setattr("casesys.worker.apart.STOP_SECONDS", 0.1)
    with WorkerProcess(program(AT_WORK + "import time; time.sleep(600)")) as worker:
        number = number_of(worker)

    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
