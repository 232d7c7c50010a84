"""The program around the commands: help, languages, speed of starting, and the last line of defence against tracebacks."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from casesys.application.wording import DAMAGE, TROUBLE
from casesys.cli import program
from casesys.cli.explaining import explain
from casesys.cli.failing import Status
from casesys.cli.program import ENTRIES
from casesys.store import StoreError
from casesys.vault import VaultError
from tests.cli.shell import Store, casesys

SOURCES = Path(program.__file__).parents[1]
HEAVY = {"pydantic", "msgspec", "eventsourcing", "cryptography", "cel_expr_python", "rich"}


def test_help_lists_every_command() -> None:
    """Given no command, or --help, then every command is listed with what it does."""
    ended = casesys("--help")

    assert ended.status == 0
    for name, entry in ENTRIES.items():
        assert re.search(rf"^  {name} +{re.escape(entry.en[:20])}", ended.out, re.MULTILINE)
    assert casesys().out == ended.out


@pytest.mark.parametrize("name", ENTRIES)
def test_every_command_has_help(name: str) -> None:
    """Given any command, when its help is asked for, then it is there, with or without the word casesys before it."""
    ended = casesys(name, "--help")

    assert (ended.status, ended.err) == (0, "")
    assert "--" in ended.out


def test_the_version_can_be_asked_for() -> None:
    """Given --version, then the version is printed."""
    assert re.fullmatch(r"casesys \d+\.\d+\.\d+\n", casesys("--version").out)


@pytest.mark.parametrize(
    ("variables", "arguments", "expected"),
    [
        ({}, (), "what to do"),
        ({"LANG": "zh_CN.UTF-8"}, (), "怎么办"),
        ({"LANG": "de_DE.UTF-8"}, (), "what to do"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, (), "what to do"),
        ({"LANG": "en_GB.UTF-8", "CASESYS_LANGUAGE": "zh"}, (), "怎么办"),
        ({"LANG": "zh_CN.UTF-8"}, ("--language", "en"), "what to do"),
        ({"CASESYS_LANGUAGE": "en"}, ("--language=zh",), "怎么办"),
    ],
    ids=str,
)
def test_the_language_is_asked_for_or_the_environment_s(
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    arguments: tuple[str, ...],
    expected: str,
) -> None:
    """Given an option, a variable of ours or a locale, in this order, then the program speaks that language."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert expected in casesys("doctor", "--store", "nonsense", *arguments).err


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("--nonsense",), ("doctor",), ("doctor", "--language", "fr", "--store", "x")],
    ids=str,
)
def test_a_command_line_that_cannot_be_read(arguments: tuple[str, ...]) -> None:
    """Given a command line with a fault, then it is told in one line with its code, for programs too."""
    ended = casesys(*arguments)

    assert (ended.status, ended.code, ended.out) == (2, "usage", "")
    assert casesys(*arguments, "--json").json["error"]["code"] == "usage"


def shell(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a process of its own."""
    return subprocess.run(
        [sys.executable, *arguments],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | variables,
    )


def test_it_runs_as_a_module(store: Store) -> None:
    """Given `python -m casesys`, then it is the program: it answers, and its status is the process's."""
    good = shell("-m", "casesys", "doctor", "--store", store.address)
    bad = shell("-m", "casesys", "do", "accept-case", "--case-id", "x", CASESYS_STORE=store.address)

    assert (good.returncode, good.stderr) == (0, "")
    assert (bad.returncode, bad.stdout) == (3, "")
    assert bad.stderr.startswith("casesys: unknown-case: ")


def test_help_loads_nothing_heavy() -> None:
    """Given --help, then neither the domain nor a store is loaded for it: it is there at once."""
    ask = "import atexit, sys; atexit.register(lambda: print(*sys.modules)); from casesys.cli import main; main()"

    loaded = {name.partition(".")[0] for name in shell("-c", ask, "--help").stdout.split()}

    assert "typer" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_a_poor_terminal_is_no_reason_to_fail(store: Store) -> None:
    """Given a terminal that knows Latin letters only, when Chinese is to be said, then it is said somehow."""
    arguments = ("-m", "casesys", "doctor", "--language", "zh", "--store", store.address)

    ended = shell(*arguments, PYTHONIOENCODING="latin-1")

    assert ended.returncode == 0
    assert "\\u6b63\\u5e38" in ended.stdout


def test_who_stops_reading_is_no_reason_to_fail() -> None:
    """Given a reader who goes away, when a long list is printed, then nobody hears of it."""
    reading, writing = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-m", "casesys", "do", "--list"], stdout=writing, stderr=subprocess.PIPE
    ) as started:
        os.close(reading)
        os.close(writing)
        _, complained = started.communicate()

    assert complained == b""


def _fail() -> None:
    raise ZeroDivisionError("欧阳翠花")


def _fail_to_explain(_: Exception) -> None:
    raise RuntimeError


def test_a_fault_of_ours_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an error nobody foresaw, then its kind is told and not what it says, which may be personal."""
    monkeypatch.setattr(program, "_loaded", lambda _: _fail)

    ended = casesys("doctor")

    assert (ended.status, ended.code) == (5, "internal-error")
    assert "ZeroDivisionError" in ended.err
    assert "CASESYS_DEBUG=1" in ended.err
    assert "欧阳翠花" not in ended.err + casesys("doctor", "--json").out


def test_a_fault_can_be_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given CASESYS_DEBUG, when an error nobody foresaw happens, then the traceback is shown as well."""
    monkeypatch.setattr(program, "_loaded", lambda _: _fail)
    monkeypatch.setenv("CASESYS_DEBUG", "1")

    assert "Traceback (most recent call last)" in casesys("doctor").err


def test_what_cannot_be_explained_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an error in telling an error, then there is still one line with a code."""
    monkeypatch.setattr(program, "_loaded", lambda _: _fail)
    monkeypatch.setattr("casesys.cli.explaining.explain", _fail_to_explain)

    ended = casesys("doctor")

    assert (ended.status, ended.code) == (5, "internal-error")


@pytest.mark.parametrize("error", [StoreError, VaultError])
def test_every_trouble_has_its_words(error: type[StoreError | VaultError]) -> None:
    """Given each code that a room can raise, then there are words and a remedy for it in both languages."""
    codes = re.findall(r"`([a-z]+(?:-[a-z]+)+)`", str(error.__doc__))

    assert len(codes) > 5
    for code in codes:
        status = Status.DAMAGED if code in DAMAGE else Status.UNAVAILABLE
        told = explain(StoreError(code, "…", "…"))
        assert (told.code, told.status) == (code, status)
        assert all(text.zh and text.en for text in (*TROUBLE[code], told.says, told.remedy))


def test_no_room_raises_a_code_without_words() -> None:
    """Given every place that raises trouble by its code, then there are words for that code."""
    raised = re.compile(r'(?:StoreError|VaultError)\(\s*"([a-z-]+)"')
    files = (file for file in SOURCES.rglob("*.py") if "cli" not in file.parts)
    codes = {code for file in files for code in raised.findall(file.read_text(encoding="utf-8"))}

    assert len(codes) > 10
    assert codes <= TROUBLE.keys()
