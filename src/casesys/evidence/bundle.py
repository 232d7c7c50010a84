"""A bundle: one case with everything that it takes to verify it offline, in a zip file; here it is read and verified.

    manifest.json        which log and stream, at which positions the leaves stand, and at which of them the seal
    checkpoint.txt       the signed checkpoint that the proof leads to
    leaves.jsonl         the leaves, one a line: the case's, the seal's, and those that deposited the charters it names
    proof.bin            the hashes that show all these leaves to be in the log
    completeness.json    that the map of streams under the seal holds the case's last event
    verify.py            this check, for whoever has nothing but Python

Nothing in it is trusted: what it says must follow from the checkpoint, and that from a key or a copy that somebody else holds.
docs/evidence.md says how, for those who write verifiers.
"""

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from casesys.evidence.archive import BYTES_AT_MOST, BundleUnreadable, archive_in
from casesys.evidence.chain import Chain, Damage, leaf_at
from casesys.evidence.checkpoints import Checkpoint, EventProof, told_by
from casesys.evidence.leaf_form import LeafFields, ReadLeaf, canonical_text, read_leaf
from casesys.evidence.merkle import HASH_BYTES, leaf_hash
from casesys.evidence.multiproof import inclusion_proofs, verify_leaves
from casesys.evidence.notes import NoteInvalid
from casesys.evidence.proofs import ProofInvalid
from casesys.evidence.seals import SEAL, SEAL_STREAM
from casesys.evidence.streams_map import Entry, Last, StreamProof, key_of, verify_stream

FORMAT = "casesys-bundle.v2"
LEAVES_AT_MOST = 200_000
_SMALL = 8 * 1024 * 1024

MANIFEST, CHECKPOINT, COMPLETENESS = "manifest.json", "checkpoint.txt", "completeness.json"
LEAVES, PROOF = "leaves.jsonl", "proof.bin"
READ_ME, PROGRAM = "README.txt", "verify.py"
_FIELDS: Mapping[str, frozenset[str]] = {
    MANIFEST: frozenset(("format", "log", "positions", "seal", "stream")),
    COMPLETENESS: frozenset(("beside", "last")),
}
"""The fields of each object."""

_FILES: Mapping[str, int] = {
    READ_ME: _SMALL,
    PROGRAM: _SMALL,
    MANIFEST: _SMALL,
    CHECKPOINT: _SMALL,
    COMPLETENESS: _SMALL,
    LEAVES: BYTES_AT_MOST,
    PROOF: BYTES_AT_MOST,
}
"""The files of a bundle, and how many bytes each may have."""


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


class Bundle(NamedTuple):
    """A bundle whose leaves are known to be in the log of its checkpoint; `leaves` and `hashes` are those at `positions`."""

    parts: Mapping[str, bytes]
    manifest: Mapping[str, Any]
    note: str
    checkpoint: Checkpoint
    positions: Sequence[int]
    leaves: Sequence[bytes]
    hashes: Sequence[bytes]
    proof: Sequence[bytes]

    @property
    def indexes(self) -> list[int]:
        """Where the leaves stand in the tree."""
        return [position - 1 for position in self.positions]

    def single_proofs(self) -> Iterator[EventProof]:
        """Give the proof of each leaf alone, as verifiers of others read it, in order."""
        size = self.checkpoint.size
        proofs = inclusion_proofs(self.indexes, self.hashes, size, self.proof)
        for index, hashes in zip(self.indexes, proofs, strict=True):
            yield EventProof(index, hashes, self.note)


class _Told(NamedTuple):
    """What the leaves tell: the positions of the case's events, the personal texts withheld, the documents, and the seal."""

    own: Sequence[int]
    withheld: int
    charters: tuple[str, ...]
    seal: LeafFields | None


def verify_bundle(data: bytes, read: ReadLeaf = read_leaf) -> Verified:
    """Verify a bundle in itself; whether its checkpoint is to be trusted is for the caller to say.

    Raises BundleUnreadable, and Damage for the first part that does not follow from the checkpoint.
    """
    bundle = open_bundle(data)
    told = _told_by_leaves(bundle, read)
    return Verified(
        log=bundle.manifest["log"],
        stream=bundle.manifest["stream"],
        events=len(told.own),
        upto=_completeness(bundle, told),
        charters=told.charters,
        withheld=told.withheld,
        checkpoint=bundle.checkpoint,
        note=bundle.note,
    )


def open_bundle(data: bytes) -> Bundle:
    """Take a bundle apart, and check that all its leaves are in the log that its checkpoint tells of.

    Raises BundleUnreadable, and Damage `checkpoint-contradicted` or `proof-false`.
    """
    parts = _parts(data)
    manifest, note = _canonical(parts, MANIFEST), _text(parts, CHECKPOINT)
    try:
        checkpoint = told_by(note)
    except NoteInvalid as error:
        raise Damage(None, "checkpoint-contradicted", str(error)) from error
    try:
        positions, leaves = _positions(manifest), _lines(parts)
        proof = _hashes(parts, len(leaves) * checkpoint.size.bit_length())
        hashes = [leaf_hash(leaf) for leaf in leaves]
        bundle = Bundle(parts, manifest, note, checkpoint, positions, leaves, hashes, proof)
        verify_leaves(bundle.indexes, hashes, checkpoint.size, proof, checkpoint.root)
    except ProofInvalid as error:
        raise Damage(None, "proof-false", str(error)) from error
    return bundle


def _parts(data: bytes) -> dict[str, bytes]:
    """Give the files of a bundle of this format by their names."""
    with archive_in(data) as archive:
        manifest = {MANIFEST: archive.read(MANIFEST, _SMALL)}
        found = _object(manifest, MANIFEST).get("format")
        if found != FORMAT:
            raise BundleUnreadable(
                f"it is a bundle of the format {found!s:.40}, and this reads {FORMAT}: "
                "have it made anew, or verify it by the verify.py that is in it"
            )
        if foreign := archive.names - _FILES.keys():
            raise BundleUnreadable(f"no bundle has a file {min(foreign)!r}")
        rest = sorted(archive.names - {MANIFEST})
        return manifest | {name: archive.read(name, _FILES[name]) for name in rest}


def _part(parts: Mapping[str, bytes], name: str) -> bytes:
    if name not in parts:
        raise BundleUnreadable(f"{name} is missing")
    return parts[name]


def _text(parts: Mapping[str, bytes], name: str) -> str:
    try:
        return _part(parts, name).decode()
    except UnicodeDecodeError as error:
        raise BundleUnreadable(f"{name} is not text") from error


def _canonical(parts: Mapping[str, bytes], name: str) -> dict[str, Any]:
    """Give an object that is written in the one form it has, so that no two readers take it differently. Raises BundleUnreadable."""
    found = _object(parts, name)
    if found.keys() != _FIELDS[name] or canonical_text(found) != _text(parts, name):
        raise BundleUnreadable(f"{name} has other fields, or is not in canonical JSON")
    return found


def _object(parts: Mapping[str, bytes], name: str) -> dict[str, Any]:
    try:
        found = json.loads(_text(parts, name))
    except (ValueError, RecursionError) as error:
        raise BundleUnreadable(f"{name} is not JSON") from error
    if not isinstance(found, dict):
        raise BundleUnreadable(f"{name} is not an object")
    return found


def _lines(parts: Mapping[str, bytes]) -> list[bytes]:
    """Give the leaves. Raises BundleUnreadable for more of them than are read, ProofInvalid for what are no lines."""
    data = _part(parts, LEAVES)
    if data.count(b"\n") > LEAVES_AT_MOST:
        raise BundleUnreadable(f"no bundle has more than {LEAVES_AT_MOST} leaves")
    *leaves, rest = data.split(b"\n")
    if rest:
        raise ProofInvalid(f"{LEAVES} does not end with a whole line")
    return leaves


def _positions(manifest: Mapping[str, Any]) -> list[int]:
    """Give the positions of the leaves. Raises ProofInvalid."""
    found = manifest.get("positions")
    if type(found) is not list or any(type(each) is not int for each in found):
        raise ProofInvalid("the manifest does not say where the leaves stand")
    return found


def _hashes(parts: Mapping[str, bytes], at_most: int) -> list[bytes]:
    """Give the hashes of the proof. Raises ProofInvalid, also for more than there can be."""
    data = parts.get(PROOF)
    if data is None or len(data) % HASH_BYTES:
        raise ProofInvalid(f"{PROOF} is missing or not made of whole hashes")
    if len(data) > at_most * HASH_BYTES:
        raise ProofInvalid("the proof has hashes left over")
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def _told_by_leaves(bundle: Bundle, read: ReadLeaf) -> _Told:
    """Read the leaves in order, and check that they are of one log, and that the case's follow each other. Raises Damage."""
    log, stream, sealed_at = (bundle.manifest[each] for each in ("log", "stream", "seal"))
    if not bundle.checkpoint.origin.endswith(f"/{log}"):
        raise Damage(
            None,
            "leaf-foreign",
            f"the checkpoint is one of {bundle.checkpoint.origin}, not of {log}",
        )
    own: list[int] = []
    documents: dict[str, None] = {}
    cited: dict[str, int] = {}  # where first
    chain, withheld, seal = Chain(), 0, None
    for position, data, digest in zip(bundle.positions, bundle.leaves, bundle.hashes, strict=True):
        leaf = leaf_at(position, data, read)
        if leaf.log != log:
            raise Damage(position, "leaf-foreign", f"the leaf is one of log {leaf.log}")
        if leaf.stream == stream:
            chain.follow(position, digest, leaf)
            own.append(position)
            withheld += len(leaf.pd)
            for document in (leaf.rule_digest, leaf.calendar_digest):
                if document is not None:
                    cited.setdefault(document, position)
        elif leaf.stream.startswith("document/"):
            documents[_document(position, leaf)] = None
        if position == sealed_at:
            seal = leaf
    if not own:
        raise Damage(None, "stream-broken", f"the bundle has no event of {stream}")
    for document, position in cited.items():
        if document not in documents:
            raise Damage(position, "document-altered", f"document {document} was left out")
    return _Told(own, withheld, tuple(documents), seal)


def _document(position: int, leaf: LeafFields) -> str:
    """Give the digest of a document that is the one its name says. Raises Damage."""
    digest = leaf.stream.partition("/")[2]
    if sha256(str(leaf.public_data.get("text")).encode()).hexdigest() != digest:
        raise Damage(position, "document-altered", f"the text is not that of document {digest}")
    return digest


def _completeness(bundle: Bundle, told: _Told) -> int:
    """Check that no event of the stream is left out below the seal; give how far it reaches, 0 without a seal."""
    stream, sealed_at = bundle.manifest["stream"], bundle.manifest["seal"]
    if sealed_at is None:
        return 0
    try:
        size, root = _sealed(sealed_at, told.seal)
        last, beside = _last_below(_canonical(bundle.parts, COMPLETENESS))
        verify_stream(stream, StreamProof(beside, Entry(key_of(stream), last)), root)
    except BundleUnreadable as error:
        raise Damage(None, "seal-false", str(error)) from error
    except (
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        OverflowError,
        ProofInvalid,
    ) as error:
        raise Damage(None, "seal-false", f"{type(error).__name__}: {error}") from error
    seq = bisect_right(told.own, size)
    if not seq or last != Last(seq, _hash_at(bundle, told.own[seq - 1])):
        raise Damage(
            None,
            "stream-broken",
            f"below position {size} the log has {last.seq} events of {stream}, not {seq}",
        )
    return size


def _hash_at(bundle: Bundle, position: int) -> bytes:
    return bundle.hashes[bisect_right(bundle.positions, position) - 1]


def _sealed(position: object, seal: LeafFields | None) -> tuple[int, bytes]:
    """Give how far a seal at a position reaches, and the root of the map of streams there."""
    if type(position) is not int or seal is None or (seal.type, seal.stream) != (SEAL, SEAL_STREAM):
        raise ProofInvalid("the leaf is not that of a seal")
    size = seal.public_data["size"]
    if type(size) is not int or not 0 < size < position:
        raise ProofInvalid(f"a seal at position {position} cannot reach over {size} events")
    return size, _in_hex(seal.public_data["map_root"])


def _last_below(told: Mapping[str, Any]) -> tuple[Last, tuple[bytes, ...]]:
    """Read what is said to be the case's last event below the seal, and the way to it in the map."""
    last, beside = told["last"], told["beside"]
    if last.keys() != set(Last._fields) or type(last["seq"]) is not int or type(beside) is not list:
        raise ProofInvalid("it does not say what the last event is, and what stands beside it")
    return Last(last["seq"], _in_hex(last["leaf_hash"])), tuple(map(_in_hex, beside))


def _in_hex(text: str) -> bytes:
    """Read bytes, which are written in one form only."""
    found = bytes.fromhex(text)
    if found.hex() != text:
        raise ProofInvalid("a hash is written in small letters, without spaces")
    return found
