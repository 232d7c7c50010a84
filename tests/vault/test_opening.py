"""What is wrong with a vault is told by a stable code, and nothing is changed."""

import base64
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from casesys.domain.messages import StreamId
from casesys.vault import Unsealed, Vault, VaultError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A vault of the log `log-1` with one subject."""
    with closing(Vault.create(tmp_path / "keys", "log-1")) as vault:
        vault.seal([Unsealed(StreamId("case/1"), 1, "note", "p-1", "text")])
    return tmp_path / "keys"


def code_of(action: Callable[[], object]) -> str:
    """The code with which something is refused."""
    with pytest.raises(VaultError) as refused:
        action()
    return refused.value.code


def spoil(file: Path, content: bytes) -> None:
    """Put other content in a file."""
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda f: (f / "subjects.sqlite").unlink(), "vault-missing"),
        (lambda f: spoil(f / "subjects.sqlite", b"no database" * 500), "vault-corrupt"),
        (lambda f: spoil(f / "subjects.sqlite", b""), "vault-corrupt"),
        (lambda f: (f / "wrapping.key").unlink(), "wrapping-key-missing"),
        (lambda f: spoil(f / "wrapping.key", b""), "wrapping-key-wrong"),
        (lambda f: spoil(f / "wrapping.key", b"not base64!"), "wrapping-key-wrong"),
        (lambda f: spoil(f / "wrapping.key", base64.b64encode(b"x" * 31)), "wrapping-key-wrong"),
        (lambda f: spoil(f / "wrapping.key", base64.b64encode(b"x" * 32)), "wrapping-key-wrong"),
    ],
    ids=["no vault", "broken", "empty", "no key", "empty key", "no base64", "short", "another"],
)
def test_a_damaged_vault_is_refused(
    folder: Path, damage: Callable[[Path], object], code: str
) -> None:
    """Given a vault or key that is missing or spoilt, when it is opened, then the code says which, and files stay as they are."""
    damage(folder)
    before = {f.name: f.read_bytes() for f in folder.iterdir()}

    assert code_of(lambda: Vault.open(folder, "log-1")) == code
    assert {f.name: f.read_bytes() for f in folder.iterdir()} == before


def test_the_vault_of_another_log_is_refused(folder: Path) -> None:
    """Given the vault of one log, when another log opens it, then it is foreign."""
    assert code_of(lambda: Vault.open(folder, "log-2")) == "vault-foreign"


def test_a_vault_is_never_made_over_another(folder: Path) -> None:
    """Given a vault, when one is made in its place, then that is refused and the keys are as before."""
    before = (folder / "subjects.sqlite").read_bytes()

    assert code_of(lambda: Vault.create(folder, "log-1")) == "vault-exists"
    assert (folder / "subjects.sqlite").read_bytes() == before


def test_the_wrapping_key_may_lie_elsewhere(tmp_path: Path) -> None:
    """Given a wrapping key file in a third place, when the vault is made and opened, then the key is there and only there."""
    elsewhere = tmp_path / "safe.key"
    Vault.create(tmp_path / "keys", "log-1", wrapping_key_file=elsewhere).close()
    Vault.open(tmp_path / "keys", "log-1", wrapping_key_file=elsewhere).close()

    assert elsewhere.stat().st_mode & 0o777 == 0o600
    assert code_of(lambda: Vault.open(tmp_path / "keys", "log-1")) == "wrapping-key-missing"


def test_a_swapped_key_is_noticed(folder: Path) -> None:
    """Given the wrapped key of one subject under another's name, when it is needed, then the vault is corrupt."""
    with closing(sqlite3.connect(folder / "subjects.sqlite")) as file:
        file.execute("UPDATE subjects SET subject = 'p-2'")
        file.commit()

    with closing(Vault.open(folder, "log-1")) as vault:
        sealed = Unsealed(StreamId("case/1"), 1, "note", "p-2", "text")
        assert code_of(lambda: vault.seal([sealed])) == "vault-corrupt"


def test_a_full_disk_makes_no_key(folder: Path) -> None:
    """Given no room for more keys, when a new subject comes, then it is refused, and the keys there are go on working."""
    field = Unsealed(StreamId("case/1"), 1, "note", "p-1", "text")
    with closing(Vault.open(folder, "log-1")) as vault:
        connection = vault.keys.connection
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        many = [field._replace(subject=f"new-{n}") for n in range(200)]

        assert code_of(lambda: vault.seal(many)) == "vault-full"
        assert vault.seal([field])[0].subject == "p-1"
        assert vault.keys.find("new-0") is None


def test_a_vault_in_use_elsewhere_is_busy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given another process that does not let go of the lock, when a new subject comes, then the vault is busy."""
    monkeypatch.setattr("casesys.vault.subjects.BUSY_MILLISECONDS", 50)
    field = Unsealed(StreamId("case/1"), 1, "note", "p-new", "text")
    with (
        closing(Vault.open(folder, "log-1")) as vault,
        closing(sqlite3.connect(folder / "subjects.sqlite", isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        assert code_of(lambda: vault.seal([field])) == "vault-busy"
        other.execute("ROLLBACK")
        assert vault.seal([field])[0].subject == "p-new"


def test_forgetting_under_a_reader_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a reader of the old state, when a subject is forgotten, then the vault is busy until it can be repeated."""
    monkeypatch.setattr("casesys.vault.subjects.BUSY_MILLISECONDS", 50)
    with (
        closing(Vault.open(folder, "log-1")) as vault,
        closing(sqlite3.connect(folder / "subjects.sqlite", isolation_level=None)) as reader,
    ):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM subjects").fetchone()
        assert code_of(lambda: vault.forget("p-1")) == "vault-busy"
        assert vault.keys.find("p-1") == (None,)
        reader.execute("COMMIT")
        vault.forget("p-1")

        assert (folder / "subjects.sqlite-wal").stat().st_size == 0
