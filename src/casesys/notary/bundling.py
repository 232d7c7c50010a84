"""Making a bundle: one case with everything that it takes to verify it offline; what is in it says `casesys.evidence.bundle`.

Personal texts are never in it: the leaves commit to their ciphertexts only. A bundle is made piece by piece, so that a large one can
be sent while it is made: of a case's events only the positions are all in memory at once.
"""

import heapq
import zipfile
from collections.abc import Iterable, Iterator
from operator import attrgetter

from casesys.domain.cases.state import case_stream
from casesys.domain.messages import StreamId
from casesys.domain.register.streams import document_stream
from casesys.evidence.bundle import (
    CHECKPOINT,
    COMPLETENESS,
    FORMAT,
    LEAVES,
    MANIFEST,
    PROGRAM,
    PROOF,
    READ_ME,
)
from casesys.evidence.checkpoints import told_by
from casesys.evidence.leaf_form import canonical_text
from casesys.evidence.standalone import verifier
from casesys.notary.failures import Unproved
from casesys.notary.notary import Notary
from casesys.notary.sealing import Shown, shown
from casesys.store.contract import EventLog, Stored

PIECE_BYTES = 64 * 1024
PAGE = 500
"""How many events of a case are read from the log at once."""

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

File = tuple[str, Iterable[bytes]]
"""A file by its name, its content in pieces."""


def bundle(log: EventLog, notary: Notary, case_id: str, note: str) -> Iterator[bytes]:
    """Give the bundle of a case as of a checkpoint, in pieces. The notary has advanced as far as that at least.

    Raises, before the first piece, Unproved when the checkpoint covers nothing of the case, LogContradicts for a checkpoint that
    is not this log's, NoteInvalid for a text that is none.
    """
    checkpoint = told_by(note)
    notary.insist_on_own(checkpoint)
    stream, upto = case_stream(case_id), checkpoint.size
    positions, cited = [], set[str | None]()
    for each in _history(log, stream, upto):
        positions.append(each.position)
        cited |= {each.leaf.rule_digest, each.leaf.calendar_digest}
    if not positions:
        raise Unproved(f"the checkpoint over {upto} events covers nothing of {case_id}")
    complete = shown(log, notary, stream, upto)
    beside = {each.position: each for each in _documents(log, cited, upto)}
    if complete is not None:
        beside[complete.seal.position] = complete.seal
    others = [beside[position] for position in sorted(beside)]
    positions = sorted((*positions, *beside))
    leaves = heapq.merge(_history(log, stream, upto), others, key=attrgetter("position"))
    return _packed(
        (
            (READ_ME, [README.encode()]),
            (MANIFEST, [_manifest(log, stream, positions, complete)]),
            (CHECKPOINT, [note.encode()]),
            (PROGRAM, [verifier().encode()]),
            *([] if complete is None else [(COMPLETENESS, [_completeness(complete)])]),
            (PROOF, notary.prove_all(positions, note)),
            (LEAVES, (each.leaf_bytes + b"\n" for each in leaves)),
        )
    )


def _history(log: EventLog, stream: StreamId, upto: int) -> Iterator[Stored]:
    """Give the events of a stream as far as a position, not all read at once."""
    version = 0
    while events := log.read_stream(
        stream, after_version=version, upto_version=version + PAGE, upto_position=upto
    ):
        yield from events
        version += PAGE


def _documents(log: EventLog, cited: set[str | None], upto: int) -> Iterator[Stored]:
    """Give the events that deposited the charters and calendars which a case's events rest on."""
    for digest in sorted(filter(None, cited)):
        yield from log.read_stream(document_stream(digest), upto_position=upto)


def _manifest(
    log: EventLog, stream: StreamId, positions: list[int], complete: Shown | None
) -> bytes:
    return _json(
        {
            "format": FORMAT,
            "log": log.log_id,
            "stream": stream,
            "seal": None if complete is None else complete.seal.position,
            "positions": positions,
        }
    )


def _completeness(complete: Shown) -> bytes:
    last = complete.last
    return _json(
        {
            "last": {"seq": last.seq, "leaf_hash": last.leaf_hash.hex()},
            "beside": [each.hex() for each in complete.beside],
        }
    )


def _json(value: object) -> bytes:
    return canonical_text(value).encode()


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


def _packed(files: Iterable[File]) -> Iterator[bytes]:
    """Give an archive of some files in pieces of about the same size."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in files:
            about = zipfile.ZipInfo(name, _LONG_AGO)
            about.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(about, "w") as member:
                for piece in content:
                    member.write(piece)
                    if len(sink.written) >= PIECE_BYTES:
                        yield sink.take()
    yield sink.take()
