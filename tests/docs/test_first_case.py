"""The way to a first case that the README prints is one: its lines are run as they stand there."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from casesys.api.examples import EXAMPLES
from tests.api.site import served

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"
"""Where the README has the server; a test takes whichever port is free."""


def line_of(command: str) -> list[str]:
    """Give the line of the README that runs a command of casesys, as arguments."""
    (line,) = re.findall(rf"^\./dev run casesys ({command} .*)$", README, re.MULTILINE)
    return shlex.split(line, comments=True)


def lines_to_a_case() -> str:
    """Give the lines of the README that lead to a case."""
    (block,) = re.findall(r"^```sh\n(at=.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert ADDRESS in block
    return str(block)


def test_the_printed_bodies_are_the_examples_of_the_document() -> None:
    """Given the README's lines, then the body of each command is the example that the OpenAPI document has for it."""
    sent = re.findall(r"\$at/(\S+) --json '(.*?)'", lines_to_a_case())

    bodies = {
        "collect-case" if path == "cases" else path.rpartition("/")[2]: json.loads(body)
        for path, body in sent
    }
    assert bodies == EXAMPLES


def answers_in(text: str) -> Iterator[Any]:
    """Give the answers in JSON that stand one behind the other."""
    while text:
        answer, end = json.JSONDecoder().raw_decode(text)
        yield answer
        text = text[end:]


def test_the_printed_lines_lead_to_a_first_case(tmp_path: Path) -> None:
    """Given an empty folder, when the README's lines are run from `init` on, then the last one tells the case and what may be done."""
    init = [sys.executable, "-m", "casesys", *line_of("init")]
    subprocess.run(init, cwd=tmp_path, check=True, capture_output=True)
    assert line_of("serve") == ["serve", *line_of("init")[1:]]

    with served(tmp_path / "community.sqlite", {}) as site:
        lines = lines_to_a_case().replace(ADDRESS, site.address)
        done = subprocess.run(
            ["sh", "-e"],
            input=lines,
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    assert (done.returncode, done.stderr) == (0, "")
    *_, file = answers_in(done.stdout)
    assert "add-note" in {each["command"] for each in file["allowed"]}
    assert "accept-case" in file["waits_for"]
