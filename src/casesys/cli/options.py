"""Options that commands share, so that they are spelled, explained and defaulted alike everywhere.

A command takes `store: StoreAddress`, `keys: KeyFolder = None`, and so on, and gives them to `settings_of`. `language: InLanguage
= None` is taken so that the parser accepts it: the program has settled the language already (`casesys.cli.language`).
"""

from pathlib import Path
from typing import Annotated

import typer

from casesys.cli.language import Language, spoken
from casesys.settings import StoreSettings, Synchronous, store_settings

StoreAddress = Annotated[
    str,
    typer.Option(
        "--store",
        envvar="CASESYS_STORE",
        metavar="sqlite:///PATH",
        help=spoken("存储的位置", "where the store is"),
    ),
]
KeyFolder = Annotated[
    Path | None,
    typer.Option(
        "--keys",
        envvar="CASESYS_KEYS",
        metavar="FOLDER",
        help=spoken(
            "密钥文件夹，默认在存储旁边：PATH.keys",
            "the folder of keys; beside the store by default: PATH.keys",
        ),
    ),
]
WrappingKeyFile = Annotated[
    Path | None,
    typer.Option(
        "--wrapping-key",
        envvar="CASESYS_WRAPPING_KEY",
        metavar="FILE",
        help=spoken(
            "主密钥文件，默认为密钥文件夹中的wrapping.key",
            "the file of the wrapping key; wrapping.key in the folder of keys by default",
        ),
    ),
]
OperatorKey = Annotated[
    str | None,
    typer.Option(
        "--key",
        envvar="CASESYS_KEY",
        metavar="SECRET|FILE",
        show_envvar=True,
        help=spoken(
            "以谁的密钥行事：密钥本身，或存有密钥的文件；默认为密钥文件夹中的operator.key",
            "whose key to act by: the secret, or a file that holds it; operator.key in the folder of keys by default",
        ),
    ),
]
AsJson = Annotated[
    bool,
    typer.Option(
        "--json",
        help=spoken(
            "输出JSON，出错时也是", "print one JSON object, also when something goes wrong"
        ),
    ),
]
InLanguage = Annotated[
    Language | None,
    typer.Option(
        "--language",
        help=spoken("输出语言；默认依LANG而定", "the language to speak; by default that of LANG"),
    ),
]
Durability = Annotated[
    Synchronous,
    typer.Option(
        "--synchronous",
        help=spoken(
            "FULL：已确认的命令断电不丢；NORMAL：更快，但断电可能丢失最后几条已确认的命令",
            "FULL: what is acknowledged survives a power cut; NORMAL: faster, but a power cut may lose"
            " the last acknowledged commands",
        ),
    ),
]


def settings_of(
    store: str,
    keys: Path | None = None,
    wrapping_key: Path | None = None,
    synchronous: Synchronous = "FULL",
) -> StoreSettings:
    """Read where the store is; say loudly when less than full durability is asked for. Raises StoreAddressInvalid."""
    settings = store_settings(store, keys=keys, wrapping_key=wrapping_key, synchronous=synchronous)
    if synchronous == "NORMAL":
        warn(
            spoken(
                "注意：synchronous=NORMAL，断电可能丢失最后几条已确认的命令。",
                "WARNING: synchronous=NORMAL: a power cut may lose the last acknowledged commands.",
            )
        )
    return settings


def warn(sentence: str) -> None:
    """Say something loudly, apart from the answer."""
    typer.secho(sentence, err=True, fg="yellow", bold=True)
