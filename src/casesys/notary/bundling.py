"""Making a bundle: one case with everything that it takes to verify it offline; what is in it says `casesys.evidence.bundle`.

Personal texts are never in it: the leaves commit to their ciphertexts only.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from casesys.domain.cases.state import case_stream
from casesys.domain.messages import StreamId
from casesys.domain.register.streams import document_stream
from casesys.evidence.bundle import FORMAT
from casesys.evidence.checkpoints import told_by
from casesys.evidence.standalone import verifier
from casesys.evidence.streams_map import Last
from casesys.notary.notary import Notary, Unproved
from casesys.notary.sealing import Seal, seals_of
from casesys.store.contract import EventLog, Stored

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the archive, so that the same case under the same checkpoint gives the same bundle."""

README = """一件事项的证据 · the evidence of one case

    python3 verify.py THIS-FILE.zip --checkpoint CHECKPOINT    对照您自己保存的检查点核验
                                                               verify it against a checkpoint that you have kept
    python3 verify.py THIS-FILE.zip --key KEY                  对照您从可信之人处取得的公钥核验
                                                               or against a public key from somebody you trust

请使用您信任的 verify.py：可以是本文件中的一份，最好取自别处。
Use a verify.py that you trust: the one in here, or better one from elsewhere.
"""


class Proved(NamedTuple):
    """The last event of a stream, and the way to it in the map."""

    last: Last
    beside: Sequence[bytes]


def bundle(log: EventLog, notary: Notary, case_id: str, note: str) -> bytes:
    """Give the bundle of a case as of a checkpoint.

    Raises Unproved when the checkpoint covers nothing of the case, LogContradicts for a checkpoint that is not this log's,
    NoteInvalid for a text that is none.
    """
    checkpoint = told_by(note)
    notary.advance()
    notary.insist_on_own(checkpoint)
    stream = case_stream(case_id)
    history = log.read_stream(stream, upto_position=checkpoint.size)
    if not history:
        raise Unproved(f"the checkpoint over {checkpoint.size} events covers nothing of {case_id}")
    leaves = {each.position: each for each in (*history, *_cited(log, history))}
    seal, complete = _last_seal(log, notary, stream, checkpoint.size)
    if seal is not None:
        leaves |= {each.position: each for each in log.read(seal.position - 1, 1)}
    files: dict[str, str | bytes] = {
        "README.txt": README,
        "manifest.json": _manifest(log, stream, seal),
        "checkpoint.txt": note,
        "verify.py": verifier(),
    }
    if complete is not None:
        files["completeness.json"] = _completeness(complete)
    for position in sorted(leaves):
        files[f"leaves/{position}.json"] = leaves[position].leaf_bytes
        files[f"proofs/{position}.tlog-proof"] = notary.prove_to(position, note).text
    return _packed(files)


def _last_seal(
    log: EventLog, notary: Notary, stream: StreamId, upto: int
) -> tuple[Seal, Proved] | tuple[None, None]:
    """Give the last seal up to a position and what it shows of a stream; nothing if it reaches no event of it."""
    for seal in reversed(seals_of(log, upto)):
        complete = notary.complete(stream, seal.size)
        if complete.last is None:
            break
        return seal, Proved(complete.last, complete.proof.beside)
    return None, None


def _cited(log: EventLog, history: list[Stored]) -> Iterator[Stored]:
    """Give the events that deposited the charters and calendars which a case's events rest on."""
    cited = {each.leaf.rule_digest for each in history} | {
        each.leaf.calendar_digest for each in history
    }
    streams = [document_stream(digest) for digest in sorted(filter(None, cited))]
    for found in log.read_streams(streams).values():
        yield from found


def _manifest(log: EventLog, stream: StreamId, seal: Seal | None) -> str:
    return _json(
        {
            "format": FORMAT,
            "log": log.log_id,
            "stream": stream,
            "seal": None if seal is None else seal.position,
        }
    )


def _completeness(proved: Proved) -> str:
    last, beside = proved
    return _json(
        {
            "last": {"seq": last.seq, "leaf_hash": last.leaf_hash.hex()},
            "beside": [each.hex() for each in beside],
        }
    )


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _packed(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, _LONG_AGO)
            archive.writestr(member, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
