"""The verifier as one file: made of the modules, which keep out of each other's way, and run by bare Python."""

import ast
import json
import subprocess
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path

from casesys.evidence.standalone import MODULES, verifier


def trees() -> list[ast.Module]:
    """Give the modules that the verifier is made of."""
    folder = files("casesys.evidence")
    return [ast.parse((folder / f"{name}.py").read_text(encoding="utf-8")) for name in MODULES]


def names(tree: ast.Module) -> set[str]:
    """Give what a module defines at its top."""
    found: set[str] = set()
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Assign(targets=targets):
                found |= {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
            case _:
                pass
    return found


def test_no_two_modules_define_the_same_name() -> None:
    """Given the modules in one file, then no name of one hides that of another."""
    counted = Counter(name for tree in trees() for name in names(tree))

    assert [name for name, times in counted.items() if times > 1] == []


def test_the_modules_rest_on_the_standard_library_and_each_other() -> None:
    """Given the modules, then at its top each imports the standard library and those before it, nothing else."""
    known: set[str] = set()
    for name, tree in zip(MODULES, trees(), strict=True):
        for node in tree.body:
            if isinstance(node, ast.ImportFrom):
                module = node.module or ""
                package = module.partition(".")[0]
                assert module in known or package in sys.stdlib_module_names, f"{name}: {module}"
            elif isinstance(node, ast.Import):
                assert all(each.name in sys.stdlib_module_names for each in node.names)
        known.add(f"casesys.evidence.{name}")


def test_bare_python_runs_it(tmp_path: Path) -> None:
    """Given the file alone, when an isolated Python runs it, then it says what it takes, and what is no bundle is unreadable."""
    file = tmp_path / "verify.py"
    file.write_text(verifier(), encoding="utf-8")

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", str(file), *map(str, arguments)]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=tmp_path, encoding="utf-8"
        )

    helped, foreign, missing = run("--help"), run(file), run(tmp_path / "nothing.zip")

    chinese, english = (run(file, "--json", "--language", each) for each in ("zh", "en"))

    assert helped.returncode == 0
    assert "--checkpoint" in helped.stdout
    assert json.loads(chinese.stdout)["says"].startswith("无法读取")
    assert json.loads(english.stdout)["says"].startswith("the file is no archive")
    assert (foreign.returncode, missing.returncode) == (2, 2)
    assert foreign.stderr == missing.stderr == ""


def test_an_older_python_says_so_and_ends_with_what_says_nothing(tmp_path: Path) -> None:
    """Given a Python that is too old, when it runs the file, then it can read it so far as to say that nothing follows."""
    ast.parse(verifier(), feature_version=(3, 8))
    file, older = tmp_path / "verify.py", tmp_path / "older.py"
    file.write_text(verifier(), encoding="utf-8")
    older.write_text(
        "import runpy, sys\nsys.version_info = (3, 10, 12)\n"
        f"runpy.run_path({str(file)!r}, run_name='__main__')\n"
    )

    ended = subprocess.run(
        [sys.executable, "-I", str(older)], capture_output=True, text=True, check=False
    )

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("verify.py needs Python 3.11")


def test_a_fault_of_its_own_is_not_called_damage(tmp_path: Path) -> None:
    """Given a Python in which something of the verifier fails, when it runs, then it ends with what says nothing of the bundle."""
    file, failing = tmp_path / "verify.py", tmp_path / "failing.py"
    file.write_text(verifier(), encoding="utf-8")
    failing.write_text(
        "import runpy, sys, zipfile\n"
        "def broken(*_): raise AssertionError('a fault')\n"
        "zipfile.ZipFile.__init__ = broken\n"
        "sys.argv = sys.argv[1:]\n"
        f"runpy.run_path({str(file)!r}, run_name='__main__')\n"
    )

    ended = subprocess.run(
        [sys.executable, "-I", str(failing), "verify.py", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "AssertionError: a fault" in ended.stderr
    assert ended.stderr.endswith("nothing follows for the bundle\n")
