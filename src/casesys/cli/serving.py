"""`casesys serve`: serves a store over HTTP until it is asked to end."""

import socket
from datetime import timedelta
from typing import Annotated

import typer

from casesys.api.serving import Server, listening
from casesys.bootstrap import open_site
from casesys.cli import options as o
from casesys.cli.failing import CommandFailed, Status
from casesys.cli.language import spoken
from casesys.cli.printing import say
from casesys.domain.messages import Text
from casesys.settings import MEMORY, Environment, Pace, Paces, SiteSettings

Host = Annotated[
    str,
    typer.Option(
        "--host",
        envvar="CASESYS_HOST",
        metavar="ADDRESS",
        help=spoken(
            "在哪个地址上提供服务；默认只限本机",
            "the address to serve on; this machine only by default",
        ),
    ),
]
Port = Annotated[
    int,
    typer.Option(
        "--port",
        envvar="CASESYS_PORT",
        min=0,
        max=65_535,
        help=spoken("端口；0为任一空闲端口", "the port; 0 takes a free one"),
    ),
]

CheckpointEvents = Annotated[
    int,
    typer.Option(
        "--checkpoint-events",
        envvar="CASESYS_CHECKPOINT_EVENTS",
        min=1,
        help=spoken("新增多少条记录即签署检查点", "after how many new events to sign a checkpoint"),
    ),
]
CheckpointMinutes = Annotated[
    int,
    typer.Option(
        "--checkpoint-minutes",
        envvar="CASESYS_CHECKPOINT_MINUTES",
        min=1,
        max=525_600,
        help=spoken(
            "新记录至迟多少分钟后签署检查点",
            "how long after the first new event to sign one at the latest",
        ),
    ),
]
SealEvents = Annotated[
    int,
    typer.Option(
        "--seal-events",
        envvar="CASESYS_SEAL_EVENTS",
        min=1,
        help=spoken("新增多少条记录即封印日志", "after how many new events to seal the log"),
    ),
]
SealHours = Annotated[
    int,
    typer.Option(
        "--seal-hours",
        envvar="CASESYS_SEAL_HOURS",
        min=1,
        max=8_760,
        help=spoken(
            "新记录至迟多少小时后封印日志",
            "how long after the first new event to seal it at the latest",
        ),
    ),
]

PACES = Paces()
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


def serve(
    store: o.StoreAddress,
    *,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    environment: Annotated[
        Environment,
        typer.Option(
            "--environment",
            envvar="CASESYS_ENVIRONMENT",
            help=spoken(
                "development另有开发登录：任何人可以任何人的身份行事，因此只限本机",
                "development adds a login by which anybody may act as anybody, and so serves this machine only",
            ),
        ),
    ] = "production",
    checkpoint_events: CheckpointEvents = PACES.checkpoints.events,
    checkpoint_minutes: CheckpointMinutes = PACES.checkpoints.within // MINUTE,
    seal_events: SealEvents = PACES.seals.events,
    seal_hours: SealHours = PACES.seals.within // HOUR,
    keys: o.KeyFolder = None,
    wrapping_key: o.WrappingKeyFile = None,
    synchronous: o.Durability = "FULL",
    language: o.InLanguage = None,  # noqa: ARG001 - settled already
) -> None:
    """Serve a store over HTTP."""
    if store == MEMORY:
        raise _nothing_to_serve()
    paces = Paces(
        checkpoints=Pace(checkpoint_events, checkpoint_minutes * MINUTE),
        seals=Pace(seal_events, seal_hours * HOUR),
    )
    store_settings = o.settings_of(store, keys, wrapping_key, synchronous)
    settings = SiteSettings(store_settings, environment, paces)
    with listener_on(host, port, environment) as listener:
        run(settings, listener)


def run(settings: SiteSettings, listener: socket.socket) -> None:
    """Serve on a socket until the process is asked to end, and say where to look first."""
    with open_site(settings) as parts:
        server = Server(parts)
        address = address_of(listener)
        say(spoken(f"服务地址：{address}/v1", f"Serving {address}/v1"))
        say(spoken(f"接口文档：{address}/openapi.json", f"What it takes: {address}/openapi.json"))
        say(spoken("按Ctrl+C结束。", "Ctrl+C ends it."))
        server.run_on(listener)


def listener_on(host: str, port: int, environment: Environment) -> socket.socket:
    """Give a socket to serve on. Raises CommandFailed `address-not-available` or `development-not-local`."""
    if environment == "development" and host not in LOCAL:
        raise CommandFailed(
            "development-not-local",
            Text(
                "开发环境有开发登录，不对其他机器开放",
                "development has a login by which anybody may act as anybody: it is not for other machines",
            ),
            Text(
                "--environment production，或--host 127.0.0.1",
                "give --environment production, or --host 127.0.0.1",
            ),
        )
    try:
        return listening(host, port)
    except OSError as error:
        raise CommandFailed(
            "address-not-available",
            Text(
                f"{host}:{port}不可用（{error.strerror}）",
                f"{host}:{port} cannot be served on ({error.strerror})",
            ),
            Text("换一个端口：--port", "take another port with --port"),
            status=Status.UNAVAILABLE,
        ) from error


def address_of(listener: socket.socket) -> str:
    """Give the address of a socket as a URL."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _nothing_to_serve() -> CommandFailed:
    return CommandFailed(
        "store-missing",
        Text(
            "内存中的存储是空的，无可服务",
            "a store in memory is empty, so there is nothing to serve",
        ),
        Text("给出存储文件", "name the file of a store"),
    )
