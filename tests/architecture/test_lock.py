"""The lock keeps its promise: what is declared is there, within its range, with its hashes."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.repository import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DECLARED = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]

# One requirement with its continuation lines: `name==version ; marker \`, then `--hash=…` lines.
ENTRY = re.compile(r"^([\w.-]+)==(\S+)((?:.*\\\n)*.*)", re.MULTILINE)
LOCKED = {
    name: (version, rest.count("--hash=sha256:"))
    for name, version, rest in ENTRY.findall((ROOT / "requirements.txt").read_text("utf-8"))
}


@pytest.mark.parametrize("declared", DECLARED)
def test_every_dependency_is_locked_within_its_range(declared: str) -> None:
    """Given a declared dependency, then the lock holds a version in its range (`./dev lock`)."""
    requirement = Requirement(declared)
    version, _ = LOCKED[canonicalize_name(requirement.name)]

    assert version in requirement.specifier


def test_every_locked_package_has_its_hashes() -> None:
    """Given the lock, then every package in it can be checked against at least one hash."""
    assert [name for name, (_, hashes) in LOCKED.items() if not hashes] == []
