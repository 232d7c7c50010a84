"""The verifier's main program: says what a bundle shows, in words or as JSON, and ends with a status of its own for each answer."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

from casesys.evidence.bundle import BundleUnreadable, Verified, verify_bundle
from casesys.evidence.chain import Damage
from casesys.evidence.checkpoints import Checkpoint, open_checkpoint, told_by
from casesys.evidence.notes import NoteInvalid, SignaturesUnchecked, VerifierKey, read_verifier_key


class Status(IntEnum):
    """How a verification ends."""

    WHOLE = 0
    DAMAGED = 1
    UNREADABLE = 2
    SELF_CONSISTENT_ONLY = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify the bundle that the arguments name; give the exit status."""
    parser = argparse.ArgumentParser(
        prog="verify.py",
        description="Verify a bundle of casesys offline.",
        epilog="Exit status: 0 whole, up to a checkpoint you trust; 1 damaged; 2 unreadable; 3 self-consistent only.",
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
    parser.add_argument("--json", action="store_true", help="answer with one JSON object")
    given = parser.parse_args(arguments)
    verdict = judged(given.bundle, key=given.key, kept=given.checkpoint)
    sys.stdout.write(verdict.as_json() if given.json else f"{verdict.name}: {verdict.says}\n")
    return verdict.status


class Verdict(NamedTuple):
    """How a verification ended, in words and in particulars."""

    status: Status
    says: str
    particulars: Mapping[str, object] = {}

    @property
    def name(self) -> str:
        """The status by its name."""
        return self.status.name.lower().replace("_", "-")

    def as_json(self) -> str:
        """Give everything as a line of JSON."""
        answer = {"status": self.name, "says": self.says, **self.particulars}
        return json.dumps(answer, ensure_ascii=False) + "\n"


def judged(bundle: Path, *, key: str | None, kept: Path | None) -> Verdict:
    """Verify a bundle against a key or a checkpoint that somebody trusts."""
    try:
        verified = verify_bundle(bundle.read_bytes())
        status, why = _trust(verified, key, kept)
    except Damage as damage:
        particulars = {"position": damage.position, "kind": damage.kind}
        return Verdict(Status.DAMAGED, str(damage), particulars)
    except (BundleUnreadable, NoteInvalid, OSError, UnicodeDecodeError) as error:
        return Verdict(Status.UNREADABLE, str(error))
    told = (
        f"{verified.stream}: {verified.events} events, {verified.withheld} personal texts withheld; "
        f"{_reach(verified)}; {why}"
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
    return Verdict(status, told, found)


def _reach(verified: Verified) -> str:
    if not verified.upto:
        return "nothing shows that these are all"
    return f"all there are up to position {verified.upto} of the log"


def _trust(verified: Verified, key: str | None, kept: Path | None) -> tuple[Status, str]:
    """Say whether the checkpoint of a bundle is one to trust: by a key, or because it is the one that was kept."""
    reasons = []
    if key is not None:
        try:
            _signed_by(verified.note, read_verifier_key(key))
            reasons.append("the checkpoint is signed by the key you gave")
        except SignaturesUnchecked as error:
            if kept is None:
                return Status.SELF_CONSISTENT_ONLY, str(error)
    if kept is not None:
        _compare(told_by(kept.read_text(encoding="utf-8")), verified.checkpoint)
        reasons.append("the checkpoint is the one you kept")
    if not reasons:
        return (
            Status.SELF_CONSISTENT_ONLY,
            "without a key or checkpoint of yours, only self-consistent",
        )
    return Status.WHOLE, "; ".join(reasons)


def _signed_by(note: str, key: VerifierKey) -> None:
    try:
        open_checkpoint(note, [key])
    except NoteInvalid as error:
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


if __name__ == "__main__":
    sys.exit(main())
