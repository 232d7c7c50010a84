"""A worker in a process of its own, as the process that started it sees it: kept at work, heard, and told when to end.

Two pipes lead to it. As long as its input is open it works: that ends with the parent, however the parent ends. On its output it tells
what stands in its way, all of it in one line whenever that changes: `notary=unsigned clock=store-busy`, or nothing at all.
"""

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from subprocess import PIPE, Popen
from threading import Event, Lock, Thread
from time import monotonic
from typing import Self

PAUSE_SECONDS = 0.5
"""How long to wait before a worker that has ended is started again; twice as long each time,"""

PAUSE_AT_MOST = 30.0
"""up to this, unless it was at work for longer than that."""

STOP_SECONDS = 20.0
"""How long a worker may take to finish what it is at."""

PROCESS = "process"
"""What is told of a worker whose process is not there, beside what it tells of its threads."""

_log = logging.getLogger(__name__)


class WorkerProcess:
    """Keeps a worker at work in a process of its own from `start` to `stop`, and starts it again whenever it ends before."""

    def __init__(self, command: Sequence[str], *, pause: float = PAUSE_SECONDS) -> None:
        """Name the command that starts it, which is to do as this module says."""
        self._command = command
        self._pause = pause
        self._process: Popen[bytes] | None = None
        self._changing = Lock()
        self._stopped = Event()
        self._troubles: Mapping[str, str] = {}
        self._thread = Thread(target=self._keep_at_work, name="casesys-worker-process")

    @property
    def troubles(self) -> Mapping[str, str]:
        """What stands in its way just now, by code, and under `process` how it ended when it is not there."""
        return self._troubles

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Let it finish what it is at, and wait for that, but not for ever."""
        with self._changing:
            self._stopped.set()
            process = self._process
            if process is not None and process.stdin is not None:
                process.stdin.close()
        self._thread.join(STOP_SECONDS)
        if process is not None and self._thread.is_alive():
            _log.error("the worker does not end; it is killed")
            process.kill()
        self._thread.join()

    def __enter__(self) -> Self:
        """Have it at work for the length of a block."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()

    def _keep_at_work(self) -> None:
        pause = self._pause
        while not self._stopped.is_set():
            began = monotonic()
            ended = self._run()
            if self._stopped.is_set():
                return
            pause = self._pause if monotonic() - began > PAUSE_AT_MOST else pause
            self._troubles = {PROCESS: ended}
            _log.error("the worker has ended (%s); it is started again in %.1f s", ended, pause)
            self._stopped.wait(pause)
            pause = min(2 * pause, PAUSE_AT_MOST)

    def _run(self) -> str:
        """Start it, and hear what it tells until it ends; say how it did."""
        with self._changing:
            if self._stopped.is_set():
                return "stopped"
            try:
                self._process = process = Popen(  # noqa: S603 - our own program
                    self._command,
                    stdin=PIPE,
                    stdout=PIPE,
                    process_group=0,  # Ctrl+C is for the parent, which ends it by its input
                )
            except OSError as error:
                return type(error).__name__
        with process:
            for line in process.stdout or ():
                if PROCESS in self._troubles:
                    _log.info("the worker is at work again")
                self._troubles = _read(line)
        status = process.returncode
        return f"status-{status}" if status >= 0 else f"signal-{-status}"


class Elsewhere:
    """A worker that somebody else runs. It tells its troubles in its own log; here nothing is known of them."""

    troubles: None = None

    def __enter__(self) -> Self:
        """Leave it alone."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave it alone."""


Apart = WorkerProcess | Elsewhere
"""A worker that is not in threads of this process."""


def tell_parent(troubles: Mapping[str, str]) -> None:
    """Tell the process that started this one what stands in the worker's way."""
    line = " ".join(f"{what}={code}" for what, code in troubles.items())
    with suppress(BrokenPipeError):  # it is gone; then our input ends, too
        os.write(sys.stdout.fileno(), f"{line}\n".encode())


def _read(line: bytes) -> Mapping[str, str]:
    """Read what `tell_parent` wrote."""
    pairs = (each.partition("=") for each in line.decode(errors="replace").split())
    return {what: code for what, _, code in pairs}
