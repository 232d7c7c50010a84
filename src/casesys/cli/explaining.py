"""Whatever went wrong, in one line with a stable code, what to do about it, and the exit status.

Nothing here repeats what somebody entered but names of fields: a value may be personal.
"""

import msgspec
import typer
from pydantic import ValidationError

from casesys.application import CommandIdReused
from casesys.application.citing import Cited
from casesys.application.json_input import InputInvalid
from casesys.application.wording import DAMAGE, TROUBLE, FieldProblem, field_problems
from casesys.cli.citing import Refused
from casesys.cli.failing import CommandFailed, Status
from casesys.cli.language import in_words, spoken
from casesys.cli.printing import complain, say_json
from casesys.domain.charter.parse import CharterInvalid
from casesys.domain.messages import Text
from casesys.domain.refusals import Refusal
from casesys.domain.working_time import CalendarInvalid
from casesys.projections.failures import ViewsError
from casesys.settings import StoreAddressInvalid
from casesys.store import Conflict, StoreError
from casesys.vault import VaultError

SHOWN_AT_MOST = 12
"""How many of what would be accepted are listed for people; programs get all."""


class Explanation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is told about a failure. With `--json` it is the object under `error`."""

    code: str
    says: Text
    remedy: Text
    status: Status
    detail: str | None = None
    clause: Cited | None = None
    accepted: tuple[str, ...] = ()
    problems: tuple[FieldProblem, ...] = ()


def tell(error: Exception, *, as_json: bool) -> Status:
    """Print what went wrong, where errors go, or as JSON on standard output; give the exit status."""
    told = explain(error)
    if as_json:
        say_json({"error": told})
        return told.status
    complain(
        f"casesys: {told.code}: {in_words(told.says)}"
        + (f" ({told.detail})" if told.detail else "")
    )
    for problem in told.problems:
        complain(f"  {problem.where}: {in_words(problem.says)}")
    if told.clause is not None:
        clause, rule, text = told.clause.clause, told.clause.rule, told.clause.text
        complain(
            spoken(
                f"  依据：{rule.charter} {rule.version} {clause}：{text.zh}",
                f"  by clause {clause} of {rule.charter} {rule.version}: {text.en}",
            )
        )
    if told.accepted:
        shown = ", ".join(told.accepted[:SHOWN_AT_MOST])
        more = len(told.accepted) - SHOWN_AT_MOST
        rest = spoken(f"，另有{more}项", f", and {more} more") if more > 0 else ""
        complain(spoken(f"  可接受：{shown}{rest}", f"  accepted: {shown}{rest}"))
    complain(spoken(f"  怎么办：{told.remedy.zh}", f"  what to do: {told.remedy.en}"))
    return told.status


def explain(error: Exception) -> Explanation:
    """Say what an exception means to whoever gave the command."""
    match error:
        case Refused():
            return _refusal(error.refusal, error.cited)
        case Refusal():
            return _refusal(error, None)
        case CommandFailed():
            return Explanation(
                code=error.code,
                says=Text(error.says.zh, error.says.en),
                remedy=Text(error.remedy.zh, error.remedy.en),
                status=error.status,
                accepted=error.accepted,
            )
        case ValidationError():
            return _invalid(error)
        case StoreError() | VaultError() | ViewsError():
            status = Status.DAMAGED if error.code in DAMAGE else Status.UNAVAILABLE
            return _trouble(error.code, status, error.message)
        case Conflict():
            return _trouble("conflict", Status.UNAVAILABLE)
        case CommandIdReused():
            return _trouble(error.code, Status.REFUSED)
        case _:
            return _input(error)


def _refusal(refusal: Refusal, cited: Cited | None) -> Explanation:
    return Explanation(
        code=refusal.code,
        says=refusal.says,
        remedy=refusal.remedy,
        status=Status.INVALID if refusal.code == "unknown-command" else Status.REFUSED,
        clause=cited,
        accepted=refusal.accepted,
    )


def _trouble(code: str, status: Status, detail: str | None = None) -> Explanation:
    words = TROUBLE[code]
    return Explanation(
        code=code, says=words.says, remedy=words.remedy, status=status, detail=detail
    )


def _invalid(error: ValidationError) -> Explanation:
    """Tell what is wrong with each field."""
    return Explanation(
        code="invalid-command",
        says=Text("命令的字段不对", "the fields of the command are not as they should be"),
        remedy=Text(
            "casesys do COMMAND --help列出各字段",
            "casesys do COMMAND --help lists the fields",
        ),
        status=Status.INVALID,
        problems=field_problems(error),
    )


def _input(error: Exception) -> Explanation:
    """Tell what is wrong with what was given on the command line or in a file, or that the fault is ours."""
    match error:
        case InputInvalid():
            return Explanation(
                code=error.code, says=error.says, remedy=error.remedy, status=Status.INVALID
            )
        case CharterInvalid():
            return Explanation(
                code="charter-invalid",
                says=Text("章程不合格", "the charter cannot be installed"),
                remedy=Text("改正所列各处", "mend what is listed"),
                status=Status.INVALID,
                problems=tuple(
                    FieldProblem(f"{p.where}: {p.code}", p.says) for p in error.problems
                ),
            )
        case CalendarInvalid():
            return Explanation(
                code=error.code,
                says=Text("日历不合格", "the calendar cannot be adopted"),
                remedy=Text("改正后再试", "mend it and try again"),
                status=Status.INVALID,
                detail=error.message,
            )
        case StoreAddressInvalid():
            return Explanation(
                code=error.code,
                says=Text("存储的写法不对", "the address of the store cannot be read"),
                remedy=Text("写成sqlite:///路径", "write it sqlite:///PATH"),
                status=Status.INVALID,
            )
        case typer.TyperException():
            return Explanation(
                code="usage",
                says=Text("命令行写法不对", "the command line cannot be read"),
                remedy=Text("加--help查看用法", "add --help to see how it is written"),
                status=Status.INVALID,
                detail=error.format_message(),
            )
        case OSError():
            return Explanation(
                code="environment-error",
                says=Text("操作系统不允许", "the operating system does not allow it"),
                remedy=Text(
                    "检查路径、权限和磁盘空间", "check the path, your rights and the space left"
                ),
                status=Status.UNAVAILABLE,
                detail=f"{error.strerror}: {error.filename}",
            )
        case _:
            return _ours(error)


def _ours(error: Exception) -> Explanation:
    return Explanation(
        code="internal-error",
        says=Text(
            f"casesys出了错（{type(error).__name__}）",
            f"a fault of casesys ({type(error).__name__})",
        ),
        remedy=Text(
            "设CASESYS_DEBUG=1再运行一次，把显示的内容报告给我们（其中可能有个人信息）",
            "run it again with CASESYS_DEBUG=1 and report what it shows (it may hold personal data)",
        ),
        status=Status.FAULT,
    )
