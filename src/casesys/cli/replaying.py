"""`casesys replay CASE`: a case as of any moment, told as an auditor reads it, or as one JSON object."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from casesys.bootstrap import open_service
from casesys.cli import options as o
from casesys.cli.failing import CommandFailed
from casesys.cli.keys import holder, secret_of
from casesys.cli.language import current_language, spoken
from casesys.cli.printing import say, say_json
from casesys.domain.messages import Text
from casesys.replay.finding import NotFound
from casesys.replay.history import History, history
from casesys.replay.record import record
from casesys.replay.speaking import Language
from casesys.replay.story import outlook, story
from casesys.store.contract import utc_now


def replay(  # noqa: PLR0917 - the parser gives them by name
    case: Annotated[
        str,
        typer.Argument(
            metavar="CASE",
            help=spoken(
                "事项编号、其前8位以上，或来源编号",
                "a case: its id, the first 8 characters of it or more, or its source number",
            ),
        ),
    ],
    store: o.StoreAddress,
    version: Annotated[
        int | None,
        typer.Option(metavar="N", help=spoken("到事项的第几版", "up to this version of the case")),
    ] = None,
    position: Annotated[
        int | None,
        typer.Option(
            metavar="N", help=spoken("到日志的哪个位置", "up to this position of the log")
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="INSTANT",
            help=spoken(
                "到哪个记录时刻，如2026-03-02T09:30+08:00",
                "up to what was recorded by this instant, as 2026-03-02T09:30+08:00",
            ),
        ),
    ] = None,
    keys: o.KeyFolder = None,
    wrapping_key: o.WrappingKeyFile = None,
    key: o.OperatorKey = None,
    *,
    json: o.AsJson = False,
    language: o.InLanguage = None,  # noqa: ARG001 - settled already
) -> None:
    """Replay a case."""
    settings = o.settings_of(store, keys, wrapping_key)
    secret, instant = secret_of(key, settings), _instant(as_of)
    with open_service(settings) as service:
        holder(service, secret, utc_now())
        engine = service.engine
        try:
            told = history(
                engine.log, engine.vault, case, version=version, position=position, as_of=instant
            )
        except NotFound as error:
            raise CommandFailed(
                error.code, error.says, error.remedy, accepted=error.accepted
            ) from error
        if json:
            say_json(record(told))
        else:
            _print(told)


def _print(told: History) -> None:
    language: Language = "zh" if current_language() == "zh" else "en"
    say(story(told, language, detailed=True))
    say()
    for line in outlook(told, language):
        say(line)


def _instant(given: str | None) -> datetime | None:
    """Read the instant of `--as-of`. Raises BadParameter, and CommandFailed `instant-in-future`."""
    if given is None:
        return None
    try:
        instant = datetime.fromisoformat(given)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise typer.BadParameter(
            spoken(
                "--as-of写成2026-03-02T09:30+08:00或2026-03-02T01:30Z",
                "--as-of is written 2026-03-02T09:30+08:00 or 2026-03-02T01:30Z",
            )
        )
    if instant > utc_now():
        raise CommandFailed(
            "instant-in-future",
            Text("该时刻尚未到来", "that instant is yet to come"),
            Text("请给出已过去的时刻", "give one that has passed"),
        )
    return instant.astimezone(UTC)
