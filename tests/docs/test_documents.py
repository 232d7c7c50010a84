"""The documents are true: their examples run, and what they point at is there."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

FENCED = re.compile(r"^( *)(`{3,}|~{3,})([^\n]*)\n(.*?)^\1\2 *$", re.MULTILINE | re.DOTALL)
IN_LINE_CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(<?([^)>\s]+)")

each_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT))
)


def python_examples(text: str) -> Iterator[str]:
    """The fenced blocks of a Markdown text that are marked as Python, without their indentation."""
    for indent, _, language, body in FENCED.findall(text):
        if language.split() == ["python"]:
            yield re.sub(f"^{indent}", "", body, flags=re.MULTILINE)


def broken_links(document: Path) -> list[str]:
    """The relative links of a Markdown file whose target does not exist; code is not searched."""
    prose = IN_LINE_CODE.sub("", FENCED.sub("", document.read_text(encoding="utf-8")))
    targets = (link.partition("#")[0] for link in LINK.findall(prose) if "://" not in link)
    return [target for target in targets if not (document.parent / target).exists()]


def run(example: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs an example as a program of its own, in a folder of its own."""
    return subprocess.run(
        [sys.executable, "-"],
        input=example,
        cwd=folder,
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


@each_document
def test_every_python_example_runs(document: Path, tmp_path: Path) -> None:
    """Given a document, when each Python example runs in an empty folder, then it ends well."""
    for number, example in enumerate(python_examples(document.read_text(encoding="utf-8"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        ended = run(example, folder)
        assert ended.returncode == 0, f"{example}\n{ended.stderr}"


@each_document
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    """Given a document, then the files and folders that it links to exist."""
    assert broken_links(document) == []


def test_examples_are_found_and_run(tmp_path: Path) -> None:
    """Given Python and other blocks, when examples run, then the Python ones do, and tell."""
    text = (
        "```python\nprint('好')\n```\n"
        "```sh\nno python\n```\n"
        "- indented\n  ```python\n  raise SystemExit(3)\n  ```\n"
    )

    good, bad = (run(example, tmp_path) for example in python_examples(text))

    assert (good.returncode, good.stdout) == (0, "好\n")
    assert bad.returncode == 3


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    """Given links that hold, that are broken, and that stand in code, then the broken are found."""
    (tmp_path / "there.md").touch()
    document = tmp_path / "document.md"
    document.write_text(
        "[a](there.md#part) [b](#part) [c](https://example.org/x) [d](gone.md) ![e](gone.svg 'e')\n"
        "`[f](code.md)`\n```\n[g](code.md)\n```\n",
        encoding="utf-8",
    )

    assert broken_links(document) == ["gone.md", "gone.svg"]
