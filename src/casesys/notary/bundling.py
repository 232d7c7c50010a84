"""Making a bundle: one case with everything that it takes to verify it offline; what is in it says `casesys.evidence.bundle`.

Personal texts are never in it: the leaves commit to their ciphertexts only. A bundle is made piece by piece, so that a large one can
be sent while it is made.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping

from casesys.domain.cases.state import case_stream
from casesys.domain.messages import StreamId
from casesys.domain.register.streams import document_stream
from casesys.evidence.bundle import FORMAT
from casesys.evidence.checkpoints import told_by
from casesys.evidence.standalone import verifier
from casesys.notary.failures import Unproved
from casesys.notary.notary import Notary
from casesys.notary.sealing import Shown, shown
from casesys.store.contract import EventLog, Stored

PIECE_BYTES = 64 * 1024

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


def bundle(log: EventLog, notary: Notary, case_id: str, note: str) -> Iterator[bytes]:
    """Give the bundle of a case as of a checkpoint, in pieces. The notary has advanced as far as that at least.

    Raises, before the first piece, Unproved when the checkpoint covers nothing of the case, LogContradicts for a checkpoint that
    is not this log's, NoteInvalid for a text that is none.
    """
    checkpoint = told_by(note)
    notary.insist_on_own(checkpoint)
    stream = case_stream(case_id)
    history = log.read_stream(stream, upto_position=checkpoint.size)
    if not history:
        raise Unproved(f"the checkpoint over {checkpoint.size} events covers nothing of {case_id}")
    leaves = {each.position: each for each in (*history, *_cited(log, history))}
    complete = shown(log, notary, stream, checkpoint.size)
    if complete is not None:
        leaves[complete.seal.position] = complete.seal
    manifest = _manifest(log, stream, complete)
    return _packed(_files(notary, note, manifest, complete, leaves))


def _files(
    notary: Notary,
    note: str,
    manifest: str,
    complete: Shown | None,
    leaves: Mapping[int, Stored],
) -> Iterator[tuple[str, str | bytes]]:
    """Give the files of a bundle by their names."""
    yield "README.txt", README
    yield "manifest.json", manifest
    yield "checkpoint.txt", note
    yield "verify.py", verifier()
    if complete is not None:
        yield "completeness.json", _completeness(complete)
    for position in sorted(leaves):
        yield f"leaves/{position}.json", leaves[position].leaf_bytes
        yield f"proofs/{position}.tlog-proof", notary.prove_to(position, note).text


def _cited(log: EventLog, history: list[Stored]) -> Iterator[Stored]:
    """Give the events that deposited the charters and calendars which a case's events rest on."""
    cited = {each.leaf.rule_digest for each in history} | {
        each.leaf.calendar_digest for each in history
    }
    streams = [document_stream(digest) for digest in sorted(filter(None, cited))]
    for found in log.read_streams(streams).values():
        yield from found


def _manifest(log: EventLog, stream: StreamId, complete: Shown | None) -> str:
    return _json(
        {
            "format": FORMAT,
            "log": log.log_id,
            "stream": stream,
            "seal": None if complete is None else complete.seal.position,
        }
    )


def _completeness(complete: Shown) -> str:
    last = complete.last
    return _json(
        {
            "last": {"seq": last.seq, "leaf_hash": last.leaf_hash.hex()},
            "beside": [each.hex() for each in complete.beside],
        }
    )


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


class _Sink:
    """Takes what an archive writes, to be taken on from here; nobody can go back in it."""

    def __init__(self) -> None:
        self.written = bytearray()

    def write(self, data: bytes, /) -> int:
        self.written += data
        return len(data)

    def flush(self) -> None:
        """Hold nothing back."""

    def close(self) -> None:
        """Keep what was written."""

    def take(self) -> bytes:
        taken = bytes(self.written)
        self.written.clear()
        return taken


def _packed(files: Iterator[tuple[str, str | bytes]]) -> Iterator[bytes]:
    """Give an archive of some files in pieces of about the same size."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content, zipfile.ZIP_DEFLATED)
            if len(sink.written) >= PIECE_BYTES:
                yield sink.take()
    yield sink.take()
