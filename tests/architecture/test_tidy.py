"""Style as a test: what is longer, vaguer or less explained than the house allows fails here."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT, SOURCES

# The aim is 40 and 300; these are where a long one stops being a question and becomes an error.
LONGEST_FUNCTION = 60
LONGEST_MODULE = 400
VAGUE_NAMES = {"base", "common", "helpers", "manager", "misc", "utils"}

MODULES = sorted(SOURCES.rglob("*.py"))


def faults(module: Path) -> Iterator[str]:
    """What is untidy about one module, in sentences."""
    text = module.read_text(encoding="utf-8")
    tree = ast.parse(text)
    if module.stem in VAGUE_NAMES or module.parent.name in VAGUE_NAMES:
        yield "its name says nothing"
    if not ast.get_docstring(tree):
        yield "no docstring says what it is for"
    if (lines := len(text.splitlines())) > LONGEST_MODULE:
        yield f"it has {lines} lines"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{node.name} has {lines} lines"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_every_module_is_tidy(module: Path) -> None:
    """Given a module of ours, then it is short, explained and named for what it is."""
    assert list(faults(module)) == []


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("utils.py", '"""Text."""', "its name says nothing"),
        ("utils/text.py", '"""Text."""', "its name says nothing"),
        ("text.py", "", "no docstring says what it is for"),
        ("text.py", '"""Text."""\n' + "x = 1\n" * 400, "it has 401 lines"),
        ("text.py", '"""Text."""\ndef f():\n' + "    f()\n" * 60, "f has 61 lines"),
        ("text.py", '"""Text."""\nclass A:\n async def f():\n' + "  f()\n" * 60, "f has 61 lines"),
    ],
    ids=["vague module", "vague package", "docstring", "module", "function", "method"],
)
def test_an_untidy_module_is_named(tmp_path: Path, name: str, text: str, fault: str) -> None:
    """Given a module with one fault, when it is looked at, then just that fault is found."""
    module = tmp_path / name
    module.parent.mkdir(exist_ok=True)
    module.write_text(text, encoding="utf-8")

    assert list(faults(module)) == [fault]
