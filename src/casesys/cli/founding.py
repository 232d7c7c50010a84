"""`casesys init`: a store with its keys, its first operator, its calendars and its charter, all in one commit.

What is founded is checked before anything is made, and the operator's secret is on disk before the commit: however an `init` is cut
short, running it again completes it.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple
from uuid import uuid4

import typer
from typer.models import OptionInfo

from casesys import charters
from casesys.application import Request
from casesys.application.assigning import new_secret
from casesys.application.service import answered
from casesys.bootstrap import create_service, founding, write_secret
from casesys.cli import options as o
from casesys.cli.failing import CommandFailed
from casesys.cli.fields import read_file
from casesys.cli.keys import kept_secret
from casesys.cli.language import spoken
from casesys.cli.printing import say, say_json
from casesys.domain.charter.parse import CharterVersion, parse_charter
from casesys.domain.messages import Command, Envelope, Text
from casesys.domain.register.commands import AdoptCalendar, FoundRegister, InstallCharter
from casesys.domain.working_time import Calendar, parse_calendar
from casesys.settings import StoreSettings
from casesys.store.contract import utc_now

STOCK_CHARTER = "stock.toml"
STOCK_CALENDAR = "calendars/cn-2026.toml"


class Rules(NamedTuple):
    """The documents a store begins with, parsed; there may be no charter."""

    calendars: tuple[Calendar, ...]
    charter: CharterVersion | None

    def commands(self, grid_id: str) -> Iterator[Command]:
        """Give the commands that put them in force for a grid."""
        for calendar in self.calendars:
            yield AdoptCalendar(document=calendar.canonical.decode())
        if self.charter is not None:
            yield InstallCharter(grid_id=grid_id, document=self.charter.document.decode())


def _text(metavar: str, zh: str, en: str) -> OptionInfo:
    told: OptionInfo = typer.Option(metavar=metavar, help=spoken(zh, en))
    return told


GridId = Annotated[str, _text("ID", "根网格的编号", "id of the root grid")]
GridNameZh = Annotated[str, _text("TEXT", "根网格的中文名", "its name in Chinese")]
GridNameEn = Annotated[str, _text("TEXT", "根网格的英文名", "its name in English")]
PersonId = Annotated[str, _text("ID", "首位操作员的编号", "id of the first operator")]
PersonName = Annotated[str, _text("NAME", "首位操作员的姓名", "their name")]
Calendars = Annotated[
    list[Path] | None,
    _text("FILE", "采用的日历，可重复；默认为全国工作日", "calendars to adopt; China's by default"),
]
CharterFile = Annotated[
    Path | None,
    _text("FILE", "安装的章程；默认为示范文本", "charter to install; the stock one by default"),
]
NoCharter = Annotated[bool, typer.Option("--no-charter", help=spoken("不安装章程", "install none"))]
NoKeyFile = Annotated[
    bool,
    typer.Option(
        "--no-key-file",
        help=spoken("不把操作员密钥存入文件", "show the operator's key only, keep it in no file"),
    ),
]


def init(
    store: o.StoreAddress,
    keys: o.KeyFolder = None,
    wrapping_key: o.WrappingKeyFile = None,
    *,
    grid: GridId = "community",
    grid_name_zh: GridNameZh = "社区",
    grid_name_en: GridNameEn = "Community",
    person: PersonId = "operator",
    person_name: PersonName = "操作员 Operator",
    calendar: Calendars = None,
    charter: CharterFile = None,
    no_charter: NoCharter = False,
    no_key_file: NoKeyFile = False,
    synchronous: o.Durability = "FULL",
    json: o.AsJson = False,
    language: o.InLanguage = None,  # noqa: ARG001 - settled already
) -> None:
    """Make a store with its keys and first operator."""
    settings = o.settings_of(store, keys, wrapping_key, synchronous)
    if no_charter and charter is not None:
        raise typer.BadParameter(
            spoken(
                "--charter与--no-charter不能并用", "--charter and --no-charter exclude each other"
            )
        )
    rules = read_rules(calendar, charter, with_charter=not no_charter)
    founded = found(
        settings,
        Founding(grid, Text(grid_name_zh, grid_name_en), person, person_name),
        rules,
        keep_key=not no_key_file,
    )
    _report(founded, settings, rules, as_json=json)


def read_rules(
    calendars: Sequence[Path] | None, charter: Path | None, *, with_charter: bool = True
) -> Rules:
    """Read the documents to begin with, the stock ones where none are named.

    Raises CalendarInvalid, CharterInvalid, or CommandFailed: `file-unreadable`, `file-too-large`, or `calendar-not-adopted` for a
    charter that counts by a calendar nobody gave.
    """
    texts = [read_file(file).encode() for file in calendars or ()]
    read = tuple(parse_calendar(text) for text in texts or [charters.read(STOCK_CALENDAR)])
    if not with_charter:
        return Rules(read, None)
    text = charters.read(STOCK_CHARTER) if charter is None else read_file(charter).encode()
    rules = Rules(read, parse_charter(text))
    if missing := sorted(calendars_of(rules.charter) - {each.code for each in read}):
        names = ", ".join(missing)
        raise CommandFailed(
            "calendar-not-adopted",
            Text(
                f"章程所用的日历没有给出：{names}",
                f"the charter counts by calendars not given: {names}",
            ),
            Text("用--calendar给出", "give them with --calendar"),
            accepted=tuple(missing),
        )
    return rules


def calendars_of(version: CharterVersion | None) -> set[str]:
    """Name the calendars that the periods of a charter are counted by."""
    return set() if version is None else set(_calendars_in(json.loads(version.document)))


def _calendars_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if "unit" in value and isinstance(value.get("calendar"), str):
            yield value["calendar"]
        for part in value.values():
            yield from _calendars_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from _calendars_in(part)


class Founding(NamedTuple):
    """Who and what a register begins with."""

    grid_id: str
    grid_name: Text
    person_id: str
    person_name: str


class Founded(NamedTuple):
    """What was founded: how many events, the operator's secret, and the file it is kept in, if it is."""

    events: int
    founding: FoundRegister
    secret: str
    key_file: Path | None


def found(
    settings: StoreSettings, founding_of: Founding, rules: Rules, *, keep_key: bool = True
) -> Founded:
    """Make a store and record its beginning in one commit.

    Raises StoreError `store-exists` for a store that is founded already, which is left as it is; pydantic's ValidationError for
    what is no identifier or name; and whatever a store, a vault or the file system may meet.
    """
    if settings.path is None:
        raise CommandFailed(
            "store-not-kept",
            Text("内存中的存储随命令结束而消失", "a store in memory is gone when the command ends"),
            Text("写成sqlite:///路径", "write it sqlite:///PATH"),
        )
    now = utc_now()
    founding(
        "", **founding_of._asdict(), at=now
    )  # says what is wrong with it before anything is made
    with create_service(settings) as service:
        secret, file = _operator_key(settings, keep=keep_key)
        command, envelope = founding(secret, **founding_of._asdict(), at=now)
        requests = [
            Request(command, envelope),
            *(Request(each, _next(envelope, now)) for each in rules.commands(command.grid_id)),
        ]
        answers = [answered(verdict) for verdict in service.give_all(requests)]
    return Founded(answers[-1].last, command, secret, file)


def _next(envelope: Envelope, now: datetime) -> Envelope:
    return Envelope(command_id=uuid4(), actor_id=envelope.actor_id, decided_at=now)


def _operator_key(settings: StoreSettings, *, keep: bool) -> tuple[str, Path | None]:
    """Give the operator's secret; where it is kept, the one that an interrupted or simultaneous `init` wrote is taken."""
    file = settings.first_key
    if not keep or file is None:
        return new_secret(), None
    secret = kept_secret(file)
    if secret is None:
        secret = new_secret()
        write_secret(file, secret)
    return secret, file


def _report(founded: Founded, settings: StoreSettings, rules: Rules, *, as_json: bool) -> None:
    command, charter = founded.founding, rules.charter
    version = None if charter is None else f"{charter.charter.code} {charter.charter.version}"
    if as_json:
        say_json(
            {
                "store": str(settings.path),
                "keys": str(settings.keys),
                "grid": command.grid_id,
                "person": command.person_id,
                "secret": founded.secret,
                "key_file": None if founded.key_file is None else str(founded.key_file),
                "calendars": [calendar.code for calendar in rules.calendars],
                "charter": version,
                "events": founded.events,
            }
        )
        return
    say(spoken(f"已新建存储{settings.path}", f"made the store {settings.path}"))
    for calendar in rules.calendars:
        span = f"{calendar.first_day} – {calendar.last_day}"
        say(
            spoken(
                f"  采用日历{calendar.code}（{span}）",
                f"  adopted calendar {calendar.code} ({span})",
            )
        )
    if version is not None:
        say(
            spoken(
                f"  {command.grid_id}适用章程{version}",
                f"  charter {version} is in force for {command.grid_id}",
            )
        )
    say(spoken(f"  首位操作员：{command.person_id}", f"  first operator: {command.person_id}"))
    say(
        spoken(
            f"  其密钥（只显示这一次）：{founded.secret}",
            f"  their key, shown this once: {founded.secret}",
        )
    )
    if founded.key_file is not None:
        o.warn(
            spoken(
                f"此密钥也存在{founded.key_file}：谁读得到它，谁就是操作员。",
                f"The key is kept in {founded.key_file} as well: who can read it is the operator.",
            )
        )
    o.warn(
        spoken(
            f"个人信息的密钥在{settings.keys}：请与存储分开备份；没有它，个人信息再也无法读取。",
            f"The keys of personal data are in {settings.keys}: back them up apart from the store;"
            " without them personal data can never be read again.",
        )
    )
