"""A founded store with people and cases, made once through the command line and copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shell import COLLECT, Store

ESTABLISH = ("--parent", "community", "--name", '{"zh": "网格", "en": "grid"}')


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of ours, and no locale, has a say in what a test sees."""
    for name in ("STORE", "KEYS", "KEY", "WRAPPING_KEY", "LANGUAGE", "DEBUG"):
        monkeypatch.delenv(f"CASESYS_{name}", raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture(scope="session")
def community(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store with two grids; a worker and a lead for grid-1, a worker for grid-2; an open and a closed case in grid-1."""
    store = Store(tmp_path_factory.mktemp("community") / "store.db")
    assert store.run("init").status == 0
    for grid in ("grid-1", "grid-2"):
        store.done("establish-grid", "--grid-id", grid, *ESTABLISH)
    store.hire("worker", "grid_worker", "grid-1")
    store.hire("lead", "grid_lead", "grid-1")
    store.hire("stranger", "grid_worker", "grid-2")
    for case in ("open", "closed"):
        named = ("--case-id", case, "--title", "路灯不亮", "--grid", "grid-1")
        store.done("collect-case", *COLLECT, *named, by="worker")
    store.done("withdraw-case", "--case-id", "closed", by="worker")
    return store


@pytest.fixture
def store(community: Store, tmp_path: Path) -> Store:
    """A copy of the community's store that a test may do anything to."""
    return community.copy(tmp_path)


@pytest.fixture
def empty(tmp_path: Path) -> Store:
    """A store that is not there yet."""
    return Store(tmp_path / "new.db")


@pytest.fixture
def unchanged(store: Store) -> Iterator[None]:
    """Whatever the test does, the log of its store is the same afterwards."""
    before = store.fingerprint()
    yield
    assert store.fingerprint() == before
