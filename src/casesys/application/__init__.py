"""The command path: load, decide, append. Nothing else writes to the log."""

from casesys.application.answers import Answer, CommandIdReused, Request
from casesys.application.engine import Engine
from casesys.application.service import Service

__all__ = ["Answer", "CommandIdReused", "Engine", "Request", "Service"]
