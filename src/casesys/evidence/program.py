"""The verifier's main program: says what a bundle shows, in words or as JSON, and ends with a status of its own for each answer."""

import argparse
import json
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from enum import IntEnum
from io import TextIOWrapper
from pathlib import Path
from typing import NamedTuple

from casesys.evidence.archive import BYTES_AT_MOST, BundleUnreadable
from casesys.evidence.bundle import Bundle, Verified, open_bundle, verify_bundle
from casesys.evidence.chain import Damage
from casesys.evidence.checkpoints import Checkpoint, open_checkpoint, told_by
from casesys.evidence.languages import LANGUAGES, Words, speaks_chinese
from casesys.evidence.leaf_form import ReadLeaf, read_leaf
from casesys.evidence.notes import (
    NOTE_AT_MOST,
    NoteInvalid,
    SignatureFalse,
    read_verifier_key,
)
from casesys.evidence.telling import joined, of_damage


class Status(IntEnum):
    """How a verification ends."""

    WHOLE = 0
    DAMAGED = 1
    UNREADABLE = 2
    SELF_CONSISTENT_ONLY = 3
    NOT_SHOWN_COMPLETE = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify the bundle that the arguments name; give the exit status."""
    parser = argparse.ArgumentParser(
        prog="verify.py",
        description="Verify a bundle of casesys offline.",
        epilog="Exit status: 0 whole, up to a checkpoint you trust; 1 damaged; 2 unreadable; 3 self-consistent only; "
        "4 not shown to be complete.",
    )
    parser.add_argument("bundle", type=Path, help="the zip file")
    parser.add_argument(
        "--key", help="the public key of the log (name+id+key), from somebody you trust"
    )
    parser.add_argument(
        "--checkpoint",
        type=Path,
        help="a checkpoint of the log that you or somebody you trust has kept",
    )
    parser.add_argument(
        "--proofs",
        type=Path,
        metavar="FOLDER",
        help="put each leaf and its own .tlog-proof there, for verifiers of others, unless the bundle is damaged",
    )
    parser.add_argument("--json", action="store_true", help="answer with one JSON object")
    parser.add_argument(
        "--language",
        choices=LANGUAGES,
        default="zh" if speaks_chinese(os.environ) else "en",
        help="of the answer; that of the environment by default",
    )
    given = parser.parse_args(arguments)
    verdict = judged(given.bundle, key=given.key, kept=given.checkpoint, proofs=given.proofs)
    says = verdict.says.zh if given.language == "zh" else verdict.says.en
    answer = {"status": verdict.name, "says": says, **verdict.particulars}
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a poor terminal is no reason to fail
    told = json.dumps(answer, ensure_ascii=False) if given.json else f"{verdict.name}: {says}"
    sys.stdout.write(told + "\n")
    return verdict.status


class Verdict(NamedTuple):
    """How a verification ended, in words and in particulars."""

    status: Status
    says: Words
    particulars: Mapping[str, object] = {}

    @property
    def name(self) -> str:
        """The status by its name."""
        return self.status.name.lower().replace("_", "-")


def damaged(damage: Damage) -> Verdict:
    """Tell of damage."""
    particulars = {"position": damage.position, "kind": damage.kind}
    return Verdict(Status.DAMAGED, of_damage(damage), particulars)


def unreadable(error: Exception) -> Verdict:
    """Tell of what nothing follows from."""
    return Verdict(Status.UNREADABLE, Words(f"无法读取（{error}）", str(error)))


def judged(
    bundle: Path,
    *,
    key: str | None,
    kept: Path | None,
    proofs: Path | None = None,
    read: ReadLeaf = read_leaf,
) -> Verdict:
    """Verify a bundle against a key or a checkpoint that somebody trusts; put its proofs into a folder if one is given."""
    try:
        contents = _contents(bundle)
        verified = verify_bundle(contents, read)
        status, why = _trust(verified, key, kept)
        if proofs is not None:
            _write_proofs(open_bundle(contents), proofs)
    except Damage as damage:
        return damaged(damage)
    except (BundleUnreadable, NoteInvalid, OSError, UnicodeDecodeError) as error:
        return unreadable(error)
    there = Words(
        f"{verified.stream}：{verified.events}条记录，{verified.withheld}项个人内容未附",
        f"{verified.stream}: {verified.events} events, {verified.withheld} personal texts withheld",
    )
    found: dict[str, object] = {
        "log": verified.log,
        "stream": verified.stream,
        "events": verified.events,
        "complete_up_to": verified.upto,
        "charters": verified.charters,
        "withheld": verified.withheld,
        "size": verified.checkpoint.size,
        "root": verified.checkpoint.root.hex(),
    }
    return Verdict(status, joined(there, _reach(verified), why), found)


def _contents(bundle: Path) -> bytes:
    """Read the file, unless it is larger than all that may be in it. Raises BundleUnreadable, OSError."""
    if not bundle.is_file():  # reading a pipe might never end
        raise BundleUnreadable(f"there is no file {bundle}")
    if bundle.stat().st_size > BYTES_AT_MOST:
        raise BundleUnreadable(f"no bundle has more than {BYTES_AT_MOST} bytes")
    return bundle.read_bytes()


def _write_proofs(bundle: Bundle, folder: Path) -> None:
    """Put each leaf and its own proof into files named by its position. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    singles = bundle.single_proofs()
    for position, leaf, proof in zip(bundle.positions, bundle.leaves, singles, strict=True):
        (folder / f"{position}.json").write_bytes(leaf)
        (folder / f"{position}.tlog-proof").write_text(proof.text, encoding="utf-8", newline="")


def kept_note(file: Path) -> str:
    """Read a checkpoint that somebody kept, whatever an editor or the mail has made of its line ends.

    Raises OSError, UnicodeDecodeError.
    """
    with file.open(encoding="utf-8-sig") as handle:
        return handle.read(NOTE_AT_MOST + 1)  # what is longer is refused as too long


def _reach(verified: Verified) -> Words:
    if not verified.upto:
        return Words("无从知道是否齐全", "nothing shows that these are all")
    return Words(
        f"截至日志第{verified.upto}条，该事项的记录齐全",
        f"all there are up to position {verified.upto} of the log",
    )


def _trust(verified: Verified, key: str | None, kept: Path | None) -> tuple[Status, Words]:
    """Say what follows when the checkpoint of a bundle is to be trusted: by a key, or because it is the one that was kept."""
    reasons = []
    if key is not None:
        insist_on_signature(verified.note, key)
        reasons.append(
            Words("检查点由您给出的密钥签署", "the checkpoint is signed by the key you gave")
        )
    if kept is not None:
        _compare(told_by(kept_note(kept)), verified.checkpoint)
        reasons.append(Words("检查点即您保存的那个", "the checkpoint is the one you kept"))
    if not reasons:
        return Status.SELF_CONSISTENT_ONLY, Words(
            "没有您的密钥或检查点，只知自相一致",
            "without a key or checkpoint of yours, only self-consistent",
        )
    return Status.WHOLE if verified.upto else Status.NOT_SHOWN_COMPLETE, joined(*reasons)


def insist_on_signature(note: str, key: str) -> None:
    """Insist that a key has signed a checkpoint.

    Raises Damage for a false signature; NoteInvalid for none by this key, for the key of another log, and for what is no key.
    """
    trusted = read_verifier_key(key)
    try:
        open_checkpoint(note, [trusted])
    except SignatureFalse as error:
        raise Damage(None, "checkpoint-contradicted", str(error)) from error


def _compare(kept: Checkpoint, found: Checkpoint) -> None:
    if kept.origin != found.origin:
        raise NoteInvalid(f"the checkpoint you kept is one of {kept.origin}, not of {found.origin}")
    if kept.size != found.size:
        raise NoteInvalid(
            f"the bundle leads to a checkpoint over {found.size} events, and you kept one over {kept.size}: "
            f"ask for a bundle made for yours"
        )
    if kept.root != found.root:
        raise Damage(
            None, "checkpoint-contradicted", "the log has another root than the one you kept"
        )


def ended() -> int:
    """Run the program; a fault in it ends as what nothing follows from, where Python's own status for it would be that of damage."""
    try:
        return main()
    except Exception:  # noqa: BLE001 - whatever it is, it is told
        traceback.print_exc()
        sys.stderr.write("verify.py failed: nothing follows for the bundle\n")
        return Status.UNREADABLE


if __name__ == "__main__":
    sys.exit(ended())
