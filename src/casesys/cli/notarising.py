"""`casesys keys`, `casesys checkpoint`, `casesys bundle`: what makes a log provable to those who do not trust whoever runs it."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from casesys.bootstrap import open_notary, open_service
from casesys.cli import options as o
from casesys.cli.failing import CommandFailed, Status
from casesys.cli.language import spoken
from casesys.cli.printing import complain, say, say_json
from casesys.domain.messages import Text
from casesys.evidence.checkpoints import told_by
from casesys.evidence.notes import NoteInvalid, VerifierKey, in_base64
from casesys.evidence.program import kept_note
from casesys.notary.bundling import bundle as bundle_of
from casesys.notary.failures import (
    CheckpointKeyInvalid,
    KeyNameInvalid,
    KeyThere,
    KeyUnknown,
    LedgerForeign,
    LedgerUnavailable,
    LogContradicts,
    NotaryError,
    Unproved,
    Unsigned,
)
from casesys.notary.keyring import KeyRing
from casesys.notary.sealing import seal
from casesys.notary.verifying import NAME, origin_of
from casesys.settings import StoreSettings
from casesys.store.contract import utc_now

Action = Literal["generate", "rotate", "retire", "list", "export"]


def keys(
    action: Annotated[
        Action,
        typer.Argument(
            help=spoken(
                "generate首把；rotate另做一把，同时签；retire停用；list列出；export公钥",
                "make the first; make another, both sign; stop one; list; give the public halves",
            )
        ),
    ],
    store: o.StoreAddress,
    key_id: Annotated[
        str | None,
        typer.Argument(
            metavar="ID", help=spoken("停用哪一把的编号", "the id of the key to retire")
        ),
    ] = None,
    *,
    name: Annotated[
        str,
        typer.Option(
            "--name",
            help=spoken(
                "首把密钥的名称，其后加日志编号", "the name of the first key, before the log's id"
            ),
        ),
    ] = NAME,
    folder: o.KeyFolder = None,
    json: o.AsJson = False,
    language: o.InLanguage = None,  # noqa: ARG001 - settled already
) -> None:
    """Make, replace, retire and show the keys that checkpoints are signed with."""
    settings = o.settings_of(store, folder)
    with open_service(settings) as service:
        log_id = service.engine.log.log_id
    ring, origin = KeyRing(_folder(settings)), origin_of(name, log_id)
    with _told():
        found = _done(ring, action, origin, key_id or "")
    if json:
        say_json({"keys": [_particulars(key) for key in found]})
    else:
        for key in found:
            say(str(key) if action != "list" else f"{key.key_id.hex()}  {key.name}")


CheckpointFile = Annotated[
    Path,
    typer.Option(
        "--out", metavar="FILE", help=spoken("检查点存于何处", "where to put the checkpoint")
    ),
]
Earlier = Annotated[
    Path | None,
    typer.Option(
        "--consistency-from",
        metavar="FILE",
        help=spoken(
            "先前的检查点；证明新的由它续成",
            "an earlier checkpoint; proves that the new one continues it",
        ),
    ),
]


def _done(ring: KeyRing, action: Action, origin: str, key_id: str) -> list[VerifierKey]:
    match action:
        case "generate":
            return [ring.generate(origin)]
        case "rotate":
            return [ring.rotate()]
        case "retire":
            return [ring.retire(key_id)]
        case "list" | "export":
            return [key.verifier for key in ring.signers()]


def checkpoint(
    store: o.StoreAddress,
    *,
    out: CheckpointFile,
    consistency_from: Earlier = None,
    sealing: Annotated[
        bool,
        typer.Option(
            "--seal/--no-seal",
            help=spoken(
                "先封印日志，使各事项可证完整",
                "seal the log first, so that histories can be shown to be complete",
            ),
        ),
    ] = True,
    folder: o.KeyFolder = None,
    wrapping_key: o.WrappingKeyFile = None,
    json: o.AsJson = False,
    language: o.InLanguage = None,  # noqa: ARG001 - settled already
) -> None:
    """Sign the head of the log, for somebody outside to keep."""
    settings = o.settings_of(store, folder, wrapping_key)
    earlier = None if consistency_from is None else read_note(consistency_from)
    with (
        _told(),
        open_service(settings) as service,
        open_notary(settings, service.engine.log) as notary,
    ):
        notary.insist_on_keys()
        notary.advance()
        if earlier is not None:
            notary.insist_on_own(told_by(earlier))
        if sealing:
            seal(notary, service.engine.log, service.give, utc_now())
        note = notary.checkpoint()
        made = told_by(note)
        proof = [] if earlier is None else notary.consistency(told_by(earlier).size, made.size)
    _write(out, (note.encode(),))
    hashes = [in_base64(each) for each in proof]
    if json:
        say_json({"size": made.size, "root": made.root.hex(), "consistency": hashes})
        return
    complain(
        spoken(
            f"检查点覆盖{made.size}条记录，已存入{out}。请交由外部保存。",
            f"The checkpoint over {made.size} events is in {out}. Let somebody outside keep it.",
        )
    )
    for each in hashes:
        say(each)


def bundle(
    case: Annotated[str, typer.Argument(metavar="CASE", help=spoken("事项编号", "a case's id"))],
    store: o.StoreAddress,
    *,
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="FILE.zip", help=spoken("证据包存于何处", "where to put the bundle")
        ),
    ],
    kept: Annotated[
        Path | None,
        typer.Option(
            "--checkpoint",
            metavar="FILE",
            help=spoken(
                "按哪个检查点；默认为最近一个", "as of which checkpoint; the last by default"
            ),
        ),
    ] = None,
    folder: o.KeyFolder = None,
    wrapping_key: o.WrappingKeyFile = None,
    language: o.InLanguage = None,  # noqa: ARG001 - settled already
) -> None:
    """Put one case with everything that proves it into a file that verifies offline."""
    settings = o.settings_of(store, folder, wrapping_key)
    with (
        _told(),
        open_service(settings) as service,
        open_notary(settings, service.engine.log) as notary,
    ):
        note = notary.latest() if kept is None else read_note(kept)
        if note is None:
            raise Unproved("there is no checkpoint yet")
        notary.advance()
        _write(out, bundle_of(service.engine.log, notary, case, note))


def read_note(file: Path) -> str:
    """Read a checkpoint somebody kept. Raises CommandFailed `checkpoint-invalid`, OSError."""
    try:
        note = kept_note(file)
        told_by(note)
    except (UnicodeDecodeError, NoteInvalid) as error:
        _fail("checkpoint-invalid", error, Status.INVALID)
    return note


def _write(file: Path, pieces: Iterable[bytes]) -> None:
    """Put a file in its place whole: nobody ever finds half of it."""
    draft = file.with_name(f".{file.name}.part")
    with draft.open("wb") as handle:
        handle.writelines(pieces)
    os.replace(draft, file)  # noqa: PTH105 - over what may be there


def _particulars(key: VerifierKey) -> dict[str, str]:
    return {"id": key.key_id.hex(), "name": key.name, "key": str(key)}


def _folder(settings: StoreSettings) -> Path:
    if settings.keys is None:
        raise typer.BadParameter(
            spoken("内存中的存储没有密钥文件夹", "a store in memory has no folder of keys")
        )
    return settings.keys


_STATUSES: dict[type[NotaryError], Status] = {
    KeyThere: Status.INVALID,
    KeyUnknown: Status.INVALID,
    KeyNameInvalid: Status.INVALID,
    CheckpointKeyInvalid: Status.UNAVAILABLE,
    Unsigned: Status.UNAVAILABLE,
    LedgerForeign: Status.UNAVAILABLE,
    LedgerUnavailable: Status.UNAVAILABLE,
    LogContradicts: Status.DAMAGED,
    Unproved: Status.INVALID,
}
_WORDS: dict[str, tuple[Text, Text]] = {
    "checkpoint-key-exists": (
        Text("已有检查点密钥", "there is a key for checkpoints already"),
        Text("更换用keys rotate", "replace it with keys rotate"),
    ),
    "checkpoint-key-unknown": (
        Text("没有这把密钥，或它是唯一的一把", "there is no such key, or it is the only one"),
        Text("keys list列出现有密钥", "keys list names those there are"),
    ),
    "checkpoint-key-name-invalid": (
        Text("密钥不能用此名称", "a key cannot have this name"),
        Text(
            "取如community.example的名称：无空格、加号、https://，斜杠不在首尾",
            "take one like community.example: no spaces, no plus, no https://, no slash at either end",
        ),
    ),
    "checkpoint-key-invalid": (
        Text("检查点密钥文件已损坏", "the file of a key for checkpoints is damaged"),
        Text("从备份恢复该文件，或移走它", "restore the file from a backup, or take it away"),
    ),
    "checkpoint-key-missing": (
        Text("没有检查点密钥", "there is no key to sign checkpoints with"),
        Text("先用keys generate做一把", "make one with keys generate"),
    ),
    "notary-foreign": (
        Text("公证文件不属于此存储，或已损坏", "the notary's file is another log's, or damaged"),
        Text(
            "删除存储旁的.notary文件（连同-wal和-shm）；除已签的检查点外，会由日志重做",
            "delete the .notary file, its -wal and -shm: all but signed checkpoints is made again",
        ),
    ),
    "notary-unavailable": (
        Text("公证文件现在无法读写", "the notary's file cannot be read or written just now"),
        Text(
            "检查存储旁的.notary文件及磁盘，再试一次",
            "look at the .notary file beside the store and at the disk, and try again",
        ),
    ),
    "log-contradicts": (
        Text("日志与先前所见不一致", "the log is not what it was before"),
        Text(
            "用verify核验；是否恢复过旧备份？",
            "examine it with verify; was an older backup restored?",
        ),
    ),
    "not-proved-yet": (
        Text("尚无检查点覆盖该事项", "no checkpoint covers the case yet"),
        Text("先用checkpoint做一个", "make one with checkpoint"),
    ),
    "checkpoint-invalid": (
        Text("该文件不是检查点", "the file is no checkpoint"),
        Text("给出checkpoint所存的文件", "give a file that checkpoint has written"),
    ),
}


@contextmanager
def _told() -> Iterator[None]:
    """Tell what the notary could not do."""
    try:
        yield
    except NotaryError as error:
        _fail(error.code, error, _STATUSES[type(error)])
    except NoteInvalid as error:
        _fail("checkpoint-invalid", error, Status.INVALID)


def _fail(code: str, error: Exception, status: Status) -> NoReturn:
    says, remedy = _WORDS[code]
    told = Text(f"{says.zh}（{error}）", f"{says.en} ({error})")
    raise CommandFailed(code, told, remedy, status=status) from error
