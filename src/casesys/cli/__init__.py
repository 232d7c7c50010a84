"""The command line: `casesys COMMAND …`, for people and, with `--json`, for programs."""

from casesys.cli.program import main

__all__ = ["main"]
