"""`casesys verify SOURCE`: says whether a store, a copy of one or a bundle is what it was when somebody kept a checkpoint.

Nothing is written, and neither keys nor a server are needed. It ends with a status of its own for each answer.
"""

from pathlib import Path
from typing import Annotated

import typer

from casesys.cli import options as o
from casesys.cli.language import in_words, spoken
from casesys.cli.printing import say, say_json
from casesys.evidence.chain import Damage
from casesys.evidence.checkpoints import Checkpoint, told_by
from casesys.evidence.languages import Words
from casesys.evidence.leaf import read_leaf
from casesys.evidence.notes import NoteInvalid
from casesys.evidence.program import (
    Status,
    Verdict,
    damaged,
    insist_on_signature,
    judged,
    kept_note,
    unreadable,
)
from casesys.notary.verifying import CheckpointForeign, Found, verify_log
from casesys.settings import SQLITE
from casesys.store import StoreError

ZIP = b"PK"

_NOTHING_TO_SIGN = Words(
    "密钥只能证明检查点，存储本身不带签名：请用--checkpoint给出您保存的检查点",
    "a key vouches for a checkpoint, and a store bears no signature: give the checkpoint that you kept with --checkpoint",
)


def verify(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help=spoken("存储、其副本或证据包", "a store, a copy of one, or a bundle"),
        ),
    ],
    *,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            "--checkpoint",
            metavar="FILE",
            help=spoken("您保存的检查点", "a checkpoint that you have kept"),
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            "--key",
            metavar="KEY",
            help=spoken(
                "您信任的公钥", "the log's public key (name+id+key), from somebody you trust"
            ),
        ),
    ] = None,
    json: o.AsJson = False,
    language: o.InLanguage = None,  # noqa: ARG001 - settled already
) -> int:
    """Verify a store, a copy or a bundle.

    Exit status: 0 whole, 3 self-consistent only, 4 not shown to be complete, 1 damaged, 2 unreadable.
    """
    path = Path(source.removeprefix(SQLITE))
    verdict = (
        judged(path, key=key, kept=checkpoint, read=read_leaf)
        if _is_bundle(path)
        else _judged_log(path, checkpoint, key)
    )
    says = in_words(verdict.says)
    if json:
        say_json({"status": verdict.name, "says": says, **verdict.particulars})
    else:
        say(f"{verdict.name}: {says}")
    return verdict.status


def _is_bundle(path: Path) -> bool:
    try:
        if not path.is_file():  # a pipe might never give anything
            return False
        with path.open("rb") as handle:
            return handle.read(len(ZIP)) == ZIP
    except OSError:
        return False


def _judged_log(path: Path, kept: Path | None, key: str | None) -> Verdict:
    if key is not None and kept is None:
        return Verdict(Status.UNREADABLE, _NOTHING_TO_SIGN)
    try:
        checkpoint = None if kept is None else _kept(kept, key)
        found = verify_log(path, checkpoint)
    except Damage as damage:
        return damaged(damage)
    except (StoreError, CheckpointForeign, NoteInvalid, OSError, UnicodeDecodeError) as error:
        return unreadable(error)
    particulars = {
        "log": found.log_id,
        "size": found.size,
        "root": found.root.hex(),
        "streams": found.streams,
        "sealed_up_to": found.sealed_upto,
        "checkpoint": None if checkpoint is None else checkpoint.size,
    }
    if checkpoint is None or not checkpoint.size:  # what is over nothing shows nothing
        return Verdict(Status.SELF_CONSISTENT_ONLY, _alone(found), particulars)
    return Verdict(Status.WHOLE, _as_before(found, checkpoint), particulars)


def _alone(found: Found) -> Words:
    return Words(
        f"{found.size}条记录自相一致。没有您保存的检查点，无从知道是否整体换过。",
        f"{found.size} events agree with each other. Without a checkpoint of yours, nothing shows that they are the same as before.",
    )


def _as_before(found: Found, checkpoint: Checkpoint) -> Words:
    return Words(
        f"{found.size}条记录自相一致，前{checkpoint.size}条与检查点时相同。",
        f"{found.size} events agree with each other, and the first {checkpoint.size} are those of the checkpoint.",
    )


def _kept(file: Path, key: str | None) -> Checkpoint:
    """Read the checkpoint that was kept; with a key, insist that it has signed it. Raises NoteInvalid, Damage."""
    note = kept_note(file)
    checkpoint = told_by(note)
    if key is not None:
        insist_on_signature(note, key)
    return checkpoint
