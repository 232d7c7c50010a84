"""What no commit may hold: where this machine fetches packages from, and where things lie on it."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT, committed_files

INDEX_ADDRESS = re.compile(
    rb"https?://\S*/(?:simple|packages)/"
    rb"|https?://(?:[\w-]+\.)*(?:pypi|pythonhosted)\.\w+"
    rb"|--(?:extra-)?index-url[ =]\S*://|--find-links[ =]\S"
)


def local_path(*folders: Path) -> re.Pattern[bytes]:
    """Finds the folders where they stand as absolute paths, and not as the end of a longer one."""
    names = (re.escape(bytes(folder)) for folder in folders if folder != Path(folder.anchor))
    return re.compile(rb"(?<![\w./-])(?:" + b"|".join(names) + rb")(?![\w.-])")


def finds(pattern: re.Pattern[bytes], root: Path) -> list[str]:
    """Each occurrence in the files that are or would be committed: the name, and what matched."""
    return [
        f"{file.relative_to(root)}: {match.group().decode(errors='replace')}"
        for file in committed_files(root)
        for match in pattern.finditer(file.read_bytes())
    ]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """An empty git repository."""
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    return tmp_path


def test_no_file_names_a_package_index() -> None:
    """Given all files, then none holds the address of a package index."""
    assert finds(INDEX_ADDRESS, ROOT) == []


def test_no_file_names_a_path_of_this_machine() -> None:
    """Given all files, then none holds the path of the checkout or of the home directory."""
    assert finds(local_path(ROOT, Path.home()), ROOT) == []


@pytest.mark.parametrize(
    "address",
    [
        "https:" + "//index.example/simple/",
        "https:" + "//mirror.example/root/packages/ab/cd/x.whl",
        "https:" + "//files.python" + "hosted.org/x",
        "https:" + "//py" + "pi.org/project/x",
        "--index" + "-url=http:" + "//mirror.example",
    ],
    ids=["simple", "packages", "files", "project page", "option"],
)
def test_an_index_address_is_found(elsewhere: Path, address: str) -> None:
    """Given a new file with an index address, when the files are searched, then it is found."""
    (elsewhere / "lock.txt").write_text(f"x==1 # {address}\n", encoding="utf-8")

    assert len(finds(INDEX_ADDRESS, elsewhere)) == 1


def test_only_the_path_itself_is_found(elsewhere: Path) -> None:
    """Given a local folder, when the files are searched, then no longer path is taken for it."""
    (elsewhere / "a.txt").write_text("cd /srv/me && ls '/srv/me/x'\n", encoding="utf-8")
    (elsewhere / "b.txt").write_text("/opt/srv/me /srv/mean /srv/me-too\n", encoding="utf-8")

    assert finds(local_path(Path("/srv/me")), elsewhere) == ["a.txt: /srv/me", "a.txt: /srv/me"]


def test_ignored_files_are_not_searched(elsewhere: Path) -> None:
    """Given a file that git ignores, when the files are searched, then it is left alone."""
    (elsewhere / ".gitignore").write_text("*.log\n", encoding="utf-8")
    (elsewhere / "x.log").write_text("/srv/me\n", encoding="utf-8")

    assert finds(local_path(Path("/srv/me")), elsewhere) == []
