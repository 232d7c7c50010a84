"""How the command line speaks: sentences for people, one JSON object for programs, both on standard output."""

import msgspec
import typer


def say(sentence: str = "") -> None:
    """Print a line."""
    typer.echo(sentence)


def complain(sentence: str) -> None:
    """Print a line where errors go."""
    typer.echo(sentence, err=True)


def say_json(value: object) -> None:
    """Print a value as one line of JSON."""
    typer.echo(msgspec.json.encode(value).decode())
