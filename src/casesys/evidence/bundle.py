"""A bundle: one case with everything that it takes to verify it offline, in a zip file; here it is read and verified.

    manifest.json                  which log and stream, and where the seal stands
    checkpoint.txt                 the signed checkpoint that all proofs lead to
    leaves/POSITION.json           the leaves: the case's, the seal's, and those that deposited the charters it names
    proofs/POSITION.tlog-proof     for each leaf, that it is in the log
    completeness.json              that the map of streams under the seal holds the case's last event
    verify.py                      this check, for whoever has nothing but Python

Nothing in it is trusted: what it says must follow from the checkpoint, and that from a key or a copy that somebody else holds.
"""

import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from casesys.evidence.chain import Chain, Damage, Written, leaf_at
from casesys.evidence.checkpoints import Checkpoint, EventProof, read_proof, told_by
from casesys.evidence.leaf_form import LeafFields, ReadLeaf, read_leaf
from casesys.evidence.merkle import leaf_hash
from casesys.evidence.notes import NoteInvalid
from casesys.evidence.proofs import ProofInvalid, verify_inclusion
from casesys.evidence.seals import SEAL, SEAL_STREAM
from casesys.evidence.streams_map import Entry, Last, StreamProof, key_of, verify_stream

FORMAT = "casesys-bundle.v1"
BYTES_AT_MOST = 256 * 1024 * 1024
FILES_AT_MOST = 200_000
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NAMES = re.compile(
    r"manifest\.json|checkpoint\.txt|completeness\.json|verify\.py|README\.txt|leaves/[1-9][0-9]{0,17}\.json|proofs/[1-9][0-9]{0,17}\.tlog-proof"
)


class BundleUnreadable(Exception):
    """The file is no bundle: not a zip file, cut short, too large, or with parts that no bundle has."""


class Verified(NamedTuple):
    """What a bundle was found to show.

    `events` are the case's, `upto` is the position up to which they are all there are (0: the bundle does not show that), `charters`
    are the digests of the charter versions whose texts it brings, `withheld` counts personal texts that are not in it.
    """

    log: str
    stream: str
    events: int
    upto: int
    charters: tuple[str, ...]
    withheld: int
    checkpoint: Checkpoint
    note: str


def verify_bundle(data: bytes, read: ReadLeaf = read_leaf) -> Verified:
    """Verify a bundle in itself; whether its checkpoint is to be trusted is for the caller to say.

    Raises BundleUnreadable, and Damage for the first part that does not follow from the checkpoint.
    """
    parts = _parts(data)
    manifest = _object(parts, "manifest.json")
    if manifest.get("format") != FORMAT:
        raise BundleUnreadable(f"the manifest does not say {FORMAT}")
    note = _text(parts, "checkpoint.txt")
    try:
        checkpoint = told_by(note)
    except NoteInvalid as error:
        raise Damage(None, "checkpoint-contradicted", str(error)) from error
    leaves = _leaves(parts, note, checkpoint, read)
    stream = str(manifest.get("stream"))
    history = {position: leaf for position, leaf in leaves.items() if leaf.stream == stream}
    if not history:
        raise Damage(None, "stream-broken", f"the bundle has no event of {stream}")
    chain = Chain(whole=False)
    for position, leaf in history.items():
        chain.take(Written(position, parts[f"leaves/{position}.json"]), leaf)
    _insist_on_log(str(chain.log_id), leaves, checkpoint)
    return Verified(
        log=str(chain.log_id),
        stream=stream,
        events=len(history),
        upto=_completeness(parts, manifest.get("seal"), leaves, stream),
        charters=_charters(leaves, history),
        withheld=chain.withheld,
        checkpoint=checkpoint,
        note=note,
    )


def _parts(data: bytes) -> dict[str, bytes]:
    """Read all files of the archive, within limits; what they say of their sizes is not believed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return dict(_unpacked(archive))
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
        struct.error,
    ) as error:
        raise BundleUnreadable(f"the file is no archive that can be read: {error}") from error


def _unpacked(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    members = archive.infolist()
    if len(members) > FILES_AT_MOST or len({each.filename for each in members}) != len(members):
        raise BundleUnreadable("the archive has too many files, or one of them twice")
    left = BYTES_AT_MOST
    for each in members:
        name = each.filename
        if not _NAMES.fullmatch(name):
            raise BundleUnreadable(f"no bundle has a file {name!r}")
        if each.compress_type not in _PACKED:
            raise BundleUnreadable(f"{name} is packed in a way that no bundle is")
        with archive.open(each) as member:
            data = member.read(left + 1)
        left -= len(data)
        if left < 0:
            raise BundleUnreadable(f"the archive unpacks to more than {BYTES_AT_MOST} bytes")
        yield name, data


def _text(parts: Mapping[str, bytes], name: str) -> str:
    try:
        return parts[name].decode()
    except (KeyError, UnicodeDecodeError) as error:
        raise BundleUnreadable(f"{name} is missing or not text") from error


def _object(parts: Mapping[str, bytes], name: str) -> dict[str, Any]:
    try:
        found = json.loads(_text(parts, name))
    except (ValueError, RecursionError) as error:
        raise BundleUnreadable(f"{name} is not JSON") from error
    if not isinstance(found, dict):
        raise BundleUnreadable(f"{name} is not an object")
    return found


def _leaves(
    parts: Mapping[str, bytes], note: str, checkpoint: Checkpoint, read: ReadLeaf
) -> dict[int, LeafFields]:
    """Read every leaf, in order, and check that it is in the log that the checkpoint tells of."""
    leaves = {}
    named = (name for name in parts if name.startswith("leaves/"))
    for position in sorted(int(name[len("leaves/") : -len(".json")]) for name in named):
        data = parts[f"leaves/{position}.json"]
        try:
            proof = read_proof(_text(parts, f"proofs/{position}.tlog-proof"))
            _insist_on_same(proof, position, note)
            digest, size, root = leaf_hash(data), checkpoint.size, checkpoint.root
            verify_inclusion(digest, proof.index, size, proof.hashes, root)
        except (NoteInvalid, ProofInvalid, BundleUnreadable) as error:
            raise Damage(position, "proof-false", str(error)) from error
        leaves[position] = leaf_at(position, data, read)
    return leaves


def _insist_on_log(log_id: str, leaves: Mapping[int, LeafFields], checkpoint: Checkpoint) -> None:
    """Insist that all leaves are of the log that the checkpoint names."""
    if not checkpoint.origin.endswith(f"/{log_id}"):
        raise Damage(None, "leaf-foreign", f"the checkpoint is one of {checkpoint.origin}")
    for position, leaf in leaves.items():
        if leaf.log != log_id:
            raise Damage(position, "leaf-foreign", f"the leaf is one of log {leaf.log}")


def _insist_on_same(proof: EventProof, position: int, note: str) -> None:
    if proof.checkpoint != note or proof.index != position - 1:
        raise ProofInvalid("it is about another leaf or leads to another checkpoint")


def _completeness(
    parts: Mapping[str, bytes],
    seal: int | None,
    leaves: Mapping[int, LeafFields],
    stream: str,
) -> int:
    """Check that no event of the stream is left out below the seal; give how far it reaches, 0 without a seal."""
    if seal is None:
        return 0
    try:
        size, last = _sealed(leaves[seal], _object(parts, "completeness.json"), stream)
    except BundleUnreadable as error:
        raise Damage(None, "seal-false", str(error)) from error
    except (LookupError, TypeError, ValueError, OverflowError, ProofInvalid) as error:
        raise Damage(None, "seal-false", f"{type(error).__name__}: {error}") from error
    below = [
        (leaf.stream_seq, position)
        for position, leaf in leaves.items()
        if leaf.stream == stream and position <= size
    ]
    seq, position = max(below, default=(0, 0))
    if seq != last.seq or leaf_hash(parts[f"leaves/{position}.json"]) != last.leaf_hash:
        raise Damage(
            None,
            "stream-broken",
            f"below position {size} the log has {last.seq} events of {stream}, not {seq}",
        )
    return size


def _sealed(seal: LeafFields, told: Mapping[str, Any], stream: str) -> tuple[int, Last]:
    """Give how far a seal reaches, and the last event of the stream that the map under it holds."""
    last = Last(int(told["last"]["seq"]), bytes.fromhex(told["last"]["leaf_hash"]))
    beside = tuple(bytes.fromhex(each) for each in told["beside"])
    root = bytes.fromhex(seal.public_data["map_root"])
    if (seal.type, seal.stream) != (SEAL, SEAL_STREAM):
        raise ProofInvalid("the leaf is not that of a seal")
    verify_stream(stream, StreamProof(beside, Entry(key_of(stream), last)), root)
    return int(seal.public_data["size"]), last


def _charters(
    leaves: Mapping[int, LeafFields], history: Mapping[int, LeafFields]
) -> tuple[str, ...]:
    """Check that each document is the one its name says, and that all that the case's events rest on are there."""
    found = []
    for position, leaf in leaves.items():
        kind, _, digest = leaf.stream.partition("/")
        if kind == "document":
            if sha256(str(leaf.public_data.get("text")).encode()).hexdigest() != digest:
                raise Damage(
                    position, "document-altered", f"the text is not that of document {digest}"
                )
            found.append(digest)
    for position, leaf in history.items():
        for cited in (leaf.rule_digest, leaf.calendar_digest):
            if cited is not None and cited not in found:
                raise Damage(position, "document-altered", f"document {cited} was left out")
    return tuple(found)
