"""The worker: it keeps the read models up to date, lets time pass, and notarises the log; beside the server, or apart from it."""

from casesys.worker.apart import Apart, Elsewhere, WorkerProcess, tell_parent
from casesys.worker.notarising import Notarising
from casesys.worker.threads import TellTroubles, Worker

__all__ = [
    "Apart",
    "Elsewhere",
    "Notarising",
    "TellTroubles",
    "Worker",
    "WorkerProcess",
    "tell_parent",
]
