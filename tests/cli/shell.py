"""The command line as tests see it: what is typed, and what comes back. Stores are real files."""

import io
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from casesys.cli import main
from casesys.store.sqlite import open_log

COMMUNITY = "community"

COLLECT = ("--case-type", "issue", "--category", "courtyard_lamp", "--channel", "patrol")
"""What a case needs to be collected, but for its title and grid."""


class Ended(NamedTuple):
    """How a command ended: its status, what it said, and what it complained of."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever it printed
        """The one JSON value on standard output."""
        return json.loads(self.out)

    @property
    def code(self) -> str:
        """The stable code of a failure told to people."""
        name, code, _ = self.err.split(": ", 2)
        assert name.splitlines()[-1] == "casesys", self.err
        return code


def casesys(*arguments: str, given: bytes = b"") -> Ended:
    """Run one command in this process, English unless it asks otherwise."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    status: object = None
    with redirect_stdout(out), redirect_stderr(err), _standard_input(given):
        try:
            main(arguments)
        except SystemExit as ended:
            status = ended.code
    said, complained = (_written(stream) for stream in (out, err))
    assert isinstance(status, int)
    assert "Traceback" not in said + complained or os.environ.get("CASESYS_DEBUG")
    return Ended(status, said, complained)


@contextmanager
def _standard_input(given: bytes) -> Iterator[None]:
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(given), encoding="utf-8")
    try:
        yield
    finally:
        sys.stdin = before


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


class Store:
    """A store in a folder, and the keys of the people who act in it."""

    def __init__(self, path: Path) -> None:
        """Name a store that is there, or is yet to be made."""
        self.path = path
        self.keys = path.with_name(f"{path.name}.keys")

    @property
    def address(self) -> str:
        """How the command line names it."""
        return f"sqlite:///{self.path}"

    def run(self, command: str, *arguments: str, given: bytes = b"") -> Ended:
        """Run a command on this store."""
        return casesys(command, *arguments, "--store", self.address, given=given)

    def do(self, command: str, *arguments: str, by: str = "operator", given: bytes = b"") -> Ended:
        """Give a command as one of the people."""
        key = str(self.keys / f"{by}.key")
        return self.run("do", command, *arguments, "--key", key, given=given)

    def done(self, command: str, *arguments: str, by: str = "operator") -> Any:  # noqa: ANN401 - JSON
        """Give a command that is accepted; what it answered."""
        ended = self.do(command, *arguments, "--json", by=by)
        assert ended.status == 0, ended
        return ended.json

    def hire(self, person: str, role: str, grid: str = COMMUNITY) -> None:
        """Register a person, give them a role and a key."""
        self.done("register-person", "--person-id", person, "--name", f"name of {person}")
        of_whom = ("--person-id", person, "--mandate-id", f"m-{person}")
        self.done("give-mandate", *of_whom, "--role", role, "--grid-id", grid)
        key = self.done(
            "issue-api-key", "--person-id", person, "--client-id", "desk", "--label", person
        )
        (self.keys / f"{person}.key").write_text(key["secret"])

    def copy(self, folder: Path) -> "Store":
        """Copy the store with its keys into a folder of its own."""
        path = folder / self.path.name
        shutil.copy(self.path, path)
        copied = Store(path)
        shutil.copytree(self.keys, copied.keys)
        return copied

    def leaves(self) -> list[dict[str, Any]]:
        """Read every event of the log as it is stored."""
        with open_log(self.path) as log:
            return [json.loads(stored.leaf_bytes) for stored in log.read(0, 100_000)]

    def fingerprint(self) -> str:
        """Give a digest of every event in the log."""
        return sha256(json.dumps(self.leaves()).encode()).hexdigest()
