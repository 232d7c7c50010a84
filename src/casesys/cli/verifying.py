"""`casesys verify SOURCE`: says whether a store, a copy of one or a bundle is what it was when somebody kept a checkpoint.

Nothing is written, and neither keys nor a server are needed. It ends with a status of its own for each answer.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from casesys.cli import options as o
from casesys.cli.language import in_words, spoken
from casesys.cli.printing import say, say_json
from casesys.domain.messages import Text
from casesys.evidence.chain import Damage
from casesys.evidence.checkpoints import Checkpoint, open_checkpoint, told_by
from casesys.evidence.notes import NoteInvalid, read_verifier_key
from casesys.evidence.program import Status, Verdict, judged
from casesys.notary.verifying import CheckpointForeign, verify_log
from casesys.settings import SQLITE
from casesys.store import StoreError

ZIP = b"PK"

KINDS: Mapping[str, Text] = {
    "leaf-altered": Text("记录被改动", "an event was changed"),
    "leaf-unreadable": Text("记录无法读取", "an event cannot be read"),
    "leaf-foreign": Text("混入了别的日志的记录", "an event is another log's"),
    "position-wrong": Text(
        "记录被删除、插入或调换", "events were removed, slipped in or reordered"
    ),
    "stream-broken": Text("事项的记录不相衔接", "the events of a case do not follow each other"),
    "command-broken": Text(
        "命令的记录不相衔接", "the events of a command do not follow each other"
    ),
    "time-reversed": Text("记录时间倒退", "the time of recording runs backwards"),
    "columns-altered": Text("索引字段被改动", "what events are found by was changed"),
    "ciphertext-altered": Text("加密内容被改动或调换", "a sealed text was changed or swapped"),
    "ciphertext-unknown": Text("多出加密内容", "there is a sealed text that no event knows"),
    "head-altered": Text("日志末端与记录不符", "the end of the log contradicts the events"),
    "seal-false": Text("封印与记录不符", "a seal does not hold what the log has"),
    "checkpoint-contradicted": Text("与检查点不符", "the checkpoint is contradicted"),
    "log-shorter": Text(
        "日志短于检查点：尾部被删，或恢复了旧备份",
        "the log is shorter than at the checkpoint: its end was removed, or an older copy restored",
    ),
    "file-damaged": Text("存储文件损坏", "the file is damaged"),
    "proof-false": Text("证明不成立", "a proof does not hold"),
    "document-altered": Text(
        "章程或日历文本被改动", "the text of a charter or calendar was changed"
    ),
}
"""Every kind of damage in words."""


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
    """Verify a store, a copy or a bundle. Exit status: 0 whole, 3 self-consistent only, 1 damaged, 2 unreadable."""
    path = Path(source.removeprefix(SQLITE))
    verdict = (
        judged(path, key=key, kept=checkpoint)
        if _is_bundle(path)
        else _judged_log(path, checkpoint, key)
    )
    if json:
        say_json({"status": verdict.name, "says": verdict.says, **verdict.particulars})
    else:
        say(f"{verdict.name}: {verdict.says}")
    return verdict.status


def _is_bundle(path: Path) -> bool:
    try:
        with path.open("rb") as handle:
            return handle.read(len(ZIP)) == ZIP or path.suffix == ".zip"
    except OSError:
        return False


def _judged_log(path: Path, kept: Path | None, key: str | None) -> Verdict:
    try:
        checkpoint = None if kept is None else _kept(kept, key)
        found = verify_log(path, checkpoint)
    except Damage as damage:
        where = (
            spoken(f"第{damage.position}条", f"event {damage.position}") if damage.position else ""
        )
        told = in_words(KINDS[damage.kind])
        says = f"{where}{': ' if where else ''}{told} ({damage.kind}: {damage.detail})"
        return Verdict(Status.DAMAGED, says, {"position": damage.position, "kind": damage.kind})
    except (StoreError, CheckpointForeign, NoteInvalid, OSError, UnicodeDecodeError) as error:
        return Verdict(Status.UNREADABLE, str(error))
    particulars = {
        "log": found.log_id,
        "size": found.size,
        "root": found.root.hex(),
        "streams": found.streams,
        "sealed_up_to": found.sealed_upto,
        "withheld": found.withheld,
        "checkpoint": None if checkpoint is None else checkpoint.size,
    }
    status = Status.SELF_CONSISTENT_ONLY if checkpoint is None else Status.WHOLE
    return Verdict(status, _says(found.size, checkpoint), particulars)


def _says(size: int, checkpoint: Checkpoint | None) -> str:
    if checkpoint is None:
        return spoken(
            f"{size}条记录自相一致。没有您保存的检查点，无从知道是否整体换过。",
            f"{size} events agree with each other. Without a checkpoint of yours, nothing shows that they are the same as before.",
        )
    return spoken(
        f"{size}条记录自相一致，前{checkpoint.size}条与检查点时相同。",
        f"{size} events agree with each other, and the first {checkpoint.size} are those of the checkpoint.",
    )


def _kept(file: Path, key: str | None) -> Checkpoint:
    """Read the checkpoint that was kept; with a key, insist that it has signed it. Raises NoteInvalid, Damage."""
    note = file.read_bytes().decode()
    checkpoint = told_by(note)
    if key is not None:
        trusted = read_verifier_key(key)
        try:
            open_checkpoint(note, [trusted])
        except NoteInvalid as error:
            raise Damage(None, "checkpoint-contradicted", str(error)) from error
    return checkpoint
