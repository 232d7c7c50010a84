"""What is said about a command beside its own fields: where it goes, who gives it, by which right, through what and when."""

from datetime import datetime
from typing import Annotated, NamedTuple
from uuid import UUID, uuid4

import typer
from pydantic import BaseModel

from casesys.cli import options as o
from casesys.cli.language import spoken
from casesys.domain.messages import Code, Envelope, Identifier, Instant
from casesys.domain.register.state import ApiKey


class Options(NamedTuple):
    """The options of every command that can be given."""

    store: o.StoreAddress
    keys: o.KeyFolder = None
    wrapping_key: o.WrappingKeyFile = None
    key: o.OperatorKey = None
    mandate: Annotated[
        str | None,
        typer.Option(
            "--mandate",
            metavar="ID",
            help=spoken("依据哪项授权；默认自动选用", "by which mandate; one that fits by default"),
        ),
    ] = None
    on_behalf_of: Annotated[
        str | None,
        typer.Option("--on-behalf-of", metavar="ID", help=spoken("代表谁", "for whom")),
    ] = None
    channel: Annotated[
        str, typer.Option("--channel", metavar="CODE", help=spoken("渠道", "through what"))
    ] = "console"
    effective_at: Annotated[
        str | None,
        typer.Option(
            "--effective-at",
            metavar="INSTANT",
            help=spoken(
                "实际发生时刻，如2026-03-02T09:30+08:00；默认为现在",
                "when it really happened, as 2026-03-02T09:30+08:00; now by default",
            ),
        ),
    ] = None
    command_id: Annotated[
        str | None,
        typer.Option(
            "--command-id",
            metavar="UUID",
            help=spoken(
                "同一编号的命令重复下达，只生效一次",
                "a command given twice under one id has one effect",
            ),
        ),
    ] = None
    fields: Annotated[
        str | None,
        typer.Option(
            "--fields",
            metavar="JSON|@FILE|-",
            help=spoken(
                "以JSON给出字段：直接写、@文件或标准输入（-）",
                "the fields as one JSON object: written here, in a file, or on standard input (-)",
            ),
        ),
    ] = None
    json: o.AsJson = False
    synchronous: o.Durability = "FULL"
    language: o.InLanguage = None


class Circumstances(BaseModel):
    """The part of the options that goes into a command's envelope, checked."""

    mandate: Identifier | None
    on_behalf_of: Identifier | None
    channel: Code
    effective_at: Instant | None
    command_id: UUID | None

    @classmethod
    def of(cls, options: Options) -> "Circumstances":
        """Check what was given. Raises pydantic's ValidationError."""
        return cls.model_validate({name: getattr(options, name) for name in cls.model_fields})

    def envelope(self, key: ApiKey, now: datetime) -> Envelope:
        """Give the envelope of a command that the holder of a key gives now."""
        return Envelope(
            command_id=self.command_id or uuid4(),
            actor_id=key.person,
            decided_at=now,
            effective_at=self.effective_at,
            mandate_id=self.mandate,
            on_behalf_of=self.on_behalf_of,
            channel=self.channel,
            client_id=key.client_id,
        )
