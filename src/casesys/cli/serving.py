"""`casesys serve`: serves a store over HTTP until it is asked to end."""

import socket
from typing import Annotated

import typer

from casesys.api.serving import Server, listening
from casesys.bootstrap.sites import open_site
from casesys.cli import options as o
from casesys.cli import pacing as p
from casesys.cli.failing import CommandFailed, Status
from casesys.cli.language import spoken
from casesys.cli.printing import say
from casesys.cli.working import command_of
from casesys.domain.messages import Text
from casesys.settings import MEMORY, Environment, SiteSettings
from casesys.worker import Apart, Elsewhere, WorkerProcess

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
    worker: Annotated[
        bool,
        typer.Option(
            "--worker/--no-worker",
            envvar="CASESYS_WORKER",
            help=spoken(
                "另起一个进程更新读模型、让时间流逝并封印签署；--no-worker则由casesys worker另行担任",
                "start a process that keeps read models up to date, lets time pass, seals and signs;"
                " with --no-worker, run casesys worker yourself",
            ),
        ),
    ] = True,
    checkpoint_events: p.CheckpointEvents = p.CHECKPOINTS.events,
    checkpoint_minutes: p.CheckpointMinutes = p.CHECKPOINTS.within // p.MINUTE,
    seal_events: p.SealEvents = p.SEALS.events,
    seal_hours: p.SealHours = p.SEALS.within // p.HOUR,
    keys: o.KeyFolder = None,
    wrapping_key: o.WrappingKeyFile = None,
    synchronous: o.Durability = "FULL",
    language: o.InLanguage = None,  # noqa: ARG001 - settled already
) -> None:
    """Serve a store over HTTP."""
    if store == MEMORY:
        raise _nothing_to_serve()
    settings = SiteSettings(
        o.settings_of(store, keys, wrapping_key, synchronous),
        environment,
        p.paces_of(checkpoint_events, checkpoint_minutes, seal_events, seal_hours),
    )
    with listener_on(host, port, environment) as listener:
        run(settings, listener, worker=worker)


def run(settings: SiteSettings, listener: socket.socket, *, worker: bool = True) -> None:
    """Serve on a socket until the process is asked to end, and say where to look first."""
    apart: Apart = WorkerProcess(command_of(settings)) if worker else Elsewhere()
    with open_site(settings, apart=apart) as parts:
        Server(parts).run_on(listener, lambda: _announce(address_of(listener)))


def _announce(address: str) -> None:
    say(spoken(f"服务地址：{address}/v1", f"Serving {address}/v1"))
    say(spoken(f"接口文档：{address}/openapi.json", f"What it takes: {address}/openapi.json"))
    say(spoken("按Ctrl+C结束。", "Ctrl+C ends it."))


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
