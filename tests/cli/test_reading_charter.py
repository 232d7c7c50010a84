"""`casesys charter show`: a charter as people read it."""

from pathlib import Path

import pytest

from casesys import charters
from casesys.domain.charter.parse import parse_charter
from tests.cli.shell import Store, casesys

STOCK = parse_charter(charters.read("stock.toml"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The stock charter in a file."""
    written = tmp_path / "charter.toml"
    written.write_bytes(charters.read("stock.toml"))
    return written


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_charter_is_readable(file: Path, language: str) -> None:
    """Given the stock charter, when it is shown, then every article is there with its numbers, and every procedure's steps."""
    ended = casesys("charter", "show", str(file), "--language", language)

    assert ended.status == 0
    assert f"stock 2026.1  sha256:{STOCK.digest}" in ended.out
    for clause in STOCK.charter.clauses:
        assert getattr(STOCK.clause_text(clause), language) in ended.out
    for procedure in STOCK.charter.procedures.values():
        assert getattr(procedure.label, language) in ended.out
        for step in procedure.steps:
            assert f"{getattr(step.label, language)}  [{step.kind}, {step.clause}]" in ended.out


def test_the_charter_in_force_is_shown(store: Store, file: Path) -> None:
    """Given a store, when its charter is shown, then it is the one in force, for a grid below as well."""
    from_file = casesys("charter", "show", str(file)).out

    assert store.run("charter", "show").out == from_file
    assert store.run("charter", "show", "--grid", "grid-1").out == from_file
    assert store.run("charter", "show", "--json").json["rule"]["digest"] == STOCK.digest


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("show",), 2, "usage"),
        (("praise", "x.toml"), 2, "usage"),
        (("show", "nowhere.toml"), 2, "file-unreadable"),
        (("show", "{folder}/broken.toml"), 2, "charter-invalid"),
        (("show", "--store", "{store}", "--grid", "mars"), 3, "unknown-grid"),
    ],
    ids=str,
)
def test_what_is_no_charter(
    store: Store, tmp_path: Path, arguments: tuple[str, ...], status: int, code: str
) -> None:
    """Given no charter, or a broken one, when it is to be shown, then that is told with its code."""
    (tmp_path / "broken.toml").write_text("code = ")

    ended = casesys("charter", *(a.format(folder=tmp_path, store=store.address) for a in arguments))

    assert (ended.status, ended.code) == (status, code)
