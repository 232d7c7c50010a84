"""`casesys demo`: plays three months of a community into a store of its own, tells the story of every case, and serves it all."""

import tempfile
from datetime import datetime
from pathlib import Path
from shlex import quote
from time import perf_counter
from typing import Annotated
from uuid import uuid4

import typer

from casesys.application import Service
from casesys.application.assigning import key_hash, new_secret
from casesys.bootstrap import create_service, open_notary, write_secret
from casesys.cli import options as o
from casesys.cli.failing import CommandFailed, Status
from casesys.cli.language import spoken
from casesys.cli.printing import say
from casesys.cli.recounting import recount
from casesys.cli.serving import LOCAL, Host, Port, address_of, listener_on, run
from casesys.demo.days import Days
from casesys.demo.heyuan import OPERATOR
from casesys.demo.player import SeasonClock
from casesys.demo.season import NotCovered, play, span_until, stock_calendar
from casesys.domain.messages import Envelope, Text
from casesys.domain.register.commands import IssueApiKey
from casesys.notary.keyring import KeyRing
from casesys.notary.sealing import seal
from casesys.notary.verifying import NAME, origin_of
from casesys.settings import SQLITE, Environment, SiteSettings, StoreSettings
from casesys.store import StoreError
from casesys.store.contract import utc_now

READER = "secretary"
READERS_KEY = "secretary.key"
"""Whose key the demo leaves to look around by, and its file in the folder of keys."""

CLOSING_TIME = "18:00"
"""When the last day of a season ends, in the community's local time."""


def demo(
    *,
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            envvar="CASESYS_STORE",
            metavar="sqlite:///PATH",
            help=spoken(
                "演示写入哪个存储，须尚无记录；默认为新建文件夹中的demo.sqlite",
                "the store to play in, without events so far; demo.sqlite in a new folder by default",
            ),
        ),
    ] = None,
    keys: o.KeyFolder = None,
    wrapping_key: o.WrappingKeyFile = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help=spoken(
                "三个月在哪天结束；默认为现在", "the day the three months end; now by default"
            ),
        ),
    ] = None,
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help=spoken("讲完即止", "end when all is told"))
    ] = False,
    synchronous: o.Durability = "FULL",
    language: o.InLanguage = None,  # noqa: ARG001 - settled already
) -> None:
    """Play three months of a community, tell what happened, and serve it."""
    settings = o.settings_of(store or _new_store(), keys, wrapping_key, synchronous)
    if settings.path is None or no_serve:
        _play(settings, until)
        _say_where(settings)
        return
    environment: Environment = "development" if host in LOCAL else "production"
    with listener_on(host, port, environment) as listener:
        _play(settings, until)
        _say_where(settings)
        _say_what_to_try(settings, address_of(listener))
        run(SiteSettings(settings, environment), listener)


def _play(settings: StoreSettings, until: datetime | None) -> None:
    """Play the season and tell it; leave the keys of the operator and of who is to look around beside the store."""
    end = _end(until)
    clock = SeasonClock(end)
    try:
        service = create_service(settings, clock=clock)
    except StoreError as error:
        if error.code != "store-exists":
            raise
        raise _in_use() from error
    with service:
        secret = new_secret()
        if settings.first_key is not None:
            write_secret(settings.first_key, secret)
        began = perf_counter()
        season = play(service, clock, end, operator_key=key_hash(secret))
        took = perf_counter() - began
        recount(service.engine.log, service.engine.vault, season, took)
        if settings.keys is not None:
            write_secret(settings.keys / READERS_KEY, _key_of_reader(service, clock))
            _sign(settings.keys, settings, service, clock)


def _key_of_reader(service: Service, clock: SeasonClock) -> str:
    """Give whoever looks around a key of the secretary's."""
    secret = new_secret()
    issue = IssueApiKey(
        key_hash=key_hash(secret), person_id=READER, client_id="demo", label="to look around"
    )
    envelope = Envelope(command_id=uuid4(), actor_id=OPERATOR, decided_at=clock.now)
    service.give(issue, envelope)
    return secret


def _sign(keys: Path, settings: StoreSettings, service: Service, clock: SeasonClock) -> None:
    """Make a key for checkpoints, seal the log and sign a first one, so that there is something to prove from the start."""
    log, ring = service.engine.log, KeyRing(keys)
    if not ring.signers():
        ring.generate(origin_of(NAME, log.log_id))
    with open_notary(settings, log) as notary:
        seal(notary, log, service.give, clock.now)
        notary.checkpoint()


def _new_store() -> str:
    return f"{SQLITE}{Path(tempfile.mkdtemp(prefix='casesys-demo-')) / 'demo.sqlite'}"


def _end(given: datetime | None) -> datetime:
    """Give the instant that the season ends at. Raises CommandFailed `season-not-covered`."""
    calendar = stock_calendar()
    days, now = Days(calendar), utc_now()
    last = days.at(calendar.last_day, CLOSING_TIME)
    end = min(now, last) if given is None else days.at(given.date(), CLOSING_TIME)
    if given is None and end == last:
        o.warn(
            spoken(
                f"日历只到{calendar.last_day}，所以演示在那天结束，而不是现在。",
                f"The calendar covers the days up to {calendar.last_day}, so the season ends then, not now.",
            )
        )
    if days.local(now).date() == days.local(end).date():
        end = min(end, now)
    try:
        span_until(end, calendar)
    except NotCovered as error:
        raise _not_covered(error) from error
    if end > now:
        o.warn(
            spoken(
                "演示在将来结束：到那时以前，这个存储不接受别的命令。",
                "The season ends in the future: until then the store takes no other commands.",
            )
        )
    return end


def _not_covered(error: NotCovered) -> CommandFailed:
    first, last = error.earliest, error.latest
    return CommandFailed(
        error.code,
        Text(
            "所附的日历没有覆盖那三个月，时限无从确定",
            "the calendar that ships does not cover those three months: no deadline would be certain",
        ),
        Text(f"--until给出{first}至{last}的日期", f"give --until a day from {first} to {last}"),
    )


def _in_use() -> CommandFailed:
    return CommandFailed(
        "store-in-use",
        Text(
            "存储里已有记录，没有作任何改动；演示只能从头开始",
            "the store has events already, and nothing was changed; a season is played from the beginning",
        ),
        Text(
            "给出尚不存在的文件；中途停下的演示不能接着演，已演完的用casesys replay查看",
            "name a file that does not exist yet; a season that was cut short cannot be taken up again,"
            " and one that was played is read with casesys replay",
        ),
        status=Status.UNAVAILABLE,
    )


def _say_where(settings: StoreSettings) -> None:
    """Say where the store and its keys are, and how to read a case again."""
    if settings.path is None:
        return
    address = f"{SQLITE}{settings.path}"
    say(spoken(f"存储：{address}", f"The store: {address}"))
    say(
        spoken(
            f"再看一件事项：casesys replay heyuan-001 --store {address}",
            f"To read a case again: casesys replay heyuan-001 --store {address}",
        )
    )
    o.warn(
        spoken(
            f"密钥（包括操作员的和签署检查点的）以开发用默认方式存在{settings.keys}："
            "谁读得到，谁就读得到个人信息，也能签署检查点。",
            f"Its keys, the operator's and the one that signs checkpoints among them, lie in {settings.keys},"
            " a default for development: who can read them can read personal data and sign.",
        )
    )


def _say_what_to_try(settings: StoreSettings, address: str) -> None:
    """Print lines to type into a shell: three as the secretary, and one that takes no key."""
    assert settings.keys is not None
    key = settings.keys / READERS_KEY
    curl = f'curl -s -H "Authorization: Bearer $(cat {quote(str(key))})"'
    send = "-H 'If-Match: *' -H 'Content-Type: application/json' -d '{\"note\": \"looked around\"}'"
    say()
    say(
        spoken(
            f"以书记的身份看看（密钥在{key}）：",
            f"To look around as the secretary, whose key is in {key}:",
        )
    )
    say(f"  {curl} {address}/v1/board")
    say(f"  {curl} {address}/v1/cases/heyuan-001")
    say(f"  {curl} {send} {address}/v1/cases/heyuan-001/add-note")
    say(f"  curl -s {address}/v1/bulletin/checkpoint")
    say()
