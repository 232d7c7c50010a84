"""`casesys do COMMAND`: gives one command as the holder of a key. The commands and their fields are those of the catalogue."""

import sys
from collections.abc import Mapping
from difflib import SequenceMatcher
from inspect import Parameter, Signature, signature
from pathlib import Path

import typer

from casesys.application import Answer
from casesys.application.assigning import assign, assignable
from casesys.application.json_input import SIZE_LIMIT, read_object
from casesys.bootstrap import open_service
from casesys.cli.circumstances import Circumstances, Options
from casesys.cli.citing import Refused, cite
from casesys.cli.failing import CommandFailed
from casesys.cli.fields import FIELD, parameters, read_fields, read_file
from casesys.cli.keys import holder, secret_of
from casesys.cli.language import in_words, spoken
from casesys.cli.options import settings_of
from casesys.cli.printing import say, say_json
from casesys.domain.catalogue import COMMANDS, people_commands, read_command
from casesys.domain.messages import Command, Text
from casesys.domain.refusals import Refusal, refuse
from casesys.domain.vocabulary import COMMANDS as LABELS
from casesys.store.contract import utc_now

HELP = ("--help", "-h")


def do(context: typer.Context) -> None:
    """Give one command, or list all."""
    name, *rest = context.args or ["--list"]
    if name in {"--list", *HELP}:
        _list(as_json="--json" in rest)
        return
    if name.startswith("-"):
        raise typer.BadParameter(
            spoken(
                "先写命令：casesys do COMMAND …", "the command comes first: casesys do COMMAND …"
            )
        )
    command = COMMANDS.get(name)
    if command is None:
        known = sorted((n for n, _ in people_commands()), key=lambda n: -_likeness(n, name))
        refuse("unknown-command", command=name, accepted=tuple(known))
    try:
        ended = typer.main.get_command(_program(name, command)).main(
            args=rest, prog_name=f"casesys do {name}", standalone_mode=False
        )
    except typer.TyperException as error:
        option = getattr(error, "option_name", None)
        if option is None:
            raise
        raise _unknown_field(option, command) from error
    if isinstance(ended, int):
        raise typer.Exit(ended)


def _likeness(name: str, other: str) -> float:
    return SequenceMatcher(None, name, other).ratio()


def _unknown_field(option: str, command: type[Command]) -> CommandFailed:
    return CommandFailed(
        "invalid-command",
        Text(f"没有{option}这个字段或选项", f"there is no field or option {option}"),
        Text("加--help查看用法", "add --help to see how it is written"),
        accepted=tuple(f"--{name.replace('_', '-')}" for name in command.model_fields),
    )


def _list(*, as_json: bool) -> None:
    """Print every command that people may give, with its label."""
    commands = [(name, LABELS[name]) for name, _ in people_commands()]
    if as_json:
        say_json([{"command": n, "zh": label.zh, "en": label.en} for n, label in commands])
        return
    say(spoken("用法：casesys do COMMAND --help", "usage: casesys do COMMAND --help"))
    width = max(len(name) for name, _ in commands)
    for name, label in commands:
        say(f"  {name:<{width}}  {label.zh}  {label.en}")


def _program(name: str, command: type[Command]) -> typer.Typer:
    """Build a program of one command whose options are the shared ones and the command's fields."""
    fields = list(parameters(command, _assigned(command)))
    taken = {parameter.name.removeprefix(FIELD) for parameter in fields}
    shared = [
        parameter.replace(kind=Parameter.KEYWORD_ONLY)
        for parameter in signature(Options).parameters.values()
        if parameter.name not in taken  # where a command has such a field, the option is the field
    ]

    def give(**given: object) -> None:
        options = {n: v for n, v in given.items() if n in Options._fields}
        _give(name, command, Options(**options), given)  # type: ignore[arg-type] # typer has read them

    give.__signature__ = Signature([*fields, *shared])  # type: ignore[attr-defined] # typer asks for it
    give.__annotations__ = {each.name: each.annotation for each in (*fields, *shared)}
    program = typer.Typer(add_completion=False, rich_markup_mode=None)
    program.command(
        name, help=in_words(LABELS[name]), context_settings={"help_option_names": list(HELP)}
    )(give)
    return program


def _assigned(command: type[Command]) -> Mapping[str, str]:
    """Say which fields are filled in when they are left out."""
    told = {
        "case_id": spoken("默认新编", "a new one by default"),
        "key_hash": spoken(
            "默认新造密钥，只显示一次", "of a new secret by default, which is shown once"
        ),
    }
    name = assignable(command)
    return {} if name is None else {name: told[name]}


def _give(name: str, command: type[Command], options: Options, given: Mapping[str, object]) -> None:
    settings = settings_of(options.store, options.keys, options.wrapping_key, options.synchronous)
    fields = _object(options.fields) | read_fields(command, given)
    secret = assign(command, fields).secret
    asked = read_command(name, fields)
    circumstances = Circumstances.of(options)
    own = secret_of(options.key, settings)
    with open_service(settings) as service:
        service.engine.log.head()  # a log that lost its end is damaged, it is not the key that is wrong
        now = utc_now()
        envelope = circumstances.envelope(holder(service, own, now), now)
        try:
            answer = service.give(asked, envelope)
        except Refusal as refusal:
            raise Refused(refusal, cite(service, asked, now, refusal.clause)) from refusal
    _report(name, answer, secret, as_json=options.json)


def _object(given: str | None) -> dict[str, object]:
    """Read what `--fields` gives: JSON, `@FILE`, or `-` for standard input."""
    if given is None:
        return {}
    if given == "-":
        return read_object(sys.stdin.buffer.read(SIZE_LIMIT + 1).decode(errors="surrogateescape"))
    return read_object(read_file(Path(given[1:])) if given.startswith("@") else given)


def _report(name: str, answer: Answer, secret: str | None, *, as_json: bool) -> None:
    """Say what a command brought about."""
    if as_json:
        told = {field: getattr(answer, field) for field in answer.__struct_fields__}
        say_json({"command": name, **told} | ({"secret": secret} if secret else {}))
        return
    label = in_words(LABELS[name])
    if answer.repeated:
        done = spoken(
            "这条命令先前已执行，以下是当时的结果", "done before; this is the first answer"
        )
    else:
        done = spoken("完成", "done")
    say(f"{name} {label}: {done}")
    kind, _, identity = answer.stream.partition("/")
    lines = {
        kind: identity or answer.stream,
        spoken("版本", "version"): answer.version,
        spoken("事件", "events"): ", ".join(answer.events),
        spoken("日志位置", "positions"): f"{answer.first}–{answer.last}",
        spoken("记录时间", "recorded"): answer.recorded_at.isoformat(timespec="seconds"),
        spoken("命令编号", "command id"): answer.command_id,
    }
    for title, value in lines.items():
        say(f"  {title}: {value}")
    if secret:
        say(
            spoken(
                f"密钥（只显示这一次）：{secret}", f"the key's secret, shown this once: {secret}"
            )
        )
