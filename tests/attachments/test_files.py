"""Keeping files, and losing them on purpose."""

import asyncio
import resource
from collections.abc import AsyncIterator
from errno import EIO
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest

from casesys.attachments import AttachmentRefused, Attachments, Declared, Upload, open_attachments
from casesys.attachments.files import INCOMING
from casesys.attachments.refusing import FilesUnavailable
from casesys.vault import Vault, VaultError
from tests.attachments.samples import PNG, SAMPLES, pieces

CASE, SUBJECT = "case-01", "person-1"
CONTENT = PNG + bytes(300_000)
DIGEST = sha256(CONTENT).hexdigest()


@pytest.fixture
def vault() -> Vault:
    """A vault of no log in particular."""
    return Vault.in_memory(str(uuid4()))


@pytest.fixture(params=["folder", "memory"])
def files(request: pytest.FixtureRequest, tmp_path: Path, vault: Vault) -> Attachments:
    """Somewhere to keep files."""
    folder = tmp_path / "files" if request.param == "folder" else None
    return open_attachments(folder, vault, limit=400_000)


def take(
    files: Attachments, content: bytes = CONTENT, declared: Declared | None = None, case: str = CASE
) -> Upload:
    """Bring a file, by default a picture."""
    said = declared or Declared("image/png")
    return asyncio.run(files.take(case, SUBJECT, said, pieces(content, 50_000)))


def read(files: Attachments, digest: str = DIGEST, case: str = CASE) -> bytes | None:
    """Read a file again."""

    async def run() -> bytes | None:
        content = await files.content(case, SUBJECT, digest)
        return None if content is None else b"".join([piece async for piece in content])

    return asyncio.run(run())


def kept(folder: Path) -> list[Path]:
    """Every file below a folder."""
    return [each for each in folder.rglob("*") if each.is_file()]


def test_a_file_comes_back_as_it_was_brought(files: Attachments) -> None:
    """Given a file that was brought, when it is read, it is the same, and is known by its content."""
    upload = take(files, declared=Declared("image/png", len(CONTENT), DIGEST))
    assert (upload.digest, upload.size) == (DIGEST, len(CONTENT))
    assert read(files) == CONTENT


@pytest.mark.parametrize(
    ("content", "declared", "code"),
    [
        (b"", Declared("image/png"), "file-empty"),
        (b"MZ\x90", Declared("image/png"), "file-not-as-declared"),
        (b"x" * 10_000, Declared("image/png"), "file-not-as-declared"),
        (CONTENT, Declared("text/html"), "file-type-not-taken"),
        (CONTENT, Declared("image/png", len(CONTENT) - 1), "file-size-not-as-declared"),
        (CONTENT, Declared("image/png", 400_001), "file-too-large"),
        (PNG + bytes(400_000), Declared("image/png"), "file-too-large"),
        (CONTENT, Declared("image/png", digest="0" * 64), "file-digest-not-as-declared"),
        (SAMPLES["text/plain"][:-1], Declared("text/plain"), "file-not-as-declared"),
    ],
)
def test_a_file_that_lies_is_not_kept(
    tmp_path: Path, vault: Vault, content: bytes, declared: Declared, code: str
) -> None:
    """Given a file that is not what is said of it, when it is brought, it is refused with its code and nothing is left of it."""
    files = open_attachments(tmp_path / "files", vault, limit=400_000)
    with pytest.raises(AttachmentRefused) as refused:
        take(files, content, declared)
    assert refused.value.code == code
    assert kept(tmp_path / "files") == []
    assert vault.held == 0


def test_a_connection_that_breaks_leaves_nothing(tmp_path: Path, vault: Vault) -> None:
    """Given a file that stops coming halfway, nothing of it is kept."""
    files = open_attachments(tmp_path / "files", vault)

    async def broken() -> AsyncIterator[bytes]:
        yield CONTENT
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        asyncio.run(files.take(CASE, SUBJECT, Declared("image/png"), broken()))
    assert kept(tmp_path / "files") == []


def test_the_same_file_of_two_cases_is_kept_for_each(files: Attachments) -> None:
    """Given one file in two cases, when it is dropped from one, the other still has it; a third never had it."""
    take(files)
    other = take(files, case="case-02")
    asyncio.run(files.drop(other))
    assert read(files) == CONTENT
    assert read(files, case="case-02") is None
    assert read(files, case="case-03") is None


def test_of_files_brought_twice_all_agree_on_the_first(files: Attachments) -> None:
    """Given the same file brought again and again, then the first that came is the first; once it is dropped, the next one is."""
    uploads = [take(files) for _ in range(4)]
    take(files, case="case-02")
    while uploads:
        firsts = [asyncio.run(files.is_first(CASE, upload)) for upload in uploads]
        assert firsts == [True] + [False] * (len(uploads) - 1)
        asyncio.run(files.drop(uploads.pop(0)))
        assert (read(files) == CONTENT) == bool(uploads)


def test_a_file_brought_twice_may_be_dropped_once(files: Attachments) -> None:
    """Given the same file brought twice to one case, when the second is dropped, the first is still there."""
    take(files)
    again = take(files)
    asyncio.run(files.drop(again))
    assert read(files) == CONTENT


def test_who_is_forgotten_has_no_files(files: Attachments, vault: Vault) -> None:
    """Given a file of somebody, when their key is gone, the file cannot be read, and no other is kept for them."""
    take(files)
    vault.forget(SUBJECT)
    assert read(files) is None
    with pytest.raises(VaultError, match="forgotten"):
        take(files)


def test_nothing_can_be_read_in_the_folder(tmp_path: Path, vault: Vault) -> None:
    """Given a file that was kept, its folder holds neither its content nor the name of its case."""
    files = open_attachments(tmp_path / "files", vault)
    take(files, SAMPLES["text/plain"] * 50, Declared("text/plain"))
    (file,) = kept(tmp_path / "files")
    assert CASE not in str(file.relative_to(tmp_path))
    assert SAMPLES["text/plain"] not in file.read_bytes()


def test_a_file_put_in_the_place_of_another_does_not_open(tmp_path: Path, vault: Vault) -> None:
    """Given two files of one case, when one is laid in the place of the other, reading it says that it was altered."""
    files = open_attachments(tmp_path / "files", vault)
    here = tmp_path / "files" / take(files).place
    there = take(files, PNG + b"other")
    here.write_bytes((tmp_path / "files" / there.place).read_bytes())
    with pytest.raises(VaultError, match="not what was sealed"):
        read(files)


def test_what_was_coming_in_when_the_process_ended_is_cleared_away(
    tmp_path: Path, vault: Vault
) -> None:
    """Given a file that was coming in when a process ended, when the next one opens the folder, it is gone; the others stay."""
    take(open_attachments(tmp_path / "files", vault))
    (tmp_path / "files" / INCOMING).mkdir(exist_ok=True)
    (tmp_path / "files" / INCOMING / "half#1").write_bytes(b"half")
    files = open_attachments(tmp_path / "files", vault)
    assert len(kept(tmp_path / "files")) == 1
    assert read(files) == CONTENT


def test_a_disk_that_refuses_takes_no_file(tmp_path: Path, vault: Vault) -> None:
    """Given a disk that refuses to write on, when a file is brought, then that is told; once there is room, it is taken."""
    files = open_attachments(tmp_path / "files", vault)
    was = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, was[1]))
    try:
        with pytest.raises(FilesUnavailable):
            take(files)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, was)
    assert read(files) is None

    take(files)

    assert read(files) == CONTENT
    open_attachments(tmp_path / "files", vault)
    assert len(kept(tmp_path / "files")) == 1


def test_a_file_that_cannot_be_made_durable_is_not_acknowledged(
    tmp_path: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a disk that fails to sync, when a file is brought, then that is told as any trouble with files."""
    files = open_attachments(tmp_path / "files", vault)

    def fsync(_descriptor: int) -> None:
        raise OSError(EIO, "the disk reported an error")

    monkeypatch.setattr("os.fsync", fsync)
    with pytest.raises(FilesUnavailable):
        take(files)
