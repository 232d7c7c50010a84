"""`casesys projections`: how far each read model is, building one anew, holding one against the log, and letting a parked one go on.

What is to be done is written down for whoever runs the read models. If no server does, this command does it itself.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from time import sleep
from typing import Annotated, Literal

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress

from casesys.bootstrap import open_service
from casesys.cli import options as o
from casesys.cli.failing import CommandFailed, Status
from casesys.cli.language import spoken
from casesys.cli.printing import say, say_json
from casesys.domain.messages import Text
from casesys.projections.contract import Projection
from casesys.projections.database import Views, open_views
from casesys.projections.registry import all_of
from casesys.projections.running import Runner
from casesys.projections.standing import Parked, Slot, Standing, standings, wishes
from casesys.projections.verifying import NotServing, Verification, verify
from casesys.settings import SiteSettings
from casesys.store import EventLog

LOOK_SECONDS = 0.1
"""How often this command looks how far another process is."""

Action = Literal["status", "rebuild", "verify", "retry"]
Tell = Callable[[int], object]


class State(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one read model stands. `building` is how far the copy is that is being built beside it; `behind` counts events."""

    name: str
    built: bool
    revision: int
    generation: int
    position: int
    behind: int
    differed: int | None = None
    skipped: tuple[int, ...] = ()
    parked: Parked | None = None
    building: int | None = None
    building_parked: Parked | None = None


def projections(
    action: Annotated[
        Action,
        typer.Argument(
            help=spoken(
                "status：现状；rebuild：重建；verify：与日志核对；retry：让停下的继续",
                "status: how far each is; rebuild: build anew; verify: hold against the log; retry: let a parked one go on",
            )
        ),
    ],
    store: o.StoreAddress,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help=spoken("哪个读模型", "which one"))
    ] = None,
    keys: o.KeyFolder = None,
    wrapping_key: o.WrappingKeyFile = None,
    *,
    skip: Annotated[
        bool,
        typer.Option(
            "--skip",
            help=spoken(
                "retry时略过使其停下的那个事件",
                "with retry: go on without the event that stopped it",
            ),
        ),
    ] = False,
    json: o.AsJson = False,
    language: o.InLanguage = None,  # noqa: ARG001 - settled already
) -> None:
    """Look after the read models."""
    if skip and action != "retry":
        raise typer.BadParameter(spoken("--skip只用于retry", "--skip goes with retry only"))
    settings = SiteSettings(o.settings_of(store, keys, wrapping_key))
    if settings.views is None:
        raise CommandFailed(
            "store-not-kept",
            Text("内存中的存储没有留存的读模型", "a store in memory keeps no read models"),
            Text("写成sqlite:///路径", "write it sqlite:///PATH"),
        )
    with ExitStack() as opened:
        service = opened.enter_context(open_service(settings.store))
        views = opened.enter_context(open_views(settings.views))
        log = service.engine.log
        known = all_of(log, service.engine.vault)
        if action == "status":
            _show(_states(views, known, log), as_json=json)
            return
        chosen = _chosen(known, name)
        if action == "verify":
            _show_verified(_verified(log, views, chosen), as_json=json)
            return
        views.wish(chosen.name, "skip" if skip else action)
        _wait_for(Runner(log, views, known), views, chosen.name, log)
        _show([s for s in _states(views, known, log) if s.name == chosen.name], as_json=json)


def _chosen(known: tuple[Projection, ...], name: str | None) -> Projection:
    found = next((each for each in known if each.name == name), None)
    if found is None:
        raise CommandFailed(
            "unknown-projection",
            Text("没有这个读模型", "there is no such read model"),
            Text("给出其中之一", "name one of them"),
            accepted=tuple(each.name for each in known),
        )
    return found


# -- how they stand ---------------------------------------------------------------------------------------------------------


def _states(views: Views, known: tuple[Projection, ...], log: EventLog) -> list[State]:
    with closing(views.reader()) as db:
        there = {(each.name, each.slot): each for each in standings(db)}
    end = log.head().size
    return [
        _state(
            each, there.get((each.name, Slot.SERVING)), there.get((each.name, Slot.BUILDING)), end
        )
        for each in known
    ]


def _state(
    projection: Projection, serving: Standing | None, building: Standing | None, end: int
) -> State:
    position = 0 if serving is None else serving.position
    return State(
        name=projection.name,
        built=serving is not None and serving.fits(projection),
        revision=projection.revision,
        generation=0 if serving is None else serving.generation,
        position=position,
        behind=max(0, end - position),
        differed=None if serving is None else serving.differed,
        skipped=() if serving is None else serving.skipped,
        parked=None if serving is None else serving.parked,
        building=None if building is None else building.position,
        building_parked=None if building is None else building.parked,
    )


def _show(states: list[State], *, as_json: bool) -> None:
    """Print how read models stand; fail if one is parked."""
    if as_json:
        say_json({"projections": states})
    else:
        for state in states:
            for line in _lines(state):
                say(line)
    if any(state.parked or state.building_parked for state in states):
        raise typer.Exit(Status.DAMAGED)


def _lines(state: State) -> Iterator[str]:
    if not state.built:
        yield spoken(f"{state.name}：尚未建立", f"{state.name}: not built yet")
        return
    yield spoken(
        f"{state.name}：到日志位置{state.position}，落后{state.behind}个事件，第{state.generation}次建立",
        f"{state.name}: at log position {state.position}, {state.behind} events behind, built {state.generation} times",
    )
    if state.differed is not None:
        yield spoken(
            f"  重建时与原有的相差{state.differed}行",
            f"  {state.differed} rows differed when it was rebuilt",
        )
    if state.skipped:
        places = ", ".join(map(str, state.skipped))
        yield spoken(f"  略过的事件：{places}", f"  events left out: {places}")
    if state.building is not None:
        yield spoken(f"  重建中：到{state.building}", f"  being rebuilt: at {state.building}")
    for parked in filter(None, (state.parked, state.building_parked)):
        yield spoken(
            f"  停在事件{parked.position}之前（{parked.since.isoformat()}）：{parked.error}",
            f"  parked before event {parked.position} since {parked.since.isoformat()}: {parked.error}",
        )
        yield spoken(
            f"  怎么办：改正后运行casesys projections retry {state.name}；加--skip则略过该事件",
            f"  what to do: mend it, then casesys projections retry {state.name}; with --skip it goes on without that event",
        )


# -- what is to be done -----------------------------------------------------------------------------------------------------


def _wait_for(runner: Runner, views: Views, name: str, log: EventLog) -> None:
    """Wait until a wish is carried out, by another process or, if none runs the read models, by this one."""
    end = log.head().size
    with closing(views.reader()) as db, _bar(end) as tell:
        while True:
            copies = [each for each in standings(db) if each.name == name]
            wished = any(wish.name == name for wish in wishes(db))
            if not wished and _is_settled(copies, end):
                return
            tell(min((each.position for each in copies), default=0))
            if runner.begin():
                runner.step()
            else:
                sleep(LOOK_SECONDS)


def _is_settled(copies: list[Standing], end: int) -> bool:
    """Say whether nothing more will change: nothing is being built, or it is parked, and what serves is as far as it comes."""
    return all(
        each.parked is not None or (each.slot is Slot.SERVING and each.position >= end)
        for each in copies
    )


def _verified(log: EventLog, views: Views, projection: Projection) -> Verification:
    with _bar(log.head().size) as tell:
        try:
            return verify(log, views, projection, on_progress=tell)
        except NotServing as error:
            raise CommandFailed(
                "projection-not-built",
                Text("这个读模型尚未建立", "the read model is not built yet"),
                Text(
                    f"先运行casesys projections rebuild {error.name}",
                    f"run casesys projections rebuild {error.name} first",
                ),
                status=Status.UNAVAILABLE,
            ) from error


def _show_verified(found: Verification, *, as_json: bool) -> None:
    """Print how a read model compares; fail if it differs."""
    if as_json:
        say_json({"same": found.same, "verification": found})
    elif found.stopped is not None:
        at, error = found.stopped.position, found.stopped.error
        say(
            spoken(
                f"{found.name}：无法越过事件{at}重建：{error}",
                f"{found.name}: cannot be made anew beyond event {at}: {error}",
            )
        )
    else:
        verdict = spoken("相同", "the same") if found.same else spoken("不同", "DIFFERENT")
        say(
            spoken(
                f"{found.name}：截至日志位置{found.position}，与重新建立的{verdict}",
                f"{found.name}: as of log position {found.position}, {verdict} as one made anew",
            )
        )
        for table in found.tables:
            say(f"  {table.table}: {table.rows} / {table.rows_beside}")
            for row in table.told_serving:
                say(spoken(f"    只在现有的：{row}", f"    only in what serves: {row}"))
            for row in table.told_beside:
                say(spoken(f"    只在重建的：{row}", f"    only in the one made anew: {row}"))
    raise typer.Exit(Status.DONE if found.same else Status.DAMAGED)


@contextmanager
def _bar(end: int) -> Iterator[Tell]:
    """Show on a terminal how far something is on its way to the end of the log."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(spoken("事件", "events"), total=end)
        yield lambda position: bar.update(task, completed=position)
