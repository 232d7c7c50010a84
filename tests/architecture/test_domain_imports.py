"""What importing the domain brings with it: the linter sees our own imports, this sees all."""

import subprocess
import sys

import pytest

from tests.architecture.repository import SOURCES

IMPORT_THE_WHOLE_DOMAIN = """
import importlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import casesys.domain
for module in pkgutil.walk_packages(casesys.domain.__path__, "casesys.domain."):
    importlib.import_module(module.name)
print(*sorted(sys.modules), sep="\\n")
"""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """All that a bare interpreter holds after importing every module of the domain."""
    command = [sys.executable, "-I", "-c", IMPORT_THE_WHOLE_DOMAIN, str(SOURCES)]
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    return set(run.stdout.split())


def test_of_ours_it_loads_nothing_but_itself(loaded: set[str]) -> None:
    """Given a bare interpreter, when the domain is imported, then no other room is loaded."""
    ours = {name for name in loaded if name.partition(".")[0] == "casesys"} - {"casesys"}

    assert "casesys.domain" in ours
    assert {name for name in ours if not f"{name}.".startswith("casesys.domain.")} == set()


@pytest.mark.parametrize(
    "package",
    ["asyncio", "eventsourcing", "fastapi", "psycopg", "sqlite3", "starlette", "typer", "uvicorn"],
)
def test_it_loads_no_framework_and_no_store(loaded: set[str], package: str) -> None:
    """Given a bare interpreter, when the domain is imported, then none of these comes along."""
    assert package not in loaded
