"""The worker: beside the server, it keeps the read models up to date and lets time pass for the cases."""

from casesys.worker.threads import Worker

__all__ = ["Worker"]
