"""The command path as callers see it: `async` for a server, synchronous for embedders.

A server's commands queue up while a commit is under way; then all that is pending is decided and committed together by the one
thread that writes. The synchronous façade does the same work in the caller's thread, because a hop to another costs more than
the work. In both, the answer comes after the commit.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Self

from casesys.application.answers import Answer, Request
from casesys.application.engine import Engine, Verdict
from casesys.domain.messages import Command, Envelope

BATCH_AT_MOST = 512
"""How many commands one commit holds at the most, so that the first is not kept waiting by the last."""


class Service:
    """Gives commands to an engine. Safe to share between threads and tasks of one event loop."""

    def __init__(self, engine: Engine) -> None:
        """Take over the engine: from here on nobody else may call it."""
        self.engine = engine
        self._lock = Lock()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="casesys-writer")
        self._pending: list[tuple[Request, asyncio.Future[Verdict]]] = []
        self._writing = False

    def give(self, command: Command, envelope: Envelope) -> Answer:
        """Decide a command in this thread and answer once it is committed.

        Raises Refusal, CommandIdReused, Conflict (others were faster too often), StoreError or VaultError.
        """
        return answered(self.give_all((Request(command, envelope),))[0])

    def give_all(self, requests: Sequence[Request]) -> list[Verdict]:
        """Decide several commands in this thread and commit them together; what befalls some of them is given back, not raised.

        Raises StoreError or VaultError when nothing could be stored at all.
        """
        with self._lock:
            return self.engine.perform(requests)

    async def submit(self, request: Request) -> Answer:
        """Queue a command and answer once it is committed, together with whatever else was pending.

        Raises as `give` does, and Stale when the case is not as the request expects it.
        """
        future: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._pending.append((request, future))
        if not self._writing:
            self._writing = True
            self._write_on = asyncio.ensure_future(self._write())
        return answered(await future)

    async def _write(self) -> None:
        """Commit batch after batch until nothing is pending."""
        loop = asyncio.get_running_loop()
        try:
            while self._pending:
                batch, self._pending = self._pending[:BATCH_AT_MOST], self._pending[BATCH_AT_MOST:]
                requests = [request for request, _ in batch]
                try:
                    verdicts = await loop.run_in_executor(self._writer, self.give_all, requests)
                except Exception as error:  # noqa: BLE001 - told to every caller of the batch
                    for _, future in batch:
                        if not future.done():
                            future.set_exception(error)
                    continue
                for (_, future), verdict in zip(batch, verdicts, strict=True):
                    if not future.done():
                        future.set_result(verdict)
        finally:
            self._writing = False

    def close(self) -> None:
        """Finish what is being written and let go of the log and the vault."""
        self._writer.shutdown(wait=True)
        self.engine.log.close()
        self.engine.vault.close()

    def __enter__(self) -> Self:
        """Use the service for the length of a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the service."""
        self.close()


def answered(verdict: Verdict) -> Answer:
    """Give an answer, or raise what stands in its place."""
    if isinstance(verdict, Answer):
        return verdict
    raise verdict
