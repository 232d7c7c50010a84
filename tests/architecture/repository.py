"""The checkout as its tests see it: root, sources, and the files that would be committed."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src"


def committed_files(root: Path) -> list[Path]:
    """The files below root that git holds, or would hold after `git add --all`."""
    # In a container the checkout often belongs to somebody else, which git must be told is meant.
    git = ("git", "-c", f"safe.directory={root}")
    names = subprocess.run(
        [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout
    files = (root / name for name in names.split("\0") if name)
    return [file for file in files if file.is_file()]  # one deleted but not yet committed is not
