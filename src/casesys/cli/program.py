"""The program: which commands there are, and what happens around each of them.

Only the command that is asked for is loaded, so that `casesys --help` and every mistake are answered at once. Nothing a command
raises gets past this module: it is told in one line with a stable code, and becomes the exit status (`casesys.cli.failing`).
"""

import gc
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated, Any, NamedTuple, NoReturn

import typer

from casesys.cli.failing import Status
from casesys.cli.language import settle_language, spoken


class Entry(NamedTuple):
    """One command: the function that performs it, in which module of this package, and what it does."""

    module: str
    function: str
    zh: str
    en: str
    takes_what_follows: bool = False


ENTRIES = {
    "init": Entry(
        "founding",
        "init",
        "新建存储、密钥、首位操作员，采用日历，安装章程",
        "Make a store with its keys and first operator, adopt calendars, install a charter.",
    ),
    "serve": Entry(
        "serving", "serve", "以HTTP提供服务", "Serve a store over HTTP, until asked to end."
    ),
    "worker": Entry(
        "working",
        "worker",
        "更新读模型、让时间流逝、封印签署，与服务并行",
        "Keep read models up to date, let time pass, seal and sign, beside servers.",
    ),
    "do": Entry("giving", "do", "下达一条命令", "Give one command.", takes_what_follows=True),
    "demo": Entry(
        "playing",
        "demo",
        "演示一个社区的三个月，并提供服务",
        "Play three months of a community, and serve them.",
    ),
    "import": Entry(
        "importing", "import_file", "导入CSV文件为事项", "Turn the rows of a CSV file into cases."
    ),
    "replay": Entry(
        "replaying",
        "replay",
        "回放一件事项到任一时点",
        "Replay a case as of any version, position or instant.",
    ),
    "stats": Entry("statistics", "stats", "统计", "Count cases and say how long they took."),
    "projections": Entry(
        "projecting",
        "projections",
        "读模型：现状、重建、核对、继续",
        "Read models: how far they are; rebuild, verify or resume one.",
    ),
    "doctor": Entry(
        "examining",
        "doctor",
        "检查存储、密钥、日历和章程，并说明怎么办",
        "Check the store, its keys, calendars and charter, and say what to do.",
    ),
    "keys": Entry(
        "notarising",
        "keys",
        "检查点密钥：新做、更换、停用、公钥",
        "Keys for checkpoints: make, replace, retire, export.",
    ),
    "checkpoint": Entry(
        "notarising",
        "checkpoint",
        "签署检查点，交由外部保存",
        "Sign the head of the log, for somebody outside to keep.",
    ),
    "bundle": Entry(
        "notarising",
        "bundle",
        "把一件事项连同证明存成可离线核验的文件",
        "Put one case with its proofs into a file that verifies offline.",
    ),
    "verify": Entry(
        "verifying",
        "verify",
        "核验存储、副本或证据包（退出码：0完好；4未证齐全；3仅自相一致；1损坏；2无法读取）",
        "Verify a store, a copy or a bundle (exit status: 0 whole, 4 not shown to be complete, "
        "3 self-consistent only, 1 damaged, 2 unreadable).",
    ),
    "charter": Entry(
        "reading_charter", "charter", "以条文形式显示章程", "Show a charter as readable text."
    ),
}
"""Every command, in the order in which they are listed."""


COLLECTION = (10_000, 20, 100)
"""When Python looks for cycles of objects that nobody needs any more (`gc.set_threshold`): much later than by itself.

Nearly all that is kept are states, trees of frozen values by the ten thousand, in which there are none. Looking through all of them
whenever they have become a quarter more took a third of the time of whatever goes through a long log.
"""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command, of this process by default, and exit with its status."""
    gc.set_threshold(*COLLECTION)
    given = list(sys.argv[1:] if arguments is None else arguments)
    settle_language(given, os.environ)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a poor terminal is no reason to fail
    sys.exit(_run(given))


def _run(arguments: list[str]) -> int:
    try:
        status = _perform(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # who read along has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Status.DONE
    except Exception as error:  # noqa: BLE001 - the last place where anything can still be told
        return _tell(error, as_json="--json" in arguments)
    return status


def _perform(arguments: list[str]) -> int:
    if any("\udc80" <= character <= "\udcff" for each in arguments for character in each):
        raise typer.BadParameter(
            spoken("命令行不是UTF-8文字", "the command line is not text in UTF-8")
        )
    chosen = next((each for each in arguments if not each.startswith("-")), None)
    command = typer.main.get_command(_program(chosen))
    ended = command.main(args=arguments or ["--help"], prog_name="casesys", standalone_mode=False)
    return ended if isinstance(ended, int) else Status.DONE


def _program(chosen: str | None) -> typer.Typer:
    """Build the program with the chosen command loaded and the others by name only."""
    program = typer.Typer(
        help=spoken(
            "事项全流程的事件溯源工作流引擎", "An event-sourced workflow engine for cases."
        ),
        epilog=spoken(
            "退出码：0完成；1损坏；2输入有误；3规则不允许；4存储、密钥或环境不可用；5程序出错。"
            "加--json时，结果和错误都是标准输出上的一个JSON对象。",
            "Exit status: 0 done, 1 damage found, 2 invalid input, 3 refused by the rules, 4 store, keys or machine"
            " unavailable, 5 a fault of casesys. With --json, answers and errors are one JSON object on standard output.",
        ),
        add_completion=False,
        rich_markup_mode=None,  # plain help: it is there in half the time, and can be searched
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    program.callback()(_options)
    for name, entry in ENTRIES.items():
        settings: dict[str, object] = {}
        if entry.takes_what_follows:
            settings = {
                "allow_extra_args": True,
                "ignore_unknown_options": True,
                "allow_interspersed_args": False,
                "help_option_names": [],
            }
        told = spoken(entry.zh, entry.en)
        program.command(name, help=told, short_help=told, context_settings=settings)(
            _loaded(entry) if name == chosen else _unloaded
        )
    return program


def _loaded(entry: Entry) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(
        import_module(f"casesys.cli.{entry.module}"), entry.function
    )
    return function


def _unloaded() -> None:
    """Stand for a command that is listed, but not asked for."""


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"casesys {import_module('importlib.metadata').version('casesys')}")
        raise typer.Exit


def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help=spoken("显示版本", "print the version"),
        ),
    ] = False,
) -> None:
    """Stand for what can be said before a command."""


def _tell(error: Exception, *, as_json: bool) -> int:
    """Say what went wrong; with CASESYS_DEBUG set, also where."""
    if os.environ.get("CASESYS_DEBUG"):
        traceback.print_exception(error)
    try:
        told: int = import_module("casesys.cli.explaining").tell(error, as_json=as_json)
    except Exception:  # noqa: BLE001 - what cannot even be explained is still no traceback
        typer.echo(f"casesys: internal-error: {type(error).__name__}", err=True)
        return Status.FAULT
    return told
