"""Bundles: what is made verifies, what is altered does not, and what is no bundle is told apart, however large it pretends to be."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casesys.domain.messages import StreamId
from casesys.evidence import bundle as reading
from casesys.evidence import leaf, leaf_form
from casesys.evidence.bundle import BundleUnreadable, Verified, verify_bundle
from casesys.evidence.chain import Damage
from casesys.evidence.checkpoints import Checkpoint, EventProof
from casesys.evidence.leaf_form import ReadLeaf
from casesys.evidence.merkle import Peaks, leaf_hash
from casesys.evidence.nodes import settled
from casesys.evidence.proofs import inclusion_proof
from casesys.notary.bundling import bundle
from casesys.notary.failures import LogContradicts, Unproved
from casesys.notary.keys import CheckpointKey
from casesys.notary.ledger import Ledger
from casesys.notary.notary import Notary
from casesys.notary.sealing import seal, seals_of
from tests.community import Community, founded

Parts = dict[str, bytes]

READERS = (leaf.read_leaf, leaf_form.read_leaf)
"""Of leaves: either must find the same."""


class Proved:
    """A community whose log has a notary."""

    def __init__(self) -> None:
        """Found it, and collect two cases."""
        self.community: Community = founded()
        self.case = self.community.collect()
        self.community.collect()
        self.community.do(self.case, "accept-case", "grid_lead")
        log = self.community.log
        private = Ed25519PrivateKey.from_private_bytes(bytes(32))
        signer = CheckpointKey(f"casesys/{log.log_id}", private)
        self.ledger = Ledger.in_memory(log.log_id)
        self.notary = Notary(log, self.ledger, lambda: [signer])

    def seal(self) -> bool:
        """Seal the log."""
        community = self.community
        return seal(self.notary, community.log, community.service.give, community.now)

    def bundle(self, case: str, note: str | None = None) -> bytes:
        """Give a bundle as of a checkpoint, the present one by default."""
        note = note or self.notary.checkpoint()
        return b"".join(bundle(self.community.log, self.notary, case, note))


@pytest.fixture(scope="module")
def proved() -> Proved:
    """Give a community with a sealed log."""
    made = Proved()
    made.seal()
    return made


@pytest.fixture(scope="module")
def parts(proved: Proved) -> Parts:
    """Give the files of a bundle."""
    with zipfile.ZipFile(io.BytesIO(proved.bundle(proved.case))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Put files into an archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_the_same_checkpoint_gives_the_same_bundle(proved: Proved) -> None:
    """Given a case and a checkpoint, when its bundle is made twice, then both are the same, and both verify."""
    first, second = proved.bundle(proved.case), proved.bundle(proved.case)

    assert first == second
    assert verify_bundle(first).events == 2


def test_a_case_of_which_the_seal_knows_nothing_is_not_said_to_be_complete() -> None:
    """Given a case that is younger than the seal, or a log without seals, then its bundle verifies and says up to nowhere."""
    proved = Proved()
    assert verify_bundle(proved.bundle(proved.case)).upto == 0
    proved.seal()
    young = proved.community.collect()

    assert verify_bundle(proved.bundle(young)).upto == 0
    assert verify_bundle(proved.bundle(proved.case)).upto == seals_of(proved.community.log)[0].size


def test_nothing_new_is_not_sealed_again() -> None:
    """Given a log that ends with a seal, when it is sealed, then nothing is added; and once something was, another seal is."""
    proved = Proved()
    assert proved.seal()
    assert not proved.seal()
    proved.community.collect()
    assert proved.seal()

    first, second = seals_of(proved.community.log)
    assert first.position == first.size + 1 < second.size


def test_a_case_that_the_checkpoint_does_not_cover_has_no_bundle(proved: Proved) -> None:
    """Given a case that is not there, or another log's checkpoint, when a bundle is asked for, then that is told."""
    other = Proved()
    with pytest.raises(Unproved):
        proved.bundle("nothing")
    with pytest.raises(LogContradicts):
        proved.bundle(proved.case, other.notary.checkpoint())


# -- altered --------------------------------------------------------------------------------------------------------------------


def _last(parts: Parts, folder: str) -> str:
    """Give the last of the case's files in a folder."""
    case = [
        name
        for name in parts
        if name.startswith("leaves/") and json.loads(parts[name])["stream"].startswith("case/")
    ]
    position = max(int(name[len("leaves/") : -len(".json")]) for name in case)
    return f"leaves/{position}.json" if folder == "leaves" else f"proofs/{position}.tlog-proof"


def _omit_last(parts: Parts) -> None:
    """Leave the last event of the case out."""
    leaf, proof = _last(parts, "leaves"), _last(parts, "proofs")
    del parts[leaf], parts[proof]


def _edit_last(parts: Parts) -> None:
    name = _last(parts, "leaves")
    parts[name] = parts[name].replace(b"grid_lead", b"grid_lord")


def _no_proof(parts: Parts) -> None:
    del parts[_last(parts, "proofs")]


def _other_proof(parts: Parts) -> None:
    others = [name for name in parts if name.startswith("proofs/")]
    parts[_last(parts, "proofs")] = parts[others[0]]


def _other_stream(parts: Parts) -> None:
    parts["manifest.json"] = parts["manifest.json"].replace(b'"case/', b'"cave/')


def _other_seal(parts: Parts) -> None:
    manifest = json.loads(parts["manifest.json"])
    manifest["seal"] = int(_last(parts, "leaves")[len("leaves/") : -len(".json")])
    parts["manifest.json"] = json.dumps(manifest).encode()


def _other_last(parts: Parts) -> None:
    told = json.loads(parts["completeness.json"])
    told["last"]["seq"] -= 1
    parts["completeness.json"] = json.dumps(told).encode()


def _strange_way(parts: Parts) -> None:
    parts["completeness.json"] = b'{"last": {"seq": "x", "leaf_hash": 7}, "beside": 3}'


def _other_checkpoint(parts: Parts) -> None:
    lines = parts["checkpoint.txt"].split(b"\n")
    parts["checkpoint.txt"] = b"\n".join([*lines[:2], b"A" * 43 + b"=", *lines[3:]])


def _no_charter(parts: Parts) -> None:
    """Leave out what the case's events rest on."""
    for name in [name for name in parts if b'"stream":"document/' in parts[name]]:
        del parts[name]


ALTERED: Mapping[Callable[[Parts], None], str] = {
    _no_charter: "document-altered",
    _omit_last: "stream-broken",
    _edit_last: "proof-false",
    _no_proof: "proof-false",
    _other_proof: "proof-false",
    _other_stream: "stream-broken",
    _other_seal: "seal-false",
    _other_last: "seal-false",
    _strange_way: "seal-false",
    _other_checkpoint: "proof-false",
}


@pytest.mark.parametrize("alter", ALTERED, ids=lambda alter: alter.__name__)
def test_an_altered_bundle_is_found(parts: Parts, alter: Callable[[Parts], None]) -> None:
    """Given a bundle, when a part of it is altered, left out or exchanged, then that is found, and told as what it is."""
    altered = dict(parts)
    assert verify_bundle(packed(altered)).stream.startswith("case/")
    alter(altered)

    for read in READERS:
        with pytest.raises(Damage) as caught:
            verify_bundle(packed(altered), read)
        assert caught.value.kind == ALTERED[alter]


def made_up(*leaves: bytes) -> bytes:
    """Give a bundle of leaves that nobody ever recorded, each with a true proof to a checkpoint made up as well."""
    hashes = [leaf_hash(each) for each in leaves]
    nodes = dict(settled(0, [], hashes))
    root = Peaks().push(*hashes).root()
    signer = CheckpointKey("casesys/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    note = Checkpoint("casesys/log", len(leaves), root).signed(signer)
    parts = {
        "manifest.json": b'{"format": "casesys-bundle.v1", "stream": "case/1", "seal": 1}',
        "checkpoint.txt": note.encode(),
    }
    for index, each in enumerate(leaves):
        proof = inclusion_proof(index, len(leaves), lambda asked: [nodes[node] for node in asked])
        parts[f"leaves/{index + 1}.json"] = each
        parts[f"proofs/{index + 1}.tlog-proof"] = EventProof(index, proof, note).text.encode()
    return packed(parts)


LEAF = (
    b'{"actor_id":"p","actor_role":"r","calendar_digest":null,"causation_id":null,"channel":"c","charter_version":null,'
    b'"client_id":"c","command":{"data":{},"schema_v":1,"type":"t"},"command_id":"00000000-0000-0000-0000-000000000007",'
    b'"correlation_id":null,"decided_at":"2026-03-01T08:30:00Z","effective_at":"2026-03-01T08:30:00Z",'
    b'"event_id":"00000000-0000-0000-0000-000000000007.0","log":"log","mandate_id":null,"on_behalf_of":null,"pd":[],'
    b'"prev_stream_leaf":null,"public_data":{},"read_index":0,"reason_code":null,"recorded_at":"2026-03-01T08:30:00Z",'
    b'"rule_digest":null,"rule_id":null,"schema_v":1,"stream":"case/1","stream_seq":1,"type":"case-collected","v":1}'
)
MADE_UP: Mapping[str, tuple[tuple[bytes, ...], str]] = {
    "no leaf": ((b"{}",), "leaf-unreadable"),
    "no object": ((b"[]",), "leaf-unreadable"),
    "no text": ((b"\xff",), "leaf-unreadable"),
    "another form": ((LEAF.replace(b'"v":1', b'"v": 1'),), "leaf-unreadable"),
    "another format": ((LEAF.replace(b'"v":1', b'"v":2'),), "leaf-foreign"),
    "another log": ((LEAF.replace(b'"log":"log"', b'"log":"lag"'),), "leaf-foreign"),
    "two logs": (
        (
            LEAF,
            LEAF.replace(b'"log":"log"', b'"log":"lag"').replace(b"case/1", b"log"),
        ),
        "leaf-foreign",
    ),
    "no seal": ((LEAF,), "seal-false"),
    "a later event only": ((LEAF.replace(b'_seq":1', b'_seq":2'),), "stream-broken"),
    "rests on later ones": ((LEAF.replace(b'index":0', b'index":1'),), "command-broken"),
    "another command": ((LEAF.replace(b'7.0"', b'8.0"'),), "command-broken"),
    "another number": ((LEAF.replace(b'7.0"', b'7.1"'),), "command-broken"),
    "no number": ((LEAF.replace(b'7.0"', b'7.x"'),), "command-broken"),
}
"""Leaves that nobody ever recorded, and what is told."""


@pytest.mark.parametrize("leaves", MADE_UP)
@pytest.mark.parametrize("read", READERS, ids=["ours", "Python's"])
def test_whatever_is_proved_must_be_an_event(leaves: str, read: ReadLeaf) -> None:
    """Given a bundle made up with true proofs of things that are no events of one log, when it is verified, then that is told."""
    made, kind = MADE_UP[leaves]

    with pytest.raises(Damage) as caught:
        verify_bundle(made_up(*made), read)
    assert caught.value.kind == kind


def test_every_flipped_byte_is_found_or_changes_no_answer(proved: Proved) -> None:
    """Given a bundle, when any of its bytes is flipped, then it does not verify, or shows what it showed before."""
    data = proved.bundle(proved.case)
    before = verify_bundle(data)
    found = 0
    for offset in range(0, len(data), 37):
        flipped = bytearray(data)
        flipped[offset] ^= 1 << offset % 8
        shown = [outcome(bytes(flipped), read) for read in READERS]
        assert shown[0] == shown[1], f"byte {offset}"
        assert shown[0] in {None, before}, f"byte {offset}"
        found += shown[0] is None
    assert found


def outcome(data: bytes, read: ReadLeaf) -> Verified | None:
    """Give what a bundle shows, None if that is damage or it is none."""
    try:
        return verify_bundle(data, read)
    except (Damage, BundleUnreadable):
        return None


# -- no bundle ------------------------------------------------------------------------------------------------------------------


def test_a_bundle_cut_short_is_unreadable(proved: Proved) -> None:
    """Given a bundle, when its end is missing, wherever it was cut, then it is unreadable."""
    data = proved.bundle(proved.case)
    for size in (0, 1, 4, 100, len(data) // 2, len(data) - 1):
        with pytest.raises(BundleUnreadable):
            verify_bundle(data[:size])


@pytest.mark.parametrize(
    "foreign",
    [
        {},
        {"mimetype": b"application/epub+zip"},
        {"manifest.json": b"{}"},
        {"manifest.json": b"[]"},
        {"manifest.json": b"[" * 100_000},
        {"../../etc/passwd": b"x"},
        {"leaves/0.json": b"{}"},
        {"manifest.json": b'{"format": "casesys-bundle.v2"}'},
    ],
    ids=str,
)
def test_a_foreign_archive_is_unreadable(foreign: Parts) -> None:
    """Given an archive of something else, when it is verified, then it is unreadable, not damaged."""
    with pytest.raises(BundleUnreadable):
        verify_bundle(packed(foreign))


def test_an_archive_with_a_file_twice_is_unreadable(parts: Parts) -> None:
    """Given a bundle with two files of one name, of which each reader may take another, then it is unreadable."""
    buffer = io.BytesIO(packed(parts))
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("manifest.json", parts["manifest.json"])

    with pytest.raises(BundleUnreadable, match="twice"):
        verify_bundle(buffer.getvalue())


@pytest.mark.parametrize(
    "name", ["leaves/" + "1" * 60_000 + ".json", "leaves/01.json", "leaves/\u0661.json"]
)
def test_an_archive_with_odd_names_is_unreadable(parts: Parts, name: str) -> None:
    """Given a bundle with a file of a name that only looks like one of a bundle's, then it is unreadable."""
    with pytest.raises(BundleUnreadable, match="no bundle has"):
        verify_bundle(packed({**parts, name: b"{}"}))


def test_an_archive_packed_in_another_way_is_unreadable(parts: Parts) -> None:
    """Given a bundle packed by a method that not every Python has, then it is unreadable, whatever is in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("manifest.json", parts["manifest.json"])

    with pytest.raises(BundleUnreadable, match="packed"):
        verify_bundle(buffer.getvalue())


def test_an_archive_that_unpacks_without_end_is_given_up(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an archive whose files unpack to far more than they take, when it is verified, then it is given up in time."""
    monkeypatch.setattr(reading, "BYTES_AT_MOST", 4 * 1024 * 1024)
    bomb = packed({**parts, "README.txt": bytes(64 * 1024 * 1024)})
    assert len(bomb) < 1024 * 1024

    with pytest.raises(BundleUnreadable, match="unpacks to more"):
        verify_bundle(bomb)


def test_a_stream_of_the_register_is_no_case(proved: Proved) -> None:
    """Given the name of another stream, when a bundle of it is asked for as a case, then there is none."""
    assert proved.community.log.read_stream(StreamId("register"))
    with pytest.raises(Unproved):
        proved.bundle("../register")
