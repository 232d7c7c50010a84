"""`casesys charter show`: a charter as people read it, its numbers filled in; from a file, or as it is in force in a store."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from casesys.bootstrap import open_service
from casesys.cli import options as o
from casesys.cli.citing import in_force
from casesys.cli.fields import read_file
from casesys.cli.language import in_words, spoken
from casesys.cli.printing import say, say_json
from casesys.domain.charter.model import DIRECT
from casesys.domain.charter.parse import CharterVersion, parse_charter
from casesys.store.contract import utc_now


def charter(  # noqa: PLR0917 - the parser gives them by name
    action: Annotated[Literal["show"], typer.Argument(metavar="show")],  # noqa: ARG001 - others follow
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help=spoken("章程文件", "the file of a charter")),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            envvar="CASESYS_STORE",
            metavar="sqlite:///PATH",
            help=spoken(
                "不给文件时，显示此存储中生效的章程",
                "without a file: the one in force in this store",
            ),
        ),
    ] = None,
    keys: o.KeyFolder = None,
    wrapping_key: o.WrappingKeyFile = None,
    grid: Annotated[
        str | None,
        typer.Option(
            metavar="ID", help=spoken("哪个网格；默认为根", "of which grid; the root by default")
        ),
    ] = None,
    *,
    json: o.AsJson = False,
    language: o.InLanguage = None,  # noqa: ARG001 - settled already
) -> None:
    """Show a charter."""
    if file is not None:
        version = parse_charter(read_file(file).encode())
    elif store is not None:
        with open_service(o.settings_of(store, keys, wrapping_key)) as service:
            version = in_force(service, grid, utc_now())
    else:
        raise typer.BadParameter(spoken("给出文件或--store", "give a file, or --store"))
    if json:
        clauses = {code: version.clause_text(code) for code in version.charter.clauses}
        say_json({"rule": version.rule, "title": version.charter.title, "clauses": clauses})
    else:
        _show(version)


def _show(version: CharterVersion) -> None:
    model = version.charter
    say(in_words(model.title))
    say(f"{model.code} {model.version}  sha256:{version.digest}")
    say()
    for code in model.clauses:
        say(in_words(version.clause_text(code)))
    say()
    say(spoken("分流", "Triage"))
    for row in model.triage:
        way = row.to if row.to == DIRECT else in_words(model.procedures[row.to].label)
        say(f"  {row.id} → {way}  {in_words(row.because)}")
    for procedure in model.procedures.values():
        say()
        track = f" ({in_words(procedure.track.label)})" if procedure.track else ""
        say(f"{in_words(procedure.label)}{track}")
        for number, step in enumerate(procedure.steps, 1):
            say(f"  {number}. {in_words(step.label)}  [{step.kind}, {step.clause}]")
