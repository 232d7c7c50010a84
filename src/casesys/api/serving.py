"""The web server: uvicorn with httptools and uvloop, one process, with limits, that finishes what it has taken before it ends."""

import gc
import signal
import socket
from collections.abc import Callable

import uvicorn

from casesys.api.app import create_app
from casesys.api.logs import open_log, take_over
from casesys.api.parts import Parts
from casesys.api.protocol import LimitedProtocol

AT_ONCE = 1_000
"""How many connections are served at once; the rest is told to come back."""

IDLE_SECONDS = 30
GRACE_SECONDS = 20
"""How long what was taken may still last once the server is to end."""


class Server(uvicorn.Server):
    """A server of one site."""

    def __init__(self, parts: Parts) -> None:
        """Make the application over the parts of a site."""
        self._parts = parts
        log = open_log()
        take_over(log)
        super().__init__(
            uvicorn.Config(
                create_app(parts, log),
                http=LimitedProtocol,
                loop="uvloop",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=AT_ONCE,
                timeout_keep_alive=IDLE_SECONDS,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )

    def run_on(self, listener: socket.socket, announce: Callable[[], object]) -> None:
        """Serve on a socket until somebody asks the process to end, which can be from when it is announced. For the main thread.

        The web server hears signals later than that, and when it is done it raises the one that ended it once more, which is not to
        end the process before all else has been brought to an end.
        """
        gc.collect()
        gc.freeze()  # what is there by now stays: looking through it again and again would only cost time
        before = {each: signal.signal(each, self._hear) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            announce()
            self.run(sockets=[listener])
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _hear(self, *_: object) -> None:
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams that would never end by themselves, then wait for the rest."""
        self._parts.progress.end()
        await super().shutdown(sockets)


def listening(host: str, port: int) -> socket.socket:
    """Give a socket that listens, on a free port for port 0. Raises OSError when the address is taken or is none of ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener
