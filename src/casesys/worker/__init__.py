"""The worker: beside the server, it keeps the read models up to date, lets time pass for the cases, and notarises the log."""

from casesys.worker.notarising import Notarising
from casesys.worker.threads import Worker

__all__ = ["Notarising", "Worker"]
