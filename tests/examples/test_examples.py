"""The examples for embedders run as they stand."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("embed_domain.py", "grid/east: GridEstablished"),
        ("embed_store.py", "grid-established.v1"),
    ],
)
def test_an_example_runs(name: str, told: str, tmp_path: Path) -> None:
    """Given an empty folder, when the example is run, then it tells what it brought about and complains of nothing."""
    command = [sys.executable, str(EXAMPLES / name)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert told in done.stdout


def test_the_rules_alone_fit_on_a_page() -> None:
    """Given the example on the domain alone, then it has fewer than thirty lines."""
    assert len((EXAMPLES / "embed_domain.py").read_text(encoding="utf-8").splitlines()) < 30
